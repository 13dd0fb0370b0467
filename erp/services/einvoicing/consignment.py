"""Goods that travel: of an invoice, or of a transfer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.clock import business_date
from erp.core.context import RequestContext
from erp.core.errors import NotFound
from erp.core.money import ZERO
from erp.services.einvoicing.document import Item, Trader
from erp.services.einvoicing.reading import read_document
from erp.services.gst_returns import LAW, LawLimit, LimitKind, limit_on, limits_of

UNREGISTERED: Final = "URP"
DocumentKind = Literal["invoice", "transfer"]
_TRANSFER = """
    select t.challan, t.dispatched_at, c.legal_name,
           f.gstin as from_gstin, f.address as from_address, f.city as from_city, f.pin as from_pin,
           f.state_code as from_state,
           d.gstin as to_gstin, d.address as to_address, d.city as to_city, d.pin as to_pin, d.state_code as to_state
      from stock_transfer t
      join branch f on (f.tenant_id, f.id) = (t.tenant_id, t.from_branch_id)
      join branch d on (d.tenant_id, d.id) = (t.tenant_id, t.to_branch_id)
      join company c on (c.tenant_id, c.id) = (f.tenant_id, f.company_id)
     where t.tenant_id = %s and f.company_id = %s and t.id = %s and t.challan is not null
"""
_SENT = """
    select v.label as description, coalesce(v.hsn, p.hsn) as hsn, v.base_unit as unit, l.sent as quantity, l.value
      from stock_transfer_line l
      join variant v on (v.tenant_id, v.id) = (l.tenant_id, l.variant_id)
      join product p on (p.tenant_id, p.id) = (v.tenant_id, v.product_id)
     where l.tenant_id = %s and l.transfer_id = %s order by l.line_no
"""


def document_of(row: Mapping[str, Any]) -> tuple[DocumentKind, UUID]:
    """Return the document of a way bill's row."""
    return ("invoice", row["invoice_id"]) if row["invoice_id"] else ("transfer", row["transfer_id"])


@dataclass(frozen=True, slots=True)
class Consignment:
    """Goods on one document.

    Attributes:
        kind: The portal's type of the document: `INV`, `BIL` for a bill of supply, or `CHL` for a delivery challan.
        value: With tax and without exempt goods (r.138(1), explanation 2).
        total: Of the document. limits: Of the law, as the tenant knows them.
    """

    kind: str
    number: str
    dated_on: date
    seller: Trader
    buyer: Trader
    items: Sequence[Item]
    value: Decimal
    total: Decimal
    limits: Sequence[LawLimit] = LAW

    @property
    def is_inter(self) -> bool:
        """Whether it crosses a border of states."""
        return self.seller.state != self.buyer.state

    @property
    def limit(self) -> Decimal:
        """The value above which it needs a way bill."""
        state = "" if self.is_inter else self.seller.state
        return limit_on(self.limits, LimitKind.E_WAY_BILL, self.dated_on, state)

    @property
    def is_needed(self) -> bool:
        """Whether the law wants a way bill: never for what stays at one address."""
        return self.seller != self.buyer and self.value > self.limit


def read_consignment(
    session: Session, ctx: RequestContext, kind: DocumentKind, document_id: UUID
) -> Consignment:
    """Return the goods of an invoice or of a transfer that left.

    Raises:
        NotFound: The acting company has no such document, or nothing left yet.
    """
    if kind == "invoice":
        return _of_invoice(session, ctx, document_id)
    row = db.fetch_one(session, _TRANSFER, (ctx.tenant_id, ctx.company_id, document_id))
    if row is None:
        raise NotFound("There is no such transfer, or nothing left yet.")
    lines = db.fetch_all(session, _SENT, (ctx.tenant_id, document_id))
    items = tuple(_sent(line) for line in lines)
    value = sum((item.taxable for item in items), ZERO)
    return Consignment(
        kind="CHL",
        number=row["challan"],
        dated_on=business_date(row["dispatched_at"], ctx.time_zone),
        seller=_branch(row, "from"),
        buyer=_branch(row, "to"),
        items=items,
        value=value,
        total=value,
        limits=limits_of(session, ctx),
    )


def _of_invoice(session: Session, ctx: RequestContext, invoice_id: UUID) -> Consignment:
    document = read_document(session, ctx, invoice_id, as_it_is=True)
    goods = tuple(item for item in document.items if not item.is_service)
    state = document.buyer.state or document.place
    buyer = Trader(
        gstin=document.buyer.gstin or UNREGISTERED,
        name=document.buyer.name,
        address=document.buyer.address,
        city=document.buyer.city,
        pin=document.buyer.pin,
        state=state,
    )
    return Consignment(
        kind="INV" if any(item.is_taxable for item in document.items) else "BIL",
        number=document.number,
        dated_on=document.issued_on,
        seller=document.seller,
        buyer=buyer,
        items=goods if document.kind == "INV" else (),
        value=sum((item.total for item in goods if item.is_taxable), ZERO),
        total=document.total,
        limits=limits_of(session, ctx),
    )


def _branch(row: Mapping[str, Any], side: str) -> Trader:
    return Trader(
        gstin=row[f"{side}_gstin"] or "",
        name=row["legal_name"],
        address=row[f"{side}_address"],
        city=row[f"{side}_city"],
        pin=row[f"{side}_pin"],
        state=row[f"{side}_state"],
    )


def _sent(line: Mapping[str, Any]) -> Item:
    value, quantity = line["value"], Decimal(line["quantity"])
    return Item(
        description=line["description"],
        hsn=line["hsn"],
        unit=line["unit"],
        quantity=quantity,
        unit_price=value / quantity,
        gross=value,
        discount=ZERO,
        taxable=value,
        rate=ZERO,
        igst=ZERO,
        cgst=ZERO,
        sgst=ZERO,
    )
