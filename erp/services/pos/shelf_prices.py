"""What goods that a search found would cost in the cart, where lists say otherwise than their MRP."""

from decimal import Decimal
from typing import Annotated, LiteralString
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services import catalog, party, sales
from erp.services.platform import Query, Result, Rows, query
from erp.services.pos.customers import Wanted
from erp.services.sales import LotPrices

MOST = 50


class ListShelfPrices(Query):
    """Goods that are shown to a cashier.

    Attributes:
        customer_id: Of the bill at hand; nobody named is the walk-in customer.
        location_id: The till's place; else a lot of anywhere in the branch may go first.
    """

    goods: Annotated[tuple[Wanted, ...], Field(min_length=1, max_length=MOST)]
    customer_id: UUID | None = None
    location_id: UUID | None = None


class ShelfPrice(Result):
    """One unit of the lot that goes first, at the customer's price, tax included."""

    variant_id: UUID
    price: Decimal


class ShelfPrices(Rows):
    """Prices that differ from the MRP.

    Attributes:
        has_lists: Whether the shop has any list in force; where not, nobody need ask again.
    """

    rows: list[ShelfPrice]
    has_lists: bool


_FIRST: LiteralString = f"""
    select distinct on (b.variant_id) b.variant_id, l.id as lot_id, l.mrp, l.ptr, l.pts,
           b.value / b.on_hand as unit_cost
      from stock_balance b
      join lot l on l.tenant_id = b.tenant_id and l.id = b.lot_id
      join location p on p.tenant_id = b.tenant_id and p.id = b.location_id
      join warehouse w on w.tenant_id = p.tenant_id and w.id = p.warehouse_id
     where b.tenant_id = %(tenant)s and b.variant_id = any(%(variants)s)
       and b.location_id = {catalog.STORAGE_HERE} and b.on_hand > b.reserved and l.status = 'available'
       and (l.expires_on is null or l.expires_on >= %(today)s)
     order by b.variant_id, {catalog.FIRST_TO_GO}
"""  # noqa: S608  made of literals


@query("pos.list_shelf_prices", permission="pos.sell", rest="POST /shelf-prices")
def list_shelf_prices(
    session: Session, ctx: RequestContext, wanted: ListShelfPrices
) -> ShelfPrices:
    """Return what one unit of goods costs a customer, as the cart will price it.

    Asked after a search, so that the search itself stays one statement.

    Raises:
        UnknownProduct, UnknownParty: Goods or customer are not in the acting tenant.
    """
    ids = list(dict.fromkeys(each.variant_id for each in wanted.goods))
    goods = catalog.get_lines_for_sale(session, ctx, ids, ctx.today, including_inactive=True)
    buyer = party.get_party_for_sale(session, ctx, wanted.customer_id)
    if not sales.has_lists(session, ctx):
        return ShelfPrices(rows=[], has_lists=False)
    book = sales.load_prices(session, ctx, buyer, goods.values())
    if book.is_empty:
        return ShelfPrices(rows=[], has_lists=True)
    where = {"tenant": ctx.tenant_id, "branch": ctx.branch_id, "today": ctx.today}
    where["location"] = wanted.location_id
    lots = db.fetch_all(session, _FIRST, where | {"variants": ids})
    rows = []
    for row in lots:
        line = goods[row.pop("variant_id")]
        asked = sales.count_cart([(line, 1)])[line.variant_id]
        lot = LotPrices(**row, rate=line.rate)
        price = sales.price(book, asked, lot, sales.PriceMode.INCLUSIVE).unit_price
        if price != lot.mrp:
            rows.append(ShelfPrice(variant_id=line.variant_id, price=price))
    return ShelfPrices(rows=rows, has_lists=True)
