"""Profit and loss over any days, beside other days, by month, branch or cost centre."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy.orm import Session

from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.services.accounting.comparing import (
    Compare,
    Days,
    StatementColumn,
    columns_of,
    days_of,
    parts_of,
    spans_of,
)
from erp.services.accounting.groups import group_of
from erp.services.accounting.statement_rows import (
    Account,
    Line,
    Statement,
    added,
    chart_of,
    less,
    section,
    total,
)
from erp.services.accounting.sums import NOTHING, Cut, Part, Scope, Span, Sums, sums_of
from erp.services.platform import Day, query

INDIRECT = frozenset({"Indirect Incomes", "Indirect Expenses"})
RESULT_TYPES = frozenset({"income", "expense"})


class ProfitAndLoss(Scope):
    """Income and costs of some days; the fiscal year until today where none are named."""

    from_day: Day | None = None
    to_day: Day | None = None
    compare: Compare = Compare.NOTHING
    by: Part = Part.WHOLE


class ProfitAndLossStatement(Statement):
    """Income, costs, gross and net profit; year-end entries are left out.

    Attributes:
        net_profit: Of each column; below zero a loss.
    """

    net_profit: list[Decimal]


@query("accounting.profit_and_loss", permission="accounting.view", rest="GET /profit-and-loss")
def profit_and_loss(
    session: Session, ctx: RequestContext, wanted: ProfitAndLoss
) -> ProfitAndLossStatement:
    """Return income and costs of some days, with the profit they leave.

    Raises:
        InvalidInput: The first day is after the last, or there are more columns than fit.
    """
    days = days_of(ctx, wanted.from_day, wanted.to_day)
    accounts = [one for one in chart_of(session, ctx) if one.type in RESULT_TYPES]
    columns, lines = (
        _compared(session, ctx, wanted, days, accounts)
        if wanted.by is Part.WHOLE
        else _split(session, ctx, wanted, days, accounts)
    )
    width = len(columns)
    direct = [x for x in lines if group_of(x.account.group_name).primary not in INDIRECT]
    other = [x for x in lines if x not in direct]
    income, costs = _of(direct, "income"), _of(direct, "expense")
    more, overhead = _of(other, "income"), _of(other, "expense")
    gross = less(_sum(income, width), _sum(costs, width))
    net = less(_sum([*income, *more], width), _sum([*costs, *overhead], width))
    return ProfitAndLossStatement(
        columns=columns,
        net_profit=net,
        rows=[
            *section("income", "Revenue", income, width),
            *section("costs", "Direct costs", costs, width),
            total("gross", "Gross profit", gross),
            *section("more", "Other income", more, width),
            *section("overhead", "Overheads", overhead, width),
            total("net", "Net profit", net),
        ],
    )


def profits(
    session: Session, ctx: RequestContext, spans: Sequence[Span], scope: Scope
) -> list[Decimal]:
    """Return what income left over costs in each span, year-end entries left out."""
    ids = [one.id for one in chart_of(session, ctx) if one.type in RESULT_TYPES]
    found = sums_of(session, ctx, spans, scope, Cut(ids, without_closing=True))
    width = range(len(spans))
    return [
        -sum((s.balance for (no, _, _), s in found.items() if no == at), Decimal(0)) for at in width
    ]


def _compared(
    session: Session,
    ctx: RequestContext,
    wanted: ProfitAndLoss,
    days: Days,
    accounts: list[Account],
) -> tuple[list[StatementColumn], list[Line]]:
    columns = columns_of(days, wanted.compare)
    ids = [one.id for one in accounts]
    cut = Cut(ids, without_closing=True)
    found = sums_of(session, ctx, spans_of(columns), wanted, cut)
    return columns, _lines(accounts, found, [(no, "") for no in range(len(columns))])


def _split(
    session: Session,
    ctx: RequestContext,
    wanted: ProfitAndLoss,
    days: Days,
    accounts: list[Account],
) -> tuple[list[StatementColumn], list[Line]]:
    if wanted.compare is not Compare.NOTHING:
        message = "Compare days, or set branches or cost centres beside each other."
        raise InvalidInput(message, fields={"compare": message})
    parts = parts_of(session, ctx, days, wanted.by)
    whole = columns_of(days, Compare.NOTHING)[0].model_copy(update={"label": "Total"})
    cut = Cut([one.id for one in accounts], wanted.by, without_closing=True)
    found = sums_of(session, ctx, [Span(days.since, days.until)], wanted, cut)
    lines = _lines(accounts, found, [(0, key) for key, _ in parts])
    summed = [Line(x.account, (sum(x.amounts, Decimal(0)), *x.amounts)) for x in lines]
    return [whole, *(column for _, column in parts)], summed


def _lines(accounts: list[Account], found: Sums, cells: list[tuple[int, str]]) -> list[Line]:
    return [
        Line(
            one,
            tuple(
                (1 if one.type == "expense" else -1)
                * found.get((no, one.id, part), NOTHING).balance
                for no, part in cells
            ),
        )
        for one in accounts
    ]


def _of(lines: Sequence[Line], kind: str) -> list[Line]:
    return [line for line in lines if line.account.type == kind]


def _sum(lines: Sequence[Line], width: int) -> list[Decimal]:
    return added((line.amounts for line in lines), width)
