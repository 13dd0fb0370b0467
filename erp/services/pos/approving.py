"""Approvals: a manager's PIN beside the cashier's request, kept with both names and the reason."""

import json
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import SecretStr
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.services import identity
from erp.services.identity import Principal
from erp.services.platform import Amount, Command, Percent, Result, ShortText, command
from erp.services.pos.errors import ApprovalRequired

Kind = Literal["discount", "return"]
LIMIT_OF_KIND = {"discount": "discount_percent", "return": "return_amount"}


class RequestApproval(Command):
    """Ask a manager, who is at hand, to approve by PIN.

    Attributes:
        origin_id: The sale or return it is for, as its client named it.
        level: Largest discount in percent, or the amount of the return.
    """

    origin_id: UUID
    kind: Kind
    level: Percent | Amount
    approver_id: UUID
    pin: SecretStr
    reason: ShortText


class ApprovalAnswer(Result):
    """Whether the manager's PIN was right and their limit suffices.

    A wrong PIN is an answer and not an error, so that the attempt is counted.
    """

    granted: bool
    message: str
    approval_id: UUID | None = None


@command("pos.request_approval", permission="pos.sell", rest="POST /approvals")
def request_approval(session: Session, ctx: RequestContext, cmd: RequestApproval) -> ApprovalAnswer:
    """Record a manager's approval after checking PIN, permission and limit.

    Raises:
        NotFound: There is no such approver.
    """
    approver = identity.get_approver(session, ctx, cmd.approver_id)
    refusal = _unfit(approver, cmd)
    if refusal:
        return ApprovalAnswer(granted=False, message=refusal)
    check = identity.check_member_pin(session, ctx, cmd.approver_id, cmd.pin.get_secret_value())
    if not check.accepted:
        return ApprovalAnswer(granted=False, message=check.message)
    approval_id = record_approval(
        session,
        ctx,
        (cmd.kind, cmd.origin_id, cmd.level),
        requested_by=ctx.user_id,
        approved_by=approver.user_id,
        reason=cmd.reason,
    )
    return ApprovalAnswer(
        granted=True, message=f"Approved by {approver.display_name}.", approval_id=approval_id
    )


def record_approval(
    session: Session,
    ctx: RequestContext,
    what: tuple[str, UUID, Decimal],
    *,
    requested_by: UUID,
    approved_by: UUID,
    reason: str,
) -> UUID:
    """Keep an approval of a kind, for a sale or return, up to a level; return its id."""
    kind, origin_id, level = what
    approval_id = new_id()
    db.execute(
        session,
        "insert into approval (tenant_id, id, kind, origin_id, requested_by, approved_by, reason, facts, approved_at)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s)",
        (
            ctx.tenant_id, approval_id, kind, origin_id, requested_by, approved_by, reason,
            json.dumps({"level": str(level)}), ctx.now,
        ),
    )  # fmt: skip
    return approval_id


def _unfit(approver: Principal, cmd: RequestApproval) -> str:
    """Say why this person cannot approve, if they cannot."""
    if not approver.may("pos.approve"):
        return f"{approver.display_name} may not approve. Ask a manager."
    if approver.limits.get(LIMIT_OF_KIND[cmd.kind], Decimal(0)) < cmd.level:
        return f"This is beyond what {approver.display_name} may approve. Ask an owner."
    return ""


def require_within_limit(
    session: Session,
    ctx: RequestContext,
    kind: Kind,
    origin_id: UUID,
    level: Decimal,
    beyond: str = "",
) -> None:
    """Let an actor go up to their own limit, and beyond it only with an approval.

    Args:
        beyond: Which other ceiling the level exceeds; needs an approval too.

    Raises:
        ApprovalRequired: The level is above the limit or that ceiling, and nobody approved it for
            this origin.
    """
    limit = ctx.limit(LIMIT_OF_KIND[kind])
    if level <= limit and not beyond:
        return
    approved = db.fetch_one(
        session,
        "select 1 from approval where tenant_id = %s and origin_id = %s and kind = %s"
        " and (facts ->> 'level')::numeric >= %s",
        (ctx.tenant_id, origin_id, kind, level),
    )
    if approved is None:
        why = f"A {kind} of {level.normalize():f} is above your limit of {limit.normalize():f}"
        raise ApprovalRequired(
            f"{why if level > limit else beyond}. Ask a manager to approve it.",
            details={
                "kind": kind,
                "level": str(level),
                "limit": str(limit),
                "origin_id": str(origin_id),
            },
        )
