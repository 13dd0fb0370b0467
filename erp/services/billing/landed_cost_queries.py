"""Reads of landed costs: what a bill spread, and the deliveries that may bear some."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.platform import Order, Result, Rows, SortedPage, fetch_page, query


class ListSpreadable(SortedPage):
    """Deliveries of the acting branch; `search` begins their document's number or the supplier's name."""

    sort: Annotated[
        str,
        Order(
            "-id",
            {"reference": "text", "supplier": "text", "received_on": "day", "value": "number"},
        ),
    ] = ""


class SpreadableReceipt(Result):
    """A delivery that may bear a cost.

    Attributes:
        label: The document's number; its day where it has none.
        goods: The first of its `lines`. value: of its goods as they came in.
        landed: What they bear of other bills by now.
    """

    id: UUID
    received_on: date
    reference: str
    label: str
    supplier: str
    goods: str
    lines: int
    value: Decimal
    landed: Decimal


class SpreadablePage(Rows):
    """A page of deliveries, the last recorded first."""

    rows: list[SpreadableReceipt]


class SpreadCostRow(Result):
    """What a bill spread over deliveries, and whether it was taken off them again.

    Attributes:
        over: References of the deliveries. to_stock, to_gone: where it went when it was spread.
    """

    id: UUID
    number: str
    amount: Decimal
    note: str
    over: str
    to_stock: Decimal
    to_gone: Decimal
    spread_at: datetime
    spreader: str
    reversal_id: UUID | None
    taken_off_at: datetime | None
    taker: str
    reason: str


@query("billing.list_spreadable", permission="billing.view_bills", rest="GET /spreadable-receipts")
def list_spreadable(
    session: Session, ctx: RequestContext, wanted: ListSpreadable
) -> SpreadablePage:
    """List deliveries of the acting branch that may bear another bill's cost."""
    rows, cursor = fetch_page(
        session,
        wanted,
        """
        select r.id, r.received_on, r.reference,
               coalesce(nullif(r.reference, ''), 'of ' || to_char(r.received_on, 'DD-MM-YYYY')) as label,
               coalesce(p.name, '') as supplier, first.label as goods,
               came.lines, r.value, coalesce(borne.value, 0.00) as landed
          from goods_receipt r
          left join party p on (p.tenant_id, p.id) = (r.tenant_id, r.supplier_id)
         cross join lateral (
               select count(*) as lines from goods_receipt_line l
                where (l.tenant_id, l.receipt_id) = (r.tenant_id, r.id)) came
         cross join lateral (
               select v.label from goods_receipt_line l
                 join variant v on (v.tenant_id, v.id) = (l.tenant_id, l.variant_id)
                where (l.tenant_id, l.receipt_id) = (r.tenant_id, r.id)
                order by l.line_no limit 1) first
         cross join lateral (
               select sum(x.value) as value from landed_cost_line x
                where (x.tenant_id, x.receipt_id) = (r.tenant_id, r.id)
                  and not exists (
                      select 1 from landed_cost_reversal back
                       where (back.tenant_id, back.landed_cost_id)
                             = (x.tenant_id, x.landed_cost_id))) borne
         where r.tenant_id = %(tenant)s and r.branch_id = %(branch)s
           and (starts_with(upper(r.reference), upper(%(search)s))
                or starts_with(upper(p.name), upper(%(search)s)))
        """,
        {"tenant": ctx.tenant_id, "branch": ctx.branch_id, "search": wanted.search.strip()},
    )
    page = [SpreadableReceipt(**row) for row in rows]
    return SpreadablePage(rows=page, next_cursor=cursor)


def spread_of(session: Session, ctx: RequestContext, bill_id: UUID) -> list[SpreadCostRow]:
    """Return what a bill spread, the first first."""
    rows = db.fetch_all(
        session,
        """
        select s.id, s.number, s.amount, s.note, l.over, l.to_stock, l.to_gone, s.spread_at,
               coalesce(spreader.display_name, '') as spreader, r.id as reversal_id,
               r.reversed_at as taken_off_at,
               coalesce(taker.display_name, '') as taker, coalesce(r.reason, '') as reason
          from landed_cost s
          left join landed_cost_reversal r
               on (r.tenant_id, r.landed_cost_id) = (s.tenant_id, s.id)
          left join membership spreader
               on (spreader.tenant_id, spreader.user_id) = (s.tenant_id, s.spread_by)
          left join membership taker
               on (taker.tenant_id, taker.user_id) = (r.tenant_id, r.reversed_by)
         cross join lateral (
               select string_agg(
                          distinct coalesce(nullif(g.reference, ''), g.received_on::text), ', '
                      ) as over,
                      sum(x.to_stock) as to_stock, sum(x.value - x.to_stock) as to_gone
                 from landed_cost_line x
                 join goods_receipt g on (g.tenant_id, g.id) = (x.tenant_id, x.receipt_id)
                where (x.tenant_id, x.landed_cost_id) = (s.tenant_id, s.id)) l
         where s.tenant_id = %s and s.bill_id = %s
         order by s.id
        """,
        (ctx.tenant_id, bill_id),
    )
    return [SpreadCostRow(**row) for row in rows]
