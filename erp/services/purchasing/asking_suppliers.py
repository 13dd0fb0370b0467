"""Requests for quotation: several suppliers are asked for a price of the same goods."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.clock import fiscal_year
from erp.core.context import RequestContext
from erp.core.errors import DomainError, InvalidInput, raise_all
from erp.core.ids import new_id
from erp.models.purchasing import (
    QuotationRequest,
    QuotationRequestLine,
    QuotationRequestSource,
    QuotationRequestSupplier,
    RequestStatus,
)
from erp.services import party
from erp.services.platform import (
    Closed,
    Command,
    Day,
    Quantity,
    Result,
    Series,
    ShortText,
    Text,
    command,
    emit,
    next_number,
)
from erp.services.purchasing.errors import RequestDone, UnknownRequest, UnknownRequisition
from erp.services.purchasing.events import RequestClosed, SuppliersAsked
from erp.services.purchasing.last_paid import worth_of
from erp.services.purchasing.lines import MOST_LINES
from erp.services.purchasing.requisition_holding import hold_requisitions, require_approved
from erp.services.purchasing.suppliers import get_supplier

MOST_SUPPLIERS = 12


class RequestedFor(Closed):
    """An approved line of a requisition."""

    requisition_id: UUID
    line_no: int


class AskedOf(Closed):
    """A supplier to ask."""

    supplier_id: UUID


class AskedLine(Closed):
    """Base units of a product; `requested_for` names the requisitions' lines that need it."""

    variant_id: UUID
    quantity: Quantity
    requested_for: Annotated[tuple[RequestedFor, ...], Field(max_length=50)] = ()


class AskSuppliers(Command):
    """Ask suppliers for a price.

    Attributes:
        needed_by: When the goods should be here. answer_by: the last day for an answer.
        note: For the suppliers.
    """

    suppliers: Annotated[tuple[AskedOf, ...], Field(min_length=1, max_length=MOST_SUPPLIERS)]
    needed_by: Day | None = None
    answer_by: Day
    note: Text = ""
    lines: Annotated[tuple[AskedLine, ...], Field(min_length=1, max_length=MOST_LINES)]


class CloseRequest(Command):
    """Choose nothing more of a request."""

    request_id: UUID
    reason: ShortText


class RequestAnswer(Result):
    """A request for quotation after a command."""

    id: UUID
    number: str
    status: RequestStatus


@dataclass(frozen=True, slots=True)
class HeldRequest:
    """An open request nobody else can change until the transaction ends."""

    id: UUID
    number: str
    asked_by: UUID
    answer_by: date
    needed_by: date | None


def hold_request(session: Session, ctx: RequestContext, request_id: UUID) -> HeldRequest:
    """Return an open request of the acting branch and lock its row.

    Raises:
        UnknownRequest: The branch has no such request. RequestDone: it is decided or closed.
    """
    row = db.fetch_one(
        session,
        "select id, number, asked_by, answer_by, needed_by, status from quotation_request"
        " where tenant_id = %s and branch_id = %s and id = %s for update",
        (ctx.tenant_id, ctx.branch_id, request_id),
    )
    if row is None:
        message = "This request is not known here. Choose one of the list."
        raise UnknownRequest(message, fields={"request_id": message})
    if row["status"] != RequestStatus.OPEN:
        raise RequestDone(f"Request {row['number']} is {row['status']}. Make a new one.")
    return HeldRequest(**{name: value for name, value in row.items() if name != "status"})


@command("purchasing.ask_suppliers", permission="purchasing.order", rest="POST /quotation-requests")
def ask_suppliers(session: Session, ctx: RequestContext, cmd: AskSuppliers) -> RequestAnswer:
    """Make a request for quotation; its paper is printed for each supplier.

    Raises:
        UnknownParty: A supplier is not in the acting tenant. InactiveParty: One is closed.
        NotASupplier: One sells nothing to us.
        UnknownRequisition, RequisitionDone: Goods are asked about for a line that is not approved.
        InvalidInput: A day has gone by, a supplier is named twice, or a product cannot be bought.

    Emits:
        purchasing.suppliers_asked.v1, in the same transaction.
    """
    supplier_ids = [one.supplier_id for one in cmd.suppliers]
    _check_suppliers(session, ctx, supplier_ids)
    _check_days(ctx, cmd)
    worth_of(session, ctx, [(line.variant_id, line.quantity) for line in cmd.lines], {})
    sources = _sources(session, ctx, cmd.lines)
    series = Series(ctx.branch_id, "quotation_request", fiscal_year(ctx.today), "RF")
    answer = RequestAnswer(
        id=new_id(), number=next_number(session, ctx, series), status=RequestStatus.OPEN
    )
    _write(session, ctx, cmd, answer, sources)
    event = SuppliersAsked(request_id=answer.id, supplier_ids=supplier_ids)
    emit(session, ctx, answer.id, event)
    return answer


