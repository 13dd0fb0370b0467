"""Approval from elsewhere: a cashier asks, a manager sees it at once and decides with their PIN."""

from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import SecretStr
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import NotFound
from erp.core.ids import new_id
from erp.models.pos import ApprovalRequest, RequestStatus
from erp.services import identity, workflows
from erp.services.platform import (
    LAST_ID,
    Amount,
    Command,
    DomainEvent,
    Identified,
    Page,
    Percent,
    Query,
    Result,
    Rows,
    ShortText,
    Text,
    command,
    decode_cursor,
    emit,
    encode_cursor,
    query,
)
from erp.services.pos.approving import LIMIT_OF_KIND, Kind, record_approval
from erp.services.pos.errors import AlreadyDecided
from erp.services.pos.shifts import hold_open_shift
from erp.services.workflows import News

PAGE = "/till/approvals"


class AskApproval(Command):
    """Ask whoever may approve, wherever they are.

    Attributes:
        origin_id: The sale or return it is for, as its client named it.
        level: Largest discount in percent, or the amount of the return.
        about: The bill in a few words, for who decides.
    """

    shift_id: UUID
    origin_id: UUID
    kind: Kind
    level: Percent | Amount
    reason: ShortText
    about: Text = ""


class DecideApproval(Command):
    """Approve or refuse with one's own PIN."""

    request_id: UUID
    is_granted: bool
    pin: SecretStr
    answer: Text = ""


class WithdrawApproval(Command):
    """Ask no longer."""

    request_id: UUID


class ApprovalDecided(Result):
    """What came of it; a wrong PIN is an answer, so that the attempt is counted."""

    request_id: UUID
    status: str
    message: str


class GetApprovalRequest(Query):
    """One request."""

    request_id: UUID


class ListApprovalRequests(Page):
    """Requests of the acting branch, newest first."""

    status: Literal["", "waiting", "approved", "refused", "withdrawn"] = ""


class ApprovalRequestRow(Result):
    """A request with who asked and who decided."""

    id: UUID
    kind: str
    origin_id: UUID
    level: Decimal
    reason: str
    about: str
    status: str
    register_name: str
    asked_by: str
    asked_at: datetime
    decided_by: str
    decided_at: datetime | None
    answer: str


class ApprovalRequests(Rows):
    """A page of requests."""

    rows: list[ApprovalRequestRow]


class ApprovalAsked(DomainEvent):
    """A till waits for a manager."""

    name = "pos.approval_asked.v1"
    request_id: UUID
    kind: str


class ApprovalSettled(DomainEvent):
    """A till need not wait any longer."""

    name = "pos.approval_settled.v1"
    request_id: UUID
    status: str


@command("pos.ask_approval", permission="pos.sell", rest="POST /approval-requests")
def ask_approval(session: Session, ctx: RequestContext, cmd: AskApproval) -> Identified:
    """Ask for an approval; everybody who may approve finds it in their inbox.

    A request that waits for the same sale or return is withdrawn by this one.

    Raises:
        NotFound: There is no such shift at the acting branch.
        ShiftClosed: The shift is closed.

    Emits:
        pos.approval_asked.v1, workflows.member_notified.v1 for each who may approve
    """
    shift = hold_open_shift(session, ctx, cmd.shift_id)
    db.execute(
        session,
        "update approval_request set status = 'withdrawn' where tenant_id = %s and origin_id = %s"
        " and kind = %s and status = 'waiting' and asked_by = %s",
        (ctx.tenant_id, cmd.origin_id, cmd.kind, ctx.user_id),
    )
    request_id = new_id()
    given = cmd.model_dump(exclude={"idempotency_key", "shift_id"})
    row = {
        "tenant_id": ctx.tenant_id,
        "id": request_id,
        "branch_id": ctx.branch_id,
        "shift_id": shift.id,
        "status": RequestStatus.WAITING,
        "asked_by": ctx.user_id,
        "asked_at": ctx.now,
        "answer": "",
    }
    db.insert_rows(session, ApprovalRequest, [row | given])
    news = News(
        kind="pos.approval_asked",
        title=f"{ctx.user_name} asks: {_what(cmd.kind, cmd.level)}",
        body=f"{cmd.about}. Why: {cmd.reason}".lstrip(". "),
        link=PAGE,
        severity="urgent",
        dedupe_key=f"approval-{request_id}",
    )
    workflows.notify_members(session, ctx, permission="pos.approve", news=news)
    emit(session, ctx, request_id, ApprovalAsked(request_id=request_id, kind=cmd.kind))
    return Identified(id=request_id)


