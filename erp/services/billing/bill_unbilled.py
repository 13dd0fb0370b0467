"""Goods that came, did not go back and are on no bill yet."""

from datetime import date
from decimal import Decimal
from typing import LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.billing.bill_drafting import UNTAXING
from erp.services.platform import Page, Result, Rows, decode_cursor, encode_cursor, query


class ListUnbilled(Page):
    """Goods of which supplier; `search` finds a document, a supplier or a product."""

    supplier_id: UUID | None = None


class UnbilledLine(Result):
    """A delivered line that is not on bills in full.

    Attributes:
        quantity: Of `unit`, still to be billed; units: the same in base units.
        expected_cost: Price of one `unit` on the order in force, else on the delivery.
        gst_rate: Percent, as of today; zero of a supplier who may charge none, none where the
            product has none.
        value: What the units came in at.
    """

    receipt_id: UUID
    line_no: int
    supplier_id: UUID | None
    supplier: str
    reference: str
    received_on: date
    order_number: str
    variant_id: UUID
    label: str
    lot_number: str
    unit: str
    quantity: Decimal
    units: int
    expected_cost: Decimal
    gst_rate: Decimal | None
    value: Decimal


class UnbilledPage(Rows):
    """A page of goods that are not billed, the oldest first, with the value of them all."""

    rows: list[UnbilledLine]
    total: Decimal


_UNBILLED: LiteralString = """
    with unbilled as (
        select r.id as receipt_id, l.line_no, r.supplier_id, coalesce(s.name, '') as supplier,
               s.gst_category = any(%(untaxing)s) as is_untaxed,
               r.reference, r.received_on, l.variant_id, v.label, v.product_id, lot.lot_number,
               l.unit, l.unit_cost, l.quantity / l.paid as per_base,
               l.paid - coalesce(b.units + b.unbilled_back, 0) as units,
               l.value - coalesce(b.value + b.released, 0) as value
          from goods_receipt_line l
          join goods_receipt r on (r.tenant_id, r.id) = (l.tenant_id, l.receipt_id)
          join variant v on (v.tenant_id, v.id) = (l.tenant_id, l.variant_id)
          join lot on (lot.tenant_id, lot.id) = (l.tenant_id, l.lot_id)
          left join party s on (s.tenant_id, s.id) = (r.tenant_id, r.supplier_id)
          left join billed_goods b
               on (b.tenant_id, b.receipt_id, b.line_no) = (l.tenant_id, l.receipt_id, l.line_no)
         where l.tenant_id = %(tenant)s and r.branch_id = %(branch)s
           and l.paid > coalesce(b.units + b.unbilled_back, 0)
           and (%(supplier)s::uuid is null
                or coalesce(r.supplier_id, %(supplier)s) = %(supplier)s)
           and (%(search)s = '' or starts_with(upper(r.reference), upper(%(search)s))
                or starts_with(upper(s.name), upper(%(search)s))
                or starts_with(upper(v.label), upper(%(search)s)))
    ), page as (
        select * from unbilled
         where (receipt_id, line_no) > (%(receipt)s::uuid, %(line)s::int)
         order by receipt_id, line_no limit %(limit)s
    )
    select (select coalesce(sum(value), 0.00) from unbilled) as total, page.*,
           round(page.units * page.per_base, 6) as quantity,
           coalesce(ordered.number, '') as order_number,
           coalesce(o.unit_cost, page.unit_cost) as expected_cost,
           case when page.is_untaxed then 0 else rate.rate end as gst_rate
      from (select 1) one
      left join page on true
      left join purchase_order_receipt came on came.tenant_id = %(tenant)s
           and (came.receipt_id, came.receipt_line_no) = (page.receipt_id, page.line_no)
      left join purchase_order ordered on ordered.tenant_id = %(tenant)s
           and ordered.id = came.order_id
      left join purchase_order_line o on o.tenant_id = %(tenant)s
           and (o.order_id, o.line_no) = (came.order_id, came.line_no)
           and o.version = ordered.version and o.unit = page.unit
      left join variant k on k.tenant_id = %(tenant)s and k.id = page.variant_id
      left join product p on p.tenant_id = %(tenant)s and p.id = page.product_id
      left join lateral (
           select x.rate from tax_rate x
            where x.tenant_id = %(tenant)s
              and x.tax_class_id = coalesce(k.tax_class_id, p.tax_class_id)
              and x.valid_from <= %(today)s
            order by x.valid_from desc limit 1) rate on true
     order by page.receipt_id, page.line_no
"""


@query("billing.list_unbilled", permission="billing.view_bills", rest="GET /unbilled-goods")
def list_unbilled(session: Session, ctx: RequestContext, wanted: ListUnbilled) -> UnbilledPage:
    """List goods that came into the acting branch and are not on bills in full, the oldest first."""
    after = decode_cursor(wanted.cursor, 2) or [str(UUID(int=0)), "0"]
    rows = db.fetch_all(
        session,
        _UNBILLED,
        {
            "tenant": ctx.tenant_id,
            "branch": ctx.branch_id,
            "supplier": wanted.supplier_id,
            "search": wanted.search.strip(),
            "receipt": after[0],
            "line": after[1],
            "today": ctx.today,
            "untaxing": [category.value for category in UNTAXING],
            "limit": wanted.limit + 1,
        },
    )
    total = rows[0]["total"]
    found = [row for row in rows if row["receipt_id"]]
    page = [UnbilledLine(**_without(row)) for row in found[: wanted.limit]]
    cursor = ""
    if len(found) > wanted.limit:
        cursor = encode_cursor(page[-1].receipt_id, page[-1].line_no)
    return UnbilledPage(rows=page, total=total, next_cursor=cursor)


def _without(row: db.Row) -> db.Row:
    return {name: row[name] for name in UnbilledLine.model_fields}
