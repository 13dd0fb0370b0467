"""The sale that an asset went by."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.platform import Query, Result, query


class GetAssetSale(Query):
    """Of which asset."""

    asset_id: UUID


class AssetSaleDetail(Result):
    """The sale that stands; `number` is empty where there is none."""

    invoice_id: UUID | None = None
    number: str = ""
    buyer: str = ""
    sold_on: date | None = None
    price: Decimal = Decimal(0)
    tax: Decimal = Decimal(0)
    quarters: int = 0
    credit_left: Decimal = Decimal(0)
    excess: Decimal = Decimal(0)


@query("disposals.get_sale", permission="assets.view", rest="GET /assets/{asset_id}/sale")
def get_sale(session: Session, ctx: RequestContext, wanted: GetAssetSale) -> AssetSaleDetail:
    """Return the invoice that an asset was sold on, with what of its credit went back."""
    row = db.fetch_one(
        session,
        """
        select s.id as invoice_id, i.number, p.name as buyer, s.sold_on, s.price, s.tax, s.quarters,
               s.credit_left, s.excess
          from asset_sale s
          join invoice i on (i.tenant_id, i.id) = (s.tenant_id, s.id)
          join party p on (p.tenant_id, p.id) = (s.tenant_id, s.buyer_id)
         where s.tenant_id = %s and s.company_id = %s and s.asset_id = %s
           and not exists (select 1 from invoice_cancellation k
                            where (k.tenant_id, k.invoice_id) = (s.tenant_id, s.id))
        """,
        (ctx.tenant_id, ctx.company_id, wanted.asset_id),
    )
    return AssetSaleDetail(**row) if row else AssetSaleDetail()
