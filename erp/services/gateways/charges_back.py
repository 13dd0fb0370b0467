"""A provider's invoice that was recorded wrong is taken back; and which invoices a month has."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services import seen_bills
from erp.services.gateways.accounts import VIEW
from erp.services.gateways.errors import InvoiceTakenBack, UnknownInvoice
from erp.services.gateways.events import ChargesInvoiced
from erp.services.gateways.raising import SETTLE
from erp.services.platform import (
    Command,
    Day,
    Identified,
    Query,
    Result,
    Rows,
    ShortText,
    command,
    emit,
    query,
)


class TakeBackCharges(Command):
    """Take a provider's invoice back that was recorded wrong."""

    invoice_id: UUID
    reason: ShortText


class ListChargeInvoices(Query):
    """Invoices of a month of an account; `month` is its first day."""

    account_id: UUID
    month: Day


class ChargeInvoiceRow(Result):
    """A provider's invoice as it was recorded.

    Attributes:
        tax: All heads together. taken_back_on: it does not count since then, for `taken_back_reason`.
    """

    id: UUID
    number: str
    dated_on: date
    supplier_gstin: str
    taxable: Decimal
    tax: Decimal
    taken_back_on: date | None
    taken_back_reason: str


class ChargeInvoices(Rows):
    """Invoices of a month, those that count first."""

    rows: list[ChargeInvoiceRow]


@command(
    "gateways.take_back_charges",
    permission=SETTLE,
    rest="POST /gateway-invoices/{invoice_id}/take-back",
)
def take_back_charges(session: Session, ctx: RequestContext, cmd: TakeBackCharges) -> Identified:
    """Take a provider's invoice back; nothing was booked by it, and its bill is free to be recorded again.

    Locks the invoice.

    Raises:
        UnknownInvoice: There is none. InvoiceTakenBack: Somebody did already.

    Emits:
        gateways.charges_invoiced.v1
    """
    row = db.fetch_one(
        session,
        "select account_id, taken_back_on from gateway_invoice"
        " where tenant_id = %s and company_id = %s and id = %s for update",
        (ctx.tenant_id, ctx.company_id, cmd.invoice_id),
    )
    if row is None:
        message = "There is no such invoice. Choose one of the list."
        raise UnknownInvoice(message, fields={"invoice_id": message})
    if row["taken_back_on"] is not None:
        message = "This invoice was taken back already."
        raise InvoiceTakenBack(message, fields={"invoice_id": message})
    db.execute(
        session,
        "update gateway_invoice set taken_back_on = %s, taken_back_by = %s, taken_back_reason = %s"
        " where tenant_id = %s and id = %s",
        (ctx.today, ctx.user_id, cmd.reason, ctx.tenant_id, cmd.invoice_id),
    )
    seen_bills.end_uses(session, ctx, [cmd.invoice_id])
    event = ChargesInvoiced(invoice_id=cmd.invoice_id, account_id=row["account_id"])
    emit(session, ctx, cmd.invoice_id, event)
    return Identified(id=cmd.invoice_id)


@query("gateways.list_charge_invoices", permission=VIEW, rest="GET /charge-invoices")
def list_charge_invoices(
    session: Session, ctx: RequestContext, wanted: ListChargeInvoices
) -> ChargeInvoices:
    """List the invoices of a month of an account, with those that were taken back."""
    rows = db.fetch_all(
        session,
        "select id, number, dated_on, supplier_gstin, taxable, igst + cgst + sgst as tax, taken_back_on,"
        " taken_back_reason from gateway_invoice where tenant_id = %s and company_id = %s and account_id = %s"
        " and month = %s order by taken_back_on nulls first, dated_on, id",
        (ctx.tenant_id, ctx.company_id, wanted.account_id, wanted.month),
    )
    return ChargeInvoices(rows=[ChargeInvoiceRow(**row) for row in rows])
