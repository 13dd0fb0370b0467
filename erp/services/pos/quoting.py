"""Pricing a cart as a sale would."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core.context import RequestContext
from erp.core.money import ZERO, round_money
from erp.services import billing, party
from erp.services.billing import ComingBack, TaxedLine
from erp.services.platform import Amount, Query, Result, query
from erp.services.pos.basket import MAX_LINES, Basket
from erp.services.pos.prescribing import on_prescription
from erp.services.pos.pricing import Occasion, Part, draw_up
from erp.services.pos.returning import ReturnLine, invoice_of
from erp.services.pos.shifts import get_open_shift


class QuoteCart(Basket, Query):
    """What a cart would cost now.

    Attributes:
        coming_back: Rupees that goods which are exchanged for it pay; what it costs beyond
            them is rounded.
        returned_sale_id, returned: The bill of those goods, and which they are.
    """

    coming_back: Amount = ZERO
    returned_sale_id: UUID | None = None
    returned: Annotated[tuple[ReturnLine, ...], Field(max_length=MAX_LINES)] = ()


class QuotedLine(Result):
    """A part of a cart line: one lot with its price and tax.

    Attributes:
        line: Place of the cart line, from 0.
        unit_price: Of a base unit. price: of the line's own unit, to the paisa.
        units: What the goods are traded in, the base unit first.
        is_free: Given by a scheme with the line.
        is_below_cost: Whether the goods bring less than they cost, tax left out.
        trace: Why the price is that.
    """

    line: int
    variant_id: UUID
    label: str
    lot_id: UUID
    lot_number: str
    expires_on: date | None
    mrp: Decimal
    unit_price: Decimal
    unit: str
    price: Decimal
    units: list[str]
    quantity: int
    is_free: bool
    is_below_cost: bool
    discount: Decimal
    rate: Decimal
    tax: Decimal
    total: Decimal
    trace: dict[str, Any]


class CartQuote(Result):
    """A cart priced: lots allocated, tax and totals; nothing is held.

    Attributes:
        discount_level: The largest discount of a line in percent.
        beyond_ceiling: Which goods are given more than their ceiling; empty where none are.
        on_prescription: Variants that are sold on a prescription only.
    """

    lines: list[QuotedLine]
    gross: Decimal
    discount: Decimal
    coupon_discount: Decimal
    taxable: Decimal
    cgst: Decimal
    sgst: Decimal
    igst: Decimal
    round_off: Decimal
    total: Decimal
    discount_level: Decimal
    discount_limit: Decimal
    beyond_ceiling: str
    needs_approval: bool
    on_prescription: list[UUID]


@query("pos.quote_cart", permission="pos.sell", rest="POST /quotes")
def quote_cart(session: Session, ctx: RequestContext, wanted: QuoteCart) -> CartQuote:
    """Price a cart as a sale would, holding no goods: it waits for no sale, and no sale for it.

    Raises:
        NotFound: There is no such shift, or no such bill that goods come back of.
        As `draw_up`.
    """
    shift = get_open_shift(session, ctx, wanted.shift_id)
    buyer = party.get_party_for_sale(session, ctx, wanted.customer_id)
    back = _coming_back(session, ctx, wanted)
    is_whole = back is not None and billing.comes_back_whole(session, ctx, back)
    occasion = Occasion("quote", back, wanted.returned_sale_id if is_whole else None)
    bill = draw_up(session, ctx, shift, buyer, wanted, occasion)
    bill = bill.rounded_against(wanted.coming_back) if wanted.coming_back else bill
    totals, limit, beyond = bill.totals, ctx.limit("discount_percent"), bill.beyond(bill.ceilings)
    return CartQuote(
        lines=[_quoted(*both) for both in zip(bill.parts, bill.taxed.lines, strict=True)],
        gross=totals.gross,
        discount=totals.line_discount + totals.bill_discount,
        coupon_discount=bill.discount.by_coupon,
        taxable=totals.taxable_value,
        cgst=totals.cgst,
        sgst=totals.sgst,
        igst=totals.igst,
        round_off=totals.round_off,
        total=totals.invoice_value,
        discount_level=bill.discount_level,
        discount_limit=limit,
        beyond_ceiling=beyond,
        needs_approval=bill.discount_level > limit or bool(beyond),
        on_prescription=sorted(on_prescription(part.goods for part in bill.parts)),
    )


def _coming_back(session: Session, ctx: RequestContext, wanted: QuoteCart) -> ComingBack | None:
    if wanted.returned_sale_id is None:
        return None
    invoice_id = invoice_of(session, ctx, wanted.returned_sale_id, at="returned_sale_id")
    return ComingBack(invoice_id, {line.line_no: line.quantity for line in wanted.returned})


def _quoted(part: Part, taxed: TaxedLine) -> QuotedLine:
    pick = part.pick
    return QuotedLine(
        line=part.line,
        variant_id=part.goods.variant_id,
        label=part.goods.label,
        lot_id=pick.lot_id,
        lot_number=pick.lot_number,
        expires_on=pick.expires_on,
        mrp=pick.mrp,
        unit_price=part.unit_price,
        unit=part.asked.unit or part.goods.unit,
        price=_price(part),
        units=[code for code in part.goods.units if code],
        quantity=pick.quantity,
        is_free=part.is_free,
        is_below_cost=not part.is_free and taxed.taxable_value < pick.value,
        discount=taxed.line_discount + taxed.bill_discount_share,
        rate=taxed.gst_rate,
        tax=taxed.cgst + taxed.sgst + taxed.igst,
        total=taxed.total,
        trace=dict(part.trace),
    )


def _price(part: Part) -> Decimal:
    if not part.asked.unit:
        return round_money(part.unit_price)
    price = Fraction(part.unit_price) * part.goods.factor(part.asked.unit)
    return round_money(Decimal(price.numerator) / Decimal(price.denominator))
