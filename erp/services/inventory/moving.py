"""Moves: the one place where goods change places, in one statement per document."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.ids import new_id
from erp.models.inventory import LotStatus, QuarantineReason, StockMove, StockQuarantine
from erp.services import platform
from erp.services.inventory.errors import UnknownLot
from erp.services.inventory.picking import Pick


@dataclass(frozen=True, slots=True)
class Origin:
    """The document that moves goods, e.g. `sale` and its id.

    Attributes:
        step: Which of its movements this is, where a document moves goods more than once.
    """

    type: str
    id: UUID
    step: str = "stock"


@dataclass(frozen=True, slots=True)
class Movement:
    """Units of one lot on their way; `value` is their cost."""

    variant_id: UUID
    lot_id: UUID
    from_location_id: UUID
    to_location_id: UUID
    quantity: int
    value: Decimal
    line_no: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Returned:
    """Units that come back.

    Attributes:
        value: The cost they left with.
    """

    line_no: int
    variant_id: UUID
    lot_id: UUID
    quantity: int
    value: Decimal
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Where returned units went and which ledger account their cost belongs to."""

    line_no: int
    lot_id: UUID
    location_id: UUID
    quantity: int
    value: Decimal
    account_key: str


def write_moves(
    session: Session,
    ctx: RequestContext,
    origin: Origin,
    movements: Iterable[Movement],
    effective_at: datetime | None = None,
) -> None:
    """Insert moves in one statement; the database changes the balances with them.

    Sorted by variant and lot, as allocation locks. Reads nothing back, so the rows may
    be held; the database's refusals then come when they are sent.
    """
    at = effective_at or ctx.now
    ordered = sorted(movements, key=lambda move: (move.variant_id, move.lot_id))
    rows = [
        {
            "tenant_id": ctx.tenant_id,
            "id": new_id(),
            "variant_id": move.variant_id,
            "lot_id": move.lot_id,
            "from_location_id": move.from_location_id,
            "to_location_id": move.to_location_id,
            "quantity": move.quantity,
            "value": move.value,
            "effective_at": at,
            "origin_type": origin.type,
            "origin_id": origin.id,
            "origin_line_no": move.line_no,
            "reason": move.reason,
            "user_id": ctx.user_id,
        }
        for move in ordered
    ]
    db.insert_rows(session, StockMove, rows)
    for move in ordered:
        platform.note_effect(
            session,
            "stock",
            variant_id=str(move.variant_id),
            lot_id=str(move.lot_id),
            from_location_id=str(move.from_location_id),
            to_location_id=str(move.to_location_id),
            quantity=move.quantity,
            value=str(move.value),
            line_no=move.line_no,
        )


def issue(
    session: Session,
    ctx: RequestContext,
    picks: Sequence[Pick],
    origin: Origin,
    *,
    effective_at: datetime | None = None,
) -> Decimal:
    """Hand allocated goods to the customer and return their cost.

    The rows may be held. The caller posts the cost from the account `inventory`.

    Raises:
        LotNotSellable: A lot was blocked after it was allocated; from the database.
    """
    write_moves(
        session,
        ctx,
        origin,
        [
            Movement(
                pick.variant_id, pick.lot_id, shelf.location_id, pick.customer_location_id,
                shelf.quantity, shelf.value, pick.line_no, pick.reason,
            )
            for pick in picks
            for shelf in pick.on_shelves
        ],
        effective_at,
    )  # fmt: skip
    return sum((pick.value for pick in picks), Decimal("0.00"))


