"""What a till sells most: its first screen, before anything is typed."""

from datetime import timedelta
from decimal import Decimal
from typing import Annotated, LiteralString
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services import catalog
from erp.services.platform import Query, Result, Rows, query

LOOK_BACK_DAYS = 30
SELLABLE: LiteralString = f"""
          left join lateral (
                select sum(b.on_hand - b.reserved)::bigint as sellable,
                       (array_agg(l.mrp order by {catalog.FIRST_TO_GO}))[1] as price
                  from stock_balance b
                  join lot l on l.tenant_id = b.tenant_id and l.id = b.lot_id
                  join location p on p.tenant_id = b.tenant_id and p.id = b.location_id
                  join warehouse w on w.tenant_id = p.tenant_id and w.id = p.warehouse_id
                 where b.tenant_id = %(tenant)s and b.variant_id = v.id
                   and b.location_id = {catalog.STORAGE_HERE} and b.on_hand > b.reserved
                   and l.status = 'available'
                   and (l.expires_on is null or l.expires_on >= %(today)s)) stock on true
"""  # noqa: S608  made of literals
"""Joins to a variant `v` what a till can sell of it now, and the price of the lot that goes first."""

_BEST: LiteralString = """
with sold as materialized (
    select l.variant_id, sum(l.quantity)::bigint as sold
      from sale s
      join register r on r.tenant_id = s.tenant_id and r.id = s.register_id
      join invoice_line l on l.tenant_id = s.tenant_id and l.invoice_id = s.invoice_id
     where s.tenant_id = %(tenant)s and s.sold_at >= %(since)s and s.kind = 'sale'
       and r.branch_id = %(branch)s
     group by l.variant_id
     order by sold desc, l.variant_id
     limit %(limit)s)
select v.id as variant_id, v.label, stock.price, coalesce(stock.sellable, 0) as sellable,
       sold.sold
  from sold
  join variant v on v.tenant_id = %(tenant)s and v.id = sold.variant_id and v.is_active
"""


class ListBestSellers(Query):
    """How many of the best sellers.

    Attributes:
        location_id: The till's place; else what the whole branch has counts.
    """

    limit: Annotated[int, Field(ge=1, le=48)] = 12
    location_id: UUID | None = None


class BestSeller(Result):
    """A variant that sells well, with what can be sold of it now.

    Attributes:
        price: MRP of the lot that goes first; none where nothing is sellable.
        sold: Units sold in the last thirty days.
    """

    variant_id: UUID
    label: str
    price: Decimal | None
    sellable: int
    sold: int


class BestSellers(Rows):
    """What sells most at the branch, the best first."""

    rows: list[BestSeller]


@query("pos.list_best_sellers", permission="pos.sell", rest="GET /best-sellers")
def list_best_sellers(
    session: Session, ctx: RequestContext, wanted: ListBestSellers
) -> BestSellers:
    """List what the branch's tills sold most in the last thirty days."""
    rows = db.fetch_all(
        session,
        f"{_BEST} {SELLABLE} order by sold.sold desc, v.label",
        {
            "tenant": ctx.tenant_id,
            "branch": ctx.branch_id,
            "since": ctx.now - timedelta(days=LOOK_BACK_DAYS),
            "today": ctx.today,
            "limit": wanted.limit,
            "location": wanted.location_id,
        },
    )
    return BestSellers(rows=[BestSeller(**row) for row in rows])
