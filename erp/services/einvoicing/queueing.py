"""Which posted documents go to the portal, and putting them into its queue."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.models.einvoicing import EInvoiceStatus
from erp.services import billing, workflows
from erp.services.einvoicing.checking import Problem, problems_of
from erp.services.einvoicing.errors import UnknownEInvoice
from erp.services.einvoicing.events import EInvoiceAsked, EInvoiceSettled
from erp.services.einvoicing.irn import TYPES, invoice_reference
from erp.services.einvoicing.reading import read_document
from erp.services.platform import emit

MOST_AT_ONCE: Final = 500
VIEW: Final = "einvoicing.view"
SEND: Final = "einvoicing.send"
NEEDING: LiteralString = """
    from invoice i
    join branch b on (b.tenant_id, b.id) = (i.tenant_id, i.branch_id)
    join einvoice_registration r
      on (r.tenant_id, r.company_id, r.gstin) = (i.tenant_id, i.company_id, b.gstin)
   where r.starts_on <= i.issued_on
     and i.kind in ('tax_invoice', 'credit_note', 'debit_note')
     and (i.recipient ->> 'gstin' is not null or i.place_of_supply = '96')
     and (i.kind <> 'debit_note' or sec.gst_scheme(i.tenant_id, i.company_id, i.issued_on) = 'regular')
     and exists (select 1 from invoice_line l
                  where (l.tenant_id, l.invoice_id) = (i.tenant_id, i.id) and l.treatment = 'taxable')
     and not exists (select 1 from invoice_cancellation c
                      where (c.tenant_id, c.invoice_id) = (i.tenant_id, i.id))
     and not exists (select 1 from einvoice o
                      where (o.tenant_id, o.invoice_id) = (i.tenant_id, i.original_invoice_id)
                        and o.status in ('cancelling', 'cancelled'))
