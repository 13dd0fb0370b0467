"""Columns of a statement: its own days, those it is compared with, its months, branches or cost centres."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.clock import day_before, fiscal_year_start, month_end
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.formatting import date_text
from erp.services.accounting.sums import ONE_DAY, Part, Span
from erp.services.platform import Result

MOST_MONTHS = 24
MOST_PARTS = 50


class Compare(StrEnum):
    """What a statement is set beside."""

    NOTHING = "nothing"
    PREVIOUS = "previous"
    """The days just before, as many; of whole months, as many months."""
    LAST_YEAR = "last_year"
    MONTHS = "months"


class StatementColumn(Result):
    """A column of amounts; days and part are what a figure in it is made of.

    Attributes:
        no_cost_centre: It is of what has none, rather than of everything.
    """

    label: str
    from_day: date
    to_day: date
    branch_id: UUID | None = None
    cost_centre: str = ""
    no_cost_centre: bool = False


@dataclass(frozen=True, slots=True)
class Days:
    """First and last day of a report."""

    since: date
    until: date


def days_of(ctx: RequestContext, from_day: date | None, to_day: date | None) -> Days:
    """Return the days asked for; the fiscal year until today where none are.

    Raises:
        InvalidInput: The first day is after the last.
    """
    until = to_day or ctx.today
    since = from_day or fiscal_year_start(until)
    if since > until:
        message = "The first day is after the last."
        raise InvalidInput(message, fields={"from_day": message})
    return Days(since, until)


def columns_of(days: Days, compare: Compare) -> list[StatementColumn]:
    """Return the columns of a statement over days, its own first.

    Raises:
        InvalidInput: It would have more than two years of months.
    """
    own = _column(days.since, days.until)
    if compare is Compare.PREVIOUS:
        return [own, _previous(days)]
    if compare is Compare.LAST_YEAR:
        return [own, _column(year_before(days.since), year_before(days.until))]
    if compare is Compare.MONTHS:
        return [own.model_copy(update={"label": "Total"}), *_months(days)]
    return [own]


def moments_of(as_of: date, compare: Compare) -> list[StatementColumn]:
    """Return the columns of a statement as of a day: the day, and those it is compared with."""
    days = [as_of]
    if compare is Compare.PREVIOUS:
        days.append(day_before(as_of.replace(day=1)))
    elif compare is Compare.LAST_YEAR:
        days.append(year_before(as_of))
    elif compare is Compare.MONTHS:
        while len(days) < MOST_MONTHS // 2 and days[-1] > date.min:
            days.append(day_before(days[-1].replace(day=1)))
    return [
        StatementColumn(label=date_text(day), from_day=date.min, to_day=day)
        for day in dict.fromkeys(days)
    ]


def parts_of(
    session: Session, ctx: RequestContext, days: Days, part: Part
) -> list[tuple[str, StatementColumn]]:
    """Return a column for each branch or cost centre with the key of its sums; the rest comes first.

    Raises:
        InvalidInput: There are more than fit beside each other.
    """
    if part is Part.BRANCH:
        rows = db.fetch_all(
            session,
            "select id::text as key, id as branch_id, name from branch"
            " where tenant_id = %s and company_id = %s order by code limit %s",
            (ctx.tenant_id, ctx.company_id, MOST_PARTS + 1),
        )
    else:
        rows = db.fetch_all(
            session,
            "select '' as key, '' as cost_centre, 'No cost centre' as name union all"
            " (select code, code, name from cost_centre where tenant_id = %s order by code limit %s)",
            (ctx.tenant_id, MOST_PARTS + 1),
        )
    if len(rows) > MOST_PARTS:
        message = f"There are more than {MOST_PARTS}. Ask for one at a time."
        raise InvalidInput(message, fields={"by": message})
    return [
        (
            row["key"],
            StatementColumn(
                label=row["name"],
                from_day=days.since,
                to_day=days.until,
                branch_id=row.get("branch_id"),
                cost_centre=row.get("cost_centre", ""),
                no_cost_centre=part is Part.COST_CENTRE and not row["key"],
            ),
        )
        for row in rows
    ]


def spans_of(columns: Sequence[StatementColumn]) -> list[Span]:
    """Return the days of columns."""
    return [Span(column.from_day, column.to_day) for column in columns]


def year_before(day: date) -> date:
    """Return the same day a year ago; the last of February stays the last, the first year is its own."""
    if day.year == 1:
        return date.min
    last = monthrange(day.year - 1, day.month)[1]
    return day.replace(year=day.year - 1, day=last if day == month_end(day) else min(day.day, last))


def _column(since: date, until: date) -> StatementColumn:
    label = f"{date_text(since)} to {date_text(until)}"
    return StatementColumn(label=label, from_day=since, to_day=until)


def _previous(days: Days) -> StatementColumn:
    until = day_before(days.since)
    if days.since.day == 1 and days.until == month_end(days.until):
        months = (days.until.year - days.since.year) * 12 + days.until.month - days.since.month + 1
        first = days.since.year * 12 + days.since.month - 1 - months
        return _column(date(first // 12, first % 12 + 1, 1) if first >= 12 else date.min, until)  # noqa: PLR2004
    length = days.until - days.since
    return _column(until - length if until - date.min > length else date.min, until)


def _months(days: Days) -> list[StatementColumn]:
    found: list[StatementColumn] = []
    since = days.since
    while True:
        if len(found) == MOST_MONTHS:
            message = f"Ask for at most {MOST_MONTHS} months beside each other."
            raise InvalidInput(message, fields={"from_day": message})
        until = min(month_end(since), days.until)
        label = since.strftime("%b %Y")
        found.append(StatementColumn(label=label, from_day=since, to_day=until))
        if until >= days.until:
            return found
        since = until + ONE_DAY
