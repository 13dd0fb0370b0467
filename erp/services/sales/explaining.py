"""What goods would cost a customer today, lot by lot, and why."""

from datetime import date
from decimal import Decimal
from typing import Any, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.money import ZERO
from erp.models.sales import PriceMode
from erp.services import catalog, party
from erp.services.catalog import SaleLine
from erp.services.platform import Quantity, Query, Result, query
from erp.services.sales.loading import load_prices
from erp.services.sales.pricing import (
    Asked,
    FreeGoods,
    LotPrices,
    PriceBook,
    count_cart,
    free_goods,
    price,
)

_LOTS: LiteralString = """
    select l.id as lot_id, l.lot_number, l.expires_on, l.mrp, l.ptr, l.pts,
           sum(s.on_hand - s.reserved)::bigint as sellable,
           sum(s.value) / sum(s.on_hand) as unit_cost
      from stock_balance s
      join lot l on l.tenant_id = s.tenant_id and l.id = s.lot_id
      join location place on place.tenant_id = s.tenant_id and place.id = s.location_id
      join warehouse w on w.tenant_id = place.tenant_id and w.id = place.warehouse_id
     where s.tenant_id = %(tenant)s and s.variant_id = %(variant)s and s.on_hand > s.reserved
       and place.kind = 'storage' and w.branch_id = %(branch)s and l.status = 'available'
       and (l.expires_on is null or l.expires_on >= %(today)s)
     group by l.tenant_id, l.id
     order by l.expires_on nulls last, l.created_at, l.id
"""


class ExplainPrice(Query):
    """What would this cost?

    Attributes:
        customer_id: Nobody named is the walk-in customer.
        quantity: Base units on the bill, all lines together.
    """

    customer_id: UUID | None = None
    variant_id: UUID
    quantity: Quantity = 1


class LotPrice(Result):
    """What a unit of a lot costs.

    Attributes:
        sellable: Base units that may be sold. units: how many of the asked it would give.
        unit_price: Tax included. trace: why it is that.
    """

    lot_id: UUID
    lot_number: str
    expires_on: date | None
    sellable: int
    units: int
    mrp: Decimal
    unit_price: Decimal
    trace: dict[str, Any]


class FreeUnits(Result):
    """What comes free with the quantity asked for."""

    variant_id: UUID
    label: str
    quantity: int
    trace: dict[str, Any]


class PriceAnswer(Result):
    """What goods cost a customer today.

    Attributes:
        lots: That can be sold here, first expiry first; the price of each, as if it were taken.
        total: Of the units that are here, tax included, before discounts. short: units that are not.
    """

    label: str
    unit: str
    customer: str
    quantity: int
    lots: list[LotPrice]
    free: FreeUnits | None
    total: Decimal
    short: int


@query("sales.explain_price", permission="sales.view", rest="GET /prices/explain")
def explain_price(session: Session, ctx: RequestContext, wanted: ExplainPrice) -> PriceAnswer:
    """Return what a quantity would cost a customer at the acting branch today; holds nothing.

    Raises:
        UnknownParty, InactiveParty: The customer is not known here or closed.
        UnknownProduct, InactiveProduct: The goods are not known here or out of trade.
        InvalidInput: A service, which has no MRP.
    """
    buyer = party.get_party_for_sale(session, ctx, wanted.customer_id)
    goods = catalog.get_lines_for_sale(session, ctx, [wanted.variant_id], ctx.today)
    line = goods[wanted.variant_id]
    if line.is_service:
        message = f"{line.label} is a service and has no MRP. Choose goods."
        raise InvalidInput(message, fields={"variant_id": message})
    book = load_prices(session, ctx, buyer, [line])
    asked = count_cart([(line, wanted.quantity)])[line.variant_id]
    lots = _lots(session, ctx, book, asked, line)
    return PriceAnswer(
        label=line.label,
        unit=line.unit,
        customer=buyer.name,
        quantity=wanted.quantity,
        lots=lots,
        free=_free(session, ctx, line, free_goods(book, [asked])),
        total=sum((lot.units * lot.unit_price for lot in lots), ZERO),
        short=wanted.quantity - sum(lot.units for lot in lots),
    )


def _lots(
    session: Session, ctx: RequestContext, book: PriceBook, asked: Asked, line: SaleLine
) -> list[LotPrice]:
    given = {"tenant": ctx.tenant_id, "branch": ctx.branch_id, "today": ctx.today}
    rows = db.fetch_all(session, _LOTS, given | {"variant": line.variant_id})
    left, lots = asked.quantity, []
    for row in rows:
        printed = {name: row[name] for name in ("lot_id", "mrp", "ptr", "pts", "unit_cost")}
        priced = price(book, asked, LotPrices(**printed, rate=line.rate), PriceMode.INCLUSIVE)
        units = min(left, row["sellable"])
        left -= units
        shown = {n: row[n] for n in ("lot_id", "lot_number", "expires_on", "sellable", "mrp")}
        lots.append(
            LotPrice(**shown, units=units, unit_price=priced.unit_price, trace=dict(priced.trace))
        )
    return lots


def _free(
    session: Session, ctx: RequestContext, line: SaleLine, given: list[FreeGoods]
) -> FreeUnits | None:
    if not given:
        return None
    gift = given[0]
    label = line.label
    if gift.variant_id != line.variant_id:
        found = catalog.get_lines_for_sale(
            session, ctx, [gift.variant_id], ctx.today, including_inactive=True
        )
        label = found[gift.variant_id].label
    return FreeUnits(
        variant_id=gift.variant_id, label=label, quantity=gift.quantity, trace=dict(gift.trace)
    )
