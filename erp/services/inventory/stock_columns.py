"""The stock accounts beside the goods at cost, as of a day and beside others, as it was known on a day."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.formatting import date_text
from erp.core.money import ZERO
from erp.services import accounting
from erp.services.accounting import Compare
from erp.services.inventory.comparing_books import OWNED, STOCK_KEYS, StockAgainstBooksOn
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


_MOVED: LiteralString = f"""
    with place as ({OWNED})
    select place.key, one.day, sum(one.value) as value from (
        select side.id, (m.effective_at at time zone %(zone)s)::date as day, side.sign * m.value as value
          from stock_move m
         cross join lateral (values (1, m.to_location_id), (-1, m.from_location_id)) side (sign, id)
         where m.tenant_id = %(tenant)s
           and (%(known)s::timestamptz is null or m.recorded_at < %(known)s)
        union all
        select r.location_id, (r.effective_at at time zone %(zone)s)::date, r.value from stock_revaluation r
         where r.tenant_id = %(tenant)s
           and (%(known)s::timestamptz is null or r.recorded_at < %(known)s)) one
      join place on place.id = one.id
     where one.day <= %(last)s group by 1, 2
"""  # noqa: S608  constants of this package


def _goods(
    session: Session, ctx: RequestContext, wanted: CompareStockWithBooks, days: list[date]
) -> dict[str, Amounts]:
    """Return the cost of the goods of each account at the end of each day; one pass over their moves."""
    rows = db.fetch_all(
        session,
        _MOVED,
        {
            "tenant": ctx.tenant_id,
            "company": ctx.company_id,
            "zone": ctx.time_zone,
            "known": accounting.end_of(wanted.known_on, ctx) if wanted.known_on else None,
            "last": max(days),
        },
    )
    return {
        key: tuple(
            sum((x["value"] for x in rows if x["key"] == key and x["day"] <= day), ZERO)
            for day in days
        )
        for key in STOCK_KEYS
    }


def _less(left: Amounts, right: Amounts) -> Amounts:
    return tuple(one - other for one, other in zip(left, right, strict=True))
