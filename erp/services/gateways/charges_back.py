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

    Locks the invoice, then its bill.

    Raises:
        UnknownInvoice: There is none. InvoiceTakenBack: Somebody did already.
        CreditTaken: The bill's credit stands with it, and another account has the same invoice without.

    Emits:
        gateways.charges_invoiced.v1
    """
    row = db.fetch_one(
        session,
        "select account_id, taken_back_on, supplier_gstin, supplier, number, dated_on from gateway_invoice"
        " where tenant_id = %s and company_id = %s and id = %s for update",
        (ctx.tenant_id, ctx.company_id, cmd.invoice_id),
    )
    if row is None:
        message = "There is no such invoice. Choose one of the list."
        raise UnknownInvoice(message, fields={"invoice_id": message})
    if row["taken_back_on"] is not None:
        message = "This invoice was taken back already."
        raise InvoiceTakenBack(message, fields={"invoice_id": message})
    _require_last(session, ctx, cmd.invoice_id, row)
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


def _require_last(session: Session, ctx: RequestContext, invoice_id: UUID, row: db.Row) -> None:
    """Refuse to free a bill's credit while settlements of another account have it still."""
    names = ("supplier_gstin", "supplier", "number", "dated_on")
    seen = seen_bills.Seen(**{name: row[name] for name in names})
    known = seen_bills.seen_elsewhere(session, ctx, seen)
    has_credit = any(one.is_credit for one in known if one.source_id == invoice_id)
    others = [
        one
        for one in known
        if one.source is seen_bills.BillSource.GATEWAY and one.source_id != invoice_id
    ]
    if has_credit and others:
        message = (
            f"{row['number']} is recorded for another account, too, and its credit stands with this one. Take that one"
            " back first, and record it again when this one is gone."
        )
        raise seen_bills.CreditTaken(message, fields={"invoice_id": message})


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
