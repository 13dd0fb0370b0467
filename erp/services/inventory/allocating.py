"""Allocation: which lots a basket takes, chosen under lock."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import DomainError
from erp.core.formatting import expiry_text
from erp.models.inventory import LotStatus
from erp.services import catalog
from erp.services.inventory.errors import (
    ExpiredLot,
    LotOnHold,
    LotRequired,
    ReasonRequired,
)
from erp.services.inventory.picking import Pick, value_of
from erp.services.inventory.shortages import shortage_of

Policy = Literal["fefo", "fifo", "lifo", "explicit"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one document line asks of the stock.

    Attributes:
        line_no: From 1; refusals name the field `lines.{line_no - 1}`, as a JSON list counts.
        quantity: Base units.
        lot_id: A lot the caller insists on, such as the pack that was scanned.
        reason: Why that lot is taken although another comes first; kept on the move.
        takes_less: A promise, served with what there is where there is less; no lot need be named.
        only_moves: The named lot stays ours: it is taken whatever its standing and its turn.
    """

    line_no: int
    variant_id: UUID
    quantity: int
    lot_id: UUID | None = None
    reason: str = ""
    takes_less: bool = False
    only_moves: bool = False


@dataclass(slots=True)
class _Shelf:
    """A locked balance while a basket is served from it."""

    location_id: UUID
    variant_id: UUID
    lot_id: UUID
    lot_number: str
    expires_on: date | None
    mrp: Decimal
    ptr: Decimal | None
    pts: Decimal | None
    status: str
    received_at: datetime
    on_hand: int
    reserved: int
    value: Decimal
    customer_id: UUID
    removal: Policy
    is_sellable: bool = field(default=False)

    @property
    def free(self) -> int:
        return self.on_hand - self.reserved

    def take(self, quantity: int) -> Decimal:
        """Take units off and return their cost; the last units take the whole rest."""
        cost = value_of(self.value, quantity, self.on_hand)
        self.on_hand -= quantity
        self.value -= cost
        return cost


Stock = Mapping[UUID, Sequence[_Shelf]]


def allocate(  # noqa: PLR0913  what is asked of the stock, each by its name
    session: Session,
    ctx: RequestContext,
    location_id: UUID,
    wanted: Sequence[Wanted],
    *,
    policy: Policy | None = None,
    effective_on: date | None = None,
    with_parts: bool = False,
) -> list[Pick]:
    """Choose lots for a whole basket and hold them until the transaction ends.

    One statement locks every balance of the basket's variants in this location, sorted by
    variant, lot and place, so that two baskets never wait for each other in a circle; it waits
    and never skips, so that no stock is refused that is there. Lots that are expired on the
    day, held or recalled are never chosen. A line may be served from several lots.

    `policy` orders the sellable lots: first expiry, first receipt, last receipt, or only the
    lots that the lines name; it is the warehouse's own unless the
    caller says another. `effective_on` is the day the goods leave; today by default. `with_parts`
    takes goods of the places that are part of this one too, as of the shelves of a room; of one lot
    those of the place itself go first.
    The picks come in the order of the lines, one of each lot for a line.

    Raises:
        InsufficientStock: Lines are short; all of them are named at once.
        ExpiredLot: A named lot is past its last usable day.
        LotOnHold: A named lot is held, in quarantine or recalled.
        LotRequired: The policy is `explicit` and a line names no lot.
        ReasonRequired: A named lot is not the next one to go and no reason is given.

    Source: reliability catalogue S2 to S5; the measured comparison of locking strategies.
    """
    day = effective_on or ctx.today
    statement = _LOCK_PARTS if with_parts else _LOCK
    stock = _read_stock(session, ctx, location_id, wanted, day, statement)
    return _chosen(session, ctx, wanted, (location_id, stock, policy or _policy_of(stock)))


def foresee(
    session: Session,
    ctx: RequestContext,
    location_id: UUID,
    wanted: Sequence[Wanted],
    *,
    with_parts: bool = False,
) -> list[Pick]:
    """Choose the lots that `allocate` would choose now, for a price: nothing is locked or waited for.

    Raises:
        InsufficientStock, ExpiredLot, LotOnHold, LotRequired, ReasonRequired: As `allocate`.
    """
    statement = _READ_PARTS if with_parts else _READ
    stock = _read_stock(session, ctx, location_id, wanted, ctx.today, statement)
    return _chosen(session, ctx, wanted, (location_id, stock, _policy_of(stock)))


