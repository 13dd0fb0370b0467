"""A quotation or order as it is printed for the customer: the renderer looks up nothing more."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core.context import RequestContext
from erp.core.formatting import amount_in_words, date_text
from erp.models.sales import OrderStatus, PriceMode
from erp.services import catalog
from erp.services.party import PrintedParty, printed_branch, printed_contact
from erp.services.sales.order_queries import (
    GetSalesOrder,
    SalesLineDetail,
    SalesOrderDetail,
    SalesVersionRow,
    get_order,
)


@dataclass(frozen=True, slots=True)
class PrintedOfferLine:
    """Goods with their price; `price` is of one base unit, `total` holds the tax.

    Attributes:
        ordered_unit, ordered_quantity: What it was ordered in, where that is not the base unit.
    """

    description: str
    sku: str
    hsn: str
    quantity: int
    free_quantity: int
    ordered_unit: str
    ordered_quantity: int | None
    unit: str
    price: Decimal
    discount_percent: Decimal
    gst_rate: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True)
class PrintedOffer:
    """A version of a quotation or order; the same version in the same standing makes the same file.

    Attributes:
        title: What the paper is. mark: Why it no longer holds; empty where it does.
        sums: Label and amount, in their order. total: what the customer will owe.
    """

    title: str
    number: str
    version: int
    mark: str
    made_at: datetime
    time_zone: str
    facts: tuple[str, ...]
    seller: PrintedParty
    customer: PrintedParty
    lines: tuple[PrintedOfferLine, ...]
    has_tax: bool
    sums: tuple[tuple[str, Decimal], ...]
    total: Decimal
    terms: tuple[str, ...]

    @property
    def words(self) -> str:
        """The total in words."""
        return amount_in_words(self.total)


def get_printed_offer(
    session: Session, ctx: RequestContext, order_id: UUID, version: int | None = None
) -> PrintedOffer:
    """Return a quotation or order as it is printed, in its version in force unless another is named.

    Raises:
        UnknownSalesOrder: The acting branch has no such order, or the order no such version.
        PermissionDenied: The actor may not see orders.
    """
    order = get_order(session, ctx, GetSalesOrder(order_id=order_id, version=version))
    shown = next(row for row in order.versions if row.version == order.shown_version)
    customer = printed_contact(session, ctx, order.customer_id)
    codes = catalog.hsn_codes(session, ctx, [line.variant_id for line in order.lines])
    is_quotation = order.status == OrderStatus.QUOTED or order.number is None
    return PrintedOffer(
        title="Quotation" if is_quotation else "Order confirmation",
        number=order.name,
        version=shown.version,
        mark=_mark(order, shown),
        made_at=shown.made_at,
        time_zone=ctx.time_zone,
        facts=_facts(order, shown),
        seller=printed_branch(session, ctx, at=shown.made_at),
        customer=customer,
        lines=tuple(_line(line, codes[line.variant_id]) for line in order.lines),
        has_tax=order.price_mode == PriceMode.INCLUSIVE,
        sums=_sums(order),
        total=order.total,
        terms=_terms(order, shown, customer.credit_days, is_quotation=is_quotation),
    )


def _line(line: SalesLineDetail, hsn: str) -> PrintedOfferLine:
    return PrintedOfferLine(
        description=line.label,
        sku=line.sku,
        hsn=hsn,
        quantity=line.quantity,
        free_quantity=line.free_quantity,
        ordered_unit=line.ordered_unit,
        ordered_quantity=line.ordered_quantity,
        unit=line.unit,
        price=line.unit_price,
        discount_percent=line.discount_percent,
        gst_rate=line.gst_rate,
        total=line.taxable + line.tax,
    )


def _mark(order: SalesOrderDetail, shown: SalesVersionRow) -> str:
    if shown.version != order.version:
        return f"Replaced by version {order.version}"
    return "Cancelled" if order.status == OrderStatus.CANCELLED else ""


def _facts(order: SalesOrderDetail, shown: SalesVersionRow) -> tuple[str, ...]:
    facts = (
        f"Your order {shown.reference}" if shown.reference else "",
        f"Our quotation {order.quotation_number}"
        if order.number and order.quotation_number
        else "",
        f"Holds until {date_text(shown.valid_until)}" if shown.valid_until else "",
        f"Wanted by {date_text(shown.deliver_by)}" if shown.deliver_by else "",
        f"Place of supply {order.place_of_supply}",
    )
    return tuple(fact for fact in facts if fact)


def _sums(order: SalesOrderDetail) -> tuple[tuple[str, Decimal], ...]:
    sums = (
        ("Discount", -order.discount),
        ("Taxable", order.taxable),
        ("CGST", order.cgst),
        ("SGST", order.sgst),
        ("IGST", order.igst),
        ("Round-off", order.round_off),
    )
    return tuple((name, amount) for name, amount in sums if amount)


def _terms(
    order: SalesOrderDetail, shown: SalesVersionRow, credit_days: int, *, is_quotation: bool
) -> tuple[str, ...]:
    tax = "with" if order.price_mode == PriceMode.INCLUSIVE else "without"
    holds = date_text(shown.valid_until) if shown.valid_until else ""
    terms = (
        shown.note,
        f"Prices are {tax} GST; a lot whose MRP is lower is charged less.",
        f"This offer holds until {holds}. Goods are kept once you order."
        if is_quotation and holds
        else "",
        f"Payment within {credit_days} days of the invoice." if credit_days else "",
        "Goods are delivered first expiry first; what is not there follows.",
    )
    return tuple(term for term in terms if term)