@command(
    "purchasing.close_request",
    permission="purchasing.order",
    rest="POST /quotation-requests/{request_id}/closing",
)
def close_request(session: Session, ctx: RequestContext, cmd: CloseRequest) -> RequestAnswer:
    """Close a request without choosing more; its answers are kept. Locks the request.

    Raises:
        UnknownRequest: The branch has no such request. RequestDone: it is decided or closed.

    Emits:
        purchasing.request_closed.v1, in the same transaction.
    """
    held = hold_request(session, ctx, cmd.request_id)
    end_request(session, ctx, held.id, RequestStatus.CLOSED, cmd.reason)
    emit(session, ctx, held.id, RequestClosed(request_id=held.id))
    return RequestAnswer(id=held.id, number=held.number, status=RequestStatus.CLOSED)


def end_request(
    session: Session, ctx: RequestContext, request_id: UUID, status: RequestStatus, reason: str
) -> None:
    """Let nothing more happen to a request."""
    db.execute(
        session,
        "update quotation_request set status = %s, ended_by = %s, ended_at = %s, end_reason = %s"
        " where tenant_id = %s and id = %s",
        (status, ctx.user_id, ctx.now, reason, ctx.tenant_id, request_id),
    )


def _check_suppliers(session: Session, ctx: RequestContext, ids: Sequence[UUID]) -> None:
    refusals: list[DomainError] = []
    for at, supplier_id in enumerate(ids):
        field = f"suppliers.{at}.supplier_id"
        try:
            found = get_supplier(session, ctx, supplier_id)
        except DomainError as error:
            refusals.append(type(error)(error.message, fields={field: error.message}))
            continue
        if not found.is_active:
            message = f"{found.name} is closed for new business."
            refusals.append(party.InactiveParty(message, fields={field: message}))
        if supplier_id in ids[:at]:
            message = f"{found.name} is asked already."
            refusals.append(InvalidInput(message, fields={field: message}))
    raise_all(refusals)


def _check_days(ctx: RequestContext, cmd: AskSuppliers) -> None:
    message = "This day has gone by. Choose today or a later day."
    days = {"answer_by": cmd.answer_by, "needed_by": cmd.needed_by}
    raise_all(
        [
            InvalidInput(message, fields={name: message})
            for name, day in days.items()
            if day is not None and day < ctx.today
        ]
    )


def _sources(
    session: Session, ctx: RequestContext, lines: Sequence[AskedLine]
) -> list[dict[str, object]]:
    """Return the lines of requisitions that are asked about, with what is left to order of each."""
    named = {one.requisition_id for line in lines for one in line.requested_for}
    require_approved(hold_requisitions(session, ctx, named).values())
    rows = db.fetch_all(
        session,
        "select requisition_id, line_no, variant_id, quantity - ordered as units"
        " from purchase_requisition_line where tenant_id = %s and requisition_id = any(%s)"
        " and ordered < quantity",
        (ctx.tenant_id, sorted(named)),
    )
    left = {(row["requisition_id"], row["line_no"], row["variant_id"]): row for row in rows}
    found: list[dict[str, object]] = []
    refusals: list[DomainError] = []
    for at, line in enumerate(lines):
        for one in line.requested_for:
            row = left.pop((one.requisition_id, one.line_no, line.variant_id), None)
            if row is None:
                message = "Nothing of this product is left to order on that requisition."
                named_field = {f"lines.{at}.requested_for": message}
                refusals.append(UnknownRequisition(message, fields=named_field))
                continue
            source = {"requisition_id": one.requisition_id, "requisition_line_no": one.line_no}
            found.append(source | {"line_no": at + 1, "quantity": row["units"]})
    raise_all(refusals)
    return found


def _write(
    session: Session,
    ctx: RequestContext,
    cmd: AskSuppliers,
    answer: RequestAnswer,
    sources: Sequence[dict[str, object]],
) -> None:
    def part() -> dict[str, object]:
        return {"tenant_id": ctx.tenant_id, "id": new_id(), "request_id": answer.id}

    head = {
        "tenant_id": ctx.tenant_id,
        "company_id": ctx.company_id,
        "branch_id": ctx.branch_id,
        "needed_by": cmd.needed_by,
        "answer_by": cmd.answer_by,
        "note": cmd.note,
        "asked_by": ctx.user_id,
        "asked_at": ctx.now,
        "end_reason": "",
        **answer.model_dump(),
    }
    lines = [
        part() | {"line_no": at, "variant_id": line.variant_id, "quantity": line.quantity}
        for at, line in enumerate(cmd.lines, start=1)
    ]
    suppliers = [part() | one.model_dump() for one in cmd.suppliers]
    db.insert_rows(session, QuotationRequest, [head])
    db.insert_rows(session, QuotationRequestLine, lines)
    db.insert_rows(session, QuotationRequestSupplier, suppliers)
    db.insert_rows(session, QuotationRequestSource, [part() | source for source in sources])
