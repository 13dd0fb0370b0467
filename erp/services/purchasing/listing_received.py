"""What came from suppliers, line by line: every figure of buying is made of these rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Literal, LiteralString
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.services.inventory import DEFAULT_SHELF_DAYS, SHELF_DAYS
from erp.services.platform import (
    LAST_ID,
    Day,
    Page,
    Result,
    Rows,
    conditions_of,
    decode_cursor,
    encode_cursor,
    query,
)

FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(9998, 12, 31)
DAYS_SHOWN = 90
"""Length of a period where none is asked for."""

RECEIVED: LiteralString = f"""
    select m.id, m.origin_id as receipt_id, m.effective_at, g.received_on, g.reference,
           m.variant_id, m.lot_id, l.lot_number, l.expires_on, m.quantity as units, m.value,
           g.supplier_id, r.order_id,
           coalesce(r.received, 0) as paid_units, due.expected_on, looked.outcome as checked,
           {SHELF_DAYS} as asked_days
      from stock_move m
      join goods_receipt g on (g.tenant_id, g.id) = (m.tenant_id, m.origin_id)
      join lot l on (l.tenant_id, l.id) = (m.tenant_id, m.lot_id)
      left join variant goods on (goods.tenant_id, goods.id) = (m.tenant_id, m.variant_id)
      left join product made on (made.tenant_id, made.id) = (goods.tenant_id, goods.product_id)
     cross join lateral (
            select g.supplier_id, made.form, g.received_on as on_day) came
      left join purchase_order_receipt r
           on (r.tenant_id, r.receipt_id, r.receipt_line_no)
            = (m.tenant_id, m.origin_id, m.origin_line_no)
      left join lateral (
            select v.expected_on
              from purchase_order_version v
              join purchase_order_decision d using (tenant_id, order_id, version)
             where v.tenant_id = r.tenant_id and v.order_id = r.order_id
               and d.outcome = 'approved' and d.decided_at <= r.received_at
             order by v.version desc limit 1) due on true
      left join quality_check looked
           on (looked.tenant_id, looked.receipt_id, looked.line_no)
            = (m.tenant_id, m.origin_id, m.origin_line_no)
     where m.tenant_id = %(tenant)s and m.origin_type = 'goods_receipt'
       and g.branch_id = %(branch)s
"""  # noqa: S608  made of literals
"""Lines of deliveries into the acting branch, with the order's expected day and the life that was asked of them
as they were then."""

OF_SUPPLIER: LiteralString = "and g.supplier_id = %(supplier)s"
SHORT: LiteralString = "expires_on < received_on + asked_days"
LATE: LiteralString = "received_on > expected_on"


class Period(Page):
    """Business days, both included; the last 90 days where none are given."""

    from_day: Day | None = None
    to_day: Day | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A period and the equally long one before it.

    Attributes:
        before, since, until: Instants at which they begin and the second ends.
    """

    first: date
    last: date
    before: datetime
    since: datetime
    until: datetime


def span_of(ctx: RequestContext, wanted: Period) -> Span:
    """Return the period that is asked for.

    Raises:
        InvalidInput: It ends before it begins; names `to_day`.
    """
    last = _held(wanted.to_day or ctx.today)
    first = _held(wanted.from_day or last - timedelta(days=DAYS_SHOWN - 1))
    if last < first:
        message = "The period ends before it begins. Choose a later day."
        raise InvalidInput(message, fields={"to_day": message})
    days = (last - first).days + 1
    before = date.fromordinal(max(first.toordinal() - days, FIRST_DAY.toordinal()))
    return Span(
        first, last, midnight_of(ctx, before), midnight_of(ctx, first), midnight_of(ctx, last, 1)
    )


def _held(day: date) -> date:
    return min(max(day, FIRST_DAY), LAST_DAY)


