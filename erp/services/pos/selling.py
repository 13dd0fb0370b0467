"""Selling: a complete sale in one transaction, invoice, stock, books and numbers with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.core.money import ZERO
from erp.models.pos import TenderMethod
from erp.services import accounting, billing, catalog, inventory, party
from erp.services.accounting import NewEntry, NewLine, credit, debit
from erp.services.billing import (
    Delivery,
    NewInvoice,
    NewInvoiceLine,
    PriceMode,
    Supply,
    SupplyKind,
    SupplyLine,
    SupplyTotals,
    TaxedLine,
    TaxedSupply,
    Treatment,
)
from erp.services.catalog import SaleLine
from erp.services.inventory import Origin, Pick, Wanted
from erp.services.party import SaleParty
from erp.services.platform import (
    Amount,
    Closed,
    Command,
    DomainEvent,
    Percent,
    Quantity,
    Result,
    Text,
    UnitPrice,
    command,
    emit,
)
from erp.services.pos.approving import require_within_limit
from erp.services.pos.errors import PriceChanged
from erp.services.pos.shifts import OpenShift, hold_open_shift
from erp.services.pos.tendering import Settlement, Tenders, ledger_lines, require_credit, settle, write_tenders

REGISTERED = frozenset({"regular", "composition", "sez"})
MAX_LINES = 200


class CartLine(Closed):
    """A line of the cart, in base units.

    Attributes:
        unit_price: The price the customer was shown; another price now is refused.
        lot_id: A lot the cashier insists on, e.g. the pack in hand; `reason` says why.
    """

    variant_id: UUID
    quantity: Quantity
    unit_price: UnitPrice | None = None
    discount_percent: Percent = ZERO
    lot_id: UUID | None = None
    reason: Text = ""


class PostSale(Command):
    """Sell a cart at a till and settle it.

    Attributes:
        sale_id: Made by the client, so that a lost answer can be asked for again.
        customer_id: Nobody named is the walk-in customer.
        bill_discount: Rupees off the whole bill, tax included.
    """

    sale_id: UUID = Field(default_factory=new_id)
    shift_id: UUID
    customer_id: UUID | None = None
    lines: Annotated[tuple[CartLine, ...], Field(min_length=1, max_length=MAX_LINES)]
    bill_discount: Amount = ZERO
    tenders: Tenders
    note: Text = ""


class ReceiptLine(Result):
    """A line of the bill: one lot."""

    description: str
    lot_number: str
    expires_on: date | None
    quantity: int
    unit_price: Decimal
    discount: Decimal
    rate: Decimal
    total: Decimal


class SaleReceipt(Result):
    """A posted sale as the till shows it."""

    sale_id: UUID
    invoice_id: UUID
    number: str
    kind: str
    issued_at: datetime
    customer: str
    lines: list[ReceiptLine]
    taxable: Decimal
    cgst: Decimal
    sgst: Decimal
    igst: Decimal
    round_off: Decimal
    total: Decimal
    change_due: Decimal


class SalePosted(DomainEvent):
    """A sale was posted in full."""

    name = "pos.sale_posted.v1"
    sale_id: UUID
    invoice_id: UUID
    number: str
    total: Decimal
    customer_id: UUID


@dataclass(frozen=True, slots=True)
class Bill:
    """A cart with its lots, prices and tax, before it is paid."""

    lines: tuple[tuple[CartLine, SaleLine, Pick], ...]
    taxed: TaxedSupply
    place_of_supply: str

    @property
    def totals(self) -> SupplyTotals:
        """Sums of the bill."""
        return self.taxed.totals

    @property
    def discount_level(self) -> Decimal:
        """The largest discount in percent that any line gets, its share of the bill's included."""
        return max(
            ((line.line_discount + line.bill_discount_share) * 100 / line.gross for line in self.taxed.lines if line.gross),
            default=ZERO,
        )


@command("pos.post_sale", permission="pos.sell", rest="POST /sales")
def post_sale(session: Session, ctx: RequestContext, cmd: PostSale) -> SaleReceipt:
    """Sell goods: allocate lots, price, tax, number, settle and book them at once.

    Locks, in this order: the shift (shared), the stock balances of the basket sorted by
    variant and lot, the customer where they buy on credit, the number series.

    Raises:
        ShiftClosed: The shift takes no more sales.
        InsufficientStock: Lines are short; all are named.
        PriceChanged: A price is not the one the customer was shown.
        ApprovalRequired: A discount exceeds the cashier's limit and nobody approved it.
        PaymentMismatch: The tenders do not settle the bill.
        CreditRefused: The customer may not owe that much.
        PeriodClosed: The books are closed for today.

    Emits:
        pos.sale_posted.v1
    """
    shift = hold_open_shift(session, ctx, cmd.shift_id)
    buyer = party.get_party_for_sale(session, ctx, cmd.customer_id)
    bill = draw_up(session, ctx, shift, buyer, cmd.lines, cmd.bill_discount)
    require_within_limit(session, ctx, "discount", cmd.sale_id, bill.discount_level)
    settlement = settle(bill.totals.invoice_value, cmd.tenders)
    require_credit(session, ctx, buyer, settlement.paid_by(TenderMethod.CREDIT))
    accounting.period_id(session, ctx, ctx.today)
    invoice = _invoice(cmd, shift, buyer, bill)
    number = billing.take_number(session, ctx, invoice)
    with db.pipeline(session):
        _write(session, ctx, cmd, shift, buyer, bill, settlement, invoice, number)
    return _receipt(ctx, cmd, invoice, number, buyer, settlement)


