"""The day book: every line of every entry, in the order of days."""

from datetime import date
from decimal import Decimal
from typing import LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.money import ZERO
from erp.services.accounting.comparing import Days, days_of
from erp.services.accounting.sums import Scope, Span, Total, end_of, sums_of
from erp.services.platform import (
    Day,
    Page,
    Result,
    Rows,
    conditions_of,
    decode_cursor,
    encode_cursor,
    query,
)


class DayBook(Page, Scope):
    """Entries of some days, line by line; today where no days are named."""

    from_day: Day | None = None
    to_day: Day | None = None


class DayBookLine(Result):
    """A line of an entry, with its voucher; `id` is the entry."""

    id: UUID
    line_no: int
    effective_on: date
    narration: str
    journal: str
    origin_type: str
    origin_id: UUID
    account_id: UUID
    account: str
    party: str
    debit: Decimal
    credit: Decimal


class DayBookPage(Rows):
    """A page of the day book, with the sums of all its pages; both are equal.

    Narrowed to a cost centre it shows whole entries that name it, and adds them up.
    """

    rows: list[DayBookLine]
    from_day: date
    to_day: date
    debits: Decimal
    credits: Decimal


_CONDITIONS: dict[str, LiteralString] = {
    "branch_id": "and e.branch_id = %(branch)s",
    "known_on": "and e.recorded_at < %(known)s",
    "search": "and e.narration ilike '%%' || %(search)s || '%%'",
    "cost_centre": (
        "and exists (select 1 from journal_line c where c.tenant_id = e.tenant_id"
        " and c.entry_id = e.id and c.cost_centre = %(centre)s)"
    ),
}


_LINES: LiteralString = """
        select e.id, l.line_no, e.effective_on, e.narration, e.journal, e.origin_type, e.origin_id,
               a.id as account_id, a.name as account, coalesce(p.name, '') as party, l.debit, l.credit
          from (select e.* from journal_entry e
                 where e.tenant_id = %(tenant)s and e.company_id = %(company)s
                   and e.effective_on between %(since)s and %(until)s
                   and (e.effective_on, e.id) >= (%(day)s::date, %(id)s::uuid) {conditions}
                 order by e.effective_on, e.id limit %(limit)s) e
          join journal_line l on (l.tenant_id, l.entry_id) = (e.tenant_id, e.id)
          join account a on (a.tenant_id, a.id) = (l.tenant_id, l.account_id)
          left join party p on (p.tenant_id, p.id) = (l.tenant_id, l.party_id)
         where (e.effective_on, e.id, l.line_no) > (%(day)s::date, %(id)s::uuid, %(line)s::smallint)
         order by e.effective_on, e.id, l.line_no limit %(limit)s
"""


_TOTAL: LiteralString = """
        select coalesce(sum(e.total), 0.00) as total from journal_entry e
         where e.tenant_id = %(tenant)s and e.company_id = %(company)s
           and e.effective_on between %(since)s and %(until)s {conditions}
"""


@query("accounting.day_book", permission="accounting.view", rest="GET /day-book")
def day_book(session: Session, ctx: RequestContext, wanted: DayBook) -> DayBookPage:
    """Return entries of some days with all their lines, in the order in which they stand in the books.

    Raises:
        InvalidInput: The first day is after the last.
    """
    days = days_of(ctx, wanted.from_day or wanted.to_day or ctx.today, wanted.to_day)
    after = decode_cursor(wanted.cursor, 3) or [str(days.since), str(UUID(int=0)), "0"]
    rows = _rows(session, ctx, wanted, days, after)
    page = [DayBookLine(**row) for row in rows[: wanted.limit]]
    last = page[-1] if len(rows) > wanted.limit else None
    sums = _sums(session, ctx, wanted, days)
    return DayBookPage(
        rows=page,
        next_cursor=encode_cursor(last.effective_on, last.id, last.line_no) if last else "",
        from_day=days.since,
        to_day=days.until,
        debits=sums.debit,
        credits=sums.credit,
    )


def _sums(session: Session, ctx: RequestContext, wanted: DayBook, days: Days) -> Total:
    """Return both sides of what all pages show: kept balances where no entry is left out of them."""
    if not wanted.search and not wanted.cost_centre:
        moved = sums_of(session, ctx, [Span(days.since, days.until)], wanted).values()
        return Total(sum((x.debit for x in moved), ZERO), sum((x.credit for x in moved), ZERO))
    row = db.fetch_one(
        session,
        _TOTAL.format(conditions=conditions_of(wanted, _CONDITIONS)),
        _asked(ctx, wanted, days),
    )
    total = row["total"] if row else ZERO
    return Total(total, total)


def _asked(ctx: RequestContext, wanted: DayBook, days: Days) -> dict[str, object]:
    return {
        "tenant": ctx.tenant_id,
        "company": ctx.company_id,
        "since": days.since,
        "until": days.until,
        "branch": wanted.branch_id,
        "centre": wanted.cost_centre,
        "known": end_of(wanted.known_on, ctx) if wanted.known_on else None,
        "search": wanted.search,
    }


def _rows(
    session: Session, ctx: RequestContext, wanted: DayBook, days: Days, after: list[str]
) -> list[db.Row]:
    return db.fetch_all(
        session,
        _LINES.format(conditions=conditions_of(wanted, _CONDITIONS)),
        _asked(ctx, wanted, days)
        | {"day": after[0], "id": after[1], "line": after[2], "limit": wanted.limit + 1},
    )
