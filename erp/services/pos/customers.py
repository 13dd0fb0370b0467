"""A customer at the counter: what they have, what they owe, what they bought and paid last."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services import loyalty, party, sales
from erp.services.loyalty import Points
from erp.services.platform import Closed, Query, Result, Rows, query
from erp.services.pos.advances import advance_of
from erp.services.pos.basket import MAX_LINES

LATEST = 5


class GetCustomer(Query):
    """One customer as the till needs them."""

    customer_id: UUID


class BillBefore(Result):
    """A bill of the customer; `goods` names the first of it."""

    sale_id: UUID
    number: str
    sold_at: datetime
    total: Decimal
    goods: str
    line_count: int


class CustomerAtTill(Result):
    """A customer's standing and their latest bills, newest first."""

    customer_id: UUID
    name: str
    phone: str
    city: str
    gstin: str
    owed: Decimal
    credit_limit: Decimal
    credit_left: Decimal
    advance: Decimal
    points: Points
    bills: list[BillBefore]


class Wanted(Closed):
    """Goods somebody asks the price of."""

    variant_id: UUID


class ListLastPrices(Query):
    """What a customer paid last for some goods."""

    customer_id: UUID
    goods: Annotated[tuple[Wanted, ...], Field(min_length=1, max_length=MAX_LINES)]


class LastPrice(Result):
    """The price of a unit after all discounts, tax included, on the customer's latest bill."""

    variant_id: UUID
    unit_price: Decimal
    sold_on: date
    sale_id: UUID


class LastPrices(Rows):
    """One row for each of the goods that the customer bought before."""

    rows: list[LastPrice]


@query("pos.get_customer", permission="pos.sell", rest="GET /customers/{customer_id}/standing")
def get_customer(session: Session, ctx: RequestContext, wanted: GetCustomer) -> CustomerAtTill:
    """Return a customer's credit, advance, points and latest bills.

    Raises:
        UnknownParty: There is no such customer.
        InactiveParty: The customer is closed for new business.
    """
    buyer = party.get_party_for_sale(session, ctx, wanted.customer_id)
    owed = sales.owed_by(session, ctx, buyer.id)
    return CustomerAtTill(
        customer_id=buyer.id,
        name=buyer.name,
        phone=buyer.phone,
        city=buyer.city,
        gstin=buyer.gstin or "",
        owed=owed,
        credit_limit=buyer.credit_limit,
        credit_left=max(buyer.credit_limit - owed, Decimal(0)),
        advance=advance_of(session, ctx, buyer.id),
        points=loyalty.points_of(session, ctx, buyer.id),
        bills=_bills(session, ctx, buyer.id),
    )


def _bills(session: Session, ctx: RequestContext, party_id: UUID) -> list[BillBefore]:
    rows = db.fetch_all(
        session,
        """
        select s.id as sale_id, i.number, s.sold_at, s.total, first.description as goods,
               (select count(*) from invoice_line l
                 where (l.tenant_id, l.invoice_id) = (s.tenant_id, s.invoice_id)) as line_count
          from sale s
          join invoice i on (i.tenant_id, i.id) = (s.tenant_id, s.invoice_id)
          join lateral (select description from invoice_line l
                         where (l.tenant_id, l.invoice_id) = (s.tenant_id, s.invoice_id)
                         order by l.line_no limit 1) first on true
         where s.tenant_id = %s and s.party_id = %s and s.kind = 'sale'
         order by s.sold_at desc limit %s
        """,
        (ctx.tenant_id, party_id, LATEST),
    )
    return [BillBefore(**row) for row in rows]


@query(
    "pos.list_last_prices", permission="pos.sell", rest="POST /customers/{customer_id}/last-prices"
)
def list_last_prices(session: Session, ctx: RequestContext, wanted: ListLastPrices) -> LastPrices:
    """Return what a customer paid last for each of some goods."""
    rows = db.fetch_all(
        session,
        """
        select distinct on (l.variant_id) l.variant_id, round(l.total / l.quantity, 2) as unit_price,
               i.issued_on as sold_on, s.id as sale_id
          from sale s
          join invoice i on (i.tenant_id, i.id) = (s.tenant_id, s.invoice_id)
          join invoice_line l on (l.tenant_id, l.invoice_id) = (i.tenant_id, i.id)
         where s.tenant_id = %s and s.party_id = %s and s.kind = 'sale' and l.variant_id = any(%s)
         order by l.variant_id, s.sold_at desc, l.line_no
        """,
        (ctx.tenant_id, wanted.customer_id, [each.variant_id for each in wanted.goods]),
    )
    return LastPrices(rows=[LastPrice(**row) for row in rows])
