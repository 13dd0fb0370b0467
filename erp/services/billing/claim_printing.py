"""The debit note that asks a supplier for what is too much on their bill, as it is printed."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.formatting import money_text
from erp.core.gst.taxing import PriceMode, SupplyNature, state_tax_head
from erp.core.money import EXACT, ZERO, allocate
from erp.models.billing import Finding
from erp.services.billing.bill_errors import UnknownClaim
from erp.services.billing.bill_queries import BillDetail, GetBill, get_bill
from erp.services.billing.printing import (
    PrintedDocument,
    PrintedLine,
    PrintedReference,
    PrintedTotals,
)
from erp.services.billing.titling import DocumentTitle
from erp.services.party import printed_branch, printed_contact, state_name

WHY: Final = {
    Finding.PRICE: "More than the price agreed",
    Finding.QUANTITY: "More than came",
    Finding.TAX_RATE: "More tax than is due",
    Finding.CHARGE: "Charges that were not agreed",
}
UNIT_PRICE = Decimal("0.0001")


def get_printed_claim(session: Session, ctx: RequestContext, bill_id: UUID) -> PrintedDocument:
    """Return the debit note of a bill as it is printed; the same note always gives the same value.

    Raises:
        UnknownBill: The acting branch has no such bill. UnknownClaim: nothing of it was claimed.
        PermissionDenied: The actor may not see bills.

    Source: CGST Rules r.53(1A) for what a debit note says; the supplier's credit note under CGST
    Act s.34 is what changes the tax.
    """
    bill = get_bill(session, ctx, GetBill(bill_id=bill_id))
    if bill.claim_id is None or bill.decided_at is None:
        raise UnknownClaim("Nothing of this bill was claimed from its supplier.")
    seller = printed_branch(session, ctx, at=bill.decided_at)
    supplier = printed_contact(session, ctx, bill.supplier_id)
    rows = _claimed(session, ctx, bill_id)
    lines = tuple(_line(row) for row in rows)
    nature = SupplyNature(bill.supply_nature)
    found = [Finding(one) for row in rows for one in row["findings"]]
    return PrintedDocument(
        title=DocumentTitle.DEBIT_NOTE,
        number=bill.claim_number,
        issued_at=bill.decided_at,
        seller=seller,
        buyer=replace(supplier, gstin=bill.supplier_gstin or ""),
        buyer_heading="Supplier",
        place_of_supply_name=state_name(seller.state_code),
        place_of_supply_code=seller.state_code,
        price_mode=PriceMode.EXCLUSIVE,
        nature=nature,
        state_tax_head=state_tax_head(nature, seller.state_code),
        lines=lines,
        totals=_totals(lines),
        time_zone=ctx.time_zone,
        references=(PrintedReference(bill.bill_number, bill.billed_on),),
        reason=", ".join(WHY[one] for one in Finding if one in found),
        terms=(_asked(bill),),
    )


def _claimed(session: Session, ctx: RequestContext, bill_id: UUID) -> Sequence[db.Row]:
    """Return the lines of a bill on which something is too much."""
    return db.fetch_all(
        session,
        """
        select l.*, lot.lot_number, lot.expires_on, lot.maker, lot.mrp,
               coalesce(v.hsn, p.hsn, '') as hsn
          from supplier_bill_line l
          left join lot on (lot.tenant_id, lot.id) = (l.tenant_id, l.lot_id)
          left join variant v on (v.tenant_id, v.id) = (l.tenant_id, l.variant_id)
          left join product p on (p.tenant_id, p.id) = (v.tenant_id, v.product_id)
         where l.tenant_id = %s and l.bill_id = %s and l.excess + l.excess_tax > 0
         order by l.line_no
        """,
        (ctx.tenant_id, bill_id),
    )


def _line(row: db.Row) -> PrintedLine:
    """Return what is too much of a line: units that did not come, or the difference of all."""
    findings = [Finding(one) for one in row["findings"]]
    quantity: Decimal = row["quantity"]
    if findings == [Finding.QUANTITY]:
        units = Fraction(quantity) * (row["base_quantity"] - row["matched"]) / row["base_quantity"]
        exact = EXACT.divide(Decimal(units.numerator), Decimal(units.denominator))
        quantity = exact.quantize(UNIT_PRICE)
    heads = [row["cgst"], row["sgst"], row["igst"]]
    tax: Decimal = row["excess_tax"]
    cgst, sgst, igst = allocate(tax, heads) if tax else (ZERO, ZERO, ZERO)
    words = [row["label"], *[WHY[one].lower() for one in Finding if one in findings]]
    return PrintedLine(
        description=" · ".join(words),
        hsn=row["hsn"],
        quantity=quantity,
        uqc=row["unit"],
        unit_price=EXACT.divide(row["excess"], quantity).quantize(UNIT_PRICE),
        gst_rate=row["gst_rate"],
        gross=row["excess"],
        discount=ZERO,
        taxable_value=row["excess"],
        cgst=cgst,
        sgst=sgst,
        igst=igst,
        total=row["excess"] + tax,
        mrp=row["mrp"],
        lot_number=row["lot_number"] or "",
        expires_on=row["expires_on"],
        maker=row["maker"] or "",
    )


def _totals(lines: Sequence[PrintedLine]) -> PrintedTotals:
    value = sum((line.taxable_value for line in lines), ZERO)
    return PrintedTotals(
        gross=value,
        discount=ZERO,
        taxable_value=value,
        cgst=sum((line.cgst for line in lines), ZERO),
        sgst=sum((line.sgst for line in lines), ZERO),
        igst=sum((line.igst for line in lines), ZERO),
        round_off=ZERO,
        value=sum((line.total for line in lines), ZERO),
    )


def _asked(bill: BillDetail) -> str:
    asked = money_text(bill.claim_taxable + bill.claim_tax)
    return f"Please send a credit note for {asked} that names {bill.claim_number} (CGST Act s.34)."
