"""Reads of bank accounts: what they hold, and what waits."""

from datetime import date
from decimal import Decimal
from typing import LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.banking.accounts import find_account
from erp.services.platform import Nothing, Query, Result, Rows, query

LEDGER_WAITS: LiteralString = (
    "not exists (select 1 from bank_match_member x where x.tenant_id = l.tenant_id"
    " and x.entry_id = l.entry_id and x.line_no = l.line_no and x.is_live)"
)
ENTRY_STANDS: LiteralString = (
    "not exists (select 1 from journal_entry o"
    " join journal_entry r on (r.tenant_id, r.reverses_entry_id) = (o.tenant_id, o.id)"
    " where o.tenant_id = l.tenant_id and o.origin_type = 'opening' and o.id in (l.entry_id,"
    "  (select t.reverses_entry_id from journal_entry t where (t.tenant_id, t.id) = (l.tenant_id, l.entry_id))))"
)
"""Of a line of the books: it is of no opening balance that was taken back, nor of what took it back."""
LINE_WAITS: LiteralString = (
    "not exists (select 1 from bank_match_member x where x.tenant_id = l.tenant_id"
    " and x.bank_line_id = l.id and x.is_live)"
)


class OfAccount(Query):
    """Which bank account."""

    bank_account_id: UUID


class AccountRow(Result):
    """A bank account.

    Attributes:
        at_bank: What the bank says it holds. in_books: what its ledger account says.
        until: Last day that a statement covers.
        waiting: Lines of the bank that are not matched, of `lines`.
        not_at_bank: Lines of the books that no statement has brought yet.
    """

    id: UUID
    name: str
    bank_name: str
    number: str
    ifsc: str
    account_key: str
    account_id: UUID
    ledger_name: str
    at_bank: Decimal
    in_books: Decimal
    until: date | None
    lines: int
    waiting: int
    not_at_bank: int


class AccountList(Rows):
    """Every bank account of the acting company."""

    rows: list[AccountRow]


@query("banking.list_accounts", permission="banking.view", rest="GET /bank-accounts")
def list_bank_accounts(session: Session, ctx: RequestContext, _wanted: Nothing) -> AccountList:
    """List bank accounts with what the bank says and what the books say."""
    return AccountList(rows=_accounts(session, ctx, None))


@query(
    "banking.get_account", permission="banking.view", rest="GET /bank-accounts/{bank_account_id}"
)
def get_bank_account(session: Session, ctx: RequestContext, wanted: OfAccount) -> AccountRow:
    """Return a bank account with what waits.

    Raises:
        UnknownBankAccount: The acting company has no such bank account.
    """
    find_account(session, ctx, wanted.bank_account_id)
    return _accounts(session, ctx, wanted.bank_account_id)[0]


def _accounts(session: Session, ctx: RequestContext, account_id: UUID | None) -> list[AccountRow]:
    rows = db.fetch_all(
        session,
        f"""
        select b.id, b.name, b.bank_name, b.number, b.ifsc, a.key as account_key, b.account_id,
               a.name as ledger_name, bank.at_bank, bank.lines, bank.lines - bank.matched as waiting,
               books.in_books, missing.not_at_bank,
               (select max(s.to_day) from bank_statement s
                 where s.withdrawn_at is null and s.tenant_id = b.tenant_id
                   and s.bank_account_id = b.id) as until
          from bank_account b
          join account a on (a.tenant_id, a.id) = (b.tenant_id, b.account_id)
         cross join lateral (
               select coalesce(sum(l.amount), 0) as at_bank, count(*) as lines,
                      count(*) filter (where not {LINE_WAITS}) as matched
                 from bank_line l
                where l.is_live and l.tenant_id = b.tenant_id and l.bank_account_id = b.id) bank
         cross join lateral (
               select coalesce(sum(k.debit - k.credit), 0) as in_books from account_balance k
                where k.tenant_id = b.tenant_id and k.account_id = b.account_id) books
         cross join lateral (
               select count(*) as not_at_bank from journal_line l
                where l.tenant_id = b.tenant_id and l.account_id = b.account_id
                  and {LEDGER_WAITS}) missing
         where b.tenant_id = %(tenant)s and b.company_id = %(company)s
           and (%(id)s::uuid is null or b.id = %(id)s)
         order by b.id
        """,  # noqa: S608  made of literals
        {"tenant": ctx.tenant_id, "company": ctx.company_id, "id": account_id},
    )
    return [AccountRow(**row) for row in rows]
