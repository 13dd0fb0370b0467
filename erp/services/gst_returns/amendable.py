"""Documents that a filed return states, which a later one may correct."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.formatting import date_text
from erp.services import billing
from erp.services.gst_returns.errors import AmendedBefore, NotAmendable
from erp.services.gst_returns.outward import Outward
from erp.services.gst_returns.reading_outward import read_documents
from erp.services.gst_returns.registrations import Registration, registration_of
from erp.services.gst_returns.stating_periods import filed_period
from erp.services.gst_returns.tax_period import TaxPeriod

NOVEMBER: Final = 11


@dataclass(frozen=True, slots=True)
class Amendable:
    """A document that a filed return states.

    Attributes:
        stated: The period of that return.
    """

    document: Outward
    registration: Registration
    branch_id: UUID
    stated: TaxPeriod


def hold_family(session: Session, ctx: RequestContext, invoice_id: UUID) -> None:
    """Let others wait who would draw up a note of a document's invoice."""
    row = db.fetch_one(
        session,
        "select coalesce(original_invoice_id, id) as id from invoice where tenant_id = %s and id = %s",
        (ctx.tenant_id, invoice_id),
    )
    if row is not None:
        billing.hold_notes(session, row["id"])


def amendable(session: Session, ctx: RequestContext, invoice_id: UUID) -> Amendable:
    """Return a document that a filed return states.

    A note that an amendment of its invoice left as it was, before notes moved with it, may follow by itself.

    Raises:
        NotAmendable: There is none, or no filed return states it; it was cancelled or credited whole; or it is a
            note that is stated as its amended invoice is.
        AmendedBefore: It is amended.
    """
    row = db.fetch_one(
        session,
        "select i.branch_id, b.gstin, i.total, (select coalesce(sum(n.total), 0) from invoice n"
        "  where n.tenant_id = i.tenant_id and n.original_invoice_id = i.id and n.kind = 'credit_note') as credited,"
        " exists (select 1 from gst_amendment a where a.tenant_id = i.tenant_id and a.invoice_id = i.id"
        "  and a.withdrawn_at is null) as is_amended,"
        " (select o.number from invoice o join gst_amendment a on (a.tenant_id, a.invoice_id) = (o.tenant_id, o.id)"
        "  where (o.tenant_id, o.id) = (i.tenant_id, i.original_invoice_id) and a.withdrawn_at is null"
        "  and (a.gstin, a.place_of_supply) = (coalesce(i.recipient ->> 'gstin', ''), i.place_of_supply)) as first"
        " from invoice i join branch b on (b.tenant_id, b.id) = (i.tenant_id, i.branch_id)"
        " where i.tenant_id = %s and i.company_id = %s and i.id = %s and b.gstin is not null",
        (ctx.tenant_id, ctx.company_id, invoice_id),
    )
    if row is None:
        raise not_amendable("This document is not known here. Choose one of the list.")
    if row["is_amended"]:
        raise amended_before()
    if row["first"]:
        message = (
            f"{row['first']} was amended, and its notes are stated as it is. Meet it with a note."
        )
        raise not_amendable(message)
    (document,) = read_documents(session, ctx, [invoice_id])
    if document.is_cancelled:
        raise not_amendable(f"{document.number} was cancelled: no return states it.")
    if row["credited"] >= row["total"]:
        raise not_amendable(f"{document.number} was credited whole: nothing is left to correct.")
    registration = registration_of(session, ctx, row["gstin"])
    stated = filed_period(session, ctx, registration, document.issued_on)
    if stated is None:
        message = (
            f"No filed GSTR-1 states {document.number} of {date_text(document.issued_on)}."
            " Cancel it, or meet it with a note, before its return is filed."
        )
        raise not_amendable(message)
    return Amendable(document, registration, row["branch_id"], stated)


def not_amendable(message: str, field: str = "invoice_id") -> NotAmendable:
    """Return a refusal that names the field."""
    return NotAmendable(message, fields={field: message})


def amended_before() -> AmendedBefore:
    """Return the refusal of a second amendment."""
    message = "The portal takes one amendment of a document, and this one has it. Meet it with a note instead."
    return AmendedBefore(message, fields={"invoice_id": message})


def last_day_of(issued_on: date) -> date:
    """Return the last day on which a document may be amended: 30 November after its financial year.

    Source: CGST Act s.37(3), proviso.
    """
    year = issued_on.year + (issued_on.month >= 4)  # noqa: PLR2004  April begins the financial year
    return date(year, NOVEMBER, 30)
