"""Selling: a complete sale in one transaction, invoice, stock, books and numbers with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.models.pos import Sale, SaleKind, TenderMethod
from erp.services import accounting, billing, inventory, loyalty, party, sales
from erp.services.accounting import NewEntry, credit, debit
from erp.services.billing import (
    NewInvoice,
    NewInvoiceLine,
    TaxedLine,
)
from erp.services.inventory import Origin
from erp.services.loyalty import Change
from erp.services.party import SaleParty
from erp.services.platform import (
    Command,
    DomainEvent,
    Result,
    Text,
    command,
    emit,
    id_from_key,
)
from erp.services.pos.advances import require_held
from erp.services.pos.approving import require_within_limit
from erp.services.pos.basket import Basket
from erp.services.pos.prescribing import (
    GivenPrescription,
    require_prescription,
    write_prescription,
)
from erp.services.pos.pricing import REGISTERED, Bill, Part, draw_up
from erp.services.pos.rewarding import points_of_sale
from erp.services.pos.shifts import OpenShift, hold_open_shift
from erp.services.pos.tendering import (
    Settlement,
    Tenders,
    ledger_lines,
    settle,
    write_tenders,
)


class PostSale(Basket, Command):
    """Sell a cart at a till and settle it.

    Attributes:
        sale_id: Made by the client, so that a lost answer can be asked for again; follows from
            the idempotency key where none is given.
        prescription: What the goods are sold on; some goods are sold on one only.
    """

    sale_id: UUID = Field(default_factory=id_from_key)
    tenders: Tenders
    prescription: GivenPrescription | None = None
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
    points_earned: int = 0
    points_spent: int = 0


class SalePosted(DomainEvent):
    """A sale was posted in full."""

    name = "pos.sale_posted.v1"
    sale_id: UUID
    invoice_id: UUID
    number: str
    total: Decimal
    customer_id: UUID


@dataclass(frozen=True, slots=True)
class Offer:
    """A cart that is drawn up as a bill, before it is paid.

    Attributes:
        replaces_id: The return whose goods it replaces.
    """

    cmd: PostSale
    shift: OpenShift
    buyer: SaleParty
    bill: Bill
    replaces_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class _Deal:
    """A sale decided in every respect but its number."""

    offer: Offer
    settlement: Settlement
    points: Change | None
    invoice: NewInvoice


@command("pos.post_sale", permission="pos.sell", rest="POST /sales")
def post_sale(session: Session, ctx: RequestContext, cmd: PostSale) -> SaleReceipt:
    """Sell goods: allocate lots, price, tax, number, settle and book them at once.

    Locks, in this order: the shift (shared), the stock balances of the basket sorted by
    variant and lot, the customer where they buy on credit or with points, the loyalty
    programme (shared), the number series.

    Raises:
        ShiftClosed: The shift takes no more sales.
        InsufficientStock: Lines are short; all are named.
        PriceChanged: A price is not the one the customer was shown.
        CouponRefused: The coupon does not hold, or was used up just now.
        PrescriptionRequired: Goods are sold on a prescription only, and none is given.
        ApprovalRequired: A discount exceeds the cashier's limit or the ceiling of goods, and nobody
            approved it.
        PaymentMismatch: The tenders do not settle the bill.
        CreditRefused, Overdue: The customer may not owe that much, or owes for too long.
        AdvanceShort: The customer has not paid that much before.
        PointsRefused: The customer's points do not pay what they are to pay.
        PeriodClosed: The books are closed for today.

    Emits:
        pos.sale_posted.v1
    """
    shift = hold_open_shift(session, ctx, cmd.shift_id)
    buyer = party.get_party_for_sale(session, ctx, cmd.customer_id)
    bill = draw_up(session, ctx, shift, buyer, cmd)
    offer = Offer(cmd, shift, buyer, bill)
    require_fit(session, ctx, offer)
    settlement = settle(bill.totals.invoice_value, cmd.tenders)
    sales.require_credit(session, ctx, buyer, settlement.paid_by(TenderMethod.CREDIT), "tenders")
    return sell(session, ctx, offer, settlement)


def require_fit(session: Session, ctx: RequestContext, offer: Offer) -> None:
    """Refuse goods without the prescription they need, and discounts that nobody approved."""
    cmd, bill = offer.cmd, offer.bill
    goods = [part.goods for part in bill.parts]
    require_prescription(ctx, goods, cmd.prescription)
    beyond = bill.beyond(bill.ceilings)
    require_within_limit(session, ctx, "discount", cmd.sale_id, bill.discount_level, beyond)


def sell(
    session: Session,
    ctx: RequestContext,
    offer: Offer,
    settlement: Settlement,
    given_number: str = "",
) -> SaleReceipt:
    """Post a bill with how it is paid; the rows are held.

    Whoever calls has asked whether the customer may owe what is new on their account, and where
    they name a number has made sure that it was given to this sale alone.

    Raises:
        As `post_sale`, for what is wrong with points or advances.
    """
    buyer = offer.buyer
    require_held(session, ctx, buyer, settlement.paid_by(TenderMethod.ADVANCE))
    points = points_of_sale(session, ctx, buyer, offer.cmd.sale_id, settlement)
    accounting.period_id(session, ctx, ctx.today)
    deal = _Deal(offer, settlement, points, _invoice(offer))
    number = given_number or billing.take_number(session, ctx, deal.invoice)
    db.hold_rows(session)
    _write(session, ctx, deal, number)
    return _receipt(ctx, deal, number)


def _invoice(offer: Offer) -> NewInvoice:
    shift, buyer, bill = offer.shift, offer.buyer, offer.bill
    title = billing.document_title(
        [line.treatment for line in bill.taxed.lines],
        is_recipient_registered=buyer.gst_category in REGISTERED,
        is_composition=shift.is_composition,
        is_unregistered=shift.is_unregistered,
    )
    return NewInvoice(
        id=new_id(),
        kind=billing.KIND_OF_TITLE[title],
        series_code=shift.register_code,
        register_id=shift.register_id,
        party_id=buyer.id,
        recipient=billing.recipient_of(buyer),
        place_of_supply=bill.place_of_supply,
        price_mode=bill.taxed.price_mode,
        nature=bill.taxed.nature,
        totals=bill.totals,
        lines=[
            _invoice_line(part, taxed, bill.discount.trace)
            for part, taxed in zip(bill.parts, bill.taxed.lines, strict=True)
        ],
        origin_type="sale",
        origin_id=offer.cmd.sale_id,
    )


def _invoice_line(part: Part, taxed: TaxedLine, coupon: Mapping[str, str]) -> NewInvoiceLine:
    discount = {"discount_percent": str(part.asked.discount_percent)}
    trace = {**part.trace, **discount, **coupon}
    unit = "" if part.is_free else part.asked.unit
    return billing.sold_line(part.goods, part.pick, taxed, trace, unit)


def _write(session: Session, ctx: RequestContext, deal: _Deal, number: str) -> None:
    offer, invoice = deal.offer, deal.invoice
    cmd, bill, buyer = offer.cmd, offer.bill, offer.buyer
    billing.write_invoice(session, ctx, invoice, number)
    db.insert_rows(session, Sale, [_row(ctx, deal)])
    sales.use_coupon(session, ctx, bill.discount, buyer.id, ("sale", cmd.sale_id))
    write_tenders(session, ctx, cmd.sale_id, deal.settlement)
    write_prescription(session, ctx, cmd.sale_id, cmd.prescription)
    cost = inventory.issue(
        session, ctx, [part.pick for part in bill.parts], Origin("sale", cmd.sale_id)
    )
    lines = [
        *ledger_lines(deal.settlement, buyer.id),
        *billing.income_lines(invoice.lines, bill.totals),
        debit("cogs", cost),
        credit("inventory", cost),
    ]
    if deal.points is not None:
        loyalty.write_change(session, deal.points)
        lines += deal.points.lines()
    accounting.post_entry(
        session,
        ctx,
        NewEntry("sales", ctx.today, "sale", cmd.sale_id, "sale", f"Sale {number}", lines),
    )
    emit(session, ctx, cmd.sale_id, _posted(deal, number))


def _row(ctx: RequestContext, deal: _Deal) -> dict[str, Any]:
    offer = deal.offer
    return {
        "tenant_id": ctx.tenant_id,
        "id": offer.cmd.sale_id,
        "kind": SaleKind.SALE,
        "shift_id": offer.shift.id,
        "register_id": offer.shift.register_id,
        "party_id": offer.buyer.id,
        "invoice_id": deal.invoice.id,
        "original_sale_id": None,
        "replaces_id": offer.replaces_id,
        "sold_at": ctx.now,
        "total": offer.bill.totals.invoice_value,
        "change_due": deal.settlement.change_due,
        "note": offer.cmd.note,
        "user_id": ctx.user_id,
    }


def _posted(deal: _Deal, number: str) -> SalePosted:
    return SalePosted(
        sale_id=deal.offer.cmd.sale_id,
        invoice_id=deal.invoice.id,
        number=number,
        total=deal.offer.bill.totals.invoice_value,
        customer_id=deal.offer.buyer.id,
    )


def _receipt(ctx: RequestContext, deal: _Deal, number: str) -> SaleReceipt:
    totals = deal.offer.bill.totals
    return SaleReceipt(
        sale_id=deal.offer.cmd.sale_id,
        invoice_id=deal.invoice.id,
        number=number,
        kind=deal.invoice.kind.value,
        issued_at=ctx.now,
        customer=deal.offer.buyer.name,
        lines=[_receipt_line(line) for line in deal.invoice.lines],
        taxable=totals.taxable_value,
        cgst=totals.cgst,
        sgst=totals.sgst,
        igst=totals.igst,
        round_off=totals.round_off,
        total=totals.invoice_value,
        change_due=deal.settlement.change_due,
        points_earned=deal.points.earned if deal.points else 0,
        points_spent=deal.points.spent if deal.points else 0,
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
