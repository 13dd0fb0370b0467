"""Settling what a device sold alone and could not be posted as it came."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field
from pydantic_core import to_json
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.clock import business_date, fiscal_year
from erp.core.context import RequestContext
from erp.core.errors import DomainError, InvalidInput, NotFound
from erp.models.pos import OfflineStatus
from erp.services.platform import (
    Closed,
    Command,
    DomainEvent,
    Quantity,
    ShortText,
    command,
    emit,
)
from erp.services.pos.basket import MAX_LINES
from erp.services.pos.errors import AlreadySettled, ForeignNumber, ShiftClosed
from erp.services.pos.offline_leasing import Lease, hold_lease
from erp.services.pos.offline_posting import (
    OfflineBill,
    Taken,
    holds_on,
    lent_discount,
    read_back,
    readable,
    require_number,
    try_to_post,
)
from erp.services.pos.offline_pricing import are_prices_as_lent
from erp.services.pos.offline_taking_in import SETTLE, TakenIn


class OfflineSaleSettled(DomainEvent):
    """Somebody decided what becomes of a bill that waited."""

    name = "pos.offline_sale_settled.v1"
    sale_id: UUID
    number: str
    status: str


class ReallyTaken(Closed):
    """Units of a lot that really left for a line; `line` counts from 0."""

    line: Annotated[int, Field(ge=0, le=MAX_LINES - 1)]
    lot_id: UUID
    quantity: Quantity


class SettleSale(Command):
    """Post a bill that waits.

    Attributes:
        lots: For lines of which other lots left than the bill names; all units of such a line.
        answer: What was found and done about it.
    """

    sale_id: UUID
    lots: Annotated[tuple[ReallyTaken, ...], Field(max_length=MAX_LINES)] = ()
    answer: ShortText


@command(SETTLE, permission=SETTLE, rest="POST /offline-sales/{sale_id}/settlement")
def settle_offline_sale(session: Session, ctx: RequestContext, cmd: SettleSale) -> TakenIn:
    """Post a bill that waits, at the price that was paid, from the lots that really left.

    It keeps its number and date; where the device was not lent them, it takes the register's next
    number and is dated when it arrived. It counts in the lease's shift, or once that is closed in
    the open one of the register. Locks the lease, then as `post_sale` does.

    Raises:
        NotFound: There is no such bill at the acting branch.
        AlreadySettled: It does not wait any more.
        ShiftClosed: No shift of the register is open.
        Malformed: It cannot be read.
        InvalidInput: The units of a line's lots are not the line's.
        ApprovalRequired: The device was not given its prices, or its cashier not so much for discounts,
            and they are beyond the actor's limit.
        AboveMrp: More was paid than the MRP of a lot that is named.
        Whatever `post_sale` raises about goods, totals and periods.

    Emits:
        pos.offline_sale_settled.v1, pos.sale_posted.v1
    """
    sale = _waiting(session, ctx, cmd.sale_id)
    lease = hold_lease(session, ctx, sale["lease_id"])
    bill = readable(read_back(sale["body"]) or {}, sale["place"])
    holds = holds_on(session, ctx, lease, cmd.sale_id, bill)
    sold_at = bill.sold_at if holds else sale["received_at"]
    taken = Taken(
        sale_id=cmd.sale_id,
        shift_id=_shift_for(session, ctx, lease),
        bill=bill,
        sold_at=sold_at,
        user_id=lease.user_id,
        number=_number_for(session, ctx, lease, cmd.sale_id, bill.place, sold_at),
        lots=_really_taken(bill, cmd.lots),
        note=f"Offline bill {sale['number']}: {cmd.answer}",
        lent=lent_discount(lease, bill),
        is_settled=True,
        is_priced_otherwise=not are_prices_as_lent(session, ctx, lease, bill.lines),
    )
    outcome = try_to_post(session, ctx, taken)
    if isinstance(outcome, DomainError):
        raise outcome
    return _settled(session, ctx, sale, cmd.answer, OfflineStatus.POSTED, outcome.differences)


class DiscardSale(Command):
    """Say that a bill that waits is none: a trial, a double, a forgery."""

    sale_id: UUID
    answer: ShortText


@command(
    "pos.discard_offline_sale", permission=SETTLE, rest="POST /offline-sales/{sale_id}/discard"
)
def discard_offline_sale(session: Session, ctx: RequestContext, cmd: DiscardSale) -> TakenIn:
    """Put a bill away for a reason, its number void; it stays on the list.

    Raises:
        NotFound: There is no such bill at the acting branch.
        AlreadySettled: It does not wait any more.

    Emits:
        pos.offline_sale_settled.v1
    """
    sale = _waiting(session, ctx, cmd.sale_id)
    return _settled(session, ctx, sale, cmd.answer, OfflineStatus.DISCARDED, [])


def _really_taken(
    bill: OfflineBill, lots: tuple[ReallyTaken, ...]
) -> dict[int, list[tuple[UUID, int]]]:
    """Return lots and units by line, for lines of which some are told."""
    taken: dict[int, list[tuple[UUID, int]]] = {}
    for each in lots:
        taken.setdefault(each.line, []).append((each.lot_id, each.quantity))
    wrong = {
        f"lots.{at}": "These are not the units of the line."
        for at, picks in taken.items()
        if at >= len(bill.lines) or sum(units for _, units in picks) != bill.lines[at].quantity
    }
    count = len(bill.lines) + sum(len(picks) - 1 for picks in taken.values())
    if wrong or count > MAX_LINES:
        raise InvalidInput("Tell the lots of all units of a line, and of no more.", fields=wrong)
    return taken


def _waiting(session: Session, ctx: RequestContext, sale_id: UUID) -> db.Row:
    sale = db.fetch_one(
        session,
        "select id, lease_id, place, number, status, body, received_at from offline_sale"
        " where tenant_id = %s and id = %s and branch_id = %s for update",
        (ctx.tenant_id, sale_id, ctx.branch_id),
    )
    if sale is None:
        raise NotFound("There is no such offline bill.", fields={"sale_id": "no such bill"})
    if sale["status"] != OfflineStatus.WAITING:
        raise AlreadySettled("Somebody settled this bill already.")
    return sale


def _shift_for(session: Session, ctx: RequestContext, lease: Lease) -> UUID:
    row = db.fetch_one(
        session,
        "select s.id, r.is_active from register r left join register_shift s"
        " on (s.tenant_id, s.register_id) = (r.tenant_id, r.id) and s.status = 'open'"
        " where r.tenant_id = %s and r.id = %s",
        (ctx.tenant_id, lease.register_id),
    )
    shift_id: UUID | None = row["id"] if row else None
    if shift_id is None:
        is_in_use = row and row["is_active"]
        first = "" if is_in_use else "take it into use again under Tills, then "
        raise ShiftClosed(
            f"The bill counts in a shift of {lease.register_name}: {first}open one on it first."
        )
    return shift_id


def _number_for(
    session: Session,
    ctx: RequestContext,
    lease: Lease,
    sale_id: UUID,
    place: int,
    sold_at: datetime,
) -> str:
    """Return the bill's own number; nothing where another bears it or it is of another year."""
    if fiscal_year(business_date(sold_at, ctx.time_zone)) != lease.fiscal_year:
        return ""
    try:
        require_number(session, ctx, lease, sale_id, place, (OfflineStatus.POSTED,))
    except ForeignNumber:
        return ""
    return lease.number(place)


def _settled(
    session: Session,
    ctx: RequestContext,
    sale: db.Row,
    answer: str,
    status: OfflineStatus,
    differences: list[dict[str, str]],
) -> TakenIn:
    db.execute(
        session,
        "update offline_sale set status = %s, answer = %s, differences = %s::jsonb, settled_at = %s,"
        " settled_by = %s where tenant_id = %s and id = %s",
        (
            status, answer, to_json(differences).decode(), ctx.now, ctx.user_id,
            ctx.tenant_id, sale["id"],
        ),
    )  # fmt: skip
    event = OfflineSaleSettled(sale_id=sale["id"], number=sale["number"], status=status)
    emit(session, ctx, sale["id"], event)
    return TakenIn(sale_id=sale["id"], number=sale["number"], status=status.value)
