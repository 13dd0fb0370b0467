"""The bank reconciliation statement: from the balance of the books to the bank's, line by line."""

from datetime import date
from decimal import Decimal
from typing import Literal, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.banking.accounts import find_account
from erp.services.platform import (
    Day,
    Page,
    Query,
    Result,
    Rows,
    decode_cursor,
    encode_cursor,
    query,
)

MOST_SHOWN = 500
"""Lines of a side on the statement; the list and its export have all."""

OPEN_LINES: LiteralString = """
    select 'books' as side, l.effective_on as day, l.debit - l.credit as amount, e.narration as text,
           '' as reference, e.id as entry_id, e.origin_type, e.origin_id,
           l.entry_id || '.' || l.line_no as id
      from journal_line l
      join journal_entry e on (e.tenant_id, e.id) = (l.tenant_id, l.entry_id)
     where l.tenant_id = %(tenant)s and l.account_id = %(ledger)s and l.effective_on <= %(day)s
       and not exists (select 1 from bank_match_member x
             where x.tenant_id = l.tenant_id and x.entry_id = l.entry_id and x.line_no = l.line_no
               and x.is_live
               and not exists (select 1 from bank_match_member other
                                where other.tenant_id = x.tenant_id and other.match_id = x.match_id
                                  and other.day > %(day)s))
    union all
    select 'bank', l.booked_on, l.amount, l.text, l.reference, null, null, null, l.id::text
      from (select * from bank_line where is_live) l
     where l.tenant_id = %(tenant)s and l.bank_account_id = %(account)s and l.booked_on <= %(day)s
       and not exists (select 1 from bank_match_member x
             where x.tenant_id = l.tenant_id and x.bank_line_id = l.id and x.is_live
               and not exists (select 1 from bank_match_member other
                                where other.tenant_id = x.tenant_id and other.match_id = x.match_id
                                  and other.day > %(day)s))
"""
"""Lines of both sides that are not settled at a day: a line is, when everything it is matched with is
of that day or before."""


class GetReconciliation(Query):
    """Which account, as of which day; the last day of its statements where nothing is said."""

    bank_account_id: UUID
    as_of: Day | None = None


class ListOpenLines(Page):
    """Which account's lines are not settled as of a day; the last of its statements by default."""

    bank_account_id: UUID
    as_of: Day | None = None
    side: Literal["", "books", "bank"] = ""


class OpenLine(Result):
    """A line that stands on one side alone.

    Attributes:
        side: `books`: not at the bank yet; `bank`: not in the books yet.
        age_days: Until the day asked about.
    """

    id: str
    side: Literal["books", "bank"]
    day: date
    age_days: int
    amount: Decimal
    text: str
    reference: str
    entry_id: UUID | None
    origin_type: str | None
    origin_id: UUID | None


class OpenLines(Rows):
    """Lines that stand on one side alone, the oldest first."""

    rows: list[OpenLine]


class Reconciliation(Result):
    """The books' balance and the bank's, and what lies between them.

    Attributes:
        not_at_bank: Of the books, not at the bank yet; taken off. not_in_books: of the bank, not
            in the books yet; added.
        per_bank: What comes out of that. said_by_bank: what the lines of the bank add up to.
        statement_closing: Of the last statement that ends on or before the day, on
            `statement_until`; the day's own where they are equal.
        difference: Between `per_bank` and `said_by_bank`; zero, or something is broken.
        agrees: Whether `per_bank` is what a statement that ends on the day says; nothing where
            none ends on it.
    """

    bank_account_id: UUID
    account: str
    bank_name: str
    number: str
    as_of: date
    per_books: Decimal
    not_at_bank: Decimal
    not_in_books: Decimal
    per_bank: Decimal
    said_by_bank: Decimal
    difference: Decimal
    statement_until: date | None
    statement_closing: Decimal | None
    agrees: bool | None
    open_in_books: int
    open_at_bank: int
    lines: list[OpenLine]


