"""Asking the buyers for goods: a requisition waits for somebody else's decision."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.clock import fiscal_year
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput, raise_all
from erp.core.formatting import counted, money_text
from erp.core.ids import new_id
from erp.models.purchasing import (
    PurchaseRequisition,
    PurchaseRequisitionLine,
    RequisitionStatus,
)
from erp.services import inventory, workflows
from erp.services.platform import (
    Closed,
    Command,
    Day,
    Quantity,
    Result,
    Series,
    Text,
    command,
    emit,
    next_number,
)
from erp.services.purchasing.events import RequisitionSubmitted
from erp.services.purchasing.last_paid import LastPaid, last_paid, worth_of
from erp.services.purchasing.lines import MOST_LINES
from erp.services.purchasing.versions import APPROVE


class RequestedLine(Closed):
    """Goods that are asked for, in base units."""

    variant_id: UUID
    quantity: Quantity
    wanted_by: Day | None = None
    reason: Annotated[Text, Field(max_length=120)] = ""


class SubmitRequisition(Command):
    """Ask the buyers for goods; `note` is for whoever decides and orders."""

    note: Text = ""
    lines: Annotated[tuple[RequestedLine, ...], Field(min_length=1, max_length=MOST_LINES)]


class RequisitionAnswer(Result):
    """A requisition after a command; `total` is at the last prices paid, expected tax included."""

    id: UUID
    number: str
    status: RequisitionStatus
    total: Decimal


@command(
    "purchasing.submit_requisition", permission="purchasing.request", rest="POST /requisitions"
)
def submit_requisition(
    session: Session, ctx: RequestContext, cmd: SubmitRequisition
) -> RequisitionAnswer:
    """Hand a requisition in; who may approve is told, and suggestions to buy its goods close.

    Raises:
        UnknownProduct: A variant is not in the acting tenant. NotStocked: It is a service.
        InactiveProduct: It was taken out of trade. TwiceOnOrder: It stands on two lines.
        InvalidInput: A day has gone by.

    Emits:
        purchasing.requisition_submitted.v1, in the same transaction.
    """
    _check_days(ctx, cmd.lines)
    wanted = [(line.variant_id, line.quantity) for line in cmd.lines]
    paid = last_paid(session, ctx, [variant_id for variant_id, _ in wanted])
    total = worth_of(session, ctx, wanted, paid)
    requisition_id = new_id()
    series = Series(ctx.branch_id, "purchase_requisition", fiscal_year(ctx.today), "RQ")
    answer = RequisitionAnswer(
        id=requisition_id,
        number=next_number(session, ctx, series),
        status=RequisitionStatus.SUBMITTED,
        total=total,
    )
    _write(session, ctx, cmd, answer, paid)
    holder = (inventory.SuggestionStatus.REQUESTED, requisition_id)
    inventory.close_suggestions(session, ctx, holder, [variant_id for variant_id, _ in wanted])
    event = RequisitionSubmitted(requisition_id=requisition_id, total=total)
    emit(session, ctx, requisition_id, event)
    _tell(session, ctx, answer, len(wanted))
    return answer


def _check_days(ctx: RequestContext, lines: Sequence[RequestedLine]) -> None:
    message = "This day has gone by. Choose today or a later day."
    raise_all(
        [
            InvalidInput(message, fields={f"lines.{at}.wanted_by": message})
            for at, line in enumerate(lines)
            if line.wanted_by is not None and line.wanted_by < ctx.today
        ]
    )


def _write(
    session: Session,
    ctx: RequestContext,
    cmd: SubmitRequisition,
    answer: RequisitionAnswer,
    paid: Mapping[UUID, LastPaid],
) -> None:
    head = {
        "tenant_id": ctx.tenant_id,
        "company_id": ctx.company_id,
        "branch_id": ctx.branch_id,
        "note": cmd.note,
        "asked_by": ctx.user_id,
        "asked_at": ctx.now,
        "decision_note": "",
        "end_reason": "",
        **answer.model_dump(),
    }
    rows = [
        {
            "tenant_id": ctx.tenant_id,
            "id": new_id(),
            "requisition_id": answer.id,
            "line_no": at,
            "ordered": 0,
            "last_price": paid[line.variant_id].price if line.variant_id in paid else None,
            **line.model_dump(),
        }
        for at, line in enumerate(cmd.lines, start=1)
    ]
    db.insert_rows(session, PurchaseRequisition, [head])
    db.insert_rows(session, PurchaseRequisitionLine, rows)


def _tell(session: Session, ctx: RequestContext, answer: RequisitionAnswer, lines: int) -> None:
    news = workflows.News(
        kind="purchasing.requisition_waiting",
        title=f"Requisition {answer.number} waits for your approval",
        body=f"{ctx.user_name} asks for {counted(lines, 'product')}, about {money_text(answer.total)}.",
        link=f"/purchases/requisitions/{answer.id}",
        dedupe_key=f"requisition:{answer.id}",
    )
    workflows.notify_members(session, ctx, permission=APPROVE, news=news)
