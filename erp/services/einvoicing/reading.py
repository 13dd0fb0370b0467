"""Documents read as the portal hears of them."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import NotFound
from erp.services.einvoicing.checking import PIN, is_found
from erp.services.einvoicing.document import EDocument, Item, Trader
from erp.services.einvoicing.irn import TYPES

_HEAD = """
    select i.kind, i.number, i.fiscal_year, i.issued_on, i.recipient, i.place_of_supply, i.price_mode,
           i.round_off, i.total, b.gstin, b.state_code,
           was.legal_name, was.address, was.city, was.pin, c.legal_name as name_now, b.address as address_now,
           b.city as city_now, b.pin as pin_now,
           exists (select 1 from einvoice e join portal_call k on (k.tenant_id, k.einvoice_id) = (e.tenant_id, e.id)
                    where (e.tenant_id, e.invoice_id) = (i.tenant_id, i.id)
                      and k.kind = 'register' and k.outcome = 'refused') as was_refused,
           p.gstin as party_gstin, p.address as party_address, p.city as party_city, p.pin as party_pin,
           o.number as original_number, o.issued_on as original_issued_on
      from invoice i
      join branch b on (b.tenant_id, b.id) = (i.tenant_id, i.branch_id)
      join company c on (c.tenant_id, c.id) = (i.tenant_id, i.company_id)
      cross join lateral sec.branch_at(i.tenant_id, i.branch_id, least(i.issued_at, i.recorded_at)) was
      join party p on (p.tenant_id, p.id) = (i.tenant_id, i.party_id)
      left join invoice o on (o.tenant_id, o.id) = (i.tenant_id, i.original_invoice_id)
     where i.tenant_id = %s and i.company_id = %s and i.id = %s
"""
_LINES = """
    select description, hsn, unit, quantity, unit_price, gross, line_discount + bill_discount as discount, taxable,
           rate, igst, cgst, sgst, treatment, lot_number, expires_on
      from invoice_line where tenant_id = %s and invoice_id = %s order by line_no
"""


def read_document(
    session: Session, ctx: RequestContext, invoice_id: UUID, *, as_it_is: bool = False
) -> EDocument:
    """Return a posted document of the acting company as the portal hears of it.

    The seller is named, and found, as the document itself says: as the branch was when it was made. Once the
    portal refused the document, or would for what the branch was, it is the branch as it is, which may be mended.
    What the document does not say of its buyer's address (or says in no usable way) is taken from the
    buyer's own page, as long as that bears the same GSTIN: it may be mended, a posted document may not.

    Args:
        as_it_is: The seller is the branch of today, from which goods leave.

    Raises:
        NotFound: There is no such document.
    """
    head = db.fetch_one(session, _HEAD, (ctx.tenant_id, ctx.company_id, invoice_id))
    if head is None:
        raise NotFound("There is no such document.")
    is_inclusive = head["price_mode"].lower() == "inclusive"
    lines = db.fetch_all(session, _LINES, (ctx.tenant_id, invoice_id))
    original = (head["original_number"], head["original_issued_on"])
    return EDocument(
        kind=TYPES.get(head["kind"], "INV"),
        number=head["number"],
        fiscal_year=head["fiscal_year"],
        issued_on=head["issued_on"],
        seller=_seller(head, as_it_is=as_it_is or head["was_refused"]),
        buyer=_buyer(head),
        place=head["place_of_supply"],
        category=head["recipient"].get("gst_category", ""),
        items=tuple(_item(line, is_inclusive=is_inclusive) for line in lines),
        round_off=head["round_off"],
        total=head["total"],
        original=original if original[0] else None,
    )


def _seller(head: Mapping[str, Any], *, as_it_is: bool) -> Trader:
    made = Trader(
        gstin=head["gstin"] or "",
        name=head["legal_name"],
        address=head["address"],
        city=head["city"],
        pin=head["pin"],
        state=head["state_code"],
    )
    if not as_it_is and is_found(made):
        return made
    return replace(
        made,
        name=head["name_now"],
        address=head["address_now"],
        city=head["city_now"],
        pin=head["pin_now"],
    )


def _buyer(head: Mapping[str, Any]) -> Trader:
    named = head["recipient"]
    gstin = named.get("gstin", "")
    later = head if head["party_gstin"] == gstin else {}
    pin = named.get("pin", "")
    return Trader(
        gstin=gstin,
        name=named.get("name", ""),
        address=named.get("address") or later.get("party_address", ""),
        city=named.get("city") or later.get("party_city", ""),
        pin=pin if PIN.fullmatch(pin) else later.get("party_pin", pin),
        state=named.get("state_code", ""),
    )


def _item(line: Mapping[str, Any], *, is_inclusive: bool) -> Item:
    quantity = Decimal(line["quantity"])
    price, gross, discount = line["unit_price"], line["gross"], line["discount"]
    if is_inclusive:
        price = (line["taxable"] / quantity).quantize(Decimal("0.001"), ROUND_HALF_UP)
        gross, discount = line["taxable"], Decimal("0.00")
    return Item(
        description=line["description"],
        hsn=line["hsn"],
        unit=line["unit"],
        quantity=quantity,
        unit_price=price,
        gross=gross,
        discount=discount,
        taxable=line["taxable"],
        rate=line["rate"],
        igst=line["igst"],
        cgst=line["cgst"],
        sgst=line["sgst"],
        is_taxable=line["treatment"].lower() == "taxable",
        lot_number=line["lot_number"],
        expires_on=line["expires_on"],
    )
