"""A posted document as it is printed: assembled from what was stored, computing nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import NotFound
from erp.core.formatting import date_text
from erp.core.gst.taxing import PriceMode, SupplyNature, state_tax_head
from erp.core.money import ZERO
from erp.services.billing.printing import (
    PrintedDocument,
    PrintedLine,
    PrintedReference,
    PrintedTender,
    PrintedTotals,
)
from erp.services.billing.titling import DocumentTitle
from erp.services.party import PrintedParty, printed_party, state_name

SEZ_WORDS = (
    "SUPPLY MEANT FOR SEZ UNIT OR SEZ DEVELOPER FOR AUTHORISED OPERATIONS"
    " ON PAYMENT OF INTEGRATED TAX"
)
"""To stand on every invoice to a special economic zone (r.46, third proviso)."""

TITLE_OF_KIND = {
    "tax_invoice": DocumentTitle.TAX_INVOICE,
    "bill_of_supply": DocumentTitle.BILL_OF_SUPPLY,
    "invoice_cum_bill": DocumentTitle.INVOICE_CUM_BILL,
    "credit_note": DocumentTitle.CREDIT_NOTE,
    "debit_note": DocumentTitle.DEBIT_NOTE,
}


@dataclass(frozen=True, slots=True)
class TillFacts:
    """What the till adds to a bill: how it was paid, where and by whom.

    Attributes:
        named_at: When the seller was named as on the paper that the customer has, where that is
            not when the bill was made.
    """

    tenders: Sequence[PrintedTender] = ()
    change_due: Decimal = ZERO
    register: str = ""
    cashier: str = ""
    upi_link: str = ""
    remarks: Sequence[str] = ()
    named_at: datetime | None = None


def get_printed_document(
    session: Session,
    ctx: RequestContext,
    invoice_id: UUID,
    *,
    till: TillFacts | None = None,
) -> PrintedDocument:
    """Return a posted document as it is printed; the same document always gives the same value.

    Raises:
        NotFound: There is no such document.
    """
    facts = till or TillFacts()
    head = _head(session, ctx, invoice_id, facts.named_at)
    lines = db.fetch_all(
        session,
        "select * from invoice_line where tenant_id = %s and invoice_id = %s order by line_no",
        (ctx.tenant_id, invoice_id),
    )
    nature = SupplyNature(head["supply_nature"])
    place = head["place_of_supply"]
    return PrintedDocument(
        title=TITLE_OF_KIND[head["kind"]],
        number=head["number"],
        issued_at=head["issued_at"],
        seller=_seller(head),
        buyer=_buyer(head["recipient"]),
        place_of_supply_name=state_name(place),
        place_of_supply_code=place,
        price_mode=PriceMode(head["price_mode"]),
        nature=nature,
        state_tax_head=state_tax_head(nature, place),
        lines=tuple(_line(line) for line in lines),
        totals=_totals(head),
        time_zone=head["time_zone"],
        is_composition=head["gst_scheme"] == "composition",
        cancelled=_cancelled(head),
        endorsement=_endorsement(head),
        references=_references(head["original_number"], head["original_issued_on"]),
        upi_link=facts.upi_link,
        tenders=tuple(facts.tenders),
        change_due=facts.change_due,
        register=facts.register,
        cashier=facts.cashier,
        remarks=tuple(facts.remarks),
    )


def _head(
    session: Session, ctx: RequestContext, invoice_id: UUID, named_at: datetime | None
) -> db.Row:
    head = db.fetch_one(
        session,
        """
        select i.*, was.name as branch_name, was.address, was.city, was.pin, was.phone, b.gstin, b.state_code,
               was.drug_licence_no, was.legal_name, was.trade_name, t.time_zone,
               sec.gst_scheme(c.tenant_id, c.id, case i.kind when 'debit_note' then i.issued_on
                              else coalesce(billed.issued_on, o.issued_on, i.issued_on) end) as gst_scheme,
               o.number as original_number, o.issued_on as original_issued_on,
               k.cancelled_on, k.reason as cancel_reason
          from invoice i
          join branch b on (b.tenant_id, b.id) = (i.tenant_id, i.branch_id)
          cross join lateral sec.branch_at(
               i.tenant_id, i.branch_id, coalesce(%s, least(i.issued_at, i.recorded_at))) was
          join company c on (c.tenant_id, c.id) = (i.tenant_id, i.company_id)
          join tenant t on t.id = i.tenant_id
          left join invoice o on (o.tenant_id, o.id) = (i.tenant_id, i.original_invoice_id)
          left join lateral (
               select n.issued_on from interest_charge g
                 join invoice n on (n.tenant_id, n.id) = (g.tenant_id, g.note_id)
                where i.kind = 'credit_note' and (g.tenant_id, g.party_id) = (i.tenant_id, i.party_id)
                  and g.reversal_note_id = i.id limit 1) billed on true
          left join invoice_cancellation k on (k.tenant_id, k.invoice_id) = (i.tenant_id, i.id)
         where i.tenant_id = %s and i.id = %s
        """,
        (named_at, ctx.tenant_id, invoice_id),
    )
    if head is None:
        raise NotFound("There is no such document.")
    return head


def _seller(head: Mapping[str, Any]) -> PrintedParty:
    return printed_party({**head, "name": head["legal_name"]})


def _buyer(recipient: Mapping[str, str]) -> PrintedParty | None:
    return printed_party(recipient) if recipient else None


def _line(line: Mapping[str, Any]) -> PrintedLine:
    return PrintedLine(
        description=_description(line),
        hsn=line["hsn"],
        quantity=Decimal(line["quantity"]),
        uqc=line["unit"],
        unit_price=line["unit_price"],
        gst_rate=line["rate"],
        gross=line["gross"],
        discount=line["line_discount"] + line["bill_discount"],
        taxable_value=line["taxable"],
        cgst=line["cgst"],
        sgst=line["sgst"],
        igst=line["igst"],
        total=line["total"],
        mrp=line["mrp"],
        lot_number=line["lot_number"],
        expires_on=line["expires_on"],
        is_taxable=line["treatment"] == "taxable",
    )


def _description(line: Mapping[str, Any]) -> str:
    """Return what a line is of; what was sold in another unit names it and the base units."""
    if not line["sold_unit"]:
        description: str = line["description"]
        return description
    sold = f"{line['sold_quantity']} {line['sold_unit']}"
    return f"{line['description']} ({sold} = {line['quantity']} {line['unit']})"


def _totals(head: Mapping[str, Any]) -> PrintedTotals:
    return PrintedTotals(
        gross=head["gross"],
        discount=head["line_discount"] + head["bill_discount"],
        taxable_value=head["taxable"],
        cgst=head["cgst"],
        sgst=head["sgst"],
        igst=head["igst"],
        round_off=head["round_off"],
        value=head["total"],
    )


def _cancelled(head: Mapping[str, Any]) -> str:
    if head["cancelled_on"] is None:
        return ""
    return f"on {date_text(head['cancelled_on'])}: {head['cancel_reason']}"


def _endorsement(head: Mapping[str, Any]) -> str:
    is_sez = head["recipient"].get("gst_category") == "sez"
    return SEZ_WORDS if is_sez and head["igst"] and head["kind"] != "credit_note" else ""


def _references(number: str | None, dated_on: date | None) -> tuple[PrintedReference, ...]:
    return (PrintedReference(number, dated_on),) if number and dated_on else ()
