"""Reads of documents at the portal."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.einvoicing import EInvoiceStatus
from erp.services.einvoicing.following import is_stuck
from erp.services.einvoicing.law import CANCEL_WITHIN, reported_by
from erp.services.einvoicing.payload import einvoice_payload, payload_text
from erp.services.einvoicing.queueing import VIEW, needs_reference, unknown_einvoice
from erp.services.einvoicing.reading import read_document
from erp.services.platform import (
    Order,
    Query,
    Result,
    Rows,
    SortedPage,
    conditions_of,
    fetch_page,
    query,
)

State = Literal[
    "", "due", "to_mend", "refused", "registered", "cancelling", "cancelled", "withdrawn", "open"
]


class ListEInvoices(SortedPage):
    """Documents at the portal, the newest first.

    Attributes:
        status: `open` is everything that is not registered yet.
    """

    sort: Annotated[
        str,
        Order(
            "-issued_on",
            {
                "number": "text",
                "issued_on": "day",
                "status": "text",
                "ack_at": "instant?",
                "total": "number",
            },
        ),
    ] = ""
    status: State = ""
    kind: Literal["", "INV", "CRN", "DBN"] = ""
    from_day: date | None = None
    to_day: date | None = None


class EInvoiceRow(Result):
    """A document on the list.

    Attributes:
        problem: The first thing that is wrong with it. report_by: Last day on which the portal takes it.
    """

    id: UUID
    invoice_id: UUID
    number: str
    kind: str
    issued_on: date
    party: str
    total: Decimal
    status: str
    problem: str
    irn: str
    ack_at: datetime | None
    report_by: date | None


class EInvoicePage(Rows):
    """A page of documents."""

    rows: list[EInvoiceRow]


class OneEInvoice(Query):
    """Which document."""

    einvoice_id: UUID


class OfInvoice(Query):
    """The portal's view of which invoice or note."""

    invoice_id: UUID


class PortalProblem(Result):
    """What is wrong, and with which field of the portal's."""

    field: str
    message: str


class PortalCallRow(Result):
    """One call to the portal."""

    id: UUID
    kind: str
    called_at: datetime
    outcome: str
    problem: str
    request_sha256: str
    milliseconds: int


class EInvoiceDetail(EInvoiceRow):
    """A document with what the portal gave, and every call about it.

    Attributes:
        may_cancel_until: The portal cancels it before this instant; None where it is not registered.
        is_stuck: It waits for the portal, and nothing takes it there any more: it is sent again.
    """

    gstin: str
    document_type: str
    fiscal_year: str
    problems: list[PortalProblem]
    attempts: int
    ack_no: str
    signed_qr: str
    registered_at: datetime | None
    may_cancel_until: datetime | None
    is_stuck: bool
    cancel_reason: str
    cancelled_at: datetime | None
    calls: list[PortalCallRow]


class InvoiceAtPortal(Result):
    """How an invoice or note stands with the portal.

    Attributes:
        is_needed: The law wants it registered.
    """

    is_needed: bool
    einvoice: EInvoiceRow | None


class EInvoiceFile(Result):
    """A document as the portal's own upload takes it."""

    file_name: str
    content: str


_SELECT: LiteralString = """
    select e.id, e.invoice_id, e.number, i.kind, e.issued_on, coalesce(i.recipient ->> 'name', '') as party, i.total,
           e.status, split_part(split_part(e.problem, E'\\n', 1), E'\\t', 2) as problem, e.irn, e.ack_at,
           coalesce(r.reports_in_days, false) as reports_in_days
      from einvoice e
      join invoice i on (i.tenant_id, i.id) = (e.tenant_id, e.invoice_id)
      left join einvoice_registration r on (r.tenant_id, r.company_id, r.gstin) = (e.tenant_id, e.company_id, e.gstin)
     where e.tenant_id = %(tenant)s and e.company_id = %(company)s
"""
_CONDITIONS: dict[str, LiteralString] = {
    "status": "and (e.status = %(status)s or (%(status)s = 'open'"
    " and e.status in ('due', 'to_mend', 'refused', 'cancelling')))",
    "kind": "and e.document_type = %(kind)s",
    "from_day": "and e.issued_on >= %(from)s",
    "to_day": "and e.issued_on <= %(to)s",
    "search": "and (e.number ilike '%%' || %(search)s || '%%' or e.irn = lower(%(search)s)"
    " or i.recipient ->> 'name' ilike '%%' || %(search)s || '%%')",
}


