"""The manager's dashboard: figures of the day and month, each with the list it is made of."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.money import ZERO
from erp.services import billing, imaging, inventory
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
    stock = _stock(session, ctx)
    seeing = replace(ctx, permissions=ctx.permissions | SUMMED)
    return Dashboard(
        as_of=ctx.now,
        today=_sales(session, ctx, today, today),
        yesterday=_sales(session, ctx, yesterday, yesterday),
        month=_sales(session, ctx, month, today),
        by_hour=_by_hour(session, ctx),
        by_day=_by_day(session, ctx, month),
        by_method=_by_method(session, ctx, month),
        stock_value=stock["value"],
        stock_units=stock["units"],
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


def _stock(session: Session, ctx: RequestContext) -> db.Row:
    row = db.fetch_one(
        session,
        "select coalesce(sum(value), 0) as value, coalesce(sum(on_hand), 0)::bigint as units"
        " from stock_balance where tenant_id = %s",
        (ctx.tenant_id,),
    )
    return row or {"value": ZERO, "units": 0}


def _expiry(session: Session, ctx: RequestContext) -> list[ExpiryFigure]:
    ladder = inventory.expiry_ladder(session, ctx, Nothing())
    return [
        ExpiryFigure(rung=rung.rung, lots=rung.lots, units=rung.quantity, value=rung.value)
        for rung in ladder.rungs
    ]


def _exceptions(session: Session, ctx: RequestContext) -> list[ExceptionFigure]:
    row = db.fetch_one(
        session,
        """
        select (select count(*) from event_delivery d where d.tenant_id = %(tenant)s and d.status = 'dead') as dead,
               (select count(*) from register_shift s where s.tenant_id = %(tenant)s and s.status = 'closed'
                   and s.counted_cash <> s.expected_cash and s.closed_at >= %(week)s) as cash,
               (select count(*) from register_shift s where s.tenant_id = %(tenant)s and s.status = 'open'
                   and s.opened_at < %(day)s) as stale_shifts,
               (select count(*) from lot l where l.tenant_id = %(tenant)s and l.status <> 'available'
                   and exists (select 1 from stock_balance b where b.tenant_id = l.tenant_id and b.lot_id = l.id
                                  and b.on_hand > 0)) as held,
               (select count(*) from stock_transfer t where t.tenant_id = %(tenant)s
                   and t.status = 'on_its_way' and t.expected_on < %(today)s) as late_transfers,
               (select count(*) from approval a where a.tenant_id = %(tenant)s
                   and a.approved_at >= %(week)s) as approvals
        """,
        {
            "tenant": ctx.tenant_id,
            "week": ctx.now - timedelta(days=7),
            "today": ctx.today,
            "day": ctx.now - timedelta(hours=24),
        },
    )
    named = (
        ("dead", "Background work that failed", "/system/deliveries"),
        ("cash", "Cash short or over in the last 7 days", "/till/shifts"),
        ("stale_shifts", "Shifts open for more than a day", "/till/shifts"),
        ("held", "Lots on hold with stock", "/stock?status=hold"),
        (
            "late_transfers",
            "Transfers that should have arrived",
            "/stock/transfers?overdue=true",
        ),
        (
            "approvals",
            "Manager approvals in the last 7 days",
            "/system/audit?command=pos.request_approval",
        ),
    )
    counts = row or {}
    return [
        ExceptionFigure(key=key, label=label, count=counts[key], link=link)
        for key, label, link in named
        if counts.get(key)
    ]