@command(
    "pos.decide_approval",
    permission="pos.approve",
    rest="POST /approval-requests/{request_id}/decision",
)
def decide_approval(session: Session, ctx: RequestContext, cmd: DecideApproval) -> ApprovalDecided:
    """Approve or refuse what a till asks, with one's own PIN and within one's own limit.

    Locks the request, so that of two managers the first decides, and the member.

    Raises:
        NotFound: There is no such request at the acting branch, or the actor is no member.
        AlreadyDecided: Somebody was faster, or the till asks no longer.
        InvalidInput: The actor has no PIN.

    Emits:
        pos.approval_settled.v1, once it is decided
    """
    request = _hold_waiting(session, ctx, cmd.request_id)
    limit = ctx.limit(LIMIT_OF_KIND[request["kind"]])
    if cmd.is_granted and request["level"] > limit:
        message = f"This is beyond your limit of {limit.normalize():f}. An owner must decide."
        return ApprovalDecided(request_id=cmd.request_id, status="waiting", message=message)
    own = _membership(session, ctx)
    check = identity.check_member_pin(session, ctx, own, cmd.pin.get_secret_value())
    if not check.accepted:
        return ApprovalDecided(request_id=cmd.request_id, status="waiting", message=check.message)
    if cmd.is_granted:
        record_approval(
            session,
            ctx,
            (request["kind"], request["origin_id"], request["level"]),
            requested_by=request["asked_by"],
            approved_by=ctx.user_id,
            reason=request["reason"],
        )
    status = RequestStatus.APPROVED if cmd.is_granted else RequestStatus.REFUSED
    _settle(session, ctx, cmd.request_id, status, cmd.answer)
    word = "Approved" if cmd.is_granted else "Refused"
    return ApprovalDecided(request_id=cmd.request_id, status=status, message=f"{word}.")


@command(
    "pos.withdraw_approval",
    permission="pos.sell",
    rest="POST /approval-requests/{request_id}/withdrawal",
)
def withdraw_approval(
    session: Session, ctx: RequestContext, cmd: WithdrawApproval
) -> ApprovalDecided:
    """Ask no longer; only who asked withdraws.

    Raises:
        NotFound: The actor has no such request at the acting branch.
        AlreadyDecided: It is decided already.

    Emits:
        pos.approval_settled.v1
    """
    request = _hold_waiting(session, ctx, cmd.request_id)
    if request["asked_by"] != ctx.user_id:
        raise _unknown()
    _settle(session, ctx, cmd.request_id, RequestStatus.WITHDRAWN, "")
    return ApprovalDecided(request_id=cmd.request_id, status="withdrawn", message="Withdrawn.")


@query(
    "pos.get_approval_request",
    permission="pos.view",
    rest="GET /approval-requests/{request_id}",
)
def get_approval_request(
    session: Session, ctx: RequestContext, wanted: GetApprovalRequest
) -> ApprovalRequestRow:
    """Return a request of the acting branch and what came of it.

    Raises:
        NotFound: There is none.
    """
    rows = _rows(session, ctx, "", wanted.request_id, 1)
    if not rows:
        raise _unknown()
    return rows[0]