def midnight_of(ctx: RequestContext, day: date, days: int = 0) -> datetime:
    """Return the instant at which a business day begins, or one so many days later."""
    return datetime.combine(day + timedelta(days=days), time(), ZoneInfo(ctx.time_zone))


def received_params(ctx: RequestContext) -> dict[str, Any]:
    """Return the parameters of `RECEIVED`, `SHORT` and today's day."""
    return {
        "tenant": ctx.tenant_id,
        "branch": ctx.branch_id,
        "zone": ctx.time_zone,
        "shelf_days": DEFAULT_SHELF_DAYS,
        "today": ctx.today,
    }


class ListReceived(Page):
    """Which lines of deliveries to list.

    Attributes:
        search: Beginning of the product's name or of the supplier's document.
        standing: `late` or `on_time` by the order's expected day, `short` of the shelf life the
            shop asks for, `direct`: without an order, or `failed`: by its quality checklist.
    """

    from_day: Day | None = None
    to_day: Day | None = None
    supplier_id: UUID | None = None
    variant_id: UUID | None = None
    brand_id: UUID | None = None
    standing: Literal["", "late", "on_time", "short", "direct", "failed"] = ""


class ReceivedRow(Result):
    """Goods of one lot on one delivery.

    Attributes:
        units: Base units, free ones with them. value: what they cost, tax excluded.
        price: Cost of one base unit, free and paid alike.
        expected_on: Of the order's version in force when they came.
    """

    id: UUID
    receipt_id: UUID
    received_on: date
    supplier_id: UUID | None
    supplier: str
    reference: str
    order_id: UUID | None
    order_number: str
    variant_id: UUID
    product_id: UUID
    label: str
    sku: str
    lot_id: UUID
    lot_number: str
    expires_on: date | None
    expected_on: date | None
    is_late: bool
    is_short: bool
    units: int
    unit: str
    value: Decimal
    price: Decimal


class ReceivedPage(Rows):
    """A page of lines, the newest first, with the sums of all pages."""

    rows: list[ReceivedRow]
    total_units: int
    total_value: Decimal


class PriceHistory(Page):
    """Which variant's prices."""

    variant_id: UUID


class PricePage(Rows):
    """What a variant cost, delivery by delivery, the newest first.

    Attributes:
        last, lowest, average: Cost of one base unit over all pages; the average counts every
            unit once. Goods that cost nothing are listed and left out here. None without any.
    """

    rows: list[ReceivedRow]
    last: Decimal | None
    lowest: Decimal | None
    average: Decimal | None


_PAGE: LiteralString = """
    ), total as (
        select coalesce(sum(units), 0)::bigint as total_units,
               coalesce(sum(value), 0.00) as total_value,
               round(min(value / units) filter (where value > 0), 4) as lowest,
               round(sum(value) / nullif(sum(units) filter (where value > 0), 0), 4) as average,
               round((array_agg(value / units order by effective_at desc, id desc)
                       filter (where value > 0))[1], 4) as last
          from received
    )
    select total.*, shown.*
      from total left join lateral (
           select x.id, x.effective_at, x.receipt_id, x.received_on, x.supplier_id,
                  coalesce(s.name, '') as supplier, x.reference, x.order_id,
                  coalesce(o.number, '') as order_number, x.variant_id, v.product_id, v.label,
                  v.sku, v.base_unit as unit, x.lot_id, x.lot_number, x.expires_on,
                  x.expected_on, x.units, x.value, round(x.value / x.units, 4) as price,
                  coalesce(x.received_on > x.expected_on, false) as is_late,
                  coalesce(x.expires_on < x.received_on + x.asked_days, false) as is_short
             from received x
             join variant v on (v.tenant_id, v.id) = (%(tenant)s, x.variant_id)
             left join party s on (s.tenant_id, s.id) = (%(tenant)s, x.supplier_id)
             left join purchase_order o on (o.tenant_id, o.id) = (%(tenant)s, x.order_id)
            where (x.effective_at, x.id) < (%(after)s::timestamptz, %(after_id)s::uuid)
            order by x.effective_at desc, x.id desc limit %(limit)s) shown on true
     order by shown.effective_at desc, shown.id desc
"""
_CONDITIONS: dict[str, LiteralString] = {
    "from_day": "and m.effective_at >= %(since)s",
    "to_day": "and m.effective_at < %(until)s",
    "supplier_id": OF_SUPPLIER,
    "variant_id": "and m.variant_id = %(variant)s",
    "brand_id": "and m.variant_id in (select v.id from variant v join product p"
    " on (p.tenant_id, p.id) = (v.tenant_id, v.product_id)"
    " where v.tenant_id = %(tenant)s and p.brand_id = %(brand)s)",
    "search": "and (starts_with(upper(m.reason), upper(%(search)s)) or m.variant_id in"
    " (select v.id from variant v where v.tenant_id = %(tenant)s"
    " and starts_with(upper(v.label), upper(%(search)s))))",
}
_STANDINGS: dict[str, LiteralString] = {
    "": "true",
    "late": LATE,
    "on_time": "received_on <= expected_on",
    "short": SHORT,
    "direct": "order_id is null",
    "failed": "checked = 'failed'",
}


