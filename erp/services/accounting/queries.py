"""Reads of the journal and its periods."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import NotFound
from erp.services.accounting.periods import carried_until
from erp.services.platform import (
    Order,
    Page,
    Query,
    Result,
    Rows,
    SortedPage,
    conditions_of,
    decode_cursor,
    encode_cursor,
    fetch_page,
    query,
)

FAR_FUTURE = date(9999, 12, 31)


class ListEntries(SortedPage):
    """Journal entries, newest first."""

    sort: Annotated[
        str,
        Order(
            "-effective_on",
            {"narration": "text", "effective_on": "day", "origin_type": "text", "total": "number"},
        ),
    ] = ""
    account_id: UUID | None = None
    origin_id: UUID | None = None
    from_day: date | None = None
    to_day: date | None = None


class EntryRow(Result):
    """An entry on the journal page."""

    id: UUID
    effective_on: date
    journal: str
    narration: str
    origin_type: str
    origin_id: UUID
    total: Decimal


class EntryPage(Rows):
    """A page of journal entries."""

    rows: list[EntryRow]


class GetEntry(Query):
    """One entry with its lines."""

    entry_id: UUID


class EntryLine(Result):
    """A line of an entry, with names."""

    line_no: int
    account_id: UUID
    account_key: str
    account_code: str
    account_name: str
    party_id: UUID | None
    cost_centre: str
    debit: Decimal
    credit: Decimal
    party: str
    note: str


class EntryDetail(Result):
    """An entry with its lines, and the entry that reverses it."""

    id: UUID
    effective_on: date
    journal: str
    narration: str
    origin_type: str
    origin_id: UUID
    total: Decimal
    recorded_at: datetime
    reverses_entry_id: UUID | None
    reversed_by_id: UUID | None
    lines: list[EntryLine]


class PeriodRow(Result):
    """A month of the books.

    Attributes:
        is_carried: Its year, or a later one, was closed; only reopening that year opens it.
    """

    id: UUID
    starts_on: date
    ends_on: date
    fiscal_year: str
    status: str
    reason: str
    is_carried: bool


class PeriodList(Rows):
    """Months of the books, newest first."""

    rows: list[PeriodRow]


_LIST: LiteralString = """
    select e.id, e.effective_on, e.journal, e.narration, e.origin_type, e.origin_id, e.total
      from journal_entry e
     where e.tenant_id = %(tenant)s and e.company_id = %(company)s
"""
_CONDITIONS: dict[str, LiteralString] = {
    "origin_id": "and e.origin_id = %(origin)s",
    "from_day": "and e.effective_on >= %(from)s",
    "to_day": "and e.effective_on <= %(to)s",
    "search": "and e.narration ilike '%%' || %(search)s || '%%'",
    "account_id": (
        "and exists (select 1 from journal_line l where l.tenant_id = e.tenant_id"
        " and l.entry_id = e.id and l.account_id = %(account)s)"
    ),
}


@query("accounting.list_entries", permission="accounting.view", rest="GET /journal-entries")
def list_entries(session: Session, ctx: RequestContext, wanted: ListEntries) -> EntryPage:
    """List journal entries, newest first, of an account, a document or a span of days."""
    conditions = conditions_of(wanted, _CONDITIONS)
    rows, cursor = fetch_page(
        session,
        wanted,
        f"{_LIST} {conditions}",
        {
            "tenant": ctx.tenant_id,
            "company": ctx.company_id,
            "origin": wanted.origin_id,
            "account": wanted.account_id,
            "from": wanted.from_day,
            "to": wanted.to_day,
            "search": wanted.search,
        },
    )
    page = [EntryRow(**row) for row in rows]
    return EntryPage(rows=page, next_cursor=cursor)


@query("accounting.get_entry", permission="accounting.view", rest="GET /journal-entries/{entry_id}")
def get_entry(session: Session, ctx: RequestContext, wanted: GetEntry) -> EntryDetail:
    """Return an entry with its lines.

    Raises:
        NotFound: There is no such entry.
    """
    head = db.fetch_one(
        session,
        """
        select e.id, e.effective_on, e.journal, e.narration, e.origin_type, e.origin_id, e.total,
               e.recorded_at, e.reverses_entry_id, r.id as reversed_by_id
          from journal_entry e
          left join journal_entry r on (r.tenant_id, r.reverses_entry_id) = (e.tenant_id, e.id)
         where e.tenant_id = %s and e.company_id = %s and e.id = %s
        """,
        (ctx.tenant_id, ctx.company_id, wanted.entry_id),
    )
    if head is None:
        raise NotFound("There is no such journal entry.")
    lines = db.fetch_all(
        session,
        """
        select l.line_no, a.id as account_id, a.code as account_code, a.name as account_name,
               a.key as account_key, l.party_id, coalesce(l.cost_centre, '') as cost_centre, l.debit, l.credit,
               coalesce(p.name, '') as party, l.note
          from journal_line l
          join account a on (a.tenant_id, a.id) = (l.tenant_id, l.account_id)
          left join party p on (p.tenant_id, p.id) = (l.tenant_id, l.party_id)
         where l.tenant_id = %s and l.entry_id = %s order by l.line_no
        """,
        (ctx.tenant_id, wanted.entry_id),
    )
    return EntryDetail(**head, lines=[EntryLine(**line) for line in lines])


@query("accounting.list_periods", permission="accounting.view", rest="GET /periods")
def list_periods(session: Session, ctx: RequestContext, wanted: Page) -> PeriodList:
    """List months of the books, newest first."""
    after = (decode_cursor(wanted.cursor, 1) or [str(FAR_FUTURE)])[0]
    rows = db.fetch_all(
        session,
        "select id, starts_on, ends_on, fiscal_year, status, reason from period"
        " where tenant_id = %s and company_id = %s and starts_on < %s::date"
        " order by starts_on desc limit %s",
        (ctx.tenant_id, ctx.company_id, after, wanted.limit + 1),
    )
    carried = carried_until(session, ctx) or date.min
    page = [
        PeriodRow(**row, is_carried=row["starts_on"] <= carried) for row in rows[: wanted.limit]
    ]
    more = len(rows) > wanted.limit
    return PeriodList(rows=page, next_cursor=encode_cursor(page[-1].starts_on) if more else "")
