"""Taking in what a device sold alone."""

import json
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import Conflict, DomainError
from erp.core.money import ZERO
from erp.models.pos import OfflineSale, OfflineStatus
from erp.services import workflows
from erp.services.platform import Command, DomainEvent, Result, command, emit
from erp.services.pos.errors import NotAsLent
from erp.services.pos.offline_leasing import DeviceKey, Lease, Place, hold_lease_to_end
from erp.services.pos.offline_posting import (
    UNREADABLE,
    OfflineBill,
    Posted,
    Taken,
    lent_discount,
    readable,
    require_as_lent,
    try_to_post,
)
from erp.services.workflows import News

SETTLE = "pos.settle_offline"
PAGE = "/till/offline-sales"


class TakeInSale(Command):
    """Hand in a bill that a device made without the server.

    Attributes:
        sale_id: Made by the device with the bill.
        place: Its running number.
        bill: As the device made it; whatever else it holds is kept too, and waits.
    """

    lease_id: UUID
    device_key: DeviceKey
    sale_id: UUID
    place: Place
    bill: Annotated[OfflineBill | dict[str, Any], Field(union_mode="left_to_right")]


class TakenIn(Result):
    """What became of a bill: posted, or waiting for somebody to settle it, and why."""

    sale_id: UUID
    number: str
    status: Literal["posted", "waiting", "discarded"]
    reason: str = ""


class OfflineSaleTakenIn(DomainEvent):
    """A bill that was made without the server arrived."""

    name = "pos.offline_sale_taken_in.v1"
    sale_id: UUID
    number: str
    status: str


@command("pos.take_in_sale", permission="pos.sell", rest="POST /till-leases/{lease_id}/sales")
def take_in_sale(session: Session, ctx: RequestContext, cmd: TakeInSale) -> TakenIn:
    """Post a sale that happened, with its date, number, lots and prices, or keep it to be settled.

    The lease's cashier sold it, whoever sends it; they themselves wherever they work by now. A bill that
    came before is answered as it stands. Locks the lease, then as `post_sale` does.

    Raises:
        NotFound: The lease is another cashier's, at another branch.
        PermissionDenied: The device is another.
        Conflict: Another sale has this id.

    Emits:
        pos.offline_sale_taken_in.v1; pos.sale_posted.v1 if it is posted
    """
    lease, there = hold_lease_to_end(session, ctx, cmd.lease_id, cmd.device_key)
    known = _known(session, ctx, cmd)
    if known is not None:
        return known
    outcome = _outcome(session, there, lease, cmd)
    taken = _record(session, there, lease, cmd, outcome)
    if isinstance(outcome, DomainError):
        _tell(session, there, taken)
    event = OfflineSaleTakenIn(sale_id=cmd.sale_id, number=taken.number, status=taken.status)
    emit(session, there, cmd.sale_id, event)
    return taken


def _known(session: Session, ctx: RequestContext, cmd: TakeInSale) -> TakenIn | None:
    row = db.fetch_one(
        session,
        "select id as sale_id, lease_id, place, number, status, reason from offline_sale"
        " where tenant_id = %s and id = %s",
        (ctx.tenant_id, cmd.sale_id),
    )
    if row is None:
        return None
    if (row.pop("lease_id"), row.pop("place")) != (cmd.lease_id, cmd.place):
        raise Conflict("Another sale has this id.", fields={"sale_id": "already used"})
    return TakenIn(**row)


def _outcome(
    session: Session, ctx: RequestContext, lease: Lease, cmd: TakeInSale
) -> Posted | DomainError:
    try:
        bill = readable(cmd.bill, cmd.place)
        require_as_lent(session, ctx, lease, cmd.sale_id, bill)
    except NotAsLent as refusal:
        return refusal
    taken = Taken(
        sale_id=cmd.sale_id,
        shift_id=lease.shift_id,
        bill=bill,
        sold_at=bill.sold_at,
        user_id=lease.user_id,
        number=lease.number(cmd.place),
        lent=lent_discount(lease, bill),
    )
    return try_to_post(session, ctx, taken)


def _record(
    session: Session,
    ctx: RequestContext,
    lease: Lease,
    cmd: TakeInSale,
    outcome: Posted | DomainError,
) -> TakenIn:
    is_posted, bill = isinstance(outcome, Posted), cmd.bill
    row = {
        "tenant_id": ctx.tenant_id,
        "id": cmd.sale_id,
        "lease_id": lease.id,
        "branch_id": lease.branch_id,
        "number": lease.number(cmd.place),
        "place": cmd.place,
        "sold_at": bill.sold_at if isinstance(bill, OfflineBill) else ctx.now,
        "total": bill.totals.total if isinstance(bill, OfflineBill) else ZERO,
        "body": _kept(bill),
        "status": OfflineStatus.POSTED if is_posted else OfflineStatus.WAITING,
        "code": "" if isinstance(outcome, Posted) else outcome.code,
        "reason": "" if isinstance(outcome, Posted) else outcome.message,
        "differences": outcome.differences if isinstance(outcome, Posted) else [],
        "received_at": ctx.now,
        "received_by": ctx.user_id,
        "answer": "",
    }
    db.insert_rows(session, OfflineSale, [row])
    return TakenIn(
        sale_id=cmd.sale_id, number=row["number"], status=row["status"], reason=row["reason"]
    )


def _kept(bill: OfflineBill | dict[str, Any]) -> dict[str, Any]:
    """Return a bill as it is stored; as text where it cannot be read."""
    if isinstance(bill, OfflineBill):
        return bill.model_dump(mode="json")
    return {UNREADABLE: json.dumps(bill, default=str)}


def _tell(session: Session, ctx: RequestContext, taken: TakenIn) -> None:
    news = News(
        kind="pos.offline_sale_waits",
        title=f"Offline bill {taken.number} waits to be settled",
        body=taken.reason,
        link=PAGE,
        severity="urgent",
        dedupe_key=f"offline-{taken.sale_id}",
    )
    workflows.notify_members(session, ctx, permission=SETTLE, news=news, branch_id=ctx.branch_id)
