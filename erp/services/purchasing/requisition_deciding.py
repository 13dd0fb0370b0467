"""What becomes of a requisition: somebody else approves or declines it, or it is closed."""

from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput, PermissionDenied
from erp.core.formatting import money_text
from erp.models.purchasing import RequisitionStatus
from erp.services import workflows
from erp.services.platform import Command, ShortText, Text, command, emit
from erp.services.purchasing.errors import BeyondLimit, OwnRequisition, RequisitionDone
from erp.services.purchasing.events import RequisitionClosed, RequisitionDecided
from erp.services.purchasing.requesting import RequisitionAnswer
from erp.services.purchasing.requisition_holding import HeldRequisition, hold_requisitions
from erp.services.purchasing.versions import LIMIT

ORDER = "purchasing.order"


class DecideRequisition(Command):
    """Approve or decline a requisition; `note` says why and is asked for when it is declined."""

    requisition_id: UUID
    outcome: Literal[RequisitionStatus.APPROVED, RequisitionStatus.DECLINED]
    note: Text = ""


class CloseRequisition(Command):
    """Order nothing more of a requisition; its asker takes it back with this before the decision."""

    requisition_id: UUID
    reason: ShortText


@command(
    "purchasing.decide_requisition",
    permission="purchasing.approve",
    rest="POST /requisitions/{requisition_id}/decisions",
)
def decide_requisition(
    session: Session, ctx: RequestContext, cmd: DecideRequisition
) -> RequisitionAnswer:
    """Approve a requisition so that its goods may be ordered, or decline it; the asker is told.

    Locks the requisition.

    Raises:
        UnknownRequisition: The acting branch has no such requisition.
        RequisitionDone: It does not wait for a decision.
        OwnRequisition: The actor asks for it.
        BeyondLimit: It is worth more than the actor may let go out, at the last prices paid.
        InvalidInput: It is declined without a word.

    Emits:
        purchasing.requisition_decided.v1, in the same transaction.
    """
    held = hold_requisitions(session, ctx, [cmd.requisition_id])[cmd.requisition_id]
    if held.status != RequisitionStatus.SUBMITTED:
        raise RequisitionDone(f"Requisition {held.number} is {held.status} already. Look again.")
    if held.asked_by == ctx.user_id:
        raise OwnRequisition("You asked for these goods yourself. Somebody else has to decide.")
    _require_sound(ctx, held, cmd)
    db.execute(
        session,
        "update purchase_requisition set status = %s, decided_by = %s, decided_at = %s,"
        " decision_note = %s where tenant_id = %s and id = %s",
        (cmd.outcome, ctx.user_id, ctx.now, cmd.note, ctx.tenant_id, held.id),
    )
    event = RequisitionDecided(requisition_id=held.id, status=cmd.outcome)
    emit(session, ctx, held.id, event)
    _tell(session, ctx, held, cmd)
    return _answer(held, cmd.outcome)


@command(
    "purchasing.close_requisition",
    permission="purchasing.request",
    rest="POST /requisitions/{requisition_id}/closing",
)
def close_requisition(
    session: Session, ctx: RequestContext, cmd: CloseRequisition
) -> RequisitionAnswer:
    """Give up what no order holds; what was ordered stays ordered. Locks the requisition.

    Raises:
        UnknownRequisition: The acting branch has no such requisition.
        RequisitionDone: Nothing of it is left to order.
        PermissionDenied: Somebody else asked for it, and the actor orders nothing.

    Emits:
        purchasing.requisition_closed.v1, in the same transaction.
    """
    held = hold_requisitions(session, ctx, [cmd.requisition_id])[cmd.requisition_id]
    if held.asked_by != ctx.user_id and not ctx.may(ORDER):
        raise PermissionDenied("Somebody else asked for these goods. Ask them to close it.")
    if held.status not in (RequisitionStatus.SUBMITTED, RequisitionStatus.APPROVED):
        raise RequisitionDone(f"Requisition {held.number} is {held.status} already. Look again.")
    db.execute(
        session,
        "update purchase_requisition set status = 'closed', ended_by = %s, ended_at = %s,"
        " end_reason = %s where tenant_id = %s and id = %s",
        (ctx.user_id, ctx.now, cmd.reason, ctx.tenant_id, held.id),
    )
    emit(session, ctx, held.id, RequisitionClosed(requisition_id=held.id))
    return _answer(held, RequisitionStatus.CLOSED)


def _require_sound(ctx: RequestContext, held: HeldRequisition, cmd: DecideRequisition) -> None:
    if cmd.outcome is RequisitionStatus.DECLINED and not cmd.note:
        message = "Say why, so that the asker knows what to change."
        raise InvalidInput(message, fields={"note": message})
    if cmd.outcome is RequisitionStatus.APPROVED and held.total > ctx.limit(LIMIT):
        message = (
            f"This is worth about {money_text(held.total)}, beyond your limit of"
            f" {money_text(ctx.limit(LIMIT))}. Ask an owner to approve it."
        )
        raise BeyondLimit(message, fields={"requisition_id": message})


def _answer(held: HeldRequisition, status: RequisitionStatus) -> RequisitionAnswer:
    return RequisitionAnswer(id=held.id, number=held.number, status=status, total=held.total)


def _tell(
    session: Session, ctx: RequestContext, held: HeldRequisition, cmd: DecideRequisition
) -> None:
    news = workflows.News(
        kind="purchasing.requisition_decided",
        title=f"Requisition {held.number} was {cmd.outcome}",
        body=" ".join(part for part in (f"{ctx.user_name}:", cmd.note) if part).rstrip(":"),
        link=f"/purchases/requisitions/{held.id}",
        severity="info" if cmd.outcome is RequisitionStatus.APPROVED else "warning",
        dedupe_key=f"requisition-decision:{held.id}",
    )
    workflows.notify(session, ctx, [held.asked_by], news)
