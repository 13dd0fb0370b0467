"""What suppliers answer to a request for quotation; an answer is never changed, only followed."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput, raise_all
from erp.core.formatting import date_text
from erp.core.ids import new_id
from erp.models.purchasing import SupplierQuotation, SupplierQuotationLine
from erp.services import workflows
from erp.services.platform import (
    Amount,
    Closed,
    Command,
    Day,
    Quantity,
    Result,
    Text,
    UnitPrice,
    command,
    emit,
)
from erp.services.purchasing.asking_suppliers import HeldRequest, hold_request
from erp.services.purchasing.errors import NotAsked
from erp.services.purchasing.events import QuotationRecorded
from erp.services.purchasing.lines import MOST_LINES
from erp.services.purchasing.suppliers import get_supplier

Units = Annotated[int, Field(ge=0, le=1_000_000)]


class QuotedLine(Closed):
    """What a supplier offers of a line; lines may be left out.

    Attributes:
        unit_price: Of one base unit, tax excluded, free units not counted.
        scheme_paid, scheme_free: So many whole units free with so many paid ones, such as 10 and 1.
        minimum_quantity: Base units sold at least. shelf_life_days: life left that is promised.
    """

    line_no: int
    unit_price: Annotated[UnitPrice, Field(gt=0)]
    scheme_paid: Units = 0
    scheme_free: Units = 0
    mrp: Annotated[Amount, Field(gt=0)] | None = None
    lead_days: Annotated[int, Field(ge=0, le=365)] | None = None
    minimum_quantity: Quantity | None = None
    shelf_life_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    note: Annotated[Text, Field(max_length=120)] = ""

    @model_validator(mode="after")
    def _names_both_parts(self) -> Self:
        if bool(self.scheme_paid) != bool(self.scheme_free):
            msg = "a scheme is so many free units with so many paid ones; give both or neither"
            raise ValueError(msg)
        return self


class RecordQuotation(Command):
    """Keep a supplier's answer.

    Attributes:
        reference: Their own number. answered_on: when it came; today where none is given.
        valid_until: The last day on which it holds.
    """

    request_id: UUID
    supplier_id: UUID
    reference: Annotated[Text, Field(max_length=60)] = ""
    answered_on: Day | None = None
    valid_until: Day
    terms: Text = ""
    note: Text = ""
    lines: Annotated[tuple[QuotedLine, ...], Field(min_length=1, max_length=MOST_LINES)]


class RecordedQuotation(Result):
    """The answer as it is kept; `is_late` where it came after the last day."""

    id: UUID
    request_id: UUID
    is_late: bool


@command(
    "purchasing.record_quotation",
    permission="purchasing.order",
    rest="POST /quotation-requests/{request_id}/quotations",
)
def record_quotation(
    session: Session, ctx: RequestContext, cmd: RecordQuotation
) -> RecordedQuotation:
    """Keep what a supplier answered; it takes the place of their answer before, which stays readable.

    Whoever asked is told of an answer that came too late. Locks the request.

    Raises:
        UnknownRequest: The branch has no such request. RequestDone: it is decided or closed.
        NotAsked: The supplier or a line is not of the request.
        InvalidInput: A line is answered twice, the answer is of a day to come, or it never held.

    Emits:
        purchasing.quotation_recorded.v1, in the same transaction.
    """
    held = hold_request(session, ctx, cmd.request_id)
    found = get_supplier(session, ctx, cmd.supplier_id)
    _check_asked(session, ctx, cmd, found.name)
    answered_on = cmd.answered_on or ctx.today
    _check_days(ctx, cmd)
    variants = _variants(session, ctx, cmd)
    answer = RecordedQuotation(
        id=new_id(), request_id=held.id, is_late=answered_on > held.answer_by
    )
    head = {
        "tenant_id": ctx.tenant_id,
        "supplier_id": cmd.supplier_id,
        "reference": cmd.reference,
        "answered_on": answered_on,
        "valid_until": cmd.valid_until,
        "terms": cmd.terms,
        "note": cmd.note,
        "recorded_by": ctx.user_id,
        "recorded_at": ctx.now,
        **answer.model_dump(),
    }
    rows = [
        {
            "tenant_id": ctx.tenant_id,
            "id": new_id(),
            "quotation_id": answer.id,
            "variant_id": variants[line.line_no],
            **line.model_dump(),
        }
        for line in cmd.lines
    ]
    db.insert_rows(session, SupplierQuotation, [head])
    db.insert_rows(session, SupplierQuotationLine, rows)
    event = QuotationRecorded(
        request_id=held.id,
        quotation_id=answer.id,
        supplier_id=cmd.supplier_id,
        is_late=answer.is_late,
    )
    emit(session, ctx, held.id, event)
    if answer.is_late:
        _tell_late(session, ctx, held, found.name, answer.id)
    return answer


def _check_asked(session: Session, ctx: RequestContext, cmd: RecordQuotation, name: str) -> None:
    row = db.fetch_one(
        session,
        "select 1 from quotation_request_supplier"
        " where tenant_id = %s and request_id = %s and supplier_id = %s",
        (ctx.tenant_id, cmd.request_id, cmd.supplier_id),
    )
    if row is None:
        message = f"{name} was not asked. Choose one of the suppliers of the request."
        raise NotAsked(message, fields={"supplier_id": message})


def _check_days(ctx: RequestContext, cmd: RecordQuotation) -> None:
    refusals = []
    if cmd.answered_on is not None and cmd.answered_on > ctx.today:
        message = "This day is still to come. Choose today or an earlier day."
        refusals.append(InvalidInput(message, fields={"answered_on": message}))
    if cmd.valid_until < (cmd.answered_on or ctx.today):
        message = "The offer would have ended before it came. Look at the day."
        refusals.append(InvalidInput(message, fields={"valid_until": message}))
    raise_all(refusals)


def _variants(session: Session, ctx: RequestContext, cmd: RecordQuotation) -> Mapping[int, UUID]:
    """Return the product of each line of the request; every answered line is one of them, once."""
    rows = db.fetch_all(
        session,
        "select line_no, variant_id from quotation_request_line"
        " where tenant_id = %s and request_id = %s",
        (ctx.tenant_id, cmd.request_id),
    )
    asked = {row["line_no"]: row["variant_id"] for row in rows}
    raise_all(_misplaced([line.line_no for line in cmd.lines], asked))
    return asked


def _misplaced(answered: Sequence[int], asked: Mapping[int, UUID]) -> list[InvalidInput]:
    refusals: list[InvalidInput] = []
    for at, line_no in enumerate(answered):
        field = f"lines.{at}.line_no"
        if line_no not in asked:
            message = "The request has no such line."
            refusals.append(NotAsked(message, fields={field: message}))
        elif line_no in answered[:at]:
            message = "This line is answered twice."
            refusals.append(InvalidInput(message, fields={field: message}))
    return refusals


def _tell_late(
    session: Session, ctx: RequestContext, held: HeldRequest, supplier: str, quotation_id: UUID
) -> None:
    if held.asked_by == ctx.user_id:
        return
    news = workflows.News(
        kind="purchasing.quotation_late",
        title=f"{supplier} answered request {held.number} late",
        body=f"The last day was {date_text(held.answer_by)}.",
        link=f"/purchases/quotations/{held.id}",
        severity="warning",
        dedupe_key=f"quotation-late:{quotation_id}",
    )
    workflows.notify(session, ctx, [held.asked_by], news)
