"""Periods of the books: opened as months come, closed by an accountant."""

from calendar import monthrange
from contextlib import suppress
from datetime import date, timedelta
from typing import Final, Literal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.clock import fiscal_year, month_end
from erp.core.context import RequestContext
from erp.core.errors import Conflict, NotFound
from erp.core.ids import new_id
from erp.services.accounting.errors import PeriodClosed, day_out_of_books, period_closed
from erp.services.platform import Command, Identified, ShortText, command

EARLIEST: Final = date(2000, 1, 1)
FURTHEST: Final = timedelta(days=366)
"""A month that begins later than this from today is not opened."""
_known: dict[tuple[UUID, UUID, date], UUID] = {}


def period_id(session: Session, ctx: RequestContext, day: date) -> UUID:
    """Return the period a day falls in, opening the month on first use.

    Cached per process once no transaction is left that could take it back: a month's id never changes
    then. Whether it is open is checked by the database when the entry is posted. Closing a month
    closes those before it that nobody used.

    Raises:
        PeriodClosed: A later month is closed, and this one was never used.
        DayOutOfBooks: The month lies before 2000 or more than a year ahead.
    """
    first = day.replace(day=1)
    place = (ctx.tenant_id, ctx.company_id, first)
    if place not in _known:
        found = _find(session, place)
        if found is None:
            _open_month(session, ctx, first)
            found = _find(session, place)
        if found is None:
            raise NotFound("The period could not be opened.")
        if not found["is_settled"]:
            month: UUID = found["id"]
            return month
        _known[place] = found["id"]
    return _known[place]


def hold_months(session: Session, ctx: RequestContext, first: date, last: date) -> None:
    """Lock the months between two days, so that entries in progress come first and later ones wait."""
    month = first.replace(day=1)
    while True:
        with suppress(PeriodClosed):
            period_id(session, ctx, month)
        ends_on = month.replace(day=monthrange(month.year, month.month)[1])
        if ends_on >= last:
            break
        month = ends_on + timedelta(days=1)
    db.execute(
        session,
        "select 1 from period where tenant_id = %s and company_id = %s and starts_on <= %s"
        " and ends_on >= %s order by starts_on for update",
        (ctx.tenant_id, ctx.company_id, last, first),
    )


def carried_until(session: Session, ctx: RequestContext) -> date | None:
    """Return the last day of the latest year whose year-end entries are in force."""
    row = db.fetch_one(
        session,
        "select max(e.effective_on) as day from journal_entry e"
        " where e.tenant_id = %s and e.company_id = %s and e.journal = 'closing'"
        " and e.reverses_entry_id is null and not exists (select 1 from journal_entry r"
        "  where r.tenant_id = e.tenant_id and r.reverses_entry_id = e.id)",
        (ctx.tenant_id, ctx.company_id),
    )
    return row["day"] if row else None


def _find(session: Session, place: tuple[UUID, UUID, date]) -> db.Row | None:
    return db.fetch_one(
        session,
        "select id, age(xmin) > age(pg_snapshot_xmin(pg_current_snapshot())::xid) as is_settled"
        " from period where tenant_id = %s and company_id = %s and starts_on = %s",
        place,
    )


def _open_month(session: Session, ctx: RequestContext, first: date) -> None:
    if first < EARLIEST or first - ctx.today > FURTHEST:
        raise day_out_of_books()
    later = db.fetch_one(
        session,
        "select 1 from period where tenant_id = %s and company_id = %s and starts_on > %s"
        " and status <> 'open' limit 1",
        (ctx.tenant_id, ctx.company_id, first),
    )
    if later is not None:
        raise period_closed()
    last = month_end(first)
    db.execute(
        session,
        "insert into period (tenant_id, id, company_id, starts_on, ends_on, fiscal_year, status, reason)"
        " values (%s, %s, %s, %s, %s, %s, 'open', '') on conflict (tenant_id, company_id, starts_on) do nothing",
        (ctx.tenant_id, new_id(), ctx.company_id, first, last, fiscal_year(first)),
    )


class SetPeriodStatus(Command):
    """Close, lock or open a month of the books."""

    period_id: UUID
    status: Literal["open", "closed", "locked"]
    reason: ShortText


@command(
    "accounting.set_period_status",
    permission="accounting.close",
    rest="POST /periods/{period_id}/status",
)
def set_period_status(session: Session, ctx: RequestContext, cmd: SetPeriodStatus) -> Identified:
    """Open, close or lock a month; waits for entries being posted into it.

    Raises:
        NotFound: There is no such period.
        Conflict: The period is locked; locked periods stay closed. Or a year that was carried would open.
    """
    row = db.fetch_one(
        session,
        "select status, starts_on from period where tenant_id = %s and company_id = %s and id = %s for update",
        (ctx.tenant_id, ctx.company_id, cmd.period_id),
    )
    if row is None:
        raise NotFound("There is no such period.")
    if row["status"] == "locked":
        raise Conflict("This period is locked and stays closed.")
    carried = carried_until(session, ctx) if cmd.status == "open" else None
    if carried is not None and row["starts_on"] <= carried:
        year = fiscal_year(carried)
        raise Conflict(f"{year} is closed with all before it. The owner reopens the year first.")
    db.execute(
        session,
        "update period set status = %s, reason = %s,"
        " closed_at = case when %s = 'open' then null else clock_timestamp() end where tenant_id = %s and id = %s",
        (cmd.status, cmd.reason, cmd.status, ctx.tenant_id, cmd.period_id),
    )
    return Identified(id=cmd.period_id)
