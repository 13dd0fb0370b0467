"""What becomes of goods on their way: they arrive, broken or sound, come back, or are lost."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import DomainError, InvalidInput, raise_all
from erp.core.ids import new_id
from erp.core.money import ZERO
from erp.models.inventory import (
    LocationKind,
    StockTransferRecord,
    TransferOutcome,
    TransferStatus,
)
from erp.services.inventory.balances import lock_lots
from erp.services.inventory.errors import MoreThanSent, UnknownPlace
from erp.services.inventory.events import TransferRecorded
from erp.services.inventory.moving import Movement, Origin, write_moves
from erp.services.inventory.places import ACCOUNT_OF_KIND, Place, beside, get_places, outside
from erp.services.inventory.posting import post_stock
from erp.services.inventory.requesting import (
    Transfer,
    TransferAnswer,
    answer_of,
    lock_transfer,
    require_branch,
)
from erp.services.platform import Closed, Command, Quantity, ShortText, command, emit

SETTLE = "inventory.settle_transfer"
Some = Annotated[int, Field(ge=0, le=10_000_000)]
LOSS = "loss_expired"
"""Account of goods that were given up, as of a write-off."""


class ArrivedLine(Closed):
    """Base units of a line that came.

    Attributes:
        arrived: Sound, for the shelf. damaged: came too, but not to be sold.
        reason: What is wrong with the damaged ones.
    """

    line_no: int
    arrived: Some = 0
    damaged: Some = 0
    reason: Annotated[str, Field(max_length=120)] = ""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.arrived + self.damaged:
            msg = "nothing of it came; leave the line out"
            raise ValueError(msg)
        return self


class ReceiveTransfer(Command):
    """Take in goods that another warehouse sent, in one go or in several."""

    transfer_id: UUID
    lines: Annotated[tuple[ArrivedLine, ...], Field(min_length=1, max_length=500)]


class SettledLine(Closed):
    """Base units of a line that did not come, and what is known of them."""

    line_no: int
    quantity: Quantity
    outcome: Literal["returned", "lost"]
    reason: ShortText


class SettleTransfer(Command):
    """Decide what became of goods that did not come."""

    transfer_id: UUID
    lines: Annotated[tuple[SettledLine, ...], Field(min_length=1, max_length=500)]


@dataclass(frozen=True, slots=True)
class _Said:
    """Units of a line with what is said of them; `field` names the input a refusal is about."""

    line_no: int
    outcome: TransferOutcome
    quantity: int
    reason: str
    field: str


@dataclass(slots=True)
class _Line:
    """A sent line under lock of its transfer."""

    id: UUID
    line_no: int
    lot_id: UUID
    under_way: int


@command(
    "inventory.receive_transfer",
    permission="inventory.transfer",
    rest="POST /transfers/{transfer_id}/receipts",
)
def receive_transfer(session: Session, ctx: RequestContext, cmd: ReceiveTransfer) -> TransferAnswer:
    """Put goods that came where they were meant to go; damaged ones where goods are not sold.

    What is still missing stays on its way until it comes too or is settled. Cost goes with the
    goods. Locks the transfer, then the balances in transit and at the destination in one order.

    Raises:
        UnknownTransfer: No such transfer to or from the acting branch.
        TransferNotOpen: Nothing of it is on its way.
        OtherBranch: The goods are not for the acting branch.
        MoreThanSent: More came than is on its way; all such lines are named.
        InvalidInput: A line is not of the transfer, or damage has no reason.
        UnknownPlace: The destination has no place for goods that are not to be sold.

    Emits:
        inventory.transfer_recorded.v1, in the same transaction.
    """
    transfer = lock_transfer(session, ctx, cmd.transfer_id, TransferStatus.ON_ITS_WAY)
    require_branch(ctx, transfer.to_branch_id, "Goods are taken in by the branch they are sent to.")
    said = [
        _Said(line.line_no, outcome, quantity, line.reason if is_bad else "", f"lines.{at}.{field}")
        for at, line in enumerate(cmd.lines)
        for outcome, quantity, field, is_bad in (
            (TransferOutcome.ARRIVED, line.arrived, "arrived", False),
            (TransferOutcome.DAMAGED, line.damaged, "damaged", True),
        )
        if quantity
    ]
    _require_reasons(cmd)
    return _record(session, ctx, transfer, said)


@command(
    "inventory.settle_transfer",
    permission=SETTLE,
    rest="POST /transfers/{transfer_id}/settlements",
)
def settle_transfer(session: Session, ctx: RequestContext, cmd: SettleTransfer) -> TransferAnswer:
    """Decide what became of goods that did not come: found back at the source, or lost.

    What was found back is put where it came from, by the branch that sent it. What is lost is
    written off as a loss. Locks as `receive_transfer` does.

    Raises:
        UnknownTransfer: No such transfer to or from the acting branch.
        TransferNotOpen: Nothing of it is on its way.
        OtherBranch: The other branch says that it found goods back.
        MoreThanSent: More is settled than is on its way; all such lines are named.
        InvalidInput: A line is not of the transfer.

    Emits:
        inventory.transfer_recorded.v1, in the same transaction.

    Source: s.17(5)(h) CGST Act bars the input credit of goods lost; its reversal belongs to the
    tax return and is not posted here.
    """
    transfer = lock_transfer(session, ctx, cmd.transfer_id, TransferStatus.ON_ITS_WAY)
    if any(line.outcome == "returned" for line in cmd.lines):
        require_branch(
            ctx, transfer.from_branch_id, "Whether goods are back is said by the branch they left."
        )
    said = [
        _Said(
            line.line_no,
            TransferOutcome(line.outcome),
            line.quantity,
            line.reason,
            f"lines.{at}.quantity",
        )
        for at, line in enumerate(cmd.lines)
    ]
    return _record(session, ctx, transfer, said)


def _require_reasons(cmd: ReceiveTransfer) -> None:
    message = "Say what is wrong with them."
    fields = {
        f"lines.{at}.reason": message
        for at, line in enumerate(cmd.lines)
        if line.damaged and not line.reason
    }
    if fields:
        raise InvalidInput(message, fields=fields)


def _record(
    session: Session, ctx: RequestContext, transfer: Transfer, said: Sequence[_Said]
) -> TransferAnswer:
    """Move the goods to where they turned out to be, post it, and write it down."""
    lines = _open_lines(session, ctx, transfer)
    _refuse_more_than_left(lines, said)
    ends = _ends(session, ctx, transfer, {one.outcome for one in said})
    step = _next_step(session, ctx, transfer)
    origin = Origin("stock_transfer", transfer.id, f"step {step}")
    values = _move(session, ctx, origin, (transfer, lines, ends), said)
    totals = _totals(said, values)
    _post(session, ctx, origin, transfer, ends, totals)
    rows = [
        {
            "tenant_id": ctx.tenant_id,
            "id": new_id(),
            "transfer_id": transfer.id,
            "line_id": lines[one.line_no].id,
            "step": step,
            "outcome": one.outcome,
            "quantity": one.quantity,
            "value": value,
            "reason": one.reason,
            "recorded_at": ctx.now,
            "user_id": ctx.user_id,
        }
        for one, value in zip(said, values, strict=True)
    ]
    db.insert_rows(session, StockTransferRecord, rows)
    status = _count(session, ctx, transfer, rows)
    named = {outcome.value: totals.get(outcome, ZERO) for outcome in TransferOutcome}
    event = TransferRecorded(
        transfer_id=transfer.id, is_settled=status == TransferStatus.SETTLED, **named
    )
    emit(session, ctx, transfer.id, event)
    moved = sum(values, ZERO)
    return answer_of(transfer.id, transfer.number, transfer.challan or "", status, moved)


def _open_lines(session: Session, ctx: RequestContext, transfer: Transfer) -> dict[int, _Line]:
    rows = db.fetch_all(
        session,
        "select id, line_no, lot_id, under_way"
        " from stock_transfer_line where tenant_id = %s and transfer_id = %s",
        (ctx.tenant_id, transfer.id),
    )
    return {row["line_no"]: _Line(**row) for row in rows}


def _refuse_more_than_left(lines: Mapping[int, _Line], said: Sequence[_Said]) -> None:
    left = {line_no: line.under_way for line_no, line in lines.items()}
    seen: set[tuple[int, TransferOutcome]] = set()
    refusals: list[DomainError] = []
    for one in said:
        if one.line_no not in left or (one.line_no, one.outcome) in seen:
            message = "This line is not on the transfer, or named twice."
            refusals.append(InvalidInput(message, fields={one.field: message}))
        elif one.quantity > left[one.line_no]:
            message = f"Only {left[one.line_no]} of it are still on their way. Lower the quantity."
            refusals.append(MoreThanSent(message, fields={one.field: message}))
        else:
            left[one.line_no] -= one.quantity
            seen.add((one.line_no, one.outcome))
    raise_all(refusals)


def _ends(
    session: Session, ctx: RequestContext, transfer: Transfer, outcomes: set[TransferOutcome]
) -> dict[TransferOutcome, Place]:
    """Return where the units of each outcome are."""
    places = get_places(session, ctx, [transfer.from_location_id, transfer.to_location_id])
    target = places[transfer.to_location_id]
    ends = {
        TransferOutcome.ARRIVED: target,
        TransferOutcome.RETURNED: places[transfer.from_location_id],
    }
    if TransferOutcome.DAMAGED in outcomes:
        ends[TransferOutcome.DAMAGED] = _unsold_place(session, ctx, target)
    if TransferOutcome.LOST in outcomes:
        waste = outside(session, ctx, LocationKind.WASTE)
        ends[TransferOutcome.LOST] = get_places(session, ctx, [waste])[waste]
    return ends


def _unsold_place(session: Session, ctx: RequestContext, target: Place) -> Place:
    found = beside(session, ctx, target, LocationKind.EXPIRED_STORE)
    if found is None:
        raise UnknownPlace("Damaged goods need an expired store. Add one to this warehouse.")
    return get_places(session, ctx, [found])[found]


def _move(
    session: Session,
    ctx: RequestContext,
    origin: Origin,
    about: tuple[Transfer, Mapping[int, _Line], Mapping[TransferOutcome, Place]],
    said: Sequence[_Said],
) -> list[Decimal]:
    """Take the goods out of transit; return the cost of each part."""
    transfer, lines, ends = about
    assert transfer.transit_location_id is not None  # noqa: S101  a constraint says so
    wanted = list(dict.fromkeys(lines[one.line_no].lot_id for one in said))
    owned = [end.id for outcome, end in ends.items() if outcome != TransferOutcome.LOST]
    lots = lock_lots(session, ctx, transfer.transit_location_id, wanted, also_in=owned)
    costs = [lots[lines[one.line_no].lot_id].take(one.quantity, one.field) for one in said]
    movements = [
        Movement(
            lots[lines[one.line_no].lot_id].variant_id,
            lines[one.line_no].lot_id,
            transfer.transit_location_id,
            ends[one.outcome].id,
            one.quantity,
            cost,
            one.line_no,
            one.reason,
        )
        for one, cost in zip(said, costs, strict=True)
    ]
    write_moves(session, ctx, origin, movements)
    return costs


def _totals(
    said: Sequence[_Said], values: Sequence[Decimal]
) -> defaultdict[TransferOutcome, Decimal]:
    totals: defaultdict[TransferOutcome, Decimal] = defaultdict(lambda: ZERO)
    for one, value in zip(said, values, strict=True):
        totals[one.outcome] += value
    return totals


def _post(
    session: Session,
    ctx: RequestContext,
    origin: Origin,
    transfer: Transfer,
    ends: Mapping[TransferOutcome, Place],
    totals: Mapping[TransferOutcome, Decimal],
) -> None:
    booked: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    for outcome, value in totals.items():
        is_lost = outcome == TransferOutcome.LOST
        booked[LOSS if is_lost else ACCOUNT_OF_KIND[ends[outcome].kind]] += value
    booked["goods_in_transit"] -= sum(totals.values(), ZERO)
    said = " and ".join(outcome.value for outcome in totals)
    narration = f"Goods of challan {transfer.challan} {said}"
    post_stock(session, ctx, origin, narration, booked)


def _next_step(session: Session, ctx: RequestContext, transfer: Transfer) -> int:
    row = db.fetch_one(
        session,
        "select coalesce(max(step), 0) + 1 as step from stock_transfer_record"
        " where tenant_id = %s and transfer_id = %s",
        (ctx.tenant_id, transfer.id),
    )
    return row["step"] if row else 1


def _count(
    session: Session, ctx: RequestContext, transfer: Transfer, rows: Sequence[db.Row]
) -> TransferStatus:
    """Add what was said to the lines; nothing left on its way settles the transfer."""
    db.execute(
        session,
        "update stock_transfer_line line set arrived = arrived + said.a, damaged = damaged + said.d,"
        " returned = returned + said.r, lost = lost + said.l"
        " from (select line_id, coalesce(sum(units) filter (where outcome = 'arrived'), 0) as a,"
        "  coalesce(sum(units) filter (where outcome = 'damaged'), 0) as d,"
        "  coalesce(sum(units) filter (where outcome = 'returned'), 0) as r,"
        "  coalesce(sum(units) filter (where outcome = 'lost'), 0) as l"
        "  from unnest(%s::uuid[], %s::text[], %s::bigint[]) as one (line_id, outcome, units)"
        "  group by line_id) said"
        " where line.tenant_id = %s and line.id = said.line_id",
        (
            [row["line_id"] for row in rows],
            [row["outcome"].value for row in rows],
            [row["quantity"] for row in rows],
            ctx.tenant_id,
        ),
    )
    settled = db.fetch_one(
        session,
        "update stock_transfer set status = 'settled', closed_at = %(now)s, closed_by = %(user)s"
        " where tenant_id = %(tenant)s and id = %(id)s and not exists ("
        "  select 1 from stock_transfer_line line where line.tenant_id = %(tenant)s"
        "   and line.transfer_id = %(id)s"
        "   and line.under_way > 0) returning id",
        {"now": ctx.now, "user": ctx.user_id, "tenant": ctx.tenant_id, "id": transfer.id},
    )
    return TransferStatus.SETTLED if settled else TransferStatus.ON_ITS_WAY
