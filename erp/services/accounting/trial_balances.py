"""The trial balance as of any day, with what moved since another."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core.clock import fiscal_year_start
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.money import ZERO
from erp.services.accounting.statement_rows import chart_of
from erp.services.accounting.sums import NOTHING, Scope, Span, before, sums_of
from erp.services.platform import Day, Result, Rows, query


class TrialBalance(Scope):
    """Balances of every account up to and including a day; today where none is given.

    Attributes:
        from_day: What moved is counted from here; from the start of the fiscal year where none is given.
    """

    as_of: Day | None = None
    from_day: Day | None = None


class TrialBalanceRow(Result):
    """An account's balance, on its debit or its credit side.

    Attributes:
        own_group: The company's own group below that of the chart, where it is in one.
        opening: Before the first day; above zero a debit. debits, credits: What moved since.
    """

    account_id: UUID
    code: str
    name: str
    group_name: str
    primary_group: str
    own_group: str
    type: str
    opening: Decimal
    debits: Decimal
    credits: Decimal
    debit: Decimal
    credit: Decimal


class TrialBalanceReport(Rows):
    """Balances of every account with movement, by code; both totals are equal."""

    rows: list[TrialBalanceRow]
    from_day: date
    as_of: date
    total_debit: Decimal
    total_credit: Decimal


@query("accounting.trial_balance", permission="accounting.view", rest="GET /trial-balance")
def trial_balance(
    session: Session, ctx: RequestContext, wanted: TrialBalance
) -> TrialBalanceReport:
    """Return the balance of every account as of a day.

    Raises:
        InvalidInput: The first day is after the last.
    """
    as_of = wanted.as_of or ctx.today
    since = wanted.from_day or fiscal_year_start(as_of)
    if since > as_of:
        message = "The first day is after the last."
        raise InvalidInput(message, fields={"from_day": message})
    found = sums_of(session, ctx, [before(since), Span(since, as_of)], wanted)
    lines = []
    for one in chart_of(session, ctx):
        past, moved = (found.get((no, one.id, ""), NOTHING) for no in (0, 1))
        balance = past.balance + moved.balance
        if not (past.balance or moved.debit or moved.credit):
            continue
        lines.append(
            TrialBalanceRow(
                account_id=one.id,
                code=one.code,
                name=one.name,
                group_name=one.group_name,
                primary_group=one.path[0],
                own_group=one.path[-1] if one.path[-1] != one.group_name else "",
                type=one.type,
                opening=past.balance,
                debits=moved.debit,
                credits=moved.credit,
                debit=max(balance, ZERO),
                credit=max(-balance, ZERO),
            )
        )
    return TrialBalanceReport(
        rows=lines,
        from_day=since,
        as_of=as_of,
        total_debit=sum((line.debit for line in lines), ZERO),
        total_credit=sum((line.credit for line in lines), ZERO),
    )
