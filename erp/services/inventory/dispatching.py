"""Sending goods off to another warehouse, under a delivery challan."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.clock import fiscal_year
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.ids import new_id
from erp.core.money import ZERO
from erp.models.inventory import LocationKind, StockTransfer, StockTransferLine, TransferStatus
from erp.services.inventory.allocating import Wanted, allocate
from erp.services.inventory.errors import UnknownPlace, WrongPlace
from erp.services.inventory.events import TransferDispatched
from erp.services.inventory.moving import Movement, Origin, write_moves
from erp.services.inventory.picking import Pick
from erp.services.inventory.places import Place, beside, get_owned_place
from erp.services.inventory.posting import post_stock
from erp.services.inventory.requesting import (
    TRANSFER,
    AskedLine,
    Transfer,
    TransferAnswer,
    answer_of,
    check_ends,
    lock_transfer,
    new_head,
    require_branch,
    tell,
)
from erp.services.platform import Command, Day, Series, Text, command, emit, next_number

USUAL_DAYS: Final = 3
"""Days after which goods on their way are overdue, where nobody said another day."""


class SentLine(AskedLine):
    """Base units to send; of a lot where one is named, else as the shelves give them."""

    lot_id: UUID | None = None


class DispatchTransfer(Command):
    """Send goods to another warehouse.

    Attributes:
        transfer_id: The request that this answers; places named besides must be its own.
        to_location_id: Where they go; needed where no request is named.
        expected_on: When they should be there; three days from now if not said.
        transport: Vehicle, carrier or who takes them along.
    """

    transfer_id: UUID | None = None
    from_location_id: UUID | None = None
    to_location_id: UUID | None = None
    expected_on: Day | None = None
    transport: Annotated[str, Field(max_length=120)] = ""
    note: Text = ""
    lines: Annotated[tuple[SentLine, ...], Field(min_length=1, max_length=200)]


@command("inventory.dispatch_transfer", permission=TRANSFER, rest="POST /transfers/dispatch")
def dispatch_transfer(
    session: Session, ctx: RequestContext, cmd: DispatchTransfer
) -> TransferAnswer:
    """Let goods leave for another warehouse, under a delivery challan with a number of its own.

    They are in transit then: still ours, at the cost they left with, in the account of goods in
    transit, and not for sale anywhere. A lot that is named goes whatever its standing, so that
    expired goods can be gathered in one place. The people there are told in their inbox. Locks
    the request, then the balances at both ends in one order.

    Raises:
        UnknownTransfer: No such request to the acting branch. TransferNotOpen: it is answered.
        UnknownPlace: A location is not known, or the source has no place for goods in transit.
        WrongPlace: Both ends are of one warehouse, or not those of the request.
        InvoiceNeeded: The branches are registered for GST apart.
        OtherBranch: The goods are not the acting branch's.
        InsufficientStock: More is sent than is free; all such lines are named.
        InvalidInput: The goods are expected in the past.

    Emits:
        inventory.transfer_dispatched.v1, in the same transaction.

    Source: CGST Rules r.55(1)(c), movement other than by way of supply; Schedule I para 2.
    """
    asked = _asked(session, ctx, cmd)
    source, target = _ends(session, ctx, cmd, asked)
    require_branch(ctx, source.branch_id, f"Goods of {source.name} are sent by its branch.")
    if cmd.expected_on is not None and cmd.expected_on < ctx.today:
        message = "This day has gone by. Choose today or a later day."
        raise InvalidInput(message, fields={"expected_on": message})
    transit_id = _transit_of(session, ctx, source)
    picks = _picked(session, ctx, source, transit_id, cmd.lines)
    transfer_id = asked.id if asked else new_id()
    value = _send(session, ctx, Origin("stock_transfer", transfer_id), picks, (source, transit_id))
    # the branch whose goods leave numbers the challan, whoever acts for it
    series = Series(
        source.branch_id or ctx.branch_id, "delivery_challan", fiscal_year(ctx.today), "DC"
    )
    challan = next_number(session, ctx, series)
    _write(session, ctx, cmd, (asked, transfer_id, challan, transit_id), (source, target))
    db.insert_rows(session, StockTransferLine, _lines(ctx, transfer_id, picks))
    title = f"{source.name} sent you goods"
    tell(session, ctx, target, (title, f"dispatch:{transfer_id}"), transfer_id)
    event = TransferDispatched(
        transfer_id=transfer_id, challan=challan, from_location_id=source.id,
        to_location_id=target.id, value=value,
    )  # fmt: skip
    emit(session, ctx, transfer_id, event)
    number = asked.number if asked else challan
    return answer_of(transfer_id, number, challan, TransferStatus.ON_ITS_WAY, value)


def _asked(session: Session, ctx: RequestContext, cmd: DispatchTransfer) -> Transfer | None:
    if cmd.transfer_id is None:
        return None
    return lock_transfer(session, ctx, cmd.transfer_id, TransferStatus.REQUESTED)


def _ends(
    session: Session, ctx: RequestContext, cmd: DispatchTransfer, asked: Transfer | None
) -> tuple[Place, Place]:
    """Return source and target, of the request where there is one."""
    from_id, to_id = cmd.from_location_id, cmd.to_location_id
    if asked:
        named = (from_id or asked.from_location_id, to_id or asked.to_location_id)
        from_id, to_id = asked.from_location_id, asked.to_location_id
        if named != (from_id, to_id):
            message = f"Request {asked.number} names other places. Leave them out."
            raise WrongPlace(message, fields={"from_location_id": message})
    source = get_owned_place(session, ctx, from_id, "from_location_id")
    if to_id is None:
        message = "Choose where the goods go."
        raise UnknownPlace(message, fields={"to_location_id": message})
    target = get_owned_place(session, ctx, to_id, "to_location_id")
    check_ends(source, target)
    return source, target


def _transit_of(session: Session, ctx: RequestContext, source: Place) -> UUID:
    found = beside(session, ctx, source, LocationKind.TRANSIT)
    if found is None:
        message = f"The warehouse of {source.name} has no place for goods in transit. Add one."
        raise UnknownPlace(message, fields={"from_location_id": message})
    return found


def _picked(
    session: Session,
    ctx: RequestContext,
    source: Place,
    transit_id: UUID,
    lines: Sequence[SentLine],
) -> list[Pick]:
    """Choose lots under lock, one pick per lot."""
    wanted = [
        Wanted(at, line.variant_id, line.quantity, line.lot_id, only_moves=line.lot_id is not None)
        for at, line in enumerate(lines, start=1)
    ]
    db.execute(
        session,
        "select 1 from stock_balance where tenant_id = %s and location_id = any(%s)"
        " and variant_id = any(%s) order by variant_id, lot_id, location_id for update",
        (ctx.tenant_id, [source.id, transit_id], [line.variant_id for line in lines]),
    )
    merged: dict[UUID, Pick] = {}
    for pick in allocate(session, ctx, source.id, wanted):
        before = merged.get(pick.lot_id)
        merged[pick.lot_id] = (
            replace(
                before, quantity=before.quantity + pick.quantity, value=before.value + pick.value
            )
            if before
            else pick
        )
    return [replace(pick, line_no=at) for at, pick in enumerate(merged.values(), start=1)]


def _send(
    session: Session,
    ctx: RequestContext,
    origin: Origin,
    picks: Iterable[Pick],
    way: tuple[Place, UUID],
) -> Decimal:
    """Move the goods into transit and post it; return their cost."""
    source, transit_id = way
    movements = [
        Movement(
            pick.variant_id, pick.lot_id, source.id, transit_id, pick.quantity, pick.value,
            pick.line_no,
        )
        for pick in picks
    ]  # fmt: skip
    write_moves(session, ctx, origin, movements)
    value = sum((move.value for move in movements), ZERO)
    changes = {"goods_in_transit": value, source.account_key: -value}
    post_stock(session, ctx, origin, f"Goods sent from {source.name}", changes)
    return value


def _write(
    session: Session,
    ctx: RequestContext,
    cmd: DispatchTransfer,
    known: tuple[Transfer | None, UUID, str, UUID],
    ends: tuple[Place, Place],
) -> None:
    """Write on the transfer, a new one where nobody asked, that its goods left."""
    asked, transfer_id, challan, transit_id = known
    facts = {
        "status": TransferStatus.ON_ITS_WAY,
        "challan": challan,
        "transit_location_id": transit_id,
        "expected_on": cmd.expected_on or ctx.today + timedelta(days=USUAL_DAYS),
        "transport": cmd.transport,
        "dispatched_at": ctx.now,
        "dispatched_by": ctx.user_id,
    }
    if asked is None:
        head = new_head(ctx, *ends, challan)
        row = head | {"id": transfer_id, "note": cmd.note} | facts
        db.insert_rows(session, StockTransfer, [row])
        return
    db.execute(
        session,
        "update stock_transfer set status = %(status)s, challan = %(challan)s,"
        " transit_location_id = %(transit_location_id)s, expected_on = %(expected_on)s,"
        " transport = %(transport)s, dispatched_at = %(dispatched_at)s,"
        " dispatched_by = %(dispatched_by)s,"
        " note = left(concat_ws(' - ', nullif(note, ''), nullif(%(note)s::text, '')), 500)"
        " where tenant_id = %(tenant)s and id = %(id)s",
        facts | {"note": cmd.note, "tenant": ctx.tenant_id, "id": asked.id},
    )


def _lines(ctx: RequestContext, transfer_id: UUID, picks: Iterable[Pick]) -> list[db.Row]:
    none_yet = {"arrived": 0, "damaged": 0, "returned": 0, "lost": 0}
    return [
        {
            "tenant_id": ctx.tenant_id,
            "id": new_id(),
            "transfer_id": transfer_id,
            "line_no": pick.line_no,
            "variant_id": pick.variant_id,
            "lot_id": pick.lot_id,
            "sent": pick.quantity,
            "value": pick.value,
        }
        | none_yet
        for pick in picks
    ]
