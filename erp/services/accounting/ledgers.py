"""Reads of the chart: accounts with their balances."""

from decimal import Decimal
from uuid import UUID

from pydantic import computed_field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import NotFound
from erp.services.platform import (
    Page,
    Query,
    Result,
    Rows,
    decode_cursor,
    encode_cursor,
    query,
)


class AccountRow(Result):
    """An account of the chart; a balance above zero is a debit.

    Attributes:
        own_group: The company's own group below that of the chart, where it is in one.
        is_control: Its lines name a party.
    """

    id: UUID
    code: str
    key: str
    name: str
    group_name: str
    own_group: str
    type: str
    is_control: bool
    balance: Decimal

    @computed_field  # type: ignore[prop-decorator]
    @property
    def standing(self) -> str:
        """The group it stands right in."""
        return self.own_group or self.group_name


class AccountList(Rows):
    """A page of the chart of accounts by code."""

    rows: list[AccountRow]


class GetAccount(Query):
    """One account."""

    account_id: UUID


_ACCOUNT = """
    select a.id, a.code, a.key, a.name, a.group_name, coalesce(g.name, '') as own_group, a.type,
           a.is_control,
           coalesce((select sum(b.debit) - sum(b.credit) from account_balance b
                      where b.tenant_id = a.tenant_id and b.account_id = a.id), 0) as balance
      from account a
      left join account_group g on (g.tenant_id, g.id) = (a.tenant_id, a.own_group_id)
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