@query("einvoicing.list_einvoices", permission=VIEW, rest="GET /e-invoices")
def list_einvoices(session: Session, ctx: RequestContext, wanted: ListEInvoices) -> EInvoicePage:
    """List documents at the portal by state, kind, days, or words of number and recipient."""
    rows, cursor = fetch_page(
        session,
        wanted,
        f"{_SELECT} {conditions_of(wanted, _CONDITIONS)}",
        {
            "tenant": ctx.tenant_id,
            "company": ctx.company_id,
            "status": wanted.status,
            "kind": wanted.kind,
            "from": wanted.from_day,
            "to": wanted.to_day,
            "search": wanted.search,
        },
    )
    page = [_row(row) for row in rows]
    return EInvoicePage(rows=page, next_cursor=cursor)


@query("einvoicing.get_einvoice", permission=VIEW, rest="GET /e-invoices/{einvoice_id}")
def get_einvoice(session: Session, ctx: RequestContext, wanted: OneEInvoice) -> EInvoiceDetail:
    """Return a document at the portal with every call about it, the newest first.

    Raises:
        UnknownEInvoice: There is none.
    """
    known = {"tenant": ctx.tenant_id, "company": ctx.company_id, "id": wanted.einvoice_id}
    row = db.fetch_one(session, f"{_SELECT} and e.id = %(id)s", known)
    if row is None:
        raise unknown_einvoice()
    own = db.fetch_one(
        session,
        "select gstin, document_type, fiscal_year, problem as all_problems, attempts, ack_no, signed_qr, registered_at,"
        " cancel_reason, cancelled_at from einvoice where tenant_id = %(tenant)s and id = %(id)s",
        known,
    )
    assert own is not None  # noqa: S101  it was found a moment ago
    problems = problems_in(own.pop("all_problems"))
    until = row["ack_at"] + CANCEL_WITHIN if row["status"] == EInvoiceStatus.REGISTERED else None
    return EInvoiceDetail(
        **_row(row).model_dump(),
        **own,
        problems=problems,
        may_cancel_until=until,
        is_stuck=row["status"] in {"due", "cancelling"} and is_stuck(session, ctx, row["id"]),
        calls=calls_of(session, ctx, einvoice_id=wanted.einvoice_id),
    )


@query("einvoicing.get_of_invoice", permission=VIEW, rest="GET /invoice-registrations/{invoice_id}")
def get_of_invoice(session: Session, ctx: RequestContext, wanted: OfInvoice) -> InvoiceAtPortal:
    """Return how an invoice or note stands with the portal."""
    row = db.fetch_one(
        session,
        f"{_SELECT} and e.invoice_id = %(id)s",
        {"tenant": ctx.tenant_id, "company": ctx.company_id, "id": wanted.invoice_id},
    )
    if row:
        return InvoiceAtPortal(is_needed=True, einvoice=_row(row))
    needed = needs_reference(session, ctx, wanted.invoice_id)
    return InvoiceAtPortal(is_needed=needed, einvoice=None)


@query("einvoicing.get_file", permission=VIEW, rest="GET /e-invoices/{einvoice_id}/file")
def get_file(session: Session, ctx: RequestContext, wanted: OneEInvoice) -> EInvoiceFile:
    """Return a document as the portal's own upload takes it: a list of one payload.

    Raises:
        UnknownEInvoice: There is none.
    """
    row = db.fetch_one(
        session,
        "select invoice_id, number from einvoice where tenant_id = %s and company_id = %s and id = %s",
        (ctx.tenant_id, ctx.company_id, wanted.einvoice_id),
    )
    if row is None:
        raise unknown_einvoice()
    document = read_document(session, ctx, row["invoice_id"])
    name = f"e-invoice-{row['number'].replace('/', '-')}.json"
    return EInvoiceFile(file_name=name, content=payload_text([einvoice_payload(document)]))


def calls_of(
    session: Session,
    ctx: RequestContext,
    *,
    einvoice_id: UUID | None = None,
    way_bill_id: UUID | None = None,
) -> list[PortalCallRow]:
    """Return the calls about a document or a way bill, the newest first."""
    rows = db.fetch_all(
        session,
        "select id, kind, called_at, outcome, problem, request_sha256, milliseconds from portal_call"
        " where tenant_id = %s and (einvoice_id = %s or way_bill_id = %s) order by id desc limit 100",
        (ctx.tenant_id, einvoice_id, way_bill_id),
    )
    return [PortalCallRow(**row) for row in rows]


def problems_in(text: str) -> list[PortalProblem]:
    """Return problems that were written down, a line each."""
    parts = (line.partition("\t") for line in text.splitlines() if line)
    return [PortalProblem(field=field, message=message) for field, _, message in parts]


def _row(row: db.Row) -> EInvoiceRow:
    facts = dict(row)
    is_open = facts["status"] in {"due", "to_mend", "refused"}
    last = reported_by(facts["issued_on"]) if facts.pop("reports_in_days") and is_open else None
    return EInvoiceRow(**facts, report_by=last)