def draw_up(
    session: Session,
    ctx: RequestContext,
    shift: OpenShift,
    buyer: SaleParty,
    lines: Sequence[CartLine],
    bill_discount: Decimal,
) -> Bill:
    """Allocate lots to a cart and work out its prices and tax.

    Prices are the MRP of the lot, tax included; a line over several lots becomes several.
    Locks the balances of the basket.
    """
    goods = catalog.get_lines_for_sale(session, ctx, [line.variant_id for line in lines], ctx.today)
    picks = _allocate(session, ctx, shift, goods, lines)
    parts = tuple((lines[pick.line_no - 1], goods[pick.variant_id], pick) for pick in picks)
    _check_prices(parts)
    place = _place_of_supply(shift, buyer)
    taxed = billing.tax_supply(
        Supply(
            seller_state=shift.seller_state,
            place_of_supply=place,
            price_mode=PriceMode.INCLUSIVE,
            lines=[_supply_line(*part) for part in parts],
            bill_discount=bill_discount,
            is_rounded=True,
            is_sez=buyer.gst_category == "sez",
            is_composition=shift.is_composition,
        )
    )
    return Bill(parts, taxed, place)


def _allocate(
    session: Session, ctx: RequestContext, shift: OpenShift, goods: Mapping[UUID, SaleLine], lines: Sequence[CartLine]
) -> list[Pick]:
    wanted = [
        Wanted(number, line.variant_id, line.quantity, line.lot_id, line.reason)
        for number, line in enumerate(lines, start=1)
        if not goods[line.variant_id].is_service
    ]
    return inventory.allocate(session, ctx, shift.location_id, wanted)


def _check_prices(parts: Sequence[tuple[CartLine, SaleLine, Pick]]) -> None:
    stale: dict[str, str] = {}
    for line, goods, pick in parts:
        if line.unit_price is not None and line.unit_price != pick.mrp:
            stale[f"lines.{pick.line_no - 1}.unit_price"] = f"{goods.label} now costs {pick.mrp}, not {line.unit_price}"
    if stale:
        raise PriceChanged("Prices have changed: " + "; ".join(stale.values()) + ". Show the customer and try again.", fields=stale)


def _place_of_supply(shift: OpenShift, buyer: SaleParty) -> str:
    is_registered = buyer.gst_category in REGISTERED
    return billing.place_of_supply(
        Delivery(
            kind=SupplyKind.GOODS,
            seller_state=shift.seller_state,
            is_recipient_registered=is_registered,
            recipient_state=buyer.state_code,
            address_state=None if is_registered or buyer.is_walk_in else buyer.state_code,
        )
    ).state_code


def _supply_line(line: CartLine, goods: SaleLine, pick: Pick) -> SupplyLine:
    return SupplyLine(
        ref=str(pick.line_no),
        quantity=Decimal(pick.quantity),
        unit_price=pick.mrp,
        gst_rate=goods.rate,
        treatment=Treatment(goods.treatment.upper()),
        discount_pct=line.discount_percent or None,
    )


def _invoice(cmd: PostSale, shift: OpenShift, buyer: SaleParty, bill: Bill) -> NewInvoice:
    title = billing.document_title(
        [line.treatment for line in bill.taxed.lines],
        is_recipient_registered=buyer.gst_category in REGISTERED,
        is_composition=shift.is_composition,
    )
    return NewInvoice(
        id=new_id(),
        kind=billing.KIND_OF_TITLE[title],
        series_code=shift.register_code,
        register_id=shift.register_id,
        party_id=buyer.id,
        recipient=recipient_of(buyer),
        place_of_supply=bill.place_of_supply,
        price_mode=bill.taxed.price_mode,
        nature=bill.taxed.nature,
        totals=bill.totals,
        lines=[_invoice_line(*part, taxed) for part, taxed in zip(bill.lines, bill.taxed.lines, strict=True)],
        origin_type="sale",
        origin_id=cmd.sale_id,
    )


