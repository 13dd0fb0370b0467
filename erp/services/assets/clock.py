"""Depreciation by the clock: every month that has ended is run, once, where a company wants it so."""

from datetime import date, timedelta
from typing import Final

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.clock import month_end
from erp.core.context import RequestContext
from erp.core.formatting import counted
from erp.core.ids import new_id
from erp.services import workflows
from erp.services.accounting import PeriodClosed
from erp.services.assets.events import ClockSet
from erp.services.assets.holding import MANAGE, VIEW, last_run, lock_register
from erp.services.assets.running import RunDepreciation, run_depreciation
from erp.services.platform import Command, Nothing, Result, command, emit, query
from erp.services.workflows import News

NOTICE: Final = "assets.month_left_out"
ONE_DAY: Final = timedelta(days=1)


class SetClock(Command):
    """Whether depreciation is run on the first of each month without anybody asking."""

    is_on: bool


class Clock(Result):
    """Whether the clock runs depreciation."""

    is_on: bool


class RunDueMonths(Command):
    """Run every month that has ended and is not run."""


class DueMonths(Result):
    """What the clock did.

    Attributes:
        run: Months that were run. left_out: months whose books are closed; the next run makes up for them.
    """

    run: list[date]
    left_out: list[date]


@query("assets.get_clock", permission=VIEW, rest="GET /depreciation/clock")
def get_clock(session: Session, ctx: RequestContext, _: Nothing) -> Clock:
    """Return whether the company's depreciation is run by the clock."""
    row = db.fetch_one(
        session,
        "select is_on from asset_clock where tenant_id = %s and company_id = %s",
        (ctx.tenant_id, ctx.company_id),
    )
    return Clock(is_on=bool(row and row["is_on"]))


@command("assets.set_clock", permission=MANAGE, rest="POST /depreciation/clock")
def set_clock(session: Session, ctx: RequestContext, cmd: SetClock) -> Clock:
    """Let depreciation be run by the clock, or by hand alone.

    Emits:
        assets.clock_set.v1
    """
    db.execute(
        session,
        "insert into asset_clock (tenant_id, id, company_id, is_on, user_id, changed_at)"
        " values (%s, %s, %s, %s, %s, %s) on conflict (tenant_id, company_id)"
        " do update set is_on = excluded.is_on, user_id = excluded.user_id, changed_at = excluded.changed_at",
        (ctx.tenant_id, new_id(), ctx.company_id, cmd.is_on, ctx.user_id, ctx.now),
    )
    emit(session, ctx, ctx.company_id, ClockSet(is_on=cmd.is_on))
    return Clock(is_on=cmd.is_on)


@command("assets.run_due_months", permission=MANAGE, rest="POST /depreciation/due-runs")
def run_due_months(session: Session, ctx: RequestContext, _: RunDueMonths) -> DueMonths:
    """Run each month that has ended since the last run; without one, the last month alone.

    A month whose books are closed is left out and told to who manages assets; the next run makes up for it.
    Nothing is run where the clock is off or nothing is in use. Locks the register.

    Emits:
        assets.depreciation_run.v1 for each month
    """
    lock_register(session, ctx)
    if not get_clock(session, ctx, Nothing()).is_on or not _has_assets(session, ctx):
        return DueMonths(run=[], left_out=[])
    run: list[date] = []
    left_out: list[date] = []
    for month in _due(ctx.today, last_run(session, ctx)):
        try:
            with db.attempt(session):
                run_depreciation(session, ctx, RunDepreciation(month=month))
            run.append(month)
        except PeriodClosed:
            left_out.append(month)
    _tell(session, ctx, left_out)
    return DueMonths(run=run, left_out=left_out)


def _has_assets(session: Session, ctx: RequestContext) -> bool:
    row = db.fetch_one(
        session,
        "select 1 from asset where tenant_id = %s and company_id = %s and status = 'in_use' limit 1",
        (ctx.tenant_id, ctx.company_id),
    )
    return row is not None


def _due(today: date, posted: date | None) -> list[date]:
    """Return the first days of months that ended before today and are not run."""
    last = (today.replace(day=1) - ONE_DAY).replace(day=1)
    month = posted + ONE_DAY if posted else last
    found = []
    while month <= last:
        found.append(month)
        month = month_end(month) + ONE_DAY
    return found


def _tell(session: Session, ctx: RequestContext, left_out: list[date]) -> None:
    if not left_out:
        return
    names = ", ".join(f"{month:%B %Y}" for month in left_out)
    news = News(
        kind=NOTICE,
        title=f"Depreciation of {counted(len(left_out), 'month', 'months')} was not run",
        body=f"The books of {names} are closed. The next run makes up for it, or open the month and run it.",
        link="/fixed-assets/depreciation",
        severity="warning",
        dedupe_key=f"{NOTICE}:{ctx.company_id}:{left_out[-1]}",
    )
    workflows.notify_members(session, ctx, permission=MANAGE, news=news)
