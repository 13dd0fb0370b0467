"""The cash flow statement by the indirect method: profit, and what the other balances took or gave.

Every change of a balance that is not cash itself moved cash or profit, so the statement follows from the
balances, at their cost, and ends at the cash of the balance sheet. Source: AS 3, Ind AS 7 para 18(b).
"""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy.orm import Session

from erp.core.context import RequestContext
from erp.services.accounting.comparing import (
    Compare,
    StatementColumn,
    columns_of,
    days_of,
    spans_of,
)
from erp.services.accounting.groups import Activity, group_of
from erp.services.accounting.statement_rows import (
    Line,
    RowKind,
    Statement,
    StatementRow,
    added,
    chart_of,
    group_rows,
    item,
    total,
)
from erp.services.accounting.sums import NOTHING, Cut, Scope, before, sums_of
from erp.services.platform import Day, query

LABELS = {
    Activity.OPERATING: "Operating activities",
    Activity.INVESTING: "Investing activities",
    Activity.FINANCING: "Financing activities",
}


class CashFlow(Scope):
    """Where cash came from and went; the fiscal year until today where no days are named."""

    from_day: Day | None = None
    to_day: Day | None = None
    compare: Compare = Compare.NOTHING


class CashFlowStatement(Statement):
    """Cash from each activity, and cash before and after.

    Attributes:
        difference: Cash after, less cash before and its change: zero, as every entry balances.
    """

    difference: list[Decimal]


@query("accounting.cash_flow", permission="accounting.view", rest="GET /cash-flow")
def cash_flow(session: Session, ctx: RequestContext, wanted: CashFlow) -> CashFlowStatement:
    """Return where cash and bank balances came from and went between two days.

    Raises:
        InvalidInput: The first day is after the last, or there are more columns than fit.
    """
    columns = columns_of(days_of(ctx, wanted.from_day, wanted.to_day), wanted.compare)
    width = len(columns)
    spans = [*spans_of(columns), *(before(column.from_day) for column in columns)]
    accounts = chart_of(session, ctx)
    found = sums_of(session, ctx, spans, wanted, Cut(without_closing=True))
    flows: dict[Activity, list[Line]] = {activity: [] for activity in Activity}
    profit, opening = [Decimal(0)] * width, [Decimal(0)] * width
    for one in accounts:
        moved = [-found.get((no, one.id, ""), NOTHING).balance for no in range(width)]
        activity = group_of(one.group_name).activity
        if one.type in {"income", "expense"}:
            profit = added([profit, moved], width)
            continue
        flows[activity].append(Line(one, tuple(moved)))
        if activity is Activity.CASH:
            past = [found.get((width + no, one.id, ""), NOTHING).balance for no in range(width)]
            opening = added([opening, past], width)
    return _statement(columns, flows, profit, opening)


def _statement(
    columns: list[StatementColumn],
    flows: dict[Activity, list[Line]],
    profit: list[Decimal],
    opening: list[Decimal],
) -> CashFlowStatement:
    width = len(columns)
    rows: list[StatementRow] = []
    change = [Decimal(0)] * width
    for activity in LABELS:
        parts = _activity(activity, flows[activity], profit, width)
        change = added([change, parts[0].amounts], width)
        rows += parts
    moved = [[-x for x in line.amounts] for line in flows[Activity.CASH]]
    closing = added([opening, *moved], width)
    rows += [
        total("change", "Change of cash", change),
        item("opening", "", "Cash and bank before", opening),
        total("closing", "Cash and bank after", closing),
    ]
    difference = [
        after - then - by for after, then, by in zip(closing, opening, change, strict=True)
    ]
    return CashFlowStatement(columns=columns, rows=rows, difference=difference)


def _activity(
    activity: Activity, lines: Sequence[Line], profit: list[Decimal], width: int
) -> list[StatementRow]:
    key = activity.value
    shown = [line for line in lines if any(line.amounts)]
    own = [item("profit", key, "Net profit", profit)] if activity is Activity.OPERATING else []
    sums = added([*(row.amounts for row in own), *(line.amounts for line in shown)], width)
    head = total(key, LABELS[activity], sums).model_copy(update={"kind": RowKind.SECTION})
    return [head, *own, *group_rows(key, shown, width)]
