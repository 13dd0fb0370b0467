"""Stock of a product at both ends of a way."""

from typing import LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.inventory.errors import UnknownTransfer
from erp.services.inventory.listing_transfers import FREE_UNITS, VIEW
from erp.services.platform import Query, Result, query


class StockAtEnds(Query):
    """Of which product, from where to where."""

    from_location_id: UUID
    to_location_id: UUID
    variant_id: UUID


class EndsStock(Result):
    """Stock of a product at both ends.

    Attributes:
        here: Base units that may be sold and are free at the source. there: at the destination.
        coming: Units on their way to the destination's branch already.
        wanted: Units that the destination's branch is advised to buy; none where it is not.
    """

    variant_id: UUID
    label: str
    sku: str
    unit: str
    here: int
    there: int
    coming: int
    wanted: int | None


_AT_ENDS: LiteralString = f"""
    with place as (
        select l.id, w.branch_id from location l
          join warehouse w on w.tenant_id = l.tenant_id and w.id = l.warehouse_id
         where l.tenant_id = %(tenant)s and l.id = %(to)s)
    select v.id as variant_id, v.label, v.sku, v.base_unit as unit, here.units as here,
           there.units as there, coalesce(coming.units, 0)::bigint as coming,
           (select r.quantity from reorder_suggestion r
             where r.tenant_id = v.tenant_id and r.branch_id = place.branch_id
               and r.variant_id = v.id and r.status = 'open') as wanted
      from variant v cross join place
      cross join lateral ({FREE_UNITS} and b.location_id = %(from)s and b.variant_id = v.id) here
      cross join lateral ({FREE_UNITS} and b.location_id = %(to)s and b.variant_id = v.id) there
      left join lateral (
            select sum(line.under_way) as units
              from stock_transfer t
              join stock_transfer_line line
                on line.tenant_id = t.tenant_id and line.transfer_id = t.id
             where t.tenant_id = v.tenant_id and t.to_branch_id = place.branch_id
               and t.status = 'on_its_way' and line.variant_id = v.id) coming on true
     where v.tenant_id = %(tenant)s and v.id = %(variant)s
"""  # noqa: S608  both parts are constants


@query("inventory.stock_at_ends", permission=VIEW, rest="GET /transfers/stock")
def stock_at_ends(session: Session, ctx: RequestContext, wanted: StockAtEnds) -> EndsStock:
    """Return what both ends of a way have of a product, and what the far one lacks.

    Raises:
        UnknownTransfer: The product or the destination is not known here.
    """
    row = db.fetch_one(
        session,
        _AT_ENDS,
        {
            "tenant": ctx.tenant_id,
            "today": ctx.today,
            "from": wanted.from_location_id,
            "to": wanted.to_location_id,
            "variant": wanted.variant_id,
        },
    )
    if row is None:
        raise UnknownTransfer("This product or place is not known here. Choose another.")
    return EndsStock(**row)