def take_back(
    session: Session,
    ctx: RequestContext,
    location_id: UUID,
    returned: Sequence[Returned],
    origin: Origin,
) -> list[TakenBack]:
    """Put goods a customer brings back where they belong, at the cost they left with.

    Lots that may be sold again go to `location_id`, or into the quarantine of a warehouse that
    keeps returns apart, where they wait for a decision; expired, held and recalled ones go to the
    expired store of the same warehouse, where there is one. The caller posts each value to
    the account of its `account_key`.

    Raises:
        UnknownLot: A lot is not in the acting tenant.
        InvalidInput: There is no place for goods that cannot be sold again.
    """
    lots = _lots_on_return(session, ctx, location_id, [line.lot_id for line in returned])
    apart: list[Movement] = []
    taken: list[TakenBack] = []
    movements: list[Movement] = []
    for line in returned:
        lot = lots.get(line.lot_id)
        if lot is None:
            raise UnknownLot("The lot that comes back is not known here.")
        place = _return_place(lot, location_id, ctx.today)
        key = "inventory_expired" if place == lot.expired_store_id else "inventory"
        taken.append(TakenBack(line.line_no, line.lot_id, place, line.quantity, line.value, key))
        movements.append(
            Movement(
                line.variant_id, line.lot_id, lot.customer_id, place,
                line.quantity, line.value, line.line_no, line.reason,
            )
        )  # fmt: skip
        if place == lot.quarantine_id:
            apart.append(movements[-1])
    write_moves(session, ctx, origin, movements)
    rows = quarantine_rows(ctx, apart, location_id, QuarantineReason.CUSTOMER_RETURN)
    db.insert_rows(session, StockQuarantine, rows)
    return taken


def quarantine_rows(
    ctx: RequestContext,
    movements: Sequence[Movement],
    from_location_id: UUID,
    reason_code: QuarantineReason,
    note: str | None = None,
) -> list[db.Row]:
    """Return an entry of the quarantine's queue for each movement, with its reason or one note."""
    undecided = {"released": 0, "returned": 0, "written_off": 0}
    return [
        {
            "tenant_id": ctx.tenant_id,
            "id": new_id(),
            "location_id": move.to_location_id,
            "from_location_id": from_location_id,
            "variant_id": move.variant_id,
            "lot_id": move.lot_id,
            "quantity": move.quantity,
            "reason_code": reason_code,
            "note": move.reason if note is None else note,
            "put_at": ctx.now,
            "put_by": ctx.user_id,
        }
        | undecided
        for move in movements
    ]


@dataclass(frozen=True, slots=True)
class _ReturnedLot:
    lot_id: UUID
    status: str
    expires_on: date | None
    customer_id: UUID
    expired_store_id: UUID | None
    quarantine_id: UUID | None
    """Where returns are kept apart; none where they are not."""


def _lots_on_return(
    session: Session, ctx: RequestContext, location_id: UUID, lot_ids: Sequence[UUID]
) -> dict[UUID, _ReturnedLot]:
    rows = db.raw(session).execute(
        "select l.id, l.status, l.expires_on,"
        " (select id from location where tenant_id = %(tenant)s and kind = 'customer'"
        "   order by code limit 1),"
        " (select store.id from location store join location here"
        "   on here.tenant_id = store.tenant_id and here.warehouse_id = store.warehouse_id"
        "  where here.tenant_id = %(tenant)s and here.id = %(location)s"
        "    and store.kind = 'expired_store' and store.closed_at is null"
        "  order by store.code limit 1),"
        " (select apart.id from location apart join location here"
        "   on here.tenant_id = apart.tenant_id and here.warehouse_id = apart.warehouse_id"
        "   join warehouse w on w.tenant_id = here.tenant_id and w.id = here.warehouse_id"
        "  where here.tenant_id = %(tenant)s and here.id = %(location)s"
        "    and apart.kind = 'quarantine' and apart.closed_at is null and w.quarantines_returns"
        "  order by apart.code limit 1)"
        " from lot l where l.tenant_id = %(tenant)s and l.id = any(%(lots)s)",
        {"tenant": ctx.tenant_id, "location": location_id, "lots": sorted(set(lot_ids))},
    )
    return {row[0]: _ReturnedLot(*row) for row in rows}


def _return_place(lot: _ReturnedLot, location_id: UUID, day: date) -> UUID:
    is_expired = lot.expires_on is not None and lot.expires_on < day
    if lot.status == LotStatus.AVAILABLE and not is_expired:
        return lot.quarantine_id or location_id
    if lot.expired_store_id is None:
        raise InvalidInput(
            "Goods that cannot be sold again need an expired store. Add one to this warehouse."
        )
    return lot.expired_store_id
