"""Reads of a bank account's lines: what waits, what was brought and what was matched."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal, LiteralString
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.banking import LineKind, MatchKind
from erp.services.banking.accounts import find_account
from erp.services.banking.listing_accounts import LEDGER_WAITS, OfAccount
from erp.services.platform import (
    LAST_ID,
    Page,
    Result,
    Rows,
    decode_cursor,
    encode_cursor,
    query,
)


class ListLines(Page):
    """Lines of a bank account; those that wait the earliest first, others the latest."""

    bank_account_id: UUID
    standing: Literal["waiting", "matched", "all"] = "waiting"
    statement_id: UUID | None = None


class LineRow(Result):
    """A line of the bank.

    Attributes:
        match_id: What it is matched in.
    """

    id: UUID
    kind: LineKind
    booked_on: date
    value_on: date
    amount: Decimal
    text: str
    reference: str
    counterparty: str
    balance: Decimal | None
    match_id: UUID | None
    match_kind: MatchKind | None


class LinePage(Rows):
    """A page of lines."""

    rows: list[LineRow]


class ListWaiting(OfAccount):
    """Which account's lines of the books that wait, the latest first."""

    limit: Annotated[int, Field(ge=1, le=500)] = 200
    cursor: Annotated[str, Field(max_length=200)] = ""


class LedgerRow(Result):
    """A line of the books on the bank's ledger account."""

    id: str
    entry_id: UUID
    line_no: int
    effective_on: date
    amount: Decimal
    narration: str
    origin_type: str
    origin_id: UUID


class LedgerRows(Rows):
    """Lines of the books that no statement has brought."""

    rows: list[LedgerRow]


class MatchRow(Result):
    """A match that stands, with both sides in words."""

    id: UUID
    kind: MatchKind
    day: date
    amount: Decimal
    bank: str
    books: str
    entry_id: UUID | None
    made_by: str
    made_at: datetime


class ListMatches(Page):
    """Which account's matches, the latest made first."""

    bank_account_id: UUID


class MatchPage(Rows):
    """A page of matches."""

    rows: list[MatchRow]


class StatementRow(Result):
    """A statement that was imported."""

    id: UUID
    file_id: UUID
    file_name: str
    from_day: date
    to_day: date
    opening: Decimal
    closing: Decimal
    line_count: int
    known_count: int
    imported_by: str
    imported_at: datetime


class StatementList(Rows):
    """Statements of an account, the latest first."""

    rows: list[StatementRow]


@query(
    "banking.list_lines",
    permission="banking.view",
    rest="GET /bank-accounts/{bank_account_id}/lines",
)
def list_bank_lines(session: Session, ctx: RequestContext, wanted: ListLines) -> LinePage:
    """List lines of a bank account.

    Raises:
        UnknownBankAccount: The acting company has no such bank account.
    """
    find_account(session, ctx, wanted.bank_account_id)
    is_waiting = wanted.standing == "waiting"
    order: LiteralString = "l.booked_on, l.id" if is_waiting else "l.booked_on desc, l.id desc"
    after: LiteralString = ">" if is_waiting else "<"
    which: LiteralString = {
        "waiting": "m.id is null",
        "matched": "m.id is not null",
        "all": "true",
    }[wanted.standing]
    start = ["-infinity", str(UUID(int=0))] if is_waiting else ["infinity", LAST_ID]
    day, line_id = decode_cursor(wanted.cursor, 2) or start
    rows = db.fetch_all(
        session,
        f"""
        select l.id, l.kind, l.booked_on, l.value_on, l.amount, l.text, l.reference, l.counterparty,
               l.balance, m.id as match_id, m.kind as match_kind
          from (select * from bank_line where is_live) l
          left join bank_match_member x on x.tenant_id = l.tenant_id and x.bank_line_id = l.id
               and x.is_live
          left join bank_match m on (m.tenant_id, m.id) = (x.tenant_id, x.match_id)
         where l.tenant_id = %(tenant)s and l.bank_account_id = %(account)s and {which}
           and (%(statement)s::uuid is null or l.statement_id = %(statement)s)
           and (l.text || ' ' || l.reference || ' ' || l.counterparty ilike %(search)s
                or abs(l.amount)::text = %(exact)s)
           and (l.booked_on, l.id) {after} (%(day)s::date, %(line)s::uuid)
         order by {order} limit %(limit)s
        """,  # noqa: S608  made of literals
        {
            "tenant": ctx.tenant_id,
            "account": wanted.bank_account_id,
            "statement": wanted.statement_id,
            "search": f"%{_literal(wanted.search)}%",
            "exact": wanted.search.replace(",", ""),
            "day": day,
            "line": line_id,
            "limit": wanted.limit + 1,
        },
    )
    more = rows[wanted.limit - 1] if len(rows) > wanted.limit else None
    return LinePage(
        rows=[LineRow(**row) for row in rows[: wanted.limit]],
        next_cursor=encode_cursor(more["booked_on"], more["id"]) if more else "",
    )


def _literal(words: str) -> str:
    """Return words as `like` takes them for themselves."""
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