@query("pos.list_approval_requests", permission="pos.view", rest="GET /approval-requests")
def list_approval_requests(
    session: Session, ctx: RequestContext, wanted: ListApprovalRequests
) -> ApprovalRequests:
    """List requests of the acting branch, newest first."""
    after = decode_cursor(wanted.cursor, 1) or [LAST_ID]
    rows = _rows(session, ctx, wanted.status, None, wanted.limit + 1, UUID(after[0]))
    page = rows[: wanted.limit]
    return ApprovalRequests(
        rows=page, next_cursor=encode_cursor(page[-1].id) if len(rows) > wanted.limit else ""
    )


def _rows(
    session: Session,
    ctx: RequestContext,
    status: str,
    request_id: UUID | None,
    limit: int,
    before: UUID = UUID(LAST_ID),  # noqa: B008  a value that never changes
) -> list[ApprovalRequestRow]:
    rows = db.fetch_all(
        session,
        """
        select q.id, q.kind, q.origin_id, q.level, q.reason, q.about, q.status,
               r.name as register_name, coalesce(a.display_name, 'system') as asked_by, q.asked_at,
               coalesce(d.display_name, '') as decided_by, q.decided_at, q.answer
          from approval_request q
          join register_shift s on (s.tenant_id, s.id) = (q.tenant_id, q.shift_id)
          join register r on (r.tenant_id, r.id) = (s.tenant_id, s.register_id)
          left join membership a on (a.tenant_id, a.user_id) = (q.tenant_id, q.asked_by)
          left join membership d on (d.tenant_id, d.user_id) = (q.tenant_id, q.decided_by)
         where q.tenant_id = %(tenant)s and q.branch_id = %(branch)s and q.id < %(before)s
           and (%(status)s = '' or q.status = %(status)s)
           and (%(id)s::uuid is null or q.id = %(id)s)
         order by q.id desc limit %(limit)s
        """,
        {
            "tenant": ctx.tenant_id,
            "branch": ctx.branch_id,
            "before": before,
            "status": status,
            "id": request_id,
            "limit": limit,
        },
    )
    return [ApprovalRequestRow(**row) for row in rows]


def _hold_waiting(session: Session, ctx: RequestContext, request_id: UUID) -> db.Row:
    row = db.fetch_one(
        session,
        "select kind, origin_id, level, reason, status, asked_by from approval_request"
        " where tenant_id = %s and id = %s and branch_id = %s for update",
        (ctx.tenant_id, request_id, ctx.branch_id),
    )
    if row is None:
        raise _unknown()
    if row["status"] != RequestStatus.WAITING:
        message = f"This request is {row['status']} already."
        raise AlreadyDecided(message, fields={"request_id": message})
    return row


def _settle(
    session: Session, ctx: RequestContext, request_id: UUID, status: RequestStatus, answer: str
) -> None:
    decided = status is not RequestStatus.WITHDRAWN
    db.execute(
        session,
        "update approval_request set status = %s, decided_by = %s, decided_at = %s, answer = %s"
        " where tenant_id = %s and id = %s",
        (
            status, ctx.user_id if decided else None, ctx.now if decided else None, answer,
            ctx.tenant_id, request_id,
        ),
    )  # fmt: skip
    emit(session, ctx, request_id, ApprovalSettled(request_id=request_id, status=status))


def _membership(session: Session, ctx: RequestContext) -> UUID:
    row = db.fetch_one(
        session,
        "select id from membership where tenant_id = %s and user_id = %s",
        (ctx.tenant_id, ctx.user_id),
    )
    if row is None:
        raise NotFound("Only a member of the shop decides.")
    found: UUID = row["id"]
    return found


def _unknown() -> NotFound:
    message = "There is no such request."
    return NotFound(message, fields={"request_id": message})


def _what(kind: str, level: Decimal) -> str:
    return f"{kind} of {level.normalize():f}{'%' if kind == 'discount' else ' rupees'}"