def _chosen(
    session: Session,
    ctx: RequestContext,
    wanted: Sequence[Wanted],
    there: tuple[UUID, Stock, Policy],
) -> list[Pick]:
    location_id, stock, policy = there
    order = _ordered(stock, policy, location_id)
    refusals: dict[int, DomainError] = {}
    shortages: dict[int, int] = {}
    picks: list[Pick] = []
    for line in sorted(wanted, key=lambda line: (line.lot_id is None, line.line_no)):
        refusal = _refusal(line, order.get(line.variant_id, ()), policy)
        if refusal is not None:
            refusals[line.line_no] = refusal
            continue
        shelves = _eligible(line, order.get(line.variant_id, ()))
        available = sum(shelf.free for shelf in shelves)
        if available < line.quantity and not line.takes_less:
            shortages[line.line_no] = available
            continue
        picks += _picked(line, shelves)
    if refusals:
        raise refusals[min(refusals)]
    if shortages:
        raise shortage_of(session, ctx, wanted, shortages, stock)
    return sorted(picks, key=lambda pick: pick.line_no)


def hold_shelves(
    session: Session, ctx: RequestContext, location_id: UUID, variant_ids: Iterable[UUID]
) -> None:
    """Lock what there is of variants in a place and its parts, in the order in which baskets lock it."""
    db.execute(
        session,
        _LOCK_SHELVES,
        {
            "tenant": ctx.tenant_id,
            "location": location_id,
            "variants": sorted(set(variant_ids)),
        },
    )


_IN_PARTS: LiteralString = f"location_id = any({catalog.PLACE_AND_PARTS})"
_COLUMNS: LiteralString = (
    "select b.location_id, b.variant_id, b.lot_id, l.lot_number, l.expires_on, l.mrp, l.ptr, l.pts,"
    " l.status, l.received_at,"
    " b.on_hand, b.reserved, b.value,"
    " (select id from location where tenant_id = %(tenant)s and kind = 'customer'"
    "   order by code limit 1),"
    " (select w.removal from location place join warehouse w on w.tenant_id = place.tenant_id"
    "   and w.id = place.warehouse_id"
    "  where place.tenant_id = %(tenant)s and place.id = %(location)s)"
    " from stock_balance b join lot l on l.tenant_id = b.tenant_id and l.id = b.lot_id"
    " where b.tenant_id = %(tenant)s and b.variant_id = any(%(variants)s) and b.on_hand > 0"
)
_SORTED: LiteralString = "order by b.variant_id, b.lot_id, b.location_id"
_READ: LiteralString = f"{_COLUMNS} and b.location_id = %(location)s {_SORTED}"
_READ_PARTS: LiteralString = f"{_COLUMNS} and b.{_IN_PARTS} {_SORTED}"
_LOCK_SHELVES: LiteralString = f"""
    select 1 from stock_balance b where b.tenant_id = %(tenant)s and b.{_IN_PARTS}
       and b.variant_id = any(%(variants)s) {_SORTED} for update
"""  # noqa: S608  made of literals
_LOCK: LiteralString = f"{_READ} for update of b"
_LOCK_PARTS: LiteralString = f"{_READ_PARTS} for update of b"


def _read_stock(
    session: Session,
    ctx: RequestContext,
    location_id: UUID,
    wanted: Sequence[Wanted],
    day: date,
    statement: LiteralString,
) -> Stock:
    """Read the balances of the variants, by variant."""
    about = {
        "tenant": ctx.tenant_id,
        "location": location_id,
        "variants": sorted({line.variant_id for line in wanted}),
    }
    rows = db.raw(session).execute(statement, about)
    stock: dict[UUID, list[_Shelf]] = defaultdict(list)
    for row in rows:
        shelf = _Shelf(*row)
        shelf.is_sellable = shelf.status == LotStatus.AVAILABLE and not _expired(shelf, day)
        stock[shelf.variant_id].append(shelf)
    return stock


