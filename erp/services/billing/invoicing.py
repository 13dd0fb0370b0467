"""Posting GST documents: numbered, stored with every figure, never changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.clock import fiscal_year
from erp.core.context import RequestContext
from erp.core.gst.taxing import EXPORT, PriceMode, SupplyNature, SupplyTotals
from erp.models.billing import Invoice, InvoiceKind, InvoiceLine
from erp.services.billing.titling import DocumentTitle
from erp.services.platform import DomainEvent, Series, emit, next_number, note_effect

KIND_OF_TITLE = {
    DocumentTitle.TAX_INVOICE: InvoiceKind.TAX_INVOICE,
    DocumentTitle.BILL_OF_SUPPLY: InvoiceKind.BILL_OF_SUPPLY,
    DocumentTitle.INVOICE_CUM_BILL: InvoiceKind.INVOICE_CUM_BILL,
    DocumentTitle.CREDIT_NOTE: InvoiceKind.CREDIT_NOTE,
    DocumentTitle.DEBIT_NOTE: InvoiceKind.DEBIT_NOTE,
}


_SERIES_OF = {
    InvoiceKind.CREDIT_NOTE: ("C", "note"),
    InvoiceKind.DEBIT_NOTE: ("D", "debit_note"),
}


class DocumentPosted(DomainEvent):
    """A document that names a registered recipient, or goes abroad, was posted.

    Bills of nameless customers tell nobody: there are thousands a day, and no portal wants them.
    """

    name: ClassVar[str] = "billing.document_posted.v1"

    document_id: UUID
    kind: str


@dataclass(frozen=True, slots=True)
class NewInvoiceLine:
    """A line to be stored: goods, lot, price and tax as they were decided.

    Attributes:
        variant_id: None of what is not in the catalogue.
        cost: Value of the goods that move with the line.
        sold_unit, sold_quantity: What it was sold in, where that is not the base unit.
        original_line_no: On a note, the line of the invoice it takes back from.
        price_trace: Why the price is what it is.
    """

    variant_id: UUID | None
    lot_id: UUID | None
    description: str
    hsn: str
    unit: str
    lot_number: str
    expires_on: date | None
    mrp: Decimal | None
    quantity: int
    unit_price: Decimal
    gross: Decimal
    line_discount: Decimal
    bill_discount: Decimal
    treatment: str
    rate: Decimal
    taxable: Decimal
    cgst: Decimal
    sgst: Decimal
    igst: Decimal
    total: Decimal
    cost: Decimal
    original_line_no: int | None = None
    sold_unit: str = ""
    sold_quantity: int | None = None
    price_trace: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewInvoice:
    """A GST document to be posted.

    Attributes:
        series_code: Start of its number: the register's code, or a branch's own.
        recipient: The party as the document names it, kept as it is that day.
    """

    id: UUID
    kind: InvoiceKind
    series_code: str
    register_id: UUID | None
    party_id: UUID
    recipient: Mapping[str, str]
    place_of_supply: str
    price_mode: PriceMode
    nature: SupplyNature
    totals: SupplyTotals
    lines: Sequence[NewInvoiceLine]
    origin_type: str
    origin_id: UUID
    original_invoice_id: UUID | None = None


def take_number(session: Session, ctx: RequestContext, new: NewInvoice) -> str:
    """Take the document's legal number; locks its series, so call it last before writing.

    Series of registers never share a prefix: credit notes put a `C` before the register's code, debit notes,
    which no register makes, a `D`.
    """
    mark, document_type = _SERIES_OF.get(new.kind, ("", "invoice"))
    code = f"{mark}{new.series_code}"
    year = fiscal_year(ctx.today)
    series = Series(
        branch_id=ctx.branch_id,
        document_type=document_type,
        fiscal_year=year,
        code=code,
        register_id=new.register_id,
        width=min(5, 16 - len(f"{code}/{year[2:]}/")),
    )
    return next_number(session, ctx, series)


def write_invoice(session: Session, ctx: RequestContext, new: NewInvoice, number: str) -> None:
    """Store a numbered document with its lines; the rows may be held.

    Raises:
        AboveMrp: A line costs more than its lot's MRP; from the database.

    Emits:
        billing.document_posted.v1 where its recipient is registered, or abroad.
    """
    totals = new.totals
    db.insert_rows(session, Invoice, [_head(ctx, new, number)])
    lines = [_line(ctx, new.id, place, line) for place, line in enumerate(new.lines, 1)]
    db.insert_rows(session, InvoiceLine, lines)
    if new.recipient.get("gstin") or new.place_of_supply == EXPORT:
        emit(session, ctx, new.id, DocumentPosted(document_id=new.id, kind=new.kind))
    note_effect(
        session, "tax", document=new.kind.value, taxable=str(totals.taxable_value), cgst=str(totals.cgst),
        sgst=str(totals.sgst), igst=str(totals.igst), total=str(totals.invoice_value),
    )  # fmt: skip


def _head(ctx: RequestContext, new: NewInvoice, number: str) -> dict[str, Any]:
    totals = new.totals
    return {
        "tenant_id": ctx.tenant_id,
        "id": new.id,
        "company_id": ctx.company_id,
        "branch_id": ctx.branch_id,
        "kind": new.kind,
        "number": number,
        "fiscal_year": fiscal_year(ctx.today),
        "issued_on": ctx.today,
        "issued_at": ctx.now,
        "party_id": new.party_id,
        "recipient": new.recipient,
        "place_of_supply": new.place_of_supply,
        "price_mode": new.price_mode,
        "supply_nature": new.nature,
        "gross": totals.gross,
        "line_discount": totals.line_discount,
        "bill_discount": totals.bill_discount,
        "taxable": totals.taxable_value,
        "cgst": totals.cgst,
        "sgst": totals.sgst,
        "igst": totals.igst,
        "round_off": totals.round_off,
        "total": totals.invoice_value,
        "original_invoice_id": new.original_invoice_id,
        "origin_type": new.origin_type,
        "origin_id": new.origin_id,
        "user_id": ctx.user_id,
    }


def _line(
    ctx: RequestContext, invoice_id: UUID, line_no: int, line: NewInvoiceLine
) -> dict[str, Any]:
    return {
        "tenant_id": ctx.tenant_id,
        "invoice_id": invoice_id,
        "line_no": line_no,
        "variant_id": line.variant_id,
        "lot_id": line.lot_id,
        "description": line.description,
        "hsn": line.hsn,
        "unit": line.unit,
        "lot_number": line.lot_number,
        "expires_on": line.expires_on,
        "mrp": line.mrp,
        "quantity": line.quantity,
        "unit_price": line.unit_price,
        "gross": line.gross,
        "line_discount": line.line_discount,
        "bill_discount": line.bill_discount,
        "treatment": line.treatment,
        "rate": line.rate,
        "taxable": line.taxable,
        "cgst": line.cgst,
        "sgst": line.sgst,
        "igst": line.igst,
        "total": line.total,
        "cost": line.cost,
        "original_line_no": line.original_line_no,
        "sold_unit": line.sold_unit,
        "sold_quantity": line.sold_quantity,
        "price_trace": line.price_trace,
    }
