"""The balance sheet as of any day, beside other days."""

from decimal import Decimal

from sqlalchemy.orm import Session

from erp.core.clock import fiscal_year_start
from erp.core.context import RequestContext
from erp.services.accounting.comparing import Compare, moments_of
from erp.services.accounting.groups import side_of
from erp.services.accounting.statement_rows import (
    Line,
    Statement,
    StatementRow,
    added,
    chart_of,
    item,
    less,
    section,
    total,
)
from erp.services.accounting.sums import NOTHING, Scope, Span, sums_of, until_day
from erp.services.platform import Day, query


class BalanceSheet(Scope):
    """What is owned and owed as of a day; today where none is named."""

    as_of: Day | None = None
    compare: Compare = Compare.NOTHING


class BalanceSheetStatement(Statement):
    """Assets, and the liabilities and capital that stand against them.

    Attributes:
        difference: Assets less all else, of each column: zero, unless a branch or cost centre is looked at alone.
    """

    difference: list[Decimal]


@query("accounting.balance_sheet", permission="accounting.view", rest="GET /balance-sheet")
def balance_sheet(
    session: Session, ctx: RequestContext, wanted: BalanceSheet
) -> BalanceSheetStatement:
    """Return assets, liabilities and capital, with the profit that no year-end entry has carried yet."""
    columns = moments_of(wanted.as_of or ctx.today, wanted.compare)
    width = len(columns)
    ends = [column.to_day for column in columns]
    years = [Span(fiscal_year_start(day), day) for day in ends]
    accounts = chart_of(session, ctx)
    found = sums_of(session, ctx, [*map(until_day, ends), *years], wanted)
    lines: dict[str, list[Line]] = {}
    profit = {"all": [Decimal(0)] * width, "year": [Decimal(0)] * width}
    for one in accounts:
        side = side_of(one.type, one.group_name)
        sign = 1 if side in {"asset", "expense"} else -1
        past = [sign * found.get((no, one.id, ""), NOTHING).balance for no in range(width)]
        year = [sign * found.get((width + no, one.id, ""), NOTHING).balance for no in range(width)]
        if one.type in {"income", "expense"}:
            apart = {"all": past, "year": year}
            profit = {
                name: added([kept, apart[name]], width)
                if one.type == "income"
                else less(kept, apart[name])
                for name, kept in profit.items()
            }
        lines.setdefault(side, []).append(Line(one, tuple(past)))
    owned = section("assets", "Assets", lines.get("asset", []), width)
    owed = section("liabilities", "Liabilities", lines.get("liability", []), width)
    capital = _capital(lines.get("equity", []), profit, width)
    against = added([owed[0].amounts, capital[0].amounts], width)
    return BalanceSheetStatement(
        columns=columns,
        difference=less(owned[0].amounts, against),
        rows=[
            *owned,
            total("owned", "Total assets", owned[0].amounts),
            *owed,
            *capital,
            total("against", "Total liabilities and capital", against),
        ],
    )


def _capital(lines: list[Line], profit: dict[str, list[Decimal]], width: int) -> list[StatementRow]:
    """Return the section of capital, with this year's profit and that of years not yet closed."""
    head, *rows = section("equity", "Capital", lines, width)
    apart = [
        item("profit/year", "equity", "Profit of the year", profit["year"]),
        item(
            "profit/past",
            "equity",
            "Profit of years not closed",
            less(profit["all"], profit["year"]),
        ),
    ]
    sums = added([head.amounts, profit["all"]], width)
    shown = [row for row in apart if any(row.amounts)]
    return [head.model_copy(update={"amounts": sums}), *rows, *shown]
