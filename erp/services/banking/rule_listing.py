"""Reads of rules: those that hold, and what conditions would fit."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.banking.accounts import find_account
from erp.services.banking.listing import LineRow
from erp.services.banking.listing_accounts import OfAccount
from erp.services.banking.ruling import FITS, Conditions
from erp.services.platform import Query, Result, Rows, query


class TryRule(Conditions, Query):
    """Conditions to try against the lines that are there."""


class TriedRule(Result):
    """Which lines conditions fit: how many wait, how many are matched, and the latest of them."""

    waiting: int
    matched: int
    lines: list[LineRow]


class RuleRow(Result):
    """A rule; `account` or `party` is what it does, `used` how often it did."""

    id: UUID
    bank_account_id: UUID
    bank_account: str
    name: str
    contains: str
    direction: str
    lowest: Decimal | None
    highest: Decimal | None
    account_key: str
    account: str
    party_id: UUID | None
    party: str
    ledger: str
    note: str
    is_automatic: bool
    priority: int
    used: int


class RuleList(Rows):
    """Rules, in the order in which they are asked."""

    rows: list[RuleRow]


@query(
    "banking.list_rules",
    permission="banking.view",
    rest="GET /bank-accounts/{bank_account_id}/rules",
)
def list_rules(session: Session, ctx: RequestContext, wanted: OfAccount) -> RuleList:
    """List the rules of an account.

    Raises:
        UnknownBankAccount: The acting company has no such bank account.
    """
    find_account(session, ctx, wanted.bank_account_id)
    rows = db.fetch_all(
        session,
        """
        select r.id, r.bank_account_id, b.name as bank_account, r.name, r.contains, r.direction,
               r.lowest, r.highest, r.account_key, coalesce(a.name, '') as account, r.party_id,
               coalesce(p.name, '') as party, r.ledger, r.note, r.is_automatic, r.priority,
               (select count(*) from bank_match m where m.tenant_id = r.tenant_id
                   and m.bank_account_id = r.bank_account_id and m.rule_id = r.id and m.is_live) as used
          from bank_rule r
          join bank_account b on (b.tenant_id, b.id) = (r.tenant_id, r.bank_account_id)
          left join account a on a.tenant_id = r.tenant_id and a.company_id = b.company_id
               and a.key = r.account_key
          left join party p on (p.tenant_id, p.id) = (r.tenant_id, r.party_id)
         where r.tenant_id = %s and r.bank_account_id = %s and r.is_active
         order by r.priority, r.id limit 200
        """,
        (ctx.tenant_id, wanted.bank_account_id),
    )
    return RuleList(rows=[RuleRow(**row) for row in rows])


@query(
    "banking.try_rule",
    permission="banking.view",
    rest="POST /bank-accounts/{bank_account_id}/rules/try",
)
def try_rule(session: Session, ctx: RequestContext, wanted: TryRule) -> TriedRule:
    """Show which lines conditions fit, before a rule is kept.

    Raises:
        UnknownBankAccount: The acting company has no such bank account.
    """
    find_account(session, ctx, wanted.bank_account_id)
    rows = db.fetch_all(
        session,
        f"""
        select l.id, l.kind, l.booked_on, l.value_on, l.amount, l.text, l.reference, l.counterparty,
               l.balance, m.id as match_id, m.kind as match_kind,
               count(*) filter (where m.id is null) over () as waiting,
               count(*) filter (where m.id is not null) over () as matched
          from (select * from bank_line where is_live) l
          join (select %(contains)s::text as contains, %(direction)s::text as direction,
                       %(lowest)s::numeric as lowest, %(highest)s::numeric as highest) r on {FITS}
          left join bank_match_member x on x.tenant_id = l.tenant_id and x.bank_line_id = l.id
               and x.is_live
          left join bank_match m on (m.tenant_id, m.id) = (x.tenant_id, x.match_id)
         where l.tenant_id = %(tenant)s and l.bank_account_id = %(account)s
         order by l.booked_on desc, l.id desc limit 20
        """,  # noqa: S608  made of literals
        wanted.model_dump() | {"tenant": ctx.tenant_id, "account": wanted.bank_account_id},
    )
    counts = (rows[0]["waiting"], rows[0]["matched"]) if rows else (0, 0)
    lines = [
        LineRow(**{name: value for name, value in row.items() if name in LineRow.model_fields})
        for row in rows
    ]
    return TriedRule(waiting=counts[0], matched=counts[1], lines=lines)
