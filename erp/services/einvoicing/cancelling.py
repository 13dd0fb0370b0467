"""Cancelling a registered document at the portal: whole, with a reason, within a day."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.einvoicing import EInvoiceStatus
from erp.services import billing
from erp.services.einvoicing.errors import NotToBeCancelled
from erp.services.einvoicing.events import EInvoiceAsked
from erp.services.einvoicing.following import follows_in_books
from erp.services.einvoicing.law import CANCEL_WITHIN
from erp.services.einvoicing.queueing import SEND
from erp.services.einvoicing.sending import hold
from erp.services.platform import Command, Identified, ShortText, command, emit


class CancelCode(StrEnum):
    """The portal's codes of reasons."""

    DUPLICATE = "1"
    MISTAKE = "2"
    ORDER_CANCELLED = "3"
    OTHER = "4"


class CancelEInvoice(Command):
    """Have the portal cancel a registered document.

    Attributes:
        reason: In words; the portal keeps 100 letters.
    """

    einvoice_id: UUID
    code: CancelCode
    reason: Annotated[ShortText, Field(max_length=100)]


@command(
    "einvoicing.cancel_einvoice",
    permission=SEND,
    rest="POST /e-invoices/{einvoice_id}/cancel",
)
def cancel_einvoice(session: Session, ctx: RequestContext, cmd: CancelEInvoice) -> Identified:
    """Have the portal cancel a document; whole, and within 24 hours of its registration.

    The books follow the portal's answer: an order's invoice without notes is cancelled there too, which whoever
    asks must be allowed. What has notes keeps them; a till's bill is returned at the till. Its number is never used
    again. Locks the document, and the notes of its invoice.

    Raises:
        UnknownEInvoice: There is none.
        NotToBeCancelled: It is not registered, its 24 hours are over, goods of it came back by a note that the
            portal knows, or a way bill of it is under way.
        NotCancellable: The books could not follow: it is paid in part, or its period's return is filed.
        PermissionDenied: The actor may not cancel the invoice in the books.

    Emits:
        einvoicing.einvoice_asked.v1.
    """
    row = hold(session, ctx, cmd.einvoice_id)
    if row["status"] != EInvoiceStatus.REGISTERED:
        raise NotToBeCancelled("Only a registered document is cancelled.")
    if ctx.now >= row["ack_at"] + CANCEL_WITHIN:
        message = (
            "Its 24 hours at the portal are over. Take the goods back with a credit note instead."
        )
        raise NotToBeCancelled(message, fields={"einvoice_id": message})
    billing.hold_notes(session, row["invoice_id"])
    _require_alone(session, ctx, row["invoice_id"])
    if follows_in_books(session, ctx, row["invoice_id"]):
        ctx.require(billing.CANCEL)
        billing.require_cancellable(session, ctx, row["invoice_id"])
    db.execute(
        session,
        "update einvoice set status = 'cancelling', cancel_code = %s, cancel_reason = %s, problem = '', attempts = 0,"
        " looks = 0"
        " where tenant_id = %s and id = %s",
        (cmd.code, cmd.reason, ctx.tenant_id, cmd.einvoice_id),
    )
    emit(session, ctx, cmd.einvoice_id, EInvoiceAsked(einvoice_id=cmd.einvoice_id))
    return Identified(id=cmd.einvoice_id)


def _require_alone(session: Session, ctx: RequestContext, invoice_id: UUID) -> None:
    noted = db.fetch_one(
        session,
        "select e.number, e.status from einvoice e join invoice i on (i.tenant_id, i.id) = (e.tenant_id, e.invoice_id)"
        " where e.tenant_id = %s and i.original_invoice_id = %s and e.status not in ('cancelled', 'withdrawn') limit 1",
        (ctx.tenant_id, invoice_id),
    )
    if noted and noted["status"] in {EInvoiceStatus.TO_MEND, EInvoiceStatus.REFUSED}:
        raise NotToBeCancelled(
            f"Its note {noted['number']} waits to be mended. Have it registered, cancel it, then this."
        )
    if noted:
        raise NotToBeCancelled(
            f"The portal hears of its note {noted['number']}. Cancel that first."
        )
    carried = db.fetch_one(
        session,
        "select number from way_bill where tenant_id = %s and invoice_id = %s and status in ('active', 'due') limit 1",
        (ctx.tenant_id, invoice_id),
    )
    if carried:
        raise NotToBeCancelled("Its goods travel with a way bill. Cancel the way bill first.")
