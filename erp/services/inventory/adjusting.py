"""Adjustments and write-offs: the books follow the shelf, with a reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy.orm import Session

from erp.core.context import RequestContext
from erp.core.errors import DomainError, raise_all
from erp.core.ids import new_id
from erp.models.inventory import LocationKind
from erp.services.inventory.balances import HeldLot, lock_lots
from erp.services.inventory.events import StockAdjusted, StockWrittenOff
from erp.services.inventory.moving import Movement, Origin, write_moves
from erp.services.inventory.places import Place, get_owned_place, outside
from erp.services.inventory.posting import post_stock
from erp.services.platform import Closed, Command, Quantity, Result, Text, command, emit

NOTHING = Decimal("0.00")
DIFFERENCES = "stock_adjustment"


class AdjustmentReason(StrEnum):
    """Why the shelf and the books differ."""

    COUNT = "count"
    """A count found more or less."""
    FOUND = "found"
    """Goods turned up."""
    THEFT = "theft"
    """Goods were stolen."""
    SAMPLE = "sample"
    """Goods were given away to be tried; a cost of promotion."""
    OWN_USE = "own_use"
    """Goods were used in the business."""


class WriteOffReason(StrEnum):
    """Why goods are given up."""

    EXPIRED = "expired"
    DAMAGED = "damaged"
    BROKEN = "broken"
    RECALLED = "recalled"


class AdjustmentLine(Closed):
    """Base units of a lot to add, or with a minus to take off."""

    lot_id: UUID
    change: Annotated[int, Field(ge=-10_000_000, le=10_000_000)]

    @model_validator(mode="after")
    def _changes_something(self) -> "AdjustmentLine":
        if self.change == 0:
            msg = "the change is zero; leave the line out"
            raise ValueError(msg)
        return self


class AdjustStock(Command):
    """Bring the books in line with the shelf."""

    location_id: UUID | None = None
    reason_code: AdjustmentReason
    note: Text = ""
    lines: Annotated[tuple[AdjustmentLine, ...], Field(min_length=1, max_length=500)]


class StockAdjustment(Result):
    """What was found and what was lost, at cost."""

    adjustment_id: UUID
    gained: Decimal
    lost: Decimal


@dataclass(frozen=True, slots=True)
class ValuedChange:
    """Base units of a lot that are too many, or below zero too few, with their cost."""

    lot: HeldLot
    units: int
    cost: Decimal


@dataclass(frozen=True, slots=True)
class Cause:
    """Why stock changed, and the account that bears it."""

    reason: str
    account: str = DIFFERENCES


class LotQuantity(Closed):
    """Base units of a lot."""

    lot_id: UUID
    quantity: Quantity


class WriteOffStock(Command):
    """Give goods up for good."""

    location_id: UUID | None = None
    reason_code: WriteOffReason
    note: Text = ""
    lines: Annotated[tuple[LotQuantity, ...], Field(min_length=1, max_length=500)]


class StockWriteOff(Result):
    """The goods given up, at cost."""

    write_off_id: UUID
    value: Decimal


@command("inventory.adjust_stock", permission="inventory.adjust", rest="POST /stock-adjustments")
def adjust_stock(session: Session, ctx: RequestContext, cmd: AdjustStock) -> StockAdjustment:
    """Add or take off units of lots, against the account of counting differences; samples against promotion.

    Units taken off cost what the balance says, units added cost the same as those that are
    there, or as when the lot first came. Locks the balances it changes.

    Raises:
        InsufficientStock: More is taken off than is free; all such lines are named.
        UnknownLot: A lot is not in the acting tenant.

    Emits:
        inventory.stock_adjusted.v1, in the same transaction.
    """
    place = get_owned_place(session, ctx, cmd.location_id)
    lots = lock_lots(session, ctx, place.id, [line.lot_id for line in cmd.lines])
    reason = _reason(cmd.reason_code, cmd.note)
    changes = value_changes(lots, [(line.lot_id, line.change) for line in cmd.lines])
    origin = Origin("stock_adjustment", new_id())
    is_sample = cmd.reason_code is AdjustmentReason.SAMPLE
    account = "sales_promotion" if is_sample else DIFFERENCES
    gained, lost = post_changes(session, ctx, place, origin, changes, Cause(reason, account))
    event = StockAdjusted(
        adjustment_id=origin.id,
        location_id=place.id,
        reason_code=cmd.reason_code,
        gained=gained,
        lost=lost,
    )
    emit(session, ctx, origin.id, event)
    return StockAdjustment(adjustment_id=origin.id, gained=gained, lost=lost)


def value_changes(
    lots: Mapping[UUID, HeldLot], wanted: Sequence[tuple[UUID, int]]
) -> list[ValuedChange]:
    """Return what changes of locked lots cost; the lots are left as if units were taken off.

    Raises:
        InsufficientStock: More is taken off than is free; all such lines are named.
    """
    less = _taken(lots, [(at, lot, -change) for at, (lot, change) in enumerate(wanted)], "change")
    return [
        ValuedChange(lots[lot], change, less[at] if at in less else lots[lot].worth(change))
        for at, (lot, change) in enumerate(wanted)
    ]


def post_changes(
    session: Session,
    ctx: RequestContext,
    place: Place,
    origin: Origin,
    changes: Sequence[ValuedChange],
    cause: Cause,
) -> tuple[Decimal, Decimal]:
    """Move what is too many or too few in a place, post it, and return gain and loss at cost.

    Against the place of counting differences and the account of the cause.

    Raises:
        PeriodClosed: The books are closed for the day.
    """
    beyond = outside(session, ctx, LocationKind.LOST_FOUND)
    movements = [
        Movement(
            change.lot.variant_id, change.lot.lot_id,
            *((beyond, place.id) if change.units > 0 else (place.id, beyond)),
            abs(change.units), change.cost, line_no, cause.reason,
        )
        for line_no, change in enumerate(changes, start=1)
    ]  # fmt: skip
    write_moves(session, ctx, origin, movements)
    gained = sum((change.cost for change in changes if change.units > 0), NOTHING)
    lost = sum((change.cost for change in changes if change.units < 0), NOTHING)
    net = gained - lost
    booked = {place.account_key: net, cause.account: -net}
    post_stock(session, ctx, origin, f"Stock adjusted: {cause.reason}", booked)
    return gained, lost


@command("inventory.write_off_stock", permission="inventory.adjust", rest="POST /stock-write-offs")
def write_off_stock(session: Session, ctx: RequestContext, cmd: WriteOffStock) -> StockWriteOff:
    """Take goods off the books as a loss; expired, held and recalled lots may go.

    Debits the loss on expired stock. Locks the balances it changes.

    Raises:
        InsufficientStock: More is written off than is free; all such lines are named.
        UnknownLot: A lot is not in the acting tenant.

    Emits:
        inventory.stock_written_off.v1, in the same transaction.

    Source: s.17(5)(h) CGST Act bars the input credit of goods written off; its reversal belongs
    to the tax return and is not posted here.
    """
    place = get_owned_place(session, ctx, cmd.location_id)
    lots = lock_lots(session, ctx, place.id, [line.lot_id for line in cmd.lines])
    waste = outside(session, ctx, LocationKind.WASTE)
    reason = _reason(cmd.reason_code, cmd.note)
    wanted = [(at, line.lot_id, line.quantity) for at, line in enumerate(cmd.lines)]
    costs = _taken(lots, wanted, "quantity")
    movements = [
        Movement(
            lots[lot_id].variant_id, lot_id, place.id, waste, quantity, costs[at], at + 1, reason
        )
        for at, lot_id, quantity in wanted
    ]
    origin = Origin("stock_write_off", new_id())
    write_moves(session, ctx, origin, movements)
    value = sum(costs.values(), NOTHING)
    post_stock(
        session,
        ctx,
        origin,
        f"Stock written off: {reason}",
        {"loss_expired": value, place.account_key: -value},
    )
    event = StockWrittenOff(
        write_off_id=origin.id, location_id=place.id, reason_code=cmd.reason_code, value=value
    )
    emit(session, ctx, origin.id, event)
    return StockWriteOff(write_off_id=origin.id, value=value)


def _taken(
    lots: Mapping[UUID, HeldLot], wanted: Sequence[tuple[int, UUID, int]], field: str
) -> dict[int, Decimal]:
    """Take units off the locked lots and return each line's cost; all short lines are named."""
    costs: dict[int, Decimal] = {}
    refusals: list[DomainError] = []
    for at, lot_id, quantity in wanted:
        if quantity <= 0:
            continue
        try:
            costs[at] = lots[lot_id].take(quantity, f"lines.{at}.{field}")
        except DomainError as refusal:
            refusals.append(refusal)
    raise_all(refusals)
    return costs


def _reason(code: StrEnum, note: str) -> str:
    return f"{code.value}: {note}" if note else code.value
