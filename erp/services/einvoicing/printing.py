"""What the portals gave, as it stands on paper."""

from dataclasses import replace
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.formatting import instant_text
from erp.services.billing import PrintedDocument
from erp.services.einvoicing.queueing import needs_reference

NOT_YET: Final = (
    "NOT YET REGISTERED WITH THE INVOICE PORTAL: WITHOUT AN INVOICE REFERENCE NUMBER"
    " THIS IS NOT AN INVOICE (CGST RULES R.48(5))"
)
CANCELLED: Final = "CANCELLED AT THE INVOICE PORTAL: THIS IS NOT AN INVOICE"


def with_portal_marks(
    session: Session, ctx: RequestContext, invoice_id: UUID, document: PrintedDocument
) -> PrintedDocument:
    """Return a document with its reference number and signed code, or the word that it has none yet.

    One that was withdrawn, such as a note whose invoice was cancelled, never gets one. Its way bill
    is named too. Source: CGST Rules r.46(r), r.48(5), r.138A.
    """
    marked = replace(document, way_bill=_way_bill(session, ctx, invoice_id))
    if document.cancelled:
        return marked
    row = db.fetch_one(
        session,
        "select irn, ack_no, ack_at, signed_qr, status from einvoice where tenant_id = %s and invoice_id = %s",
        (ctx.tenant_id, invoice_id),
    )
    if row is None:
        needed = needs_reference(session, ctx, invoice_id)
        return replace(marked, portal_notice=NOT_YET) if needed else marked
    if row["status"] == "withdrawn":
        return marked
    if not row["signed_qr"]:
        return replace(marked, portal_notice=NOT_YET)
    if row["status"] == "cancelled":
        return replace(marked, portal_notice=CANCELLED)
    acknowledged = f"{row['ack_no']} of {instant_text(row['ack_at'], document.time_zone)}"
    return replace(marked, irn=row["irn"], signed_qr=row["signed_qr"], acknowledgement=acknowledged)


def way_bill_of_transfer(session: Session, ctx: RequestContext, transfer_id: UUID) -> str:
    """Return the number and day of a transfer's way bill; nothing where it has none."""
    return _words(
        db.fetch_one(
            session,
            "select number, made_at from way_bill where tenant_id = %s and transfer_id = %s and status = 'active'",
            (ctx.tenant_id, transfer_id),
        ),
        ctx,
    )


def _way_bill(session: Session, ctx: RequestContext, invoice_id: UUID) -> str:
    return _words(
        db.fetch_one(
            session,
            "select number, made_at from way_bill where tenant_id = %s and invoice_id = %s and status = 'active'",
            (ctx.tenant_id, invoice_id),
        ),
        ctx,
    )


def _words(row: db.Row | None, ctx: RequestContext) -> str:
    if row is None:
        return ""
    made_on = instant_text(row["made_at"], ctx.time_zone)
    return f"{row['number']} of {made_on}"
