"""What an order would come to, before it is made."""

from decimal import Decimal
from typing import Any, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.sales import PriceMode
from erp.services import catalog, inventory, party
from erp.services.platform import Query, Result, query
from erp.services.sales.order_drawing import OrderedLines, draw_order


class PriceOrder(Query):
    """What an order would come to now.

    Attributes:
        location_id: Where the goods would leave from; the branch's first storage where none is named.
    """

    customer_id: UUID | None = None
    location_id: UUID | None = None
    lines: OrderedLines


class PricedLine(Result):
    """A line with its price; lines beyond those asked come free.

    Attributes:
        quantity, free_quantity: Base units. ordered: paid units in the unit they were asked for in.
        available: Sellable base units that nobody reserved.
        is_below_cost: Whether paid and free units bring less than they cost, tax left out.
    """

    variant_id: UUID
    label: str
    ordered: int
    quantity: int
    free_quantity: int
    unit_price: Decimal
    list_price: Decimal
    gst_rate: Decimal
    taxable: Decimal
    tax: Decimal
    available: int
    is_below_cost: bool
    trace: dict[str, Any]


class PricedOrder(Result):
    """An order's prices and sums."""

    price_mode: PriceMode
    lines: list[PricedLine]
    gross: Decimal
    discount: Decimal
    taxable: Decimal
    tax: Decimal
    round_off: Decimal
    total: Decimal
    discount_level: Decimal


@query("sales.price_order", permission="sales.order", rest="POST /sales-orders/prices")
def price_order(session: Session, ctx: RequestContext, wanted: PriceOrder) -> PricedOrder:
    """Return what an order would come to now; nothing is kept.

    Raises:
        InvalidInput: A line is wrong (`draw_order`).
    """
    buyer = party.get_party_for_sale(session, ctx, wanted.customer_id)
    place = inventory.get_owned_place(session, ctx, wanted.location_id)
    drawn = draw_order(session, ctx, buyer, place.id, wanted.lines)
    there = _available(session, ctx, place.id, [line.goods.variant_id for line in drawn.lines])
    lines = [
        PricedLine(
            variant_id=line.goods.variant_id,
            label=line.goods.label,
            ordered=line.quantity if line.ordered is None else line.ordered,
            quantity=line.quantity,
            free_quantity=line.free_quantity,
            unit_price=line.unit_price,
            list_price=line.list_price,
            gst_rate=line.goods.rate,
            taxable=line.taxable,
            tax=line.tax,
            available=there.get(line.goods.variant_id, 0),
            is_below_cost=line.is_below_cost,
            trace=dict(line.trace),
        )
        for line in drawn.lines
    ]
    totals = drawn.taxed.totals
    return PricedOrder(
        price_mode=drawn.mode,
        lines=lines,
        gross=totals.gross,
        discount=totals.line_discount,
        taxable=totals.taxable_value,
        tax=totals.cgst + totals.sgst + totals.igst,
        round_off=totals.round_off,
        total=totals.invoice_value,
        discount_level=drawn.discount_level,
    )


_AVAILABLE: LiteralString = f"""
    select b.variant_id, sum(b.on_hand - b.reserved)::bigint as units from stock_balance b
      join lot l on (l.tenant_id, l.id) = (b.tenant_id, b.lot_id) and l.status = 'available'
           and (l.expires_on is null or l.expires_on >= %(today)s)
     where b.tenant_id = %(tenant)s and b.variant_id = any(%(variants)s)
       and b.location_id = any({catalog.PLACE_AND_PARTS}) and b.on_hand > b.reserved
     group by b.variant_id
"""  # noqa: S608  made of literals


def _available(
    session: Session, ctx: RequestContext, location_id: UUID, variant_ids: list[UUID]
) -> dict[UUID, int]:
    rows = db.fetch_all(
        session,
        _AVAILABLE,
        {
            "today": ctx.today,
            "tenant": ctx.tenant_id,
            "location": location_id,
            "variants": variant_ids,
        },
    )
    return {row["variant_id"]: row["units"] for row in rows}
