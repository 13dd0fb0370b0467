"""Tax invoices of banks and acquirers: without one the tax on what they kept is no credit."""

from decimal import Decimal
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.bill_numbers import bill_key
from erp.core.clock import fiscal_year, month_end
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.gst.taxing import TaxHeads
from erp.core.ids import new_id
from erp.core.money import ZERO, allocate
from erp.models.gst_returns import GstChargeInvoice
from erp.services import party, seen_bills
from erp.services.gst_returns.charges import Charge
from erp.services.gst_returns.errors import (
    ChargesTakenBack,
    NothingCharged,
    UnknownChargeInvoice,
)
from erp.services.gst_returns.events import CreditChanged
from erp.services.gst_returns.heads import NOTHING
from erp.services.gst_returns.reading_charges import read_charges
from erp.services.gst_returns.registrations import GstinText, Registration, registration_of
from erp.services.gst_returns.tax_period import TaxPeriod
from erp.services.platform import (
    Amount,
    Command,
    Day,
    Identified,
    ShortText,
    command,
    emit,
)

SOURCE: Final = seen_bills.BillSource.BANK


class RecordBankCharges(Command):
    """A tax invoice for what was kept by the lines of a bank account.

    Attributes:
        gstin: Ours, whom it is made out to. month: first day of the month that it bills.
        supplier, supplier_gstin: Of the bank or the acquirer, as printed.
        tax: GST on the charges, all heads together.
    """

    bank_account_id: UUID
    gstin: GstinText
    month: Day
    number: Annotated[ShortText, Field(max_length=40)]
    dated_on: Day
    supplier: ShortText
    supplier_gstin: Annotated[str, Field(min_length=1, max_length=20)]
    taxable: Annotated[Amount, Field(gt=0)]
    tax: Annotated[Amount, Field(gt=0)]


class TakeBackBankCharges(Command):
    """Take an invoice back that was recorded wrong."""

    invoice_id: UUID
    reason: ShortText


@command(
    "gst_returns.record_bank_charges",
    permission="gst_returns.record",
    rest="POST /bank-charge-invoices",
)
def record_bank_charges(
    session: Session, ctx: RequestContext, cmd: RecordBankCharges
) -> Identified:
    """Record a tax invoice of bank charges; nothing is booked, for the lines of the bank booked them.

    From its month on the GSTR-3B claims the tax that those lines bear, up to the invoice's. An invoice bills all
    accounts of one bank together. The register of bills knows it from then on. Locks the bill.

    Raises:
        UnknownRegistration: No branch of the company has this GSTIN.
        InvalidInput: The month or day does not fit, or the tax is not of the kind that was booked.
        NothingCharged: Lines of this bank booked no tax in the month.
        BillSeen, CreditElsewhere: Another document has it, or has its supplier's credit; may be confirmed.
        CreditTaken: Another document took its credit.
        ChargesRecorded: It is recorded already.

    Emits:
        gst_returns.credit_changed.v1

    Source: CGST Rules r.54(2).
    """
    registration = registration_of(session, ctx, cmd.gstin)
    _check_days(ctx, cmd)
    kept = _kept(session, ctx, registration, cmd)
    heads = _heads(cmd, registration, kept)
    gstin = _supplier_gstin(cmd)
    seen = seen_bills.Seen(gstin, cmd.supplier, cmd.number, cmd.dated_on)
    if not bill_key(cmd.number):
        message = "Give the number as it is printed on the invoice."
        raise InvalidInput(message, fields={"number": message})
    seen_bills.look_for(session, ctx, [("number", seen)], SOURCE)
    invoice_id = new_id()
    row = {
        "tenant_id": ctx.tenant_id,
        "id": invoice_id,
        "company_id": ctx.company_id,
        "bank_account_id": cmd.bank_account_id,
        "gstin": registration.gstin,
        "month": cmd.month,
        "number": cmd.number,
        "key": bill_key(cmd.number),
        "fiscal_year": fiscal_year(cmd.dated_on),
        "dated_on": cmd.dated_on,
        "supplier": cmd.supplier,
        "supplier_gstin": gstin,
        "taxable": cmd.taxable,
        "igst": heads.igst,
        "cgst": heads.cgst,
        "sgst": heads.sgst,
        "recorded_by": ctx.user_id,
        "recorded_at": ctx.now,
    }
    db.insert_rows(session, GstChargeInvoice, [row])
    branch_id = registration.acting(ctx).branch_id
    use = seen_bills.BillUse(
        SOURCE,
        invoice_id,
        cmd.number,
        branch_id,
        cmd.taxable,
        heads,
        is_credit=True,
        taken_on=cmd.dated_on,
    )
    seen_bills.note_use(session, ctx, seen, use)
    emit(session, ctx, invoice_id, CreditChanged(record_id=invoice_id, kind="charge_invoice"))
    return Identified(id=invoice_id)