"""
"""Documents that the law wants registered. A note of an invoice that the portal cancels is none: there is nothing left
there that it could change; should it stay after all, the morning's look queues the note. Interest that is billed by
composition bears no tax, and is none either. Source: CGST Rules r.48(4)."""
_COLUMNS: LiteralString = (
    "i.id, i.company_id, i.kind, i.number, i.fiscal_year, i.issued_on, b.gstin, r.reports_in_days"
)
_NOT_QUEUED: LiteralString = (
    "and not exists (select 1 from einvoice e"
    " where e.tenant_id = i.tenant_id and e.invoice_id = i.id)"
)
_UNQUEUED: LiteralString = "select " + _COLUMNS + NEEDING + _NOT_QUEUED


def queue_document(session: Session, ctx: RequestContext, invoice_id: UUID) -> UUID | None:
    """Put a document into the portal's queue if the law wants it there; again changes nothing.

    What the portal would refuse is written beside it instead, and told to those who send.

    Emits:
        einvoicing.einvoice_asked.v1, or einvoicing.einvoice_settled.v1 where something is to be mended.
    """
    _hold_original(session, ctx, invoice_id)
    row = db.fetch_one(
        session,
        f"{_UNQUEUED} and i.tenant_id = %s and i.id = %s",
        (ctx.tenant_id, invoice_id),
    )
    return _queue(session, ctx, row) if row else None


def queue_missing(session: Session, ctx: RequestContext) -> int:
    """Queue what the acting company posted since its registrations were switched on and is not queued."""
    rows = db.fetch_all(
        session,
        f"{_UNQUEUED} and i.tenant_id = %s and i.company_id = %s"
        " order by i.issued_on, i.id limit %s",
        (ctx.tenant_id, ctx.company_id, MOST_AT_ONCE),
    )
    return sum(queue_document(session, ctx, row["id"]) is not None for row in rows)


def _hold_original(session: Session, ctx: RequestContext, invoice_id: UUID) -> None:
    """Wait for a cancellation of the invoice that a note belongs to, and let a later one wait."""
    row = db.fetch_one(
        session,
        "select original_invoice_id from invoice where tenant_id = %s and id = %s",
        (ctx.tenant_id, invoice_id),
    )
    if row and row["original_invoice_id"]:
        billing.hold_notes(session, row["original_invoice_id"])


def needs_reference(session: Session, ctx: RequestContext, invoice_id: UUID) -> bool:
    """Tell whether the law wants a document registered."""
    found = db.fetch_one(
        session,
        f"select i.id {NEEDING} and i.tenant_id = %s and i.id = %s",
        (ctx.tenant_id, invoice_id),
    )
    return found is not None


def _queue(session: Session, ctx: RequestContext, row: db.Row) -> UUID | None:
    einvoice_id, kind = new_id(), TYPES[row["kind"]]
    inserted = db.fetch_one(
        session,
        "insert into einvoice (tenant_id, id, company_id, invoice_id, gstin, document_type, number, fiscal_year,"
        " issued_on, irn, status, problem, attempts, queued_at, ack_no, signed_invoice, signed_qr, cancel_code,"
        " cancel_reason) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'due', '', 0, %s, '', '', '', '', '')"
        " on conflict (tenant_id, invoice_id) do nothing returning id",
        (
            *(ctx.tenant_id, einvoice_id, row["company_id"], row["id"], row["gstin"], kind),
            *(row["number"], row["fiscal_year"], row["issued_on"]),
            invoice_reference(row["gstin"], row["fiscal_year"], kind, row["number"]),
            ctx.now,
        ),
    )
    if inserted is None:
        return None
    acting = replace(ctx, company_id=row["company_id"])
    document = read_document(session, acting, row["id"])
    problems = problems_of(document, ctx.today, reports_in_days=row["reports_in_days"])
    if problems:
        note_to_mend(session, ctx, einvoice_id, problems)
    else:
        emit(session, ctx, einvoice_id, EInvoiceAsked(einvoice_id=einvoice_id))
    return einvoice_id


def note_to_mend(
    session: Session, ctx: RequestContext, einvoice_id: UUID, problems: Sequence[Problem]
) -> None:
    """Write down what the portal would refuse, and tell those who send documents.

    Emits:
        einvoicing.einvoice_settled.v1.
    """
    settle(session, ctx, einvoice_id, EInvoiceStatus.TO_MEND, problems)


def settle(
    session: Session,
    ctx: RequestContext,
    einvoice_id: UUID,
    status: EInvoiceStatus,
    problems: Sequence[Problem] = (),
) -> None:
    """Note a document's new state, free it for the next worker, and tell people what is wrong with it.

    Raises:
        UnknownEInvoice: There is none.

    Emits:
        einvoicing.einvoice_settled.v1.
    """
    words = "\n".join(f"{problem.field}\t{problem.message}" for problem in problems)
    row = db.fetch_one(
        session,
        "update einvoice set status = %s, problem = %s, leased_until = null"
        " where tenant_id = %s and id = %s returning invoice_id, number, attempts",
        (status, words[:4000], ctx.tenant_id, einvoice_id),
    )
    if row is None:
        raise unknown_einvoice()
    event = EInvoiceSettled(einvoice_id=einvoice_id, invoice_id=row["invoice_id"], status=status)
    emit(session, ctx, einvoice_id, event)
    if problems:
        _tell(session, ctx, einvoice_id, row, status, problems)


def _tell(
    session: Session,
    ctx: RequestContext,
    einvoice_id: UUID,
    row: db.Row,
    status: EInvoiceStatus,
    problems: Sequence[Problem],
) -> None:
    said = {
        EInvoiceStatus.TO_MEND: "cannot be registered yet",
        EInvoiceStatus.REFUSED: "was refused by the invoice portal",
        EInvoiceStatus.DUE: "may be registered: the invoice portal does not say",
    }
    news = workflows.News(
        kind="einvoicing.einvoice_problem",
        title=f"{row['number']} {said.get(status, 'was not cancelled by the invoice portal')}",
        body=" ".join(problem.message for problem in problems)[:500],
        link=f"/gst/e-invoices/{einvoice_id}",
        severity="warning",
        dedupe_key=f"einvoice-{einvoice_id}-{status}-{row['attempts']}",
    )
    workflows.notify_members(session, ctx, permission=SEND, news=news)


def unknown_einvoice() -> UnknownEInvoice:
    """Return the refusal for a document that is absent or foreign."""
    return UnknownEInvoice("There is no such document for the invoice portal.")
