"""The end of a financial year: income and costs are carried to capital, and the year's months close."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Never
from uuid import UUID, uuid5

from pydantic import Field, computed_field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.clock import fiscal_year, month_end
from erp.core.context import RequestContext
from erp.core.errors import Conflict, InvalidInput
from erp.core.formatting import date_text
from erp.core.money import ZERO
from erp.services.accounting.periods import hold_months, period_id
from erp.services.accounting.posting import NewEntry, NewLine, lines_of, post_entry
from erp.services.accounting.sums import CLOSING, Cut, Part, Scope, Span, before, sums_of
from erp.services.platform import (
    Command,
    Page,
    Result,
    Rows,
    ShortText,
    command,
    query,
)

ORIGIN = "year_end"
PROFIT = "profit_and_loss"
FIRST_MONTH, LAST_MONTH = 4, 3
EVERYTHING = Scope()
YEAR = re.compile(r"([0-9]{4})-([0-9]{2})")
FiscalYear = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}$")]
"""As `2025-26`."""
Carried = tuple[db.Row, str, Decimal]


class CloseYear(Command):
    """Carry the profit of a financial year that is over.

    Attributes:
        carry_to: The owner's capital, or the retained earnings of a company.
    """

    year: FiscalYear
    carry_to: Literal["capital", "retained_earnings"] = "capital"
    reason: ShortText


class ReopenYear(Command):
    """Take the year-end entries back, so that the year takes entries again."""

    year: FiscalYear
    reason: ShortText


class ClosedAccount(Result):
    """An account of income or cost, and what was carried from it; above zero a debit balance."""

    code: str
    name: str
    balance: Decimal


class ClosedYear(Result):
    """What was carried.

    Attributes:
        profit: Below zero a loss. entry_ids: For each branch income and costs to profit and loss, and
            that to capital.
    """

    year: str
    profit: Decimal
    accounts: list[ClosedAccount]
    entry_ids: list[UUID]
    months: int


class ReopenedYear(Result):
    """The entries that take the closing back."""

    year: str
    entry_ids: list[UUID]


class YearRow(Result):
    """A financial year of the books.

    Attributes:
        is_over: It may be closed. entry_ids: Its year-end entries in force, one of each branch.
    """

    year: str
    starts_on: date
    ends_on: date
    is_over: bool
    is_closed: bool
    profit: Decimal
    entry_ids: list[UUID]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def standing(self) -> str:
        """Closed, open to be closed, or running."""
        return "closed" if self.is_closed else "open" if self.is_over else "running"


class YearList(Rows):
    """Financial years that have entries, the newest first."""

    rows: list[YearRow]


def year_span(year: str) -> Span:
    """Return the days of a financial year.

    Raises:
        InvalidInput: The text is no such year.
    """
    found = YEAR.fullmatch(year)
    start = int(found[1]) if found else 0
    if not found or not 1 <= start < date.max.year or (start + 1) % 100 != int(found[2]):
        message = "Write a financial year as 2025-26."
        raise InvalidInput(message, fields={"year": message})
    return Span(date(start, FIRST_MONTH, 1), month_end(date(start + 1, LAST_MONTH, 1)))


@command("accounting.close_year", permission="accounting.close", rest="POST /years/{year}/closing")
def close_year(session: Session, ctx: RequestContext, cmd: CloseYear) -> ClosedYear:
    """Post the year-end entries and close every month of the year; waits for entries in progress.

    In each branch the first entry empties each account of income and cost into profit and loss, the
    second carries that to capital, both by cost centre, so that a branch and a cost centre are closed as
    the whole is. Reports of profit leave them out. Locks the months of the year.

    Raises:
        InvalidInput: There is no such year, or it is not over.
        Conflict: A year before it is not closed, its last month is locked, or nothing is left to carry.
    """
    span = year_span(cmd.year)
    if span.until >= ctx.today:
        message = f"The year is not over before {date_text(span.until)}."
        raise InvalidInput(message, fields={"year": message})
    _hold_months(session, ctx, span)
    places = [
        (ctx_there, _carried(session, ctx_there, span)) for ctx_there in _branches(session, ctx)
    ]
    sums: dict[UUID, ClosedAccount] = {}
    for row, _, balance in (one for _, carried in places for one in carried):
        held = sums.get(row["id"])
        so_far = held.balance if held else ZERO
        sums[row["id"]] = ClosedAccount(
            code=row["code"], name=row["name"], balance=so_far + balance
        )
    if not sums:
        raise Conflict(f"Nothing of {cmd.year} is left to carry. It may be closed already.")
    entries = [
        entry
        for ctx_there, carried in places
        for entry in _post_branch(session, ctx_there, span, cmd, carried)
    ]
    return ClosedYear(
        year=cmd.year,
        profit=-sum((one.balance for one in sums.values()), ZERO),
        accounts=sorted(sums.values(), key=lambda one: one.code),
        entry_ids=entries,
        months=_close_months(session, ctx, span, cmd.reason),
    )


@command(
    "accounting.reopen_year", permission="accounting.reopen", rest="POST /years/{year}/reopening"
)
def reopen_year(session: Session, ctx: RequestContext, cmd: ReopenYear) -> ReopenedYear:
    """Take the year-end entries of a year back and open its last month; other months stay closed.

    The entries are of the year's last day, as those they take back, so that its balance sheet is again
    as it was before. Locks the months of the year.

    Raises:
        InvalidInput: There is no such year.
        Conflict: It is not closed, a later year is, or its last month is locked.
    """
    span = year_span(cmd.year)
    _hold_months(session, ctx, span)
    held = _in_force(session, ctx)
    if any(row["effective_on"] > span.until for row in held):
        raise Conflict("A later year is closed. Reopen that one first.")
    mine = [row for row in held if row["effective_on"] == span.until]
    if not mine:
        raise Conflict(f"{cmd.year} is not closed.")
    made = []
    for row in mine:
        lines = [
            replace(x, debit=x.credit, credit=x.debit) for x in lines_of(session, ctx, row["id"])
        ]
        words = f"Year {cmd.year} reopened: {cmd.reason}"
        entry = NewEntry(
            CLOSING,
            span.until,
            ORIGIN,
            row["origin_id"],
            f"undo-{row['purpose']}",
            words,
            lines,
            row["id"],
        )
        made.append(post_entry(session, replace(ctx, branch_id=row["branch_id"]), entry))
    return ReopenedYear(year=cmd.year, entry_ids=[one for one in made if one is not None])


@query("accounting.list_years", permission="accounting.view", rest="GET /years")
def list_years(session: Session, ctx: RequestContext, _wanted: Page) -> YearList:
    """List the financial years that have months in the books, with their profit, the newest first."""
    months = db.fetch_all(
        session,
        "select distinct fiscal_year as year from period where tenant_id = %s and company_id = %s"
        " order by 1 desc limit 100",
        (ctx.tenant_id, ctx.company_id),
    )
    years = [row["year"] for row in months]
    spans = [year_span(year) for year in years]
    ids = [row["id"] for row in _results(session, ctx)]
    found = sums_of(session, ctx, spans, EVERYTHING, Cut(ids, without_closing=True))
    closed: dict[date, list[UUID]] = {}
    for row in _in_force(session, ctx):
        if row["purpose"].startswith("close-"):
            closed.setdefault(row["effective_on"], []).append(row["id"])
    return YearList(
        rows=[
            YearRow(
                year=year,
                starts_on=span.since,
                ends_on=span.until,
                is_over=span.until < ctx.today,
                is_closed=span.until in closed,
                profit=-sum((s.balance for (at, _, _), s in found.items() if at == no), ZERO),
                entry_ids=closed.get(span.until, []),
            )
            for no, (year, span) in enumerate(zip(years, spans, strict=True))
        ]
    )


def _branches(session: Session, ctx: RequestContext) -> list[RequestContext]:
    """Return the context in each branch of the company: entries stand where they are posted."""
    rows = db.fetch_all(
        session,
        "select id from branch where tenant_id = %s and company_id = %s order by code",
        (ctx.tenant_id, ctx.company_id),
    )
    return [replace(ctx, branch_id=row["id"]) for row in rows]


def _carried(session: Session, ctx: RequestContext, span: Span) -> list[Carried]:
    """Return what stands on income and costs of a branch: account, cost centre and balance.

    Raises:
        Conflict: A year before still has such a balance, whatever they add up to.
    """
    rows = _results(session, ctx)
    found = sums_of(
        session,
        ctx,
        [before(span.since), span],
        Scope(branch_id=ctx.branch_id),
        Cut([row["id"] for row in rows], Part.COST_CENTRE),
    )
    if any(total.balance for (no, _, _), total in found.items() if no == 0):
        _refuse_open_past(session, ctx, span)
    by_id = {row["id"]: row for row in rows}
    carried = [
        (by_id[account], centre, total.balance)
        for (no, account, centre), total in found.items()
        if no == 1 and total.balance
    ]
    return sorted(carried, key=lambda one: (one[0]["code"], one[1]))


def _post_branch(
    session: Session, ctx: RequestContext, span: Span, cmd: CloseYear, carried: Sequence[Carried]
) -> list[UUID]:
    """Close a branch: two entries, or one where its costs and income are equal in each cost centre."""
    if not carried:
        return []
    profits: dict[str, Decimal] = defaultdict(Decimal)
    for _, centre, balance in carried:
        profits[centre] -= balance
    origin = uuid5(ctx.branch_id, f"{ORIGIN} {cmd.year}")
    number = _times_closed(session, ctx, origin) + 1
    sides = [
        (_side(PROFIT, profit, c), _side(cmd.carry_to, -profit, c)) for c, profit in profits.items()
    ]
    emptied = [_side(row["key"], -balance, centre) for row, centre, balance in carried]
    emptied += [_side(PROFIT, -profit, centre) for centre, profit in profits.items()]
    said = f"Year end {cmd.year}: {cmd.reason}"[:200]
    entries = [
        NewEntry(CLOSING, span.until, ORIGIN, origin, f"{purpose}-{number}", words, lines)
        for purpose, words, lines in (
            ("close", said, emptied),
            ("carry", f"Profit of {cmd.year} carried", [line for both in sides for line in both]),
        )
    ]
    made = [post_entry(session, ctx, entry) for entry in entries]
    return [entry for entry in made if entry is not None]


def _side(key: str, amount: Decimal, centre: str) -> NewLine:
    return NewLine(key, max(amount, ZERO), max(-amount, ZERO), cost_centre=centre or None)


def _hold_months(session: Session, ctx: RequestContext, span: Span) -> None:
    """Lock the months of a year, those that nobody used among them, and let its last one take entries."""
    last = period_id(session, ctx, span.until)
    hold_months(session, ctx, span.since, span.until)
    row = db.fetch_one(
        session,
        "select status from period where tenant_id = %s and id = %s",
        (ctx.tenant_id, last),
    )
    if row is not None and row["status"] == "locked":
        raise Conflict(f"The month of {date_text(span.until)} is locked and stays closed.")
    db.execute(
        session,
        "update period set status = 'open', closed_at = null where tenant_id = %s and id = %s",
        (ctx.tenant_id, last),
    )


def _close_months(session: Session, ctx: RequestContext, span: Span, reason: str) -> int:
    rows = db.fetch_all(
        session,
        "update period set status = 'closed', reason = %s, closed_at = clock_timestamp()"
        " where tenant_id = %s and company_id = %s and starts_on between %s and %s and status = 'open'"
        " returning id",
        (reason, ctx.tenant_id, ctx.company_id, span.since, span.until),
    )
    return len(rows)


def _results(session: Session, ctx: RequestContext) -> list[db.Row]:
    return db.fetch_all(
        session,
        "select id, key, code, name from account where tenant_id = %s and company_id = %s"
        " and type in ('income', 'expense') order by code",
        (ctx.tenant_id, ctx.company_id),
    )


def _refuse_open_past(session: Session, ctx: RequestContext, span: Span) -> Never:
    """Refuse to carry a year over one whose income and costs still stand."""
    row = db.fetch_one(
        session,
        "select max(starts_on) as day from period where tenant_id = %s and company_id = %s and starts_on < %s",
        (ctx.tenant_id, ctx.company_id, span.since),
    )
    earlier = fiscal_year(row["day"]) if row and row["day"] else "the year before"
    raise Conflict(f"Close {earlier} first: its income and costs still stand.")


def _in_force(session: Session, ctx: RequestContext) -> list[db.Row]:
    """Return the year-end entries that were not taken back."""
    return db.fetch_all(
        session,
        "select e.id, e.effective_on, e.purpose, e.origin_id, e.branch_id from journal_entry e"
        " where e.tenant_id = %s and e.company_id = %s and e.journal = 'closing'"
        " and e.reverses_entry_id is null and not exists (select 1 from journal_entry r"
        "  where r.tenant_id = e.tenant_id and r.reverses_entry_id = e.id)"
        " order by e.effective_on, e.id",
        (ctx.tenant_id, ctx.company_id),
    )


def _times_closed(session: Session, ctx: RequestContext, origin: UUID) -> int:
    row = db.fetch_one(
        session,
        "select count(*)::int as times from journal_entry where tenant_id = %s and origin_id = %s"
        " and purpose like 'close-%%'",
        (ctx.tenant_id, origin),
    )
    times: int = row["times"] if row else 0
    return times