def _expired(shelf: _Shelf, day: date) -> bool:
    return shelf.expires_on is not None and shelf.expires_on < day


def _policy_of(stock: Stock) -> Policy:
    """Return how the warehouse of the stock is emptied; where nothing is there it matters not."""
    return next((shelf.removal for shelves in stock.values() for shelf in shelves), "fefo")


def _ordered(stock: Stock, policy: Policy, location_id: UUID) -> Stock:
    """Sort the lots of each variant in the order they should go; no expiry goes last.

    Units of one lot in several places go from the place itself first: sorting keeps what is equal in
    its order, reversed or not.
    """
    key = _by_receipt if policy in ("fifo", "lifo") else _by_expiry
    return {
        variant: sorted(
            sorted(shelves, key=lambda shelf: shelf.location_id != location_id),
            key=key,
            reverse=policy == "lifo",
        )
        for variant, shelves in stock.items()
    }


def _by_expiry(shelf: _Shelf) -> tuple[date, datetime, UUID]:
    return (shelf.expires_on or date.max, shelf.received_at, shelf.lot_id)


def _by_receipt(shelf: _Shelf) -> tuple[datetime, UUID]:
    return (shelf.received_at, shelf.lot_id)


def _refusal(line: Wanted, shelves: Sequence[_Shelf], policy: Policy) -> DomainError | None:
    """Return why a line's own choice of lot is refused, if it is."""
    at = f"lines.{line.line_no - 1}"
    if line.lot_id is None:
        if policy != "explicit" or line.takes_less:
            return None
        message = "Name the lot to take."
        return LotRequired(message, fields={f"{at}.lot_id": message})
    chosen = next((shelf for shelf in shelves if shelf.lot_id == line.lot_id), None)
    if chosen is None or line.only_moves:
        return None
    if not chosen.is_sellable:
        return _unsellable(chosen, at)
    first = next((shelf for shelf in shelves if shelf.is_sellable and shelf.free > 0), chosen)
    if policy == "explicit" or first.lot_id == chosen.lot_id or line.reason:
        return None
    message = (
        f"Lot {first.lot_number} ({_month(first)}) goes first."
        f" Say why you take {chosen.lot_number}."
    )
    return ReasonRequired(message, fields={f"{at}.reason": message})


def _unsellable(chosen: _Shelf, at: str) -> DomainError:
    if chosen.status != LotStatus.AVAILABLE:
        message = f"Lot {chosen.lot_number} is {_said(chosen.status)}. Take another lot."
        return LotOnHold(message, fields={f"{at}.lot_id": message})
    message = f"Lot {chosen.lot_number} expired in {_month(chosen)}. Take another lot."
    return ExpiredLot(message, fields={f"{at}.lot_id": message})


def _said(status: str) -> str:
    return {"hold": "on hold", "quarantine": "in quarantine"}.get(status, status)


def _month(shelf: _Shelf) -> str:
    return expiry_text(shelf.expires_on) if shelf.expires_on else "no expiry"


def _eligible(line: Wanted, shelves: Sequence[_Shelf]) -> list[_Shelf]:
    return [
        shelf
        for shelf in shelves
        if (shelf.is_sellable or line.only_moves)
        and shelf.free > 0
        and line.lot_id in (None, shelf.lot_id)
    ]


def _picked(line: Wanted, shelves: Sequence[_Shelf]) -> list[Pick]:
    picks: list[Pick] = []
    missing = line.quantity
    for shelf in shelves:
        quantity = min(missing, shelf.free)
        if quantity == 0:
            break
        missing -= quantity
        pick = Pick(
            line.line_no, line.variant_id, shelf.lot_id, shelf.lot_number, shelf.expires_on,
            shelf.mrp, shelf.ptr, shelf.pts, quantity, shelf.take(quantity), shelf.location_id,
            shelf.customer_id, line.reason,
        )  # fmt: skip
        if picks and picks[-1].lot_id == pick.lot_id:
            picks[-1] = picks[-1].standing_on(picks[-1].on_shelves + pick.on_shelves)
        else:
            picks.append(pick)
    return picks