@query("purchasing.list_received", permission="purchasing.view", rest="GET /received-goods")
def list_received(session: Session, ctx: RequestContext, wanted: ListReceived) -> ReceivedPage:
    """List goods that came into the acting branch, line by line, the newest first."""
    given = {
        "since": midnight_of(ctx, _held(wanted.from_day)) if wanted.from_day else None,
        "until": midnight_of(ctx, _held(wanted.to_day), 1) if wanted.to_day else None,
        "supplier": wanted.supplier_id,
        "variant": wanted.variant_id,
        "brand": wanted.brand_id,
        "search": wanted.search.strip(),
    }
    conditions = conditions_of(wanted, _CONDITIONS)
    sums, rows, cursor = _page(
        session, ctx, wanted, (conditions, _STANDINGS[wanted.standing], given)
    )
    return ReceivedPage(
        rows=rows,
        next_cursor=cursor,
        total_units=sums["total_units"],
        total_value=sums["total_value"],
    )


@query(
    "purchasing.price_history",
    permission="purchasing.view",
    rest="GET /variants/{variant_id}/prices-paid",
)
def price_history(session: Session, ctx: RequestContext, wanted: PriceHistory) -> PricePage:
    """Return what the acting branch paid for a variant, with and without orders."""
    of_variant = ("and m.variant_id = %(variant)s", "true", {"variant": wanted.variant_id})
    sums, rows, cursor = _page(session, ctx, wanted, of_variant)
    prices = {name: sums[name] for name in ("last", "lowest", "average")}
    return PricePage(rows=rows, next_cursor=cursor, **prices)


def _page(
    session: Session,
    ctx: RequestContext,
    wanted: Page,
    chosen: tuple[LiteralString, LiteralString, Mapping[str, Any]],
) -> tuple[db.Row, list[ReceivedRow], str]:
    """Return the sums of all chosen lines, one page of them, and the cursor of the next."""
    conditions, standing, given = chosen
    after = decode_cursor(wanted.cursor, 2) or ["infinity", LAST_ID]
    paging = {"after": after[0], "after_id": after[1], "limit": wanted.limit + 1}
    parts = (
        "with received as materialized (select * from (",
        RECEIVED,
        conditions,
        ") line where",
        standing,
        _PAGE,
    )
    rows = db.fetch_all(session, " ".join(parts), received_params(ctx) | paging | dict(given))
    found = [row for row in rows if row["id"]]
    page = found[: wanted.limit]
    cursor = (
        encode_cursor(page[-1]["effective_at"], page[-1]["id"]) if len(found) > len(page) else ""
    )
    return rows[0], [ReceivedRow(**row) for row in page], cursor