@query(
    "banking.list_waiting",
    permission="banking.view",
    rest="GET /bank-accounts/{bank_account_id}/not-at-bank",
)
def list_waiting(session: Session, ctx: RequestContext, wanted: ListWaiting) -> LedgerRows:
    """List lines of the books that no statement has brought yet.

    Raises:
        UnknownBankAccount: The acting company has no such bank account.
    """
    account = find_account(session, ctx, wanted.bank_account_id)
    start = ["infinity", LAST_ID, "32767"]
    day, entry_id, line_no = decode_cursor(wanted.cursor, 3) or start
    rows = db.fetch_all(
        session,
        f"""
        select l.entry_id || '.' || l.line_no as id, l.entry_id, l.line_no, l.effective_on,
               l.debit - l.credit as amount, e.narration, e.origin_type, e.origin_id
          from journal_line l
          join journal_entry e on (e.tenant_id, e.id) = (l.tenant_id, l.entry_id)
         where l.tenant_id = %s and l.account_id = %s and {LEDGER_WAITS}
           and (l.effective_on, l.entry_id, l.line_no) < (%s::date, %s::uuid, %s::int)
         order by l.effective_on desc, l.entry_id desc, l.line_no desc limit %s
        """,  # noqa: S608  made of literals
        (ctx.tenant_id, account["account_id"], day, entry_id, line_no, wanted.limit + 1),
    )
    more = rows[wanted.limit - 1] if len(rows) > wanted.limit else None
    return LedgerRows(
        rows=[LedgerRow(**row) for row in rows[: wanted.limit]],
        next_cursor=encode_cursor(more["effective_on"], more["entry_id"], more["line_no"])
        if more
        else "",
    )


@query(
    "banking.list_matches",
    permission="banking.view",
    rest="GET /bank-accounts/{bank_account_id}/matches",
)
def list_matches(session: Session, ctx: RequestContext, wanted: ListMatches) -> MatchPage:
    """List matches that stand.

    Raises:
        UnknownBankAccount: The acting company has no such bank account.
    """
    find_account(session, ctx, wanted.bank_account_id)
    (last,) = decode_cursor(wanted.cursor, 1) or [LAST_ID]
    rows = db.fetch_all(
        session,
        """
        select m.id, m.kind, m.entry_id, m.made_at, coalesce(w.display_name, '') as made_by,
               said.day, said.amount, said.bank, said.books
          from bank_match m
          left join membership w on w.tenant_id = m.tenant_id and w.user_id = m.made_by
         cross join lateral (
               select max(x.day) as day,
                      coalesce(sum(x.amount) filter (where x.bank_line_id is not null), 0) as amount,
                      coalesce(left(string_agg(b.text, '; ' order by x.day, x.id), 200), '') as bank,
                      coalesce(left(string_agg(e.narration, '; ' order by x.day, x.id), 200), '') as books
                 from (select * from bank_match_member t
                        where t.tenant_id = m.tenant_id and t.match_id = m.id
                        order by t.id limit 20) x
                 left join bank_line b on (b.tenant_id, b.id) = (x.tenant_id, x.bank_line_id)
                 left join journal_entry e on (e.tenant_id, e.id) = (x.tenant_id, x.entry_id)) said
         where m.tenant_id = %(tenant)s and m.bank_account_id = %(account)s and m.is_live
           and m.id < %(last)s::uuid
           and (said.bank ilike %(search)s or said.books ilike %(search)s)
         order by m.id desc limit %(limit)s
        """,
        {
            "tenant": ctx.tenant_id,
            "account": wanted.bank_account_id,
            "last": last,
            "search": f"%{_literal(wanted.search)}%",
            "limit": wanted.limit + 1,
        },
    )
    more = rows[wanted.limit - 1] if len(rows) > wanted.limit else None
    return MatchPage(
        rows=[MatchRow(**row) for row in rows[: wanted.limit]],
        next_cursor=encode_cursor(more["id"]) if more else "",
    )


@query(
    "banking.list_statements",
    permission="banking.view",
    rest="GET /bank-accounts/{bank_account_id}/statements",
)
def list_statements(session: Session, ctx: RequestContext, wanted: OfAccount) -> StatementList:
    """List the latest 200 statements of an account.

    Raises:
        UnknownBankAccount: The acting company has no such bank account.
    """
    find_account(session, ctx, wanted.bank_account_id)
    rows = db.fetch_all(
        session,
        """
        select s.id, s.file_id, f.file_name, s.from_day, s.to_day, s.opening, s.closing, s.line_count,
               s.known_count, s.imported_at, coalesce(m.display_name, '') as imported_by
          from (select * from bank_statement where withdrawn_at is null) s
          join bank_file f on (f.tenant_id, f.id) = (s.tenant_id, s.file_id)
          left join membership m on m.tenant_id = s.tenant_id and m.user_id = s.user_id
         where s.tenant_id = %s and s.bank_account_id = %s
         order by s.id desc limit 200
        """,
        (ctx.tenant_id, wanted.bank_account_id),
    )
    return StatementList(rows=[StatementRow(**row) for row in rows])
