"""Pricing a cart as a sale would."""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core.context import RequestContext
from erp.core.money import ZERO
from erp.services import party
from erp.services.platform import (
    Amount,
    Query,
    Result,
    query,
)
from erp.services.pos.prescribing import lines_on_prescription
from erp.services.pos.pricing import MAX_LINES, CartLine, draw_up
from erp.services.pos.shifts import hold_open_shift


class QuoteCart(Query):
    """What a cart would cost now."""

    shift_id: UUID
    customer_id: UUID | None = None
    lines: Annotated[tuple[CartLine, ...], Field(min_length=1, max_length=MAX_LINES)]
    bill_discount: Amount = ZERO


class QuotedLine(Result):
    """A part of a cart line: one lot with its price and tax.

    Attributes:
        line: Place of the cart line, from 0.
    """

    line: int
    variant_id: UUID
    label: str
    lot_id: UUID
    lot_number: str
    expires_on: date | None
    mrp: Decimal
    quantity: int
    discount: Decimal
    rate: Decimal
    tax: Decimal
    total: Decimal


class CartQuote(Result):
    """A cart priced: lots allocated, tax and totals; nothing is held.

    Attributes:
        on_prescription: Variants that are sold on a prescription only.
    """

    lines: list[QuotedLine]
    gross: Decimal
    discount: Decimal
    taxable: Decimal
    cgst: Decimal
    sgst: Decimal
    igst: Decimal
    round_off: Decimal
    total: Decimal
    discount_level: Decimal
    discount_limit: Decimal
    needs_approval: bool
    on_prescription: list[UUID]


@query("pos.quote_cart", permission="pos.sell", rest="POST /quotes")
def quote_cart(session: Session, ctx: RequestContext, wanted: QuoteCart) -> CartQuote:
    """Price a cart as a sale would, without holding anything once it has answered."""
    shift = hold_open_shift(session, ctx, wanted.shift_id)
    buyer = party.get_party_for_sale(session, ctx, wanted.customer_id)
    bill = draw_up(session, ctx, shift, buyer, wanted.lines, wanted.bill_discount)
    totals, limit = bill.totals, ctx.limit("discount_percent")
    ruled = [line for _, line, _ in bill.lines] if shift.has_prescription_rules else []
    lines = [
        QuotedLine(
            line=pick.line_no - 1,
            variant_id=goods.variant_id,
            label=goods.label,
            lot_id=pick.lot_id,
            lot_number=pick.lot_number,
            expires_on=pick.expires_on,
            mrp=pick.mrp,
            quantity=pick.quantity,
            discount=taxed.line_discount + taxed.bill_discount_share,
            rate=taxed.gst_rate,
            tax=taxed.cgst + taxed.sgst + taxed.igst,
            total=taxed.total,
        )
        for (_, goods, pick), taxed in zip(bill.lines, bill.taxed.lines, strict=True)
    ]
    return CartQuote(
        lines=lines,
        gross=totals.gross,
        discount=totals.line_discount + totals.bill_discount,
        taxable=totals.taxable_value,
        cgst=totals.cgst,
        sgst=totals.sgst,
        igst=totals.igst,
        round_off=totals.round_off,
        total=totals.invoice_value,
        discount_level=bill.discount_level,
        discount_limit=limit,
        needs_approval=bill.discount_level > limit,
        on_prescription=sorted(lines_on_prescription(session, ctx, ruled)),
    )