def recipient_of(buyer: SaleParty) -> dict[str, str]:
    """Return a customer as a document names them; the walk-in customer has no name."""
    if buyer.is_walk_in:
        return {}
    facts = {
        "name": buyer.name,
        "address": buyer.address,
        "city": buyer.city,
        "pin": buyer.pin,
        "state_code": buyer.state_code,
        "gstin": buyer.gstin,
        "phone": buyer.phone,
        "drug_licence_no": buyer.drug_licence_no,
    }
    return {name: value for name, value in facts.items() if value}


def _invoice_line(line: CartLine, goods: SaleLine, pick: Pick, taxed: TaxedLine) -> NewInvoiceLine:
    return NewInvoiceLine(
        variant_id=goods.variant_id,
        lot_id=pick.lot_id,
        description=goods.label,
        hsn=goods.hsn,
        unit=goods.unit,
        lot_number=pick.lot_number,
        expires_on=pick.expires_on,
        mrp=pick.mrp,
        quantity=pick.quantity,
        unit_price=taxed.unit_price,
        gross=taxed.gross,
        line_discount=taxed.line_discount,
        bill_discount=taxed.bill_discount_share,
        treatment=goods.treatment,
        rate=taxed.gst_rate,
        taxable=taxed.taxable_value,
        cgst=taxed.cgst,
        sgst=taxed.sgst,
        igst=taxed.igst,
        total=taxed.total,
        cost=pick.value,
        price_trace={"source": "lot_mrp", "mrp": str(pick.mrp), "discount_percent": str(line.discount_percent)},
    )


def _write(
    session: Session,
    ctx: RequestContext,
    cmd: PostSale,
    shift: OpenShift,
    buyer: SaleParty,
    bill: Bill,
    settlement: Settlement,
    invoice: NewInvoice,
    number: str,
) -> None:  # the nine facts of a sale, written together
    billing.write_invoice(session, ctx, invoice, number)
    db.execute(
        session,
        "insert into sale (tenant_id, id, kind, shift_id, register_id, party_id, invoice_id, sold_at, total,"
        " change_due, note, user_id) values (%s, %s, 'sale', %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            ctx.tenant_id, cmd.sale_id, shift.id, shift.register_id, buyer.id, invoice.id, ctx.now,
            bill.totals.invoice_value, settlement.change_due, cmd.note, ctx.user_id,
        ),
    )  # fmt: skip
    write_tenders(session, ctx, cmd.sale_id, settlement)
    cost = inventory.issue(session, ctx, [pick for _, _, pick in bill.lines], Origin("sale", cmd.sale_id))
    lines = [*ledger_lines(settlement, buyer.id), *_income_lines(bill), debit("cogs", cost), credit("inventory", cost)]
    accounting.post_entry(
        session, ctx, NewEntry("sales", ctx.today, "sale", cmd.sale_id, "sale", f"Sale {number}", lines)
    )
    emit(
        session,
        ctx,
        cmd.sale_id,
        SalePosted(
            sale_id=cmd.sale_id,
            invoice_id=invoice.id,
            number=number,
            total=bill.totals.invoice_value,
            customer_id=buyer.id,
        ),
    )


def _income_lines(bill: Bill) -> list[NewLine]:
    """Return the credits of a sale: income per rate, tax per head, round-off."""
    by_rate: dict[Decimal, Decimal] = {}
    for line in bill.taxed.lines:
        by_rate[line.gst_rate] = by_rate.get(line.gst_rate, ZERO) + line.taxable_value
    income = [credit(f"sales_{rate.normalize():f}", amount) for rate, amount in sorted(by_rate.items())]
    totals = bill.totals
    return [
        *income,
        credit("output_cgst", totals.cgst),
        credit("output_sgst", totals.sgst),
        credit("output_igst", totals.igst),
        credit("round_off", totals.round_off),
    ]


def _receipt(
    ctx: RequestContext, cmd: PostSale, invoice: NewInvoice, number: str, buyer: SaleParty, settlement: Settlement
) -> SaleReceipt:
    totals = invoice.totals
    return SaleReceipt(
        sale_id=cmd.sale_id,
        invoice_id=invoice.id,
        number=number,
        kind=invoice.kind.value,
        issued_at=ctx.now,
        customer=buyer.name,
        lines=[_receipt_line(line) for line in invoice.lines],
        taxable=totals.taxable_value,
        cgst=totals.cgst,
        sgst=totals.sgst,
        igst=totals.igst,
        round_off=totals.round_off,
        total=totals.invoice_value,
        change_due=settlement.change_due,
    )


def _receipt_line(line: NewInvoiceLine) -> ReceiptLine:
    return ReceiptLine(
        description=line.description,
        lot_number=line.lot_number,
        expires_on=line.expires_on,
        quantity=line.quantity,
        unit_price=line.unit_price,
        discount=line.line_discount + line.bill_discount,
        rate=line.rate,
        total=line.total,
    )
