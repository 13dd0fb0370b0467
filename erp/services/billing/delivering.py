"""Delivering an order: goods, tax invoice and books in one transaction."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core.context import RequestContext
from erp.core.gst.taxing import (
    PriceMode,
    Supply,
    SupplyLine,
    TaxedSupply,
    Treatment,
    tax_supply,
)
from erp.core.ids import new_id
from erp.core.money import ZERO
from erp.services import accounting, catalog, inventory, party, sales
from erp.services.accounting import NewEntry, credit, debit
from erp.services.billing.capping import require_within_period
from erp.services.billing.invoicing import (
    KIND_OF_TITLE,
    NewInvoice,
    take_number,
    write_invoice,
)
from erp.services.billing.selling import Rendered, income_lines, recipient_of, sold_line
from erp.services.billing.titling import document_title
from erp.services.catalog import SaleLine
from erp.services.inventory import Origin, Pick, Wanted
from erp.services.party import SaleParty
from erp.services.platform import Command, Result, Text, command
from erp.services.sales import DeliveredLine, DueLine, DueOrder, Handed, Seller

SERIES = "SI"
"""Start of the numbers of invoices for orders; further branches add a digit."""


class DeliverOrder(Command):
    """Hand over goods of an order with their invoice.

    Attributes:
        carrier, carrier_reference: Who brings the goods, and their number for it.
    """

    order_id: UUID
    lines: Annotated[tuple[DeliveredLine, ...], Field(min_length=1, max_length=500)]
    carrier: Text = ""
    carrier_reference: Text = ""


class DeliveryAnswer(Result):
    """The invoice of a delivery, and whether the order is complete."""

    order_id: UUID
    invoice_id: UUID
    number: str
    total: Decimal
    is_complete: bool


@dataclass(frozen=True, slots=True)
class _Part:
    """Units of one lot, or of a service, on the invoice."""

    due: DueLine
    goods: SaleLine
    pick: Pick | Rendered
    unit_price: Decimal
    is_free: bool


@command(
    "billing.deliver_order",
    permission="billing.deliver",
    rest="POST /sales-orders/{order_id}/deliveries",
)
def deliver_order(session: Session, ctx: RequestContext, cmd: DeliverOrder) -> DeliveryAnswer:
    """Hand over goods of an order and bill its services: stock, invoice, journal and the customer's debt at once.

    Prices are those agreed, lowered where a lot's MRP is below them. Goods kept for the order are
    used first expiry first with whatever else is there. Locks the order, the balances of its goods,
    the customer, the number series.

    Raises:
        UnknownSalesOrder, SalesOrderEnded, NotConfirmed: There is no such order to deliver.
        CustomerLicenceMissing: A reseller's drug licence has ended since.
        MoreThanOrdered: More than is outstanding; all lines are named.
        InsufficientStock: Lines are short; all are named. ExpiredLot, LotOnHold, ReasonRequired: A
            named lot may not go.
        BeyondCap: More of a product would leave than may at once, or than the customer may have in a
            day or month.
        CreditRefused, Overdue: The customer may not owe that much, or owes for too long.
        PeriodClosed: The books are closed for today.

    Emits:
        sales.order_delivered.v1; sales.order_finished.v1 where nothing is outstanding

    Source: CGST Act s.31(1): the invoice is made when goods are removed.
    """
    due = sales.hold_due(session, ctx, cmd.order_id, cmd.lines)
    buyer = party.get_party_for_sale(session, ctx, due.order.customer_id)
    goods = catalog.get_lines_for_sale(
        session, ctx, [x.variant_id for x in due.lines], ctx.today, including_inactive=True
    )
    sales.require_licence(session, ctx, buyer, goods.values())
    handed = _handed(due, goods)
    sales.require_within_cap(handed)
    picks = _picks(session, ctx, due, goods)
    require_within_period(session, ctx, buyer, handed)
    parts = _parts(due, goods, picks)
    seller = sales.get_seller(session, ctx)
    taxed = _tax(seller, buyer, due, parts)
    sales.require_credit(session, ctx, buyer, taxed.totals.invoice_value, "order_id")
    accounting.period_id(session, ctx, ctx.today)
    invoice = _invoice(seller, buyer, due, parts, taxed)
    number = take_number(session, ctx, invoice)
    _write(session, ctx, buyer, invoice, number, parts)
    carried = (cmd.carrier, cmd.carrier_reference)
    is_complete = sales.note_delivered(session, ctx, due, invoice.id, carried)
    return DeliveryAnswer(
        order_id=due.order.id,
        invoice_id=invoice.id,
        number=number,
        total=taxed.totals.invoice_value,
        is_complete=is_complete,
    )


def _handed(due: DueOrder, goods: Mapping[UUID, SaleLine]) -> list[Handed]:
    """Return what leaves by the field that says how much of it, free units counted."""
    units: Counter[UUID] = Counter()
    for line in due.lines:
        units[line.variant_id] += line.quantity + line.free_quantity
    return [
        Handed(
            f"lines.{line.place}.{'quantity' if line.quantity else 'free_quantity'}",
            goods[line.variant_id],
            units[line.variant_id],
        )
        for line in due.lines
    ]


def _picks(
    session: Session, ctx: RequestContext, due: DueOrder, goods: Mapping[UUID, SaleLine]
) -> list[Pick]:
    """Choose lots for paid and free units of goods, those kept for the order included.

    The balances are locked in allocation's order before the order's own are released.
    """
    wanted = [
        Wanted(
            line.place + 1,
            line.variant_id,
            line.quantity + line.free_quantity,
            line.lot_id,
            line.reason,
        )
        for line in due.lines
        if not goods[line.variant_id].is_service
    ]
    place = due.order.location_id
    loosely = [replace(line, lot_id=None, takes_less=True) for line in wanted]
    inventory.allocate(session, ctx, place, loosely, with_parts=True)
    inventory.release(session, ctx, due.order.id)
    return inventory.allocate(session, ctx, place, wanted, with_parts=True)


def _parts(
    due: DueOrder, goods: Mapping[UUID, SaleLine], picks: Sequence[Pick]
) -> tuple[_Part, ...]:
    """Return the lines of the invoice: paid units first, lot by lot, then free ones; services last."""
    lines = {line.place + 1: line for line in due.lines}
    left = {at: line.quantity for at, line in lines.items()}
    parts: list[_Part] = []
    for pick in picks:
        line, about = lines[pick.line_no], goods[pick.variant_id]
        paid, free = pick.split(min(left[pick.line_no], pick.quantity))
        left[pick.line_no] -= paid.quantity
        if paid.quantity:
            price = sales.within_mrp(due.mode, line.unit_price, paid.quantity, pick.mrp, about.rate)
            parts.append(_Part(line, about, paid, price, is_free=False))
        if free.quantity:
            parts.append(_Part(line, about, free, ZERO, is_free=True))
    for line in due.lines:
        if goods[line.variant_id].is_service:
            parts += _rendered(line, goods[line.variant_id])
    return tuple(parts)


def _rendered(line: DueLine, about: SaleLine) -> list[_Part]:
    """Return a service's units at its price, and those that are given with them."""
    paid = Rendered(line.variant_id, line.quantity)
    free = Rendered(line.variant_id, line.free_quantity)
    given = [_Part(line, about, free, ZERO, is_free=True)] if free.quantity else []
    return [_Part(line, about, paid, line.unit_price, is_free=False), *given]