@command(
    "gst_returns.take_back_bank_charges",
    permission="gst_returns.record",
    rest="POST /bank-charge-invoices/{invoice_id}/take-back",
)
def take_back_bank_charges(
    session: Session, ctx: RequestContext, cmd: TakeBackBankCharges
) -> Identified:
    """Take an invoice of bank charges back; its number can be recorded again, and returns to come claim nothing by it.

    What a filed return claimed by it stays claimed, and is said on the page until another invoice covers it. Locks
    the invoice, then its bill.

    Raises:
        UnknownChargeInvoice: There is none. ChargesTakenBack: Somebody did already.

    Emits:
        gst_returns.credit_changed.v1
    """
    row = db.fetch_one(
        session,
        "select taken_back_on from gst_charge_invoice where tenant_id = %s and company_id = %s and id = %s for update",
        (ctx.tenant_id, ctx.company_id, cmd.invoice_id),
    )
    if row is None:
        message = "There is no such invoice. Choose one of the list."
        raise UnknownChargeInvoice(message, fields={"invoice_id": message})
    if row["taken_back_on"] is not None:
        message = "This invoice was taken back already."
        raise ChargesTakenBack(message, fields={"invoice_id": message})
    db.execute(
        session,
        "update gst_charge_invoice set taken_back_on = %s, taken_back_by = %s, taken_back_reason = %s"
        " where tenant_id = %s and id = %s",
        (ctx.today, ctx.user_id, cmd.reason, ctx.tenant_id, cmd.invoice_id),
    )
    seen_bills.end_uses(session, ctx, [cmd.invoice_id])
    event = CreditChanged(record_id=cmd.invoice_id, kind="charge_invoice")
    emit(session, ctx, cmd.invoice_id, event)
    return Identified(id=cmd.invoice_id)


def _check_days(ctx: RequestContext, cmd: RecordBankCharges) -> None:
    if cmd.month.day != 1:
        message = "Name the month by its first day."
        raise InvalidInput(message, fields={"month": message})
    if not cmd.month <= cmd.dated_on <= ctx.today:
        message = "The invoice is of its month or later, and not of a day to come."
        raise InvalidInput(message, fields={"dated_on": message})


def _kept(
    session: Session, ctx: RequestContext, registration: Registration, cmd: RecordBankCharges
) -> list[Charge]:
    """Return what lines of the account booked in the month; refuse where that is nothing."""
    month = TaxPeriod(cmd.month, month_end(cmd.month))
    known = read_charges(session, ctx, registration, month).kept
    kept = [
        one
        for one in known
        if one.account_id == cmd.bank_account_id
        and one.place[0] == SOURCE
        and one.place[2] == cmd.month
        and one.reversed_on is None
    ]
    if not kept:
        message = (
            f"No line of this bank account booked tax on charges in {cmd.month:%m/%Y} for {registration.gstin}."
            " Book the charge with its tax on the bank's page first, or choose another month."
        )
        raise NothingCharged(message, fields={"month": message})
    return kept


def _heads(cmd: RecordBankCharges, registration: Registration, kept: list[Charge]) -> TaxHeads:
    """Return the tax by head; refuse one of another kind than the lines of the bank booked."""
    is_inter = cmd.supplier_gstin.strip()[:2] != registration.state
    booked = sum((one.heads for one in kept), NOTHING)
    if not (booked.igst if is_inter else booked.cgst + booked.sgst):
        kinds = ("IGST", "CGST and SGST") if is_inter else ("CGST and SGST", "IGST")
        message = (
            f"A supplier of this state bills {kinds[0]}, and the lines of the bank booked {kinds[1]}. Check the GSTIN,"
            " or undo the match, take its entry back and book it with the other tax."
        )
        raise InvalidInput(message, fields={"supplier_gstin": message})
    if is_inter:
        return TaxHeads(ZERO, ZERO, cmd.tax)
    cgst, sgst = allocate(cmd.tax, [Decimal(1), Decimal(1)])
    return TaxHeads(cgst, sgst, ZERO)


def _supplier_gstin(cmd: RecordBankCharges) -> str:
    try:
        return party.read_gstin(cmd.supplier_gstin).value
    except party.InvalidGstin as fault:
        raise InvalidInput(fault.message, fields={"supplier_gstin": fault.message}) from None


def _charges_of(session: Session, ctx: RequestContext, seen: seen_bills.Seen) -> str:
    """Say that a supplier's charges are booked by lines of a bank, where an invoice of them is known; else nothing."""
    if not seen.supplier_gstin:
        return ""
    row = db.fetch_one(
        session,
        "select b.name from gst_charge_invoice i"
        " join bank_account b on (b.tenant_id, b.id) = (i.tenant_id, i.bank_account_id)"
        " where i.tenant_id = %s and i.company_id = %s and i.supplier_gstin = %s and i.taken_back_on is null"
        " order by b.name limit 1",
        (ctx.tenant_id, ctx.company_id, seen.supplier_gstin),
    )
    if row is None:
        return ""
    return (
        f"Lines of {row['name']} book the charges of this supplier and their tax. Record its invoice of a month under"
        " GST > Charges. Confirm if this bill is for something else."
    )


seen_bills.asks_about_suppliers(SOURCE, _charges_of)
