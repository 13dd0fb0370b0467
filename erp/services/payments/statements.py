"""A party's statement of account: what came and went between two days, and how it stands."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.clock import fiscal_year_start
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.money import ZERO
from erp.models.payments import Ledger
from erp.services import party
from erp.services.payments.recording import ACCOUNT_OF_LEDGER
from erp.services.platform import Day, Query, Result, query


class GetStatement(Query):
    """Whose account, and which days; this financial year until today where nothing is said."""

    party_id: UUID
    ledger: Ledger = Ledger.CUSTOMER
    from_day: Day | None = None
    to_day: Day | None = None


class StatementLine(Result):
    """An entry of the account; `balance` is what is owed after it."""

    day: date
    narration: str
    origin_type: str
    origin_id: UUID
    debit: Decimal
    credit: Decimal
    balance: Decimal


class Statement(Result):
    """An account between two days.

    Attributes:
        opening, closing: What is owed before the first day and after the last: by a customer to us,
            by us to a supplier; below zero the other way round.
    """

    party_id: UUID
    party: str
    ledger: Ledger
    from_day: date
    to_day: date
    opening: Decimal
    lines: list[StatementLine] = Field(default_factory=list)
    debits: Decimal
    credits: Decimal
    closing: Decimal


@query("payments.get_statement", permission="payments.view", rest="GET /statements/{party_id}")
def get_statement(session: Session, ctx: RequestContext, wanted: GetStatement) -> Statement:
    """Return a party's account with the acting company, day by day.

    Raises:
        UnknownParty: There is no such party, or it has no account.
        InvalidInput: The first day is after the last.
    """
    name = party.require_account(session, ctx, wanted.party_id, "party_id")
    until = wanted.to_day or ctx.today
    since = wanted.from_day or fiscal_year_start(until)
    if since > until:
        message = "The first day is after the last."
        raise InvalidInput(message, fields={"from_day": message})
    rows = _rows(session, ctx, wanted, since, until)
    sign = 1 if wanted.ledger is Ledger.CUSTOMER else -1
    past, *of_days = rows
    balance = opening = sign * (past["debit"] - past["credit"])
    lines: list[StatementLine] = []
    for row in of_days:
        balance += sign * (row["debit"] - row["credit"])
        lines.append(StatementLine(**row, balance=balance))
    return Statement(
        party_id=wanted.party_id,
        party=name,
        ledger=wanted.ledger,
        from_day=since,
        to_day=until,
        opening=opening,
        lines=lines,
        debits=sum((line.debit for line in lines), ZERO),
        credits=sum((line.credit for line in lines), ZERO),
        closing=balance,
    )


def _rows(
    session: Session, ctx: RequestContext, wanted: GetStatement, since: date, until: date
) -> list[db.Row]:
    """Return the account's lines of the days in their order; before them one that adds up the past."""
    return db.fetch_all(
        session,
        """
        with line as (
            select i.effective_on as day, e.narration, e.origin_type, e.origin_id,
                   min(i.id::text)::uuid as id,
                   coalesce(sum(i.amount) filter (where i.side = 'debit'), 0.00) as debit,
                   coalesce(sum(i.amount) filter (where i.side = 'credit'), 0.00) as credit
              from open_item i
              join account a on (a.tenant_id, a.id) = (i.tenant_id, i.account_id) and a.key = %(key)s
              join journal_entry e on (e.tenant_id, e.id) = (i.tenant_id, i.entry_id)
             where i.tenant_id = %(tenant)s and i.company_id = %(company)s
               and i.party_id = %(party)s and i.effective_on <= %(until)s
             group by e.tenant_id, e.id, i.line_no, i.effective_on
        )
        select day, narration, origin_type, origin_id, debit, credit from (
            select 0 as part, %(since)s::date as day, '' as narration, '' as origin_type,
                   '00000000-0000-0000-0000-000000000000'::uuid as origin_id, null::uuid as id,
                   coalesce(sum(debit), 0.00) as debit, coalesce(sum(credit), 0.00) as credit
              from line where day < %(since)s
            union all
            select 1, day, narration, origin_type, origin_id, id, debit, credit
              from line where day >= %(since)s) entry
         order by part, day, id
        """,
        {
            "tenant": ctx.tenant_id,
            "company": ctx.company_id,
            "party": wanted.party_id,
            "key": ACCOUNT_OF_LEDGER[wanted.ledger],
            "since": since,
            "until": until,
        },
    )