def _tax(seller: Seller, buyer: SaleParty, due: DueOrder, parts: Sequence[_Part]) -> TaxedSupply:
    return tax_supply(
        Supply(
            seller_state=seller.state,
            place_of_supply=due.place_of_supply,
            price_mode=PriceMode(due.mode.value),
            lines=[_supply_line(part) for part in parts],
            is_rounded=True,
            is_sez=buyer.gst_category == party.GstCategory.SEZ,
            is_composition=seller.is_composition,
            is_unregistered=seller.is_unregistered,
        )
    )


def _supply_line(part: _Part) -> SupplyLine:
    return SupplyLine(
        ref=str(part.due.line_no),
        quantity=Decimal(part.pick.quantity),
        unit_price=part.unit_price,
        gst_rate=part.goods.rate,
        treatment=Treatment(part.goods.treatment.upper()),
        discount_pct=None if part.is_free else part.due.discount_percent or None,
        is_free=part.is_free,
    )


def _invoice(
    seller: Seller,
    buyer: SaleParty,
    due: DueOrder,
    parts: Sequence[_Part],
    taxed: TaxedSupply,
) -> NewInvoice:
    title = document_title(
        [line.treatment for line in taxed.lines],
        is_recipient_registered=buyer.gst_category in sales.REGISTERED,
        is_composition=seller.is_composition,
        is_unregistered=seller.is_unregistered,
    )
    invoice_id = new_id()
    return NewInvoice(
        id=invoice_id,
        kind=KIND_OF_TITLE[title],
        series_code=SERIES,
        register_id=None,
        party_id=buyer.id,
        recipient=recipient_of(buyer),
        place_of_supply=due.place_of_supply,
        price_mode=taxed.price_mode,
        nature=taxed.nature,
        totals=taxed.totals,
        lines=[
            sold_line(
                part.goods, part.pick, tax, _trace(part), "" if part.is_free else part.due.unit
            )
            for part, tax in zip(parts, taxed.lines, strict=True)
        ],
        origin_type="sales_invoice",
        origin_id=invoice_id,
    )


def _trace(part: _Part) -> dict[str, Any]:
    told = dict(part.due.trace) | {"discount_percent": str(part.due.discount_percent)}
    if part.is_free:
        return told | {"is_free": True}
    if part.unit_price < part.due.unit_price:
        return told | {"capped_at_mrp": True, "mrp": str(part.pick.mrp)}
    return told


def _write(
    session: Session,
    ctx: RequestContext,
    buyer: SaleParty,
    invoice: NewInvoice,
    number: str,
    parts: Sequence[_Part],
) -> None:
    write_invoice(session, ctx, invoice, number)
    picks = [part.pick for part in parts if isinstance(part.pick, Pick)]
    cost = inventory.issue(session, ctx, picks, Origin("sales_invoice", invoice.id))
    totals = invoice.totals
    lines = [
        debit("debtors", totals.invoice_value, buyer.id),
        *income_lines(invoice.lines, totals),
        debit("cogs", cost),
        credit("inventory", cost),
    ]
    entry = NewEntry(
        "sales", ctx.today, "sales_invoice", invoice.id, "invoice", f"Invoice {number}", lines
    )
    accounting.post_entry(session, ctx, entry)
