"""Bills and photos that were handed in before."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services import seen_bills
from erp.services.expenses.crediting import seen_of
from erp.services.expenses.errors import SpentBefore
from erp.services.expenses.spending import SpentLine


def ask_about_doubles(
    session: Session, ctx: RequestContext, lines: Sequence[SpentLine], own_claim: UUID | None = None
) -> None:
    """Ask about lines whose bill or photo another claim has that was not withdrawn or taken back, or another line.

    A bill is the same by its supplier and number in a financial year, a line by its amount too; a photo by its
    bytes. Locks the bills.

    Raises:
        SpentBefore: One was handed in before; may be confirmed.
        BillTaxDiffers: The GST on a whole bill was given otherwise before; may be confirmed.
        BillSeen: A purchase bill, an asset or a provider's invoice is one of the bills; may be confirmed.
    """
    bills = [(f"lines.{at}.bill_number", seen_of(line)) for at, line in enumerate(lines)]
    seen_bills.look_for(session, ctx, bills, seen_bills.BillSource.EXPENSE, own_claim)
    stated = [
        (f"lines.{at}.bill_tax", seen_of(line), line.bill_tax) for at, line in enumerate(lines)
    ]
    seen_bills.ask_about_tax(session, ctx, stated, own_claim)
    if SpentBefore.code in ctx.confirmed:
        return
    for at, line in enumerate(lines):
        if line.bill_number and _bill_of(line) in map(_bill_of, lines[:at]):
            message = "This claim has the bill twice, of the same amount. Confirm if these are two."
            raise SpentBefore(message, fields={f"lines.{at}.bill_number": message})
        same_bill = _with_bill(session, ctx, line, own_claim) if line.bill_number else None
        if same_bill:
            message = (
                f"{same_bill} has this bill of the same amount. Confirm if this is another one."
            )
            raise SpentBefore(message, fields={f"lines.{at}.bill_number": message})
        named_by = _naming(session, ctx, line, own_claim)
        if named_by:
            message = (
                f"{named_by} names this bill. Confirm if this is another part of it; both parts are a credit where the"
                " GST on the whole bill is given."
            )
            raise SpentBefore(message, fields={f"lines.{at}.bill_number": message})
        same_photo = claim_with_photo(session, ctx, line.receipt_id, own_claim)
        if same_photo:
            message = f"{same_photo} has the same photo. Confirm if it shows both bills."
            raise SpentBefore(message, fields={f"lines.{at}.receipt_id": message})


def _bill_of(line: SpentLine) -> tuple[object, ...]:
    return line.bill_number.upper(), line.supplier.lower(), line.amount


def _naming(session: Session, ctx: RequestContext, line: SpentLine, own_claim: UUID | None) -> str:
    found = seen_bills.seen_elsewhere(session, ctx, seen_of(line), own_claim)
    return next((one.number for one in found if one.source is seen_bills.BillSource.EXPENSE), "")


def _with_bill(
    session: Session, ctx: RequestContext, line: SpentLine, own_claim: UUID | None
) -> str:
    row = db.fetch_one(
        session,
        "select c.number from expense_claim_line l"
        " join expense_claim c on (c.tenant_id, c.id, c.revision) = (l.tenant_id, l.claim_id, l.revision)"
        " where l.tenant_id = %(tenant)s and c.company_id = %(company)s and l.amount = %(amount)s"
        " and upper(l.bill_number) = upper(%(bill)s)"
        " and (lower(l.supplier) = lower(%(supplier)s)"
        "      or l.supplier_gstin <> '' and l.supplier_gstin = upper(%(gstin)s))"
        " and c.status not in ('withdrawn', 'reversed')"
        " and c.id is distinct from %(own)s::uuid limit 1",
        {
            "tenant": ctx.tenant_id,
            "company": ctx.company_id,
            "amount": line.amount,
            "bill": line.bill_number,
            "supplier": line.supplier,
            "gstin": line.supplier_gstin.strip(),
            "own": own_claim,
        },
    )
    return row["number"] if row else ""


def claim_with_photo(
    session: Session, ctx: RequestContext, receipt_id: UUID | None, own_claim: UUID | None = None
) -> str:
    """Return the number of another claim with the bytes of a receipt, or nothing."""
    if receipt_id is None:
        return ""
    row = db.fetch_one(
        session,
        "select c.number from expense_receipt r"
        " join expense_receipt same on (same.tenant_id, same.sha256) = (r.tenant_id, r.sha256)"
        " join expense_claim_line l on (l.tenant_id, l.receipt_id) = (same.tenant_id, same.id)"
        " join expense_claim c on (c.tenant_id, c.id, c.revision) = (l.tenant_id, l.claim_id, l.revision)"
        " where r.tenant_id = %s and r.id = %s and c.status not in ('withdrawn', 'reversed')"
        " and c.id is distinct from %s::uuid limit 1",
        (ctx.tenant_id, receipt_id, own_claim),
    )
    return row["number"] if row else ""
