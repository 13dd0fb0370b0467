"""The manager's dashboard: figures of the day and month, each with the list it is made of."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from pydantic import BaseModel
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.money import ZERO
from erp.services import billing, imaging, inventory, platform, pos
from erp.services.inventory import listing_transfers
from erp.services.platform import Nothing, Result, query

SUMMED = frozenset({"inventory.view", "imaging.view"})


class SalesFigure(Result):
    """Net sales of a span of days, tills and orders: invoices less credit notes."""

    total: Decimal
    sales: Decimal
    returns: Decimal
    bills: int


class HourFigure(Result):
    """Net sales of an hour of today."""

    hour: int
    total: Decimal
    bills: int


class DayFigure(Result):
    """Net sales of a day of this month."""

    day: date
    total: Decimal
    bills: int


class MethodFigure(Result):
    """Net sales of this month by one way of paying; `order` is what was invoiced to orders."""

    method: str
    total: Decimal


class ExpiryFigure(Result):
    """Stock at cost on one rung of the expiry ladder.

    Attributes:
        rung: `expired`, or the days left, such as `0-30`.
    """

    rung: str
    lots: int
    units: int
    value: Decimal


class ExceptionFigure(Result):
    """Something a manager should look at, with the page that shows it."""

    key: str
    label: str
    count: int
    link: str


@dataclass(frozen=True, slots=True)
class _Look:
    """A figure of its own list.

    Attributes:
        page: Where the list is shown. wanted: What is asked of it, for the page and for the count.
        count: Counts the rows of all its pages.
    """

    key: str
    label: str
    page: str
    wanted: Callable[[RequestContext], BaseModel]
    count: Callable[[Session, RequestContext, Any], int]


class Dashboard(Result):
    """Everything on the dashboard, as of one instant."""

    as_of: datetime
    today: SalesFigure
    yesterday: SalesFigure
    month: SalesFigure
    by_hour: list[HourFigure]
    by_day: list[DayFigure]
    by_method: list[MethodFigure]
    stock_value: Decimal
    stock_units: int
    expiry: list[ExpiryFigure]
    sessions_waiting: int
    exceptions: list[ExceptionFigure]


@query("reporting.get_dashboard", permission="reporting.view", rest="GET /dashboard")
def get_dashboard(session: Session, ctx: RequestContext, _wanted: Nothing) -> Dashboard:
    """Return the manager's figures from what is posted, in the business's own days.

    Who may see figures sees these sums of stock and imaging whatever else they may see there.
    """
    today, month = ctx.today, ctx.today.replace(day=1)
    yesterday = today - timedelta(days=1)
    stock = inventory.sum_stock(session, ctx)
    seeing = replace(ctx, permissions=ctx.permissions | SUMMED)
    return Dashboard(
        as_of=ctx.now,
        today=_sales(session, ctx, today, today),
        yesterday=_sales(session, ctx, yesterday, yesterday),
        month=_sales(session, ctx, month, today),
        by_hour=_by_hour(session, ctx),
        by_day=_by_day(session, ctx, month),
        by_method=_by_method(session, ctx, month),
        stock_value=stock.value,
        stock_units=stock.quantity,
        expiry=_expiry(session, seeing),
        sessions_waiting=imaging.count_waiting(session, seeing, Nothing()).waiting,
        exceptions=_exceptions(session, ctx),
    )


def _sales(session: Session, ctx: RequestContext, since: date, until: date) -> SalesFigure:
    row = db.fetch_one(
        session,
        f"""
        select coalesce(sum(total) filter (where kind <> 'credit_note'), 0) as sales,
               coalesce(sum(total) filter (where kind = 'credit_note'), 0) as returns,
               count(*) filter (where kind <> 'credit_note') as bills
          from invoice i where tenant_id = %s and issued_on between %s and %s and {billing.IS_SALE}
        """,  # noqa: S608  a constant
        (ctx.tenant_id, since, until),
    ) or {"sales": ZERO, "returns": ZERO, "bills": 0}
    return SalesFigure(total=row["sales"] - row["returns"], **row)


def _by_hour(session: Session, ctx: RequestContext) -> list[HourFigure]:
    rows = db.fetch_all(
        session,
        f"""
        select extract(hour from issued_at at time zone %(zone)s)::int as hour,
               sum(case kind when 'credit_note' then -total else total end) as total,
               count(*) filter (where kind <> 'credit_note') as bills
          from invoice i where tenant_id = %(tenant)s and issued_on = %(today)s and {billing.IS_SALE}
         group by 1 order by 1
        """,  # noqa: S608  a constant
        {"tenant": ctx.tenant_id, "today": ctx.today, "zone": ctx.time_zone},
    )
    return [HourFigure(**row) for row in rows]


def _by_day(session: Session, ctx: RequestContext, since: date) -> list[DayFigure]:
    rows = db.fetch_all(
        session,
        f"""
        select issued_on as day,
               sum(case kind when 'credit_note' then -total else total end) as total,
               count(*) filter (where kind <> 'credit_note') as bills
          from invoice i where tenant_id = %s and issued_on between %s and %s and {billing.IS_SALE}
         group by 1 order by 1
        """,  # noqa: S608  a constant
        (ctx.tenant_id, since, ctx.today),
    )
    return [DayFigure(**row) for row in rows]


def _by_method(session: Session, ctx: RequestContext, since: date) -> list[MethodFigure]:
    """Return tills' takings by how they were paid, and what was invoiced to orders."""
    rows = db.fetch_all(
        session,
        f"""
        select coalesce(t.method, 'order') as method,
               sum(case i.kind when 'credit_note' then -1 else 1 end
                   * coalesce(t.amount, i.total)) as total
          from invoice i
          left join sale s on s.tenant_id = i.tenant_id and s.id = i.origin_id
          left join tender t on (t.tenant_id, t.sale_id) = (s.tenant_id, s.id)
         where i.tenant_id = %s and i.issued_on between %s and %s and {billing.IS_SALE}
           and (s.id is null or t.sale_id is not null)
         group by 1 order by total desc
        """,  # noqa: S608  a constant
        (ctx.tenant_id, since, ctx.today),
    )
    return [MethodFigure(**row) for row in rows]


