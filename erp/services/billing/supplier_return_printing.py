"""A return to a supplier as it is printed: debit note and delivery challan in one."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.formatting import money_text
from erp.core.gst.taxing import PriceMode, SupplyNature, state_tax_head
from erp.core.money import EXACT, ZERO
from erp.models.billing import ReturnReason
from erp.services.billing.printing import (
    PrintedDocument,
    PrintedLine,
    PrintedReference,
    PrintedTotals,
)
from erp.services.billing.supplier_return_queries import GetReturn, ReturnDetail, get_return
from erp.services.billing.titling import DocumentTitle
from erp.services.party import printed_branch, printed_contact, state_name

REASON_WORDS: Final = {
    ReturnReason.EXPIRED: "Expired",
    ReturnReason.NEAR_EXPIRY: "Near expiry",
    ReturnReason.DAMAGED: "Damaged",
    ReturnReason.RECALLED: "Recalled",
    ReturnReason.WRONG_GOODS: "Wrong goods",
    ReturnReason.EXCESS: "More than we can sell",
}
UNIT_PRICE = Decimal("0.0001")


def get_printed_return(session: Session, ctx: RequestContext, return_id: UUID) -> PrintedDocument:
    """Return a posted return as it is printed; the same return always gives the same value.

    Raises:
        UnknownReturn: The acting branch has no such return.
        PermissionDenied: The actor may not see returns.

    Source: CGST Rules r.53(1A) for the debit note, r.55(1) for the challan.
    """
    made = get_return(session, ctx, GetReturn(return_id=return_id))
    seller = printed_branch(session, ctx, at=made.returned_at)
    supplier = printed_contact(session, ctx, made.supplier_id)
    buyer = replace(supplier, gstin=made.supplier_gstin or "")
    rows = _goods(session, ctx, return_id)
    nature = SupplyNature(made.supply_nature)
    is_billed = made.claim_id is not None
    bills = {(row["bill_number"], row["billed_on"]) for row in rows if row["bill_number"]}
    return PrintedDocument(
        title=DocumentTitle.RETURN_NOTE if is_billed else DocumentTitle.DELIVERY_CHALLAN,
        number=made.number,
        issued_at=made.returned_at,
        seller=seller,
        buyer=buyer,
        buyer_heading="Supplier and consignee",
        place_of_supply_name=state_name(seller.state_code),
        place_of_supply_code=seller.state_code,
        price_mode=PriceMode.EXCLUSIVE,
        nature=nature,
        state_tax_head=state_tax_head(nature, seller.state_code),
        lines=tuple(_line(row, is_billed=is_billed, bills=len(bills)) for row in rows),
        totals=_totals(made),
        time_zone=ctx.time_zone,
        references=tuple(PrintedReference(*one) for one in sorted(bills)),
        reason=", ".join(dict.fromkeys(REASON_WORDS[line.reason] for line in made.lines)),
        terms=_terms(made),
    )


def _goods(session: Session, ctx: RequestContext, return_id: UUID) -> Sequence[db.Row]:
    return db.fetch_all(
        session,
        """
        select l.*, lot.lot_number, lot.expires_on, lot.maker, lot.mrp, v.base_unit,
               coalesce(v.hsn, p.hsn) as hsn,
               coalesce(b.bill_number, '') as bill_number, b.billed_on
          from supplier_return_line l
          join lot on (lot.tenant_id, lot.id) = (l.tenant_id, l.lot_id)
          join variant v on (v.tenant_id, v.id) = (l.tenant_id, l.variant_id)
          join product p on (p.tenant_id, p.id) = (v.tenant_id, v.product_id)
          left join supplier_bill_line x on (x.tenant_id, x.id) = (l.tenant_id, l.bill_line_id)
          left join supplier_bill b on (b.tenant_id, b.id) = (x.tenant_id, x.bill_id)
         where l.tenant_id = %s and l.return_id = %s
         order by l.line_no
        """,
        (ctx.tenant_id, return_id),
    )


def _line(row: db.Row, *, is_billed: bool, bills: int) -> PrintedLine:
    """Return a line; on a debit note goods that are on no bill are worth nothing."""
    value = row["taxable"] if is_billed else row["released"]
    tax = row["cgst"] + row["sgst"] + row["igst"]
    quantity = Decimal(row["quantity"])
    notes = [row["label"]]
    if is_billed and not row["bill_number"]:
        notes.append(f"not billed yet, worth {money_text(row['released'])}")
    elif bills > 1:
        notes.append(f"invoice {row['bill_number']}")
    return PrintedLine(
        description=" · ".join(notes),
        hsn=row["hsn"],
        quantity=quantity,
        uqc=row["base_unit"],
        unit_price=EXACT.divide(value, quantity).quantize(UNIT_PRICE),
        gst_rate=row["gst_rate"],
        gross=value,
        discount=ZERO,
        taxable_value=value,
        cgst=row["cgst"],
        sgst=row["sgst"],
        igst=row["igst"],
        total=value + tax,
        mrp=row["mrp"],
        lot_number=row["lot_number"],
        expires_on=row["expires_on"],
        maker=row["maker"],
    )


def _totals(made: ReturnDetail) -> PrintedTotals:
    value = made.taxable if made.claim_id else made.released
    return PrintedTotals(
        gross=value,
        discount=ZERO,
        taxable_value=value,
        cgst=made.cgst,
        sgst=made.sgst,
        igst=made.igst,
        round_off=ZERO,
        value=made.total if made.claim_id else made.released,
    )


def _terms(made: ReturnDetail) -> tuple[str, ...]:
    asked = (
        f"Please send a credit note for {money_text(made.total)} that names {made.number}"
        " (CGST Act s.34)."
        if made.claim_id
        else "These goods were not billed to us. Please leave them out of your invoice."
    )
    unbilled = (
        f"Goods that were not billed yet are worth {money_text(made.released)}, which is no part"
        " of this note. Please leave them out of your invoice."
        if made.claim_id and made.released
        else ""
    )
    sent = f"Sent by {made.transport}." if made.transport else ""
    return tuple(term for term in (asked, unbilled, sent, made.note) if term)
