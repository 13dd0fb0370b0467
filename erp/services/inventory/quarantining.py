"""Quarantine as a flow: goods put apart with a reason, and what is decided about them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import ANY_PERMISSION, RequestContext
from erp.core.formatting import money_text
from erp.core.ids import new_id
from erp.models.inventory import (
    LocationKind,
    LotStatus,
    QuarantineOutcome,
    QuarantineReason,
    StockQuarantine,
    StockQuarantineDecision,
)
from erp.services import accounting
from erp.services.inventory.adjusting import LotQuantity
from erp.services.inventory.balances import HeldLot, lock_lots
from erp.services.inventory.errors import (
    ExpiredLot,
    LotOnHold,
    MoreThanWaits,
    NoSupplier,
    OwnQuarantine,
    UnknownPlace,
    UnknownQuarantine,
    WrongPlace,
)
from erp.services.inventory.events import GoodsQuarantined, QuarantineDecided
from erp.services.inventory.moving import Movement, Origin, quarantine_rows, write_moves
from erp.services.inventory.places import Place, beside, get_owned_place, get_places, outside
from erp.services.inventory.posting import post_lines
from erp.services.platform import Command, Quantity, Result, ShortText, Text, command, emit

OWN_LIMIT: Final = "own_quarantine"
"""Limit of a role: cost of goods about which those may decide who put them apart."""
_STANDS: Final = {
    LotStatus.HOLD.value: "on hold",
    LotStatus.QUARANTINE.value: "in quarantine as a lot",
    LotStatus.RECALLED.value: "recalled",
}


class QuarantineGoods(Command):
    """Put goods apart.

    Attributes:
        location_id: Where they are; the acting branch's first storage if none is named.
    """

    location_id: UUID | None = None
    reason_code: QuarantineReason
    note: Text = ""
    lines: Annotated[tuple[LotQuantity, ...], Field(min_length=1, max_length=200)]


class Quarantined(Result):
    """What was put apart, one entry of the queue for each line, at cost."""

    quarantine_ids: list[UUID]
    value: Decimal


class DecideQuarantine(Command):
    """Decide about goods that are kept apart, all of them or some."""

    quarantine_id: UUID
    outcome: QuarantineOutcome
    quantity: Quantity
    reason: ShortText


class QuarantineDecision(Result):
    """Units that still wait for a decision, and the cost of those decided about."""

    quarantine_id: UUID
    waiting: int
    value: Decimal


@dataclass(frozen=True, slots=True)
class _Apart:
    """An entry of the queue under lock."""

    id: UUID
    location_id: UUID
    from_location_id: UUID
    lot_id: UUID
    waiting: int
    put_by: UUID


@command("inventory.quarantine_goods", permission="inventory.hold", rest="POST /quarantine")
def quarantine_goods(session: Session, ctx: RequestContext, cmd: QuarantineGoods) -> Quarantined:
    """Move units of lots into the quarantine of their warehouse; nobody sells them from there.

    The rest of the lot stays for sale; `inventory.hold_lot` stops a lot everywhere. The value stays
    stock. Locks the balances of both places.

    Raises:
        UnknownPlace: The location is not known, or its warehouse has no quarantine.
        WrongPlace: Goods there are not for sale anyway.
        InsufficientStock: More is put apart than is free. UnknownLot: a lot is not known here.

    Emits:
        inventory.goods_quarantined.v1, in the same transaction.
    """
    place = get_owned_place(session, ctx, cmd.location_id)
    if place.kind != LocationKind.STORAGE:
        message = f"Goods in {place.name} are not for sale. Choose a storage."
        raise WrongPlace(message, fields={"location_id": message})
    return put_apart(session, ctx, place, cmd.lines, (cmd.reason_code, cmd.note))


def put_apart(
    session: Session,
    ctx: RequestContext,
    place: Place,
    lines: Sequence[LotQuantity],
    why: tuple[QuarantineReason, str],
) -> Quarantined:
    """Move units of lots from a storage into its warehouse's quarantine, as `quarantine_goods` does.

    Args:
        why: The reason and a note.
    """
    reason_code, note = why
    apart = _quarantine_of(session, ctx, place)
    lots = lock_lots(session, ctx, place.id, [x.lot_id for x in lines], also_in=[apart])
    movements = [
        Movement(
            lots[line.lot_id].variant_id,
            line.lot_id,
            place.id,
            apart,
            line.quantity,
            lots[line.lot_id].take(line.quantity, f"lines.{at}.quantity"),
            at + 1,
            reason_code,
        )
        for at, line in enumerate(lines)
    ]
    origin = Origin("stock_quarantine", new_id())
    write_moves(session, ctx, origin, movements)
    rows = quarantine_rows(ctx, movements, place.id, reason_code, note)
    db.insert_rows(session, StockQuarantine, rows)
    value = sum((move.value for move in movements), Decimal("0.00"))
    event = GoodsQuarantined(
        location_id=place.id,
        reason_code=reason_code,
        lot_ids=[move.lot_id for move in movements],
        value=value,
    )
    emit(session, ctx, origin.id, event)
    return Quarantined(quarantine_ids=[row["id"] for row in rows], value=value)


@command(
    "inventory.decide_quarantine",
    permission="inventory.decide_quarantine",
    rest="POST /quarantine/{quarantine_id}/decisions",
)
def decide_quarantine(
    session: Session, ctx: RequestContext, cmd: DecideQuarantine
) -> QuarantineDecision:
    """Release goods to sale, send them back to their supplier, or write them off.

    Who put goods apart decides about them up to the role's limit `own_quarantine` only, at cost;
    who may do everything (an owner) always may. What goes back lowers what we owe the supplier by
    its cost; the tax follows with the supplier's credit note. Locks the entry, then the balances.

    Raises:
        UnknownQuarantine: No such entry in the acting branch.
        MoreThanWaits: Fewer units wait for a decision.
        OwnQuarantine: The actor put them apart, and they cost more than the limit.
        LotOnHold, ExpiredLot: The lot may not be sold, so it is not released.
        NoSupplier: Nobody is known to take the lot back.
        PeriodClosed: The books are closed for today.

    Emits:
        inventory.quarantine_decided.v1, in the same transaction.

    Source: s.17(5)(h) CGST Act bars the input credit of goods written off; its reversal belongs to
    the tax return and is not posted here.
    """
    apart = _lock(session, ctx, cmd)
    facts = _lot_facts(session, ctx, apart.lot_id)
    _refuse_outcome(ctx, cmd, facts)
    target = _target(session, ctx, apart, cmd.outcome)
    ends = [target.id] if target.is_owned else []
    lots = lock_lots(session, ctx, apart.location_id, [apart.lot_id], also_in=ends)
    lot = lots[apart.lot_id]
    value = lot.take(cmd.quantity, "quantity")
    _refuse_own(ctx, apart, value)
    decision_id = new_id()
    _post(session, ctx, cmd, (decision_id, apart, target), (lot, value, facts["supplier_id"]))
    row = {
        "tenant_id": ctx.tenant_id,
        "id": decision_id,
        "quarantine_id": apart.id,
        "outcome": cmd.outcome,
        "quantity": cmd.quantity,
        "value": value,
        "reason": cmd.reason,
        "decided_at": ctx.now,
        "decided_by": ctx.user_id,
    }
    db.insert_rows(session, StockQuarantineDecision, [row])
    _count(session, ctx, cmd)
    event = QuarantineDecided(
        quarantine_id=apart.id, outcome=cmd.outcome, quantity=cmd.quantity, value=value
    )
    emit(session, ctx, apart.id, event)
    left = apart.waiting - cmd.quantity
    return QuarantineDecision(quarantine_id=apart.id, waiting=left, value=value)


def _quarantine_of(session: Session, ctx: RequestContext, place: Place) -> UUID:
    found = beside(session, ctx, place, LocationKind.QUARANTINE)
    if found is None:
        message = f"The warehouse of {place.name} has no quarantine. Add one to it."
        raise UnknownPlace(message, fields={"location_id": message})
    return found


def _lock(session: Session, ctx: RequestContext, cmd: DecideQuarantine) -> _Apart:
    row = db.fetch_one(
        session,
        "select q.id, q.location_id, q.from_location_id, q.lot_id, q.waiting, q.put_by"
        "  from stock_quarantine q"
        "  join location place on place.tenant_id = q.tenant_id and place.id = q.location_id"
        "  join warehouse w on w.tenant_id = place.tenant_id and w.id = place.warehouse_id"
        " where q.tenant_id = %s and q.id = %s and w.branch_id = %s for update of q",
        (ctx.tenant_id, cmd.quarantine_id, ctx.branch_id),
    )
    if row is None:
        message = "These goods are not in quarantine here."
        raise UnknownQuarantine(message, fields={"quarantine_id": message})
    apart = _Apart(**row)
    if cmd.quantity > apart.waiting:
        message = f"Only {apart.waiting} wait for a decision. Lower the quantity."
        raise MoreThanWaits(message, fields={"quantity": message})
    return apart


def _lot_facts(session: Session, ctx: RequestContext, lot_id: UUID) -> db.Row:
    row = db.fetch_one(
        session,
        "select lot_number, status, expires_on, supplier_id from lot"
        " where tenant_id = %s and id = %s for share",
        (ctx.tenant_id, lot_id),
    )
    assert row is not None  # noqa: S101  a foreign key says so
    return row


def _refuse_outcome(ctx: RequestContext, cmd: DecideQuarantine, lot: db.Row) -> None:
    if cmd.outcome == QuarantineOutcome.RETURNED and lot["supplier_id"] is None:
        message = "No supplier is known for this lot. Write it off instead."
        raise NoSupplier(message, fields={"outcome": message})
    if cmd.outcome != QuarantineOutcome.RELEASED:
        return
    if lot["status"] != LotStatus.AVAILABLE:
        message = f"Lot {lot['lot_number']} is {_STANDS[lot['status']]}, so it is not released."
        raise LotOnHold(message, fields={"outcome": message})
    if lot["expires_on"] is not None and lot["expires_on"] < ctx.today:
        message = f"Lot {lot['lot_number']} has expired. Send it back or write it off."
        raise ExpiredLot(message, fields={"outcome": message})


def _refuse_own(ctx: RequestContext, apart: _Apart, value: Decimal) -> None:
    if apart.put_by != ctx.user_id or ANY_PERMISSION in ctx.permissions:
        return
    limit = ctx.limit(OWN_LIMIT)
    if value > limit:
        raise OwnQuarantine(
            f"You put these goods apart yourself, and {money_text(value)} are above your limit of"
            f" {money_text(limit)} for that. Ask someone else to decide."
        )


def _target(
    session: Session, ctx: RequestContext, apart: _Apart, outcome: QuarantineOutcome
) -> Place:
    if outcome == QuarantineOutcome.RELEASED:
        place_id = apart.from_location_id
    else:
        is_back = outcome == QuarantineOutcome.RETURNED
        place_id = outside(session, ctx, LocationKind.SUPPLIER if is_back else LocationKind.WASTE)
    return get_places(session, ctx, [place_id])[place_id]


def _post(
    session: Session,
    ctx: RequestContext,
    cmd: DecideQuarantine,
    way: tuple[UUID, _Apart, Place],
    goods: tuple[HeldLot, Decimal, UUID | None],
) -> None:
    """Move the units and post what that does to the books; a release posts nothing."""
    (decision_id, apart, target), (lot, value, supplier_id) = way, goods
    origin = Origin("stock_quarantine", decision_id)
    move = Movement(
        lot.variant_id,
        lot.lot_id,
        apart.location_id,
        target.id,
        cmd.quantity,
        value,
        1,
        f"{cmd.outcome}: {cmd.reason}",
    )
    write_moves(session, ctx, origin, [move])
    against: Sequence[accounting.NewLine] = {
        QuarantineOutcome.RELEASED: [],
        QuarantineOutcome.RETURNED: [accounting.debit("creditors", value, supplier_id)],
        QuarantineOutcome.WRITTEN_OFF: [accounting.debit("loss_expired", value)],
    }[cmd.outcome]
    if against:
        said = str(cmd.outcome).replace("_", " ")
        narration = f"Goods in quarantine {said}: {cmd.reason}"
        post_lines(
            session, ctx, origin, narration, [*against, accounting.credit("inventory", value)]
        )


def _count(session: Session, ctx: RequestContext, cmd: DecideQuarantine) -> None:
    db.execute(
        session,
        "update stock_quarantine set released = released + %(released)s,"
        " returned = returned + %(returned)s, written_off = written_off + %(written_off)s"
        " where tenant_id = %(tenant)s and id = %(id)s",
        {outcome.value: 0 for outcome in QuarantineOutcome}
        | {cmd.outcome.value: cmd.quantity, "tenant": ctx.tenant_id, "id": cmd.quarantine_id},
    )