def _expiry(session: Session, ctx: RequestContext) -> list[ExpiryFigure]:
    ladder = inventory.expiry_ladder(session, ctx, Nothing())
    return [
        ExpiryFigure(rung=rung.rung, lots=rung.lots, units=rung.quantity, value=rung.value)
        for rung in ladder.rungs
    ]


_LOOKS: tuple[_Look, ...] = (
    _Look(
        "dead",
        "Background work that failed",
        "/system/deliveries",
        lambda _: platform.ListDeliveries(),
        platform.count_deliveries,
    ),
    _Look(
        "cash",
        "Cash short or over in the last 7 days",
        "/till/shifts",
        lambda ctx: pos.ListShifts(standing="uneven", closed_from=_week(ctx)),
        pos.count_shifts,
    ),
    _Look(
        "stale_shifts",
        "Shifts open for more than a day",
        "/till/shifts",
        lambda _: pos.ListShifts(standing="stale"),
        pos.count_shifts,
    ),
    _Look(
        "held",
        "Lots on hold or recalled, with stock",
        "/stock",
        lambda _: inventory.StockByLot(status="held"),
        inventory.count_stock,
    ),
    _Look(
        "late_transfers",
        "Transfers that should have arrived",
        "/stock/transfers",
        lambda _: listing_transfers.ListTransfers(overdue=True),
        listing_transfers.count_transfers,
    ),
    _Look(
        "approvals",
        "Manager approvals in the last 7 days",
        "/till/approvals/given",
        lambda ctx: pos.ListApprovals(from_day=_week(ctx)),
        pos.count_approvals,
    ),
)
"""What a manager should look at; each counts the rows of the list that its link opens."""


def _week(ctx: RequestContext) -> date:
    """Return the first of seven business days that end today."""
    return ctx.today - timedelta(days=6)


def _exceptions(session: Session, ctx: RequestContext) -> list[ExceptionFigure]:
    found = []
    for look in _LOOKS:
        wanted = look.wanted(ctx)
        count = look.count(session, ctx, wanted)
        link = list_link(look.page, wanted)
        found.append(ExceptionFigure(key=look.key, label=look.label, count=count, link=link))
    return [figure for figure in found if figure.count]


def list_link(page: str, wanted: BaseModel) -> str:
    """Return the address of a page that lists exactly what is wanted."""
    given = wanted.model_dump(mode="json", exclude_defaults=True)
    words = {name: str(value).lower() if value is True else value for name, value in given.items()}
    return f"{page}?{urlencode(words)}" if words else page
