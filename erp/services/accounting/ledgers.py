"""Reads of the chart: accounts with their balances, and the lines of one account."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import NotFound
from erp.services.platform import (
    LAST_ID,
    Page,
    Query,
    Result,
    Rows,
    decode_cursor,
    encode_cursor,
    query,
)

FAR_FUTURE = date(9999, 12, 31)
MOST_LINES = 32_767


class AccountRow(Result):
    """An account of the chart; a balance above zero is a debit."""

    id: UUID
    code: str
    key: str
    name: str
    group_name: str
    type: str
    balance: Decimal


class AccountList(Rows):
    """A page of the chart of accounts by code."""

    rows: list[AccountRow]


class GetAccount(Query):
    """One account."""

    account_id: UUID


class ListAccountLines(Page):
    """Lines of one account, newest first."""

    account_id: UUID
    from_day: date | None = None
    to_day: date | None = None


class AccountLineRow(Result):
    """A line of an account, with the entry it belongs to."""

    id: UUID
    line_no: int
    effective_on: date
    narration: str
    party: str
    debit: Decimal
    credit: Decimal


class AccountLinePage(Rows):
    """A page of an account's lines."""

    rows: list[AccountLineRow]


_ACCOUNT = """
    select a.id, a.code, a.key, a.name, a.group_name, a.type,
           coalesce((select sum(b.debit) - sum(b.credit) from account_balance b
                      where b.tenant_id = a.tenant_id and b.account_id = a.id), 0) as balance
      from account a
     where a.tenant_id = %(tenant)s and a.company_id = %(company)s
"""


@query("accounting.list_accounts", permission="accounting.view", rest="GET /accounts")
def list_accounts(session: Session, ctx: RequestContext, wanted: Page) -> AccountList:
    """List the chart of accounts by code with today's balances."""
    after = (decode_cursor(wanted.cursor, 1) or [""])[0]
    rows = db.fetch_all(
        session,
        _ACCOUNT + " and a.is_active and a.code > %(after)s"
        " and (%(search)s = '' or a.name ilike '%%' || %(search)s || '%%' or a.code like %(search)s || '%%')"
        " order by a.code limit %(limit)s",
        {
            "tenant": ctx.tenant_id,
            "company": ctx.company_id,
            "after": after,
            "search": wanted.search,
            "limit": wanted.limit + 1,
        },
    )
    page = [AccountRow(**row) for row in rows[: wanted.limit]]
    more = len(rows) > wanted.limit
    return AccountList(rows=page, next_cursor=encode_cursor(page[-1].code) if more else "")


@query("accounting.get_account", permission="accounting.view", rest="GET /accounts/{account_id}")
def get_account(session: Session, ctx: RequestContext, wanted: GetAccount) -> AccountRow:
    """Return an account with its balance.

    Raises:
        NotFound: The company has no such account.
    """
    row = db.fetch_one(
        session,
        _ACCOUNT + " and a.id = %(id)s",
        {"tenant": ctx.tenant_id, "company": ctx.company_id, "id": wanted.account_id},
    )
    if row is None:
        raise NotFound("There is no such account.")
    return AccountRow(**row)


@query(
    "accounting.list_account_lines",
    permission="accounting.view",
    rest="GET /accounts/{account_id}/lines",
)
def list_account_lines(
    session: Session, ctx: RequestContext, wanted: ListAccountLines
) -> AccountLinePage:
    """List the lines of an account, newest first, of a span of days or with words of the narration."""
    after = decode_cursor(wanted.cursor, 3) or [str(FAR_FUTURE), LAST_ID, str(MOST_LINES)]
    rows = db.fetch_all(
        session,
        """
        select l.entry_id as id, l.line_no, l.effective_on, e.narration, coalesce(p.name, '') as party,
               l.debit, l.credit
          from journal_line l
          join journal_entry e on (e.tenant_id, e.id) = (l.tenant_id, l.entry_id)
          left join party p on (p.tenant_id, p.id) = (l.tenant_id, l.party_id)
         where l.tenant_id = %(tenant)s and e.company_id = %(company)s and l.account_id = %(account)s
           and (l.effective_on, l.entry_id, l.line_no) < (%(day)s::date, %(id)s::uuid, %(line)s::smallint)
           and l.effective_on between %(from)s and %(to)s
           and (%(search)s = '' or e.narration ilike '%%' || %(search)s || '%%'
                or p.name ilike '%%' || %(search)s || '%%')
         order by l.effective_on desc, l.entry_id desc, l.line_no desc limit %(limit)s
        """,
        {
            "tenant": ctx.tenant_id,
            "company": ctx.company_id,
            "account": wanted.account_id,
            "day": after[0],
            "id": after[1],
            "line": after[2],
            "from": wanted.from_day or date.min,
            "to": wanted.to_day or FAR_FUTURE,
            "search": wanted.search,
            "limit": wanted.limit + 1,
        },
    )
    page = [AccountLineRow(**row) for row in rows[: wanted.limit]]
    more = len(rows) > wanted.limit
    cursor = encode_cursor(page[-1].effective_on, page[-1].id, page[-1].line_no) if more else ""
    return AccountLinePage(rows=page, next_cursor=cursor)
