"""Trial balances beside each other: of other days, months, branches or cost centres, by the groups of the chart."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy.orm import Session

from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.money import ZERO
from erp.services.accounting.comparing import (
    Compare,
    Days,
    StatementColumn,
    moments_of,
    parts_of,
)
from erp.services.accounting.statement_rows import (
    Account,
    Line,
    Statement,
    chart_of,
    group_rows,
    less,
    total,
)
from erp.services.accounting.sums import (
    NOTHING,
    Cut,
    Part,
    Scope,
    Sums,
    sums_of,
    until_day,
)
from erp.services.platform import Day, query


class CompareTrialBalances(Scope):
    """Balances as of a day beside those of others; today where none is given."""

    as_of: Day | None = None
    compare: Compare = Compare.NOTHING
    by: Part = Part.WHOLE


class TrialBalanceColumns(Statement):
    """Every account with a balance under its groups; above zero a debit, below a credit.

    Attributes:
        difference: Debits less credits of each column that is books by itself: all, but of parts the whole alone.
    """

    difference: list[Decimal]


@query(
    "accounting.compare_trial_balances",
    permission="accounting.view",
    rest="GET /trial-balance/columns",
)
def compare_trial_balances(
    session: Session, ctx: RequestContext, wanted: CompareTrialBalances
) -> TrialBalanceColumns:
    """Return the balance of every account as of some days, or of each branch or cost centre.

    Raises:
        InvalidInput: Days and parts are asked for at once, or there are more parts than fit.
    """
    accounts = chart_of(session, ctx)
    columns, lines = (
        _as_of(session, ctx, wanted, accounts)
        if wanted.by is Part.WHOLE
        else _by_part(session, ctx, wanted, accounts)
    )
    shown = [line for line in lines if any(line.amounts)]
    debits = _side(shown, len(columns), 1)
    owed = _side(shown, len(columns), -1)
    whole = len(columns) if wanted.by is Part.WHOLE else 1
    return TrialBalanceColumns(
        columns=columns,
        difference=[] if wanted.cost_centre else less(debits, owed)[:whole],
        rows=[
            *group_rows("", shown, len(columns)),
            total("debits", "Total of debit balances", debits),
            total("credits", "Total of credit balances", [-amount for amount in owed]),
        ],
    )


def _as_of(
    session: Session, ctx: RequestContext, wanted: CompareTrialBalances, accounts: list[Account]
) -> tuple[list[StatementColumn], list[Line]]:
    columns = moments_of(wanted.as_of or ctx.today, wanted.compare)
    found = sums_of(session, ctx, [until_day(column.to_day) for column in columns], wanted)
    return columns, _lines(accounts, found, [(no, "") for no in range(len(columns))])


def _by_part(
    session: Session, ctx: RequestContext, wanted: CompareTrialBalances, accounts: list[Account]
) -> tuple[list[StatementColumn], list[Line]]:
    if wanted.compare is not Compare.NOTHING:
        message = "Compare days, or set branches or cost centres beside each other."
        raise InvalidInput(message, fields={"compare": message})
    (whole,) = moments_of(wanted.as_of or ctx.today, Compare.NOTHING)
    parts = parts_of(session, ctx, Days(whole.from_day, whole.to_day), wanted.by)
    found = sums_of(session, ctx, [until_day(whole.to_day)], wanted, Cut(by=wanted.by))
    lines = _lines(accounts, found, [(0, key) for key, _ in parts])
    summed = [Line(x.account, (sum(x.amounts, ZERO), *x.amounts)) for x in lines]
    return [whole.model_copy(update={"label": "Total"}), *(x for _, x in parts)], summed


def _lines(accounts: list[Account], found: Sums, cells: list[tuple[int, str]]) -> list[Line]:
    return [
        Line(one, tuple(found.get((no, one.id, part), NOTHING).balance for no, part in cells))
        for one in accounts
    ]


def _side(lines: Sequence[Line], width: int, sign: int) -> list[Decimal]:
    """Add up the balances of each column that stand on one side."""
    return [sum((max(sign * x.amounts[at], ZERO) for x in lines), ZERO) for at in range(width)]