@query(
    "banking.get_reconciliation",
    permission="banking.view",
    rest="GET /bank-accounts/{bank_account_id}/reconciliation",
)
def get_reconciliation(
    session: Session, ctx: RequestContext, wanted: GetReconciliation
) -> Reconciliation:
    """Lead from the balance of the books to that of the bank, as of any day.

    Raises:
        UnknownBankAccount: The acting company has no such bank account.
    """
    account = find_account(session, ctx, wanted.bank_account_id)
    asked = _asked(session, ctx, account, wanted.as_of)
    sums = db.fetch_one(
        session,
        f"""
        with open as ({OPEN_LINES})
        select coalesce(sum(amount) filter (where side = 'books'), 0) as not_at_bank,
               coalesce(sum(amount) filter (where side = 'bank'), 0) as not_in_books,
               count(*) filter (where side = 'books') as open_in_books,
               count(*) filter (where side = 'bank') as open_at_bank,
               (select coalesce(sum(debit - credit), 0) from journal_line
                 where tenant_id = %(tenant)s and account_id = %(ledger)s
                   and effective_on <= %(day)s) as per_books,
               (select coalesce(sum(amount), 0) from bank_line
                 where is_live and tenant_id = %(tenant)s and bank_account_id = %(account)s
                   and booked_on <= %(day)s) as said_by_bank
          from open
        """,  # noqa: S608  made of literals
        asked,
    )
    assert sums is not None  # noqa: S101  sums are always there
    last = db.fetch_one(
        session,
        "select to_day, closing from bank_statement where withdrawn_at is null and tenant_id = %(tenant)s"
        " and bank_account_id = %(account)s and to_day <= %(day)s order by id desc limit 1",
        asked,
    )
    per_bank = sums["per_books"] - sums["not_at_bank"] + sums["not_in_books"]
    return Reconciliation(
        bank_account_id=account["id"],
        account=account["name"],
        bank_name=account["bank_name"],
        number=account["number"],
        as_of=asked["day"],
        per_bank=per_bank,
        difference=per_bank - sums["said_by_bank"],
        statement_until=last["to_day"] if last else None,
        statement_closing=last["closing"] if last else None,
        agrees=per_bank == last["closing"] if last and last["to_day"] == asked["day"] else None,
        lines=_open_lines(session, asked | {"limit": MOST_SHOWN}),
        **sums,
    )


@query(
    "banking.list_open_lines",
    permission="banking.view",
    rest="GET /bank-accounts/{bank_account_id}/open-lines",
)
def list_open_lines(session: Session, ctx: RequestContext, wanted: ListOpenLines) -> OpenLines:
    """List what stands on one side alone as of a day, the oldest first.

    Raises:
        UnknownBankAccount: The acting company has no such bank account.
    """
    account = find_account(session, ctx, wanted.bank_account_id)
    asked = _asked(session, ctx, account, wanted.as_of) | {
        "limit": wanted.limit + 1,
        "side": wanted.side,
        "words": f"%{wanted.search}%",
        "after": decode_cursor(wanted.cursor, 3) or ["", "-infinity", ""],
    }
    rows = _open_lines(session, asked)
    more = rows[wanted.limit - 1] if len(rows) > wanted.limit else None
    return OpenLines(
        rows=rows[: wanted.limit],
        next_cursor=encode_cursor(more.side, more.day, more.id) if more else "",
    )


def _asked(
    session: Session, ctx: RequestContext, account: db.Row, as_of: date | None
) -> dict[str, object]:
    """Return the parameters of `OPEN_LINES`, unfiltered and from the beginning."""
    last = db.fetch_one(
        session,
        "select max(to_day) as day from bank_statement"
        " where withdrawn_at is null and tenant_id = %s and bank_account_id = %s",
        (ctx.tenant_id, account["id"]),
    )
    return {
        "tenant": ctx.tenant_id,
        "account": account["id"],
        "ledger": account["account_id"],
        "day": as_of or (last and last["day"]) or ctx.today,
        "side": "",
        "words": "%",
        "after": ["", "-infinity", ""],
    }


def _open_lines(session: Session, asked: dict[str, object]) -> list[OpenLine]:
    after = asked["after"]
    assert isinstance(after, list)  # noqa: S101  a key of three
    given = asked | dict(zip(("after_side", "after_day", "after_id"), after, strict=True))
    rows = db.fetch_all(
        session,
        f"""
        with open as ({OPEN_LINES})
        select id, side, day, %(day)s::date - day as age_days, amount, text, reference, entry_id,
               origin_type, origin_id
          from open
         where (%(side)s = '' or side = %(side)s) and text || ' ' || reference ilike %(words)s
           and (side, day, id) > (%(after_side)s, %(after_day)s::date, %(after_id)s)
         order by side, day, id limit %(limit)s
        """,  # noqa: S608  made of literals
        given,
    )
    return [OpenLine(**row) for row in rows]
