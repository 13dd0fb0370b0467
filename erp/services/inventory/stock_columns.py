"""The stock accounts beside the goods at cost, as of a day and beside others, as it was known on a day."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core.context import RequestContext
from erp.core.formatting import date_text
from erp.core.money import ZERO
from erp.services import accounting
from erp.services.accounting import Compare
from erp.services.inventory.comparing_books import STOCK_KEYS, StockAgainstBooksOn, goods_then
from erp.services.platform import query


class CompareStockWithBooks(StockAgainstBooksOn):
    """As of which day, and beside which others."""

    compare: Compare = Compare.NOTHING


class StockStatement(accounting.Statement):
    """What the stock accounts say, what the goods cost, and what lies between, of each day.

    Attributes:
        difference: Of each day, added up without sign, so that accounts do not hide each other's.
    """

    difference: list[Decimal]


Amounts = tuple[Decimal, ...]


@query(
    "inventory.compare_stock_with_books",
    permission="accounting.view",
    rest="GET /stock-against-books/columns",
)
def compare_stock_with_books(
    session: Session, ctx: RequestContext, wanted: CompareStockWithBooks
) -> StockStatement:
    """Set the stock accounts beside the value of the goods, as of a day and of those it is compared with."""
    columns = accounting.moments_of(wanted.as_of or ctx.today, wanted.compare)
    days = [column.to_day for column in columns]
    accounts = [one for one in accounting.chart_of(session, ctx) if one.key in STOCK_KEYS]
    booked = _booked(session, ctx, wanted, days, [one.id for one in accounts])
    goods = _goods(session, ctx, wanted, days)
    width = len(days)
    lines = [accounting.Line(one, booked[one.id]) for one in accounts]
    counted = [(one, goods[one.key]) for one in accounts]
    gaps = [(x.account, _less(x.amounts, goods[x.account.key])) for x in lines]
    return StockStatement(
        columns=columns,
        difference=[sum((abs(gap[at]) for _, gap in gaps), ZERO) for at in range(width)],
        rows=[
            *accounting.account_rows("booked", "In the books", lines, width),
            *_rows("goods", "Goods at cost", counted, width),
            *_rows("gap", "Difference", gaps, width),
        ],
    )


def get_printed_stock(
    session: Session, ctx: RequestContext, wanted: CompareStockWithBooks
) -> accounting.PrintedReport:
    """Return the comparison as it is printed.

    Raises:
        PermissionDenied: The actor may not see the books.
        InvalidInput: It is too wide for paper.
    """
    ctx.require("accounting.view")
    found = compare_stock_with_books(session, ctx, wanted)
    about = f"As of {date_text(found.columns[0].to_day)}"
    narrowed = {"known_on": wanted.known_on} if wanted.known_on else {}
    title = "Stock against the books"
    return accounting.printed_statement(session, ctx, (title, about), found, narrowed)


def _rows(
    key: str, label: str, lines: Sequence[tuple[Any, Amounts]], width: int
) -> list[accounting.StatementRow]:
    sums = accounting.added((amounts for _, amounts in lines), width)
    head = accounting.section(key, label, (), width)[0].model_copy(update={"amounts": sums})
    rows = [accounting.item(f"{key}/{one.key}", key, one.name, each) for one, each in lines]
    return [head, *rows]


def _booked(
    session: Session,
    ctx: RequestContext,
    wanted: CompareStockWithBooks,
    days: list[date],
    accounts: list[UUID],
) -> dict[UUID, Amounts]:
    scope = accounting.Scope(known_on=wanted.known_on)
    spans = [accounting.until_day(day) for day in days]
    found = accounting.sums_of(session, ctx, spans, scope, accounting.Cut(accounts))
    return {
        one: tuple(found.get((no, one, ""), accounting.NOTHING).balance for no in range(len(days)))
        for one in accounts
    }


def _goods(
    session: Session, ctx: RequestContext, wanted: CompareStockWithBooks, days: list[date]
) -> dict[str, Amounts]:
    """Return the cost of the goods of each account at the end of each day."""
    found = [goods_then(session, ctx, wanted, day) for day in days]
    return {key: tuple(each.get(key, ZERO) for each in found) for key in STOCK_KEYS}


def _less(left: Amounts, right: Amounts) -> Amounts:
    return tuple(one - other for one, other in zip(left, right, strict=True))
