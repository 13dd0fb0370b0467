"""Statements of the books against a plain sum of all lines, after random entries on random days."""

import itertools
import random
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

import psycopg
import pytest

from erp.core import db
from erp.core.clock import fiscal_year, fiscal_year_start
from erp.core.errors import NotFound
from erp.services import accounting, inventory
from erp.services.inventory import StockAgainstBooksOn
from tests.factories import Shop, make_shop, receipt_line
from tests.services.accounting.test_posting import post
from tests.services.branches import add_branch
from tests.services.trading import add_customer, rows

KEYS = ("cash", "bank", "rent", "salaries", "capital", "other_income", "sales_5", "freight_inward")
INCOME, COSTS = (
    frozenset({"other_income", "sales_5"}),
    frozenset({"rent", "salaries", "freight_inward"}),
)
SPOTS = (0, 1, 3, 20, 32, 61, 95, 370, 400)
"""Days ago that entries are made for and reports asked as of."""


def random_entries(trader: Shop, chance: random.Random, count: int) -> None:
    """Post entries of two to four lines for days of the last year, two branches and two cost centres."""
    for code in ("RETAIL", "CLINIC"):
        trader.run("accounting.create_cost_centre", {"code": code, "name": code.title()})
    other = add_branch(trader, gstin=None).ctx
    for _ in range(count):
        amounts = [chance.randrange(1, 99999) for _ in range(chance.randrange(1, 4))]
        lines = [
            {
                "account_key": chance.choice(KEYS),
                "debit": f"{Decimal(amount) / 100}",
                "cost_centre": chance.choice((None, "RETAIL", "CLINIC")),
            }
            for amount in amounts
        ]
        owed = {"account_key": chance.choice(KEYS), "credit": f"{Decimal(sum(amounts)) / 100}"}
        day = trader.ctx.today - timedelta(days=chance.choice(SPOTS) + chance.randrange(3))
        given = {"effective_on": day, "narration": "Random", "lines": [*lines, owed]}
        trader.run("accounting.post_manual_entry", given, by=chance.choice((None, other)))


class Model:
    """Every line of the books, added up the slow way."""

    def __init__(self, trader: Shop) -> None:
        self.lines = rows(
            trader,
            "select a.key, a.type, l.effective_on as day, l.debit - l.credit as amount,"
            " e.branch_id, coalesce(l.cost_centre, '') as centre, e.journal"
            " from journal_line l join account a on (a.tenant_id, a.id) = (l.tenant_id, l.account_id)"
            " join journal_entry e on (e.tenant_id, e.id) = (l.tenant_id, l.entry_id)",
        )

    def amount(self, since: date, until: date, *types: str, **only: object) -> Decimal:
        """Return debits less credits of some types of accounts."""
        return sum(
            (
                line["amount"]
                for line in self.lines
                if since <= line["day"] <= until
                and line["type"] in types
                and all(line[name] == value for name, value in only.items())
            ),
            Decimal(0),
        )


@pytest.fixture
def books(trader: Shop) -> Shop:
    random_entries(trader, random.Random(4), 40)  # noqa: S311  the same books each time
    trader.sell({trader.variant_ids[0]: 1})
    return trader


def row(report, key: str):
    return next(one for one in report.rows if one.id == key)


def test_every_statement_agrees_with_the_lines_on_every_day(books: Shop):
    model, today = Model(books), books.ctx.today
    for ago in {0, *SPOTS, *(spot + 2 for spot in SPOTS), *range(20, 40, 7)}:
        day = today - timedelta(days=ago)
        sheet = books.run("accounting.balance_sheet", {"as_of": day, "compare": "months"})
        assert set(sheet.difference) == {0}
        for at, column in enumerate(sheet.columns):
            assert row(sheet, "assets").amounts[at] == model.amount(
                date.min, column.to_day, "asset"
            )
        year = fiscal_year_start(day)
        found = books.run(
            "accounting.profit_and_loss", {"from_day": day - timedelta(days=40), "to_day": day}
        )
        assert found.net_profit == [
            -model.amount(day - timedelta(days=40), day, "income", "expense")
        ]
        earned = books.run("accounting.profit_and_loss", {"to_day": day})
        shown = [x.amounts[0] for x in sheet.rows if x.id == "profit/year"] or [Decimal(0)]
        assert shown == earned.net_profit == [-model.amount(year, day, "income", "expense")]
        flow = books.run(
            "accounting.cash_flow", {"from_day": day - timedelta(days=33), "to_day": day}
        )
        assert flow.difference == [0]
        cash = [
            x for x in model.lines if x["key"] in {"cash", "bank", "petty_cash"} and x["day"] <= day
        ]
        assert row(flow, "closing").amounts == [sum((x["amount"] for x in cash), Decimal(0))]
    assert row(sheet, "equity").kind == "section"


@pytest.mark.parametrize("compare", ["previous", "last_year", "months"])
def test_columns_beside_each_other_are_what_each_is_alone(books: Shop, compare: str):
    day = books.ctx.today
    asked = {"from_day": day - timedelta(days=70), "to_day": day, "compare": compare}
    found = books.run("accounting.profit_and_loss", asked)
    assert len(found.columns) > 1
    for at, column in enumerate(found.columns):
        alone = {"from_day": column.from_day, "to_day": column.to_day}
        one = books.run("accounting.profit_and_loss", alone)
        assert one.net_profit == [found.net_profit[at]]


@pytest.mark.parametrize(("by", "field"), [("branch", "branch_id"), ("cost_centre", "centre")])
def test_branches_and_cost_centres_add_up_to_the_whole(books: Shop, by: str, field: str):
    since, until = books.ctx.today - timedelta(days=400), books.ctx.today
    asked = {"from_day": since, "to_day": until}
    found = books.run("accounting.profit_and_loss", asked | {"by": by})
    model = Model(books)
    whole, *parts = found.net_profit
    assert whole == sum(parts) == -model.amount(since, until, "income", "expense")
    for column, profit in zip(found.columns[1:], parts, strict=True):
        key = column.branch_id if by == "branch" else column.cost_centre
        assert profit == -model.amount(since, until, "income", "expense", **{field: key})
        if key:
            alone = asked | {by if by == "cost_centre" else "branch_id": key}
            assert books.run("accounting.profit_and_loss", alone).net_profit == [profit]


def recorded(owner: str, ago: int, entry_id: object) -> None:
    """Let an entry have been recorded some days ago, as only time could."""
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute(
            "update journal_entry set recorded_at = now() - %s * interval '1 day' where id = %s",
            (ago, entry_id),
        )


def test_what_was_known_on_a_day_leaves_out_what_came_later(books: Shop, database_url: str):
    today = books.ctx.today
    chance = random.Random(9)  # noqa: S311  the same books each time
    entries = rows(books, "select id, effective_on from journal_entry order by id")
    for number in range(8):
        ahead = today + timedelta(days=number % 3 + 30 * (number % 2))
        entries.append({"id": post(books, effective_on=ahead).id, "effective_on": ahead})
    for one in entries:
        one["ago"] = chance.choice((0, 1, 2, 3, 35, 36, 100, (today - one["effective_on"]).days))
        recorded(database_url, one["ago"], one["id"])
    lines = rows(
        books,
        "select e.id, e.effective_on as day, a.key, l.debit - l.credit as amount from journal_line l"
        " join account a on a.id = l.account_id join journal_entry e on e.id = l.entry_id",
    )
    known = {one["id"]: today - timedelta(days=one["ago"]) for one in entries}
    for day, on in itertools.product(SPOTS, repeat=2):
        asked = {
            "as_of": today + timedelta(days=40 - day),
            "known_on": today - timedelta(days=on),
        }
        wanted: dict[str, Decimal] = defaultdict(Decimal)
        for line in lines:
            if line["day"] <= asked["as_of"] and known[line["id"]] <= asked["known_on"]:
                wanted[line["key"]] += line["amount"]
        found = books.run("accounting.trial_balance", asked)
        assert found.total_debit == sum(x for x in wanted.values() if x > 0)
        assert found.total_debit == found.total_credit


def test_a_ledger_runs_from_its_opening_to_its_closing(books: Shop):
    today = books.ctx.today
    model = [x for x in Model(books).lines if x["key"] == "bank"]
    asked = {"group_name": "Bank Accounts", "from_day": today - timedelta(days=62), "limit": 3}
    seen, cursor = [], ""
    while True:
        page = books.run("accounting.ledger", asked | {"cursor": cursor})
        seen += page.rows
        cursor = page.next_cursor
        if not cursor:
            break
    before = sum((x["amount"] for x in model if x["day"] < asked["from_day"]), Decimal(0))
    within = sum((x["amount"] for x in model if asked["from_day"] <= x["day"] <= today), Decimal(0))
    assert (page.opening, page.closing) == (before, before + within)
    balance = before
    for line in seen:
        balance += line.debit - line.credit
        assert line.balance == balance
        assert line.contra
    assert balance == page.closing
    assert [x.effective_on for x in seen] == sorted(x.effective_on for x in seen)


def test_the_day_book_has_every_line_once_and_balances(books: Shop):
    first = {"from_day": date.min, "to_day": date.max}
    seen, cursor = [], ""
    while True:
        page = books.run("accounting.day_book", first | {"cursor": cursor, "limit": 7})
        seen += [(x.id, x.line_no) for x in page.rows]
        cursor = page.next_cursor
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == books.count("journal_line")
    assert (
        page.debits
        == page.credits
        == sum((x["amount"] for x in Model(books).lines if x["amount"] > 0), Decimal(0))
    )


@pytest.mark.parametrize("narrowed", [{"search": "second"}, {"cost_centre": "CLINIC"}])
def test_sums_of_a_book_are_those_of_its_rows(books: Shop, narrowed: dict[str, str]):
    line = {"account_key": "rent", "debit": "7", "cost_centre": "CLINIC"}
    facts = {"narration": "The second", "effective_on": books.ctx.today}
    books.run(
        "accounting.post_manual_entry",
        facts | {"lines": [line, {"account_key": "bank", "credit": "7"}]},
    )
    asked = {"from_day": date.min, "limit": 200} | narrowed
    for name in ("day_book", "ledger"):
        found = books.run(f"accounting.{name}", asked)
        shown = [
            sum((getattr(x, side) for x in found.rows), Decimal(0)) for side in ("debit", "credit")
        ]
        assert [found.debits, found.credits] == shown
        assert shown[0] > 0
    if "search" in narrowed:
        assert (found.debits, found.opening, found.closing) == (7, None, None)


def test_a_ledger_behind_a_figure_leaves_out_what_the_figure_does(books: Shop):
    year = fiscal_year_start(books.ctx.today)
    last = year - timedelta(days=1)
    days = {"from_day": last.replace(year=last.year - 1) + timedelta(days=1), "to_day": last}
    if fiscal_year_start(books.ctx.today - timedelta(days=403)) < days["from_day"]:
        before = days["from_day"] - timedelta(days=1)
        books.run("accounting.close_year", {"year": fiscal_year(before), "reason": "x"})
    books.run("accounting.close_year", {"year": fiscal_year(last), "reason": "x"})
    profits = books.run("accounting.profit_and_loss", days | {"by": "cost_centre"})
    for line in (x for x in profits.rows if x.account_id):
        for column, amount in zip(profits.columns, line.amounts, strict=True):
            part = {name: getattr(column, name) for name in ("cost_centre", "no_cost_centre")}
            asked = days | part | {"account_id": line.account_id, "without_closing": True}
            found = books.run("accounting.ledger", asked)
            assert abs(found.debits - found.credits) == abs(amount)
            assert found.closing - found.opening == found.debits - found.credits
            assert sum(x.debit - x.credit for x in found.rows) == found.debits - found.credits
    flow = books.run("accounting.cash_flow", days)
    for line in (x for x in flow.rows if x.group_name):
        asked = days | {
            "group_name": line.group_name,
            "without_closing": True,
            "without_cash": True,
        }
        found = books.run("accounting.ledger", asked)
        assert line.amounts == [found.credits - found.debits]


def test_paper_says_what_it_is_narrowed_to_and_whose_it_is(books: Shop, stranger: Shop):
    other = next(x for x in books.run("identity.list_branches").rows if x.name == "Two")
    asked = {"branch_id": str(other.id), "cost_centre": "CLINIC", "search": "Rand"}
    party_id = add_customer(books)
    name = books.run("party.get_party", {"party_id": party_id}).name
    with db.unit_of_work(books.ctx) as session:
        paper = accounting.get_printed_report(session, books.ctx, "ledger", asked)
        whole = accounting.get_printed_report(session, books.ctx, "ledger", {})
        ledger = {"party_id": str(party_id)}
        assert name in accounting.get_printed_report(session, books.ctx, "ledger", ledger).title
        theirs = {"branch_id": str(stranger.ctx.branch_id)}
        with pytest.raises(NotFound):
            accounting.get_printed_report(session, books.ctx, "trial-balance", theirs)
    for word in ("branch Two", "cost centre Clinic", "Rand"):
        assert word in paper.about
    assert paper.issuer != whole.issuer


def test_a_group_holds_its_accounts_and_a_stranger_sees_none_of_them(books: Shop, stranger: Shop):
    found = books.run("accounting.balance_sheet")
    for group in (x for x in found.rows if x.kind in {"group", "section"}):
        parts = [x for x in found.rows if x.parent == group.id]
        assert group.amounts == [sum((x.amounts[0] for x in parts), Decimal(0))]
    account = next(x.account_id for x in found.rows if x.account_id)
    for asked in ({"account_id": account}, {"group_name": "Nowhere"}):
        with pytest.raises(NotFound):
            stranger.run("accounting.ledger", asked)
    everything = books.run("accounting.ledger", {"from_day": date.min})
    assert (everything.closing, len(everything.rows)) == (0, 50)
    theirs = stranger.run("accounting.balance_sheet")
    assert not {x.account_id for x in theirs.rows if x.account_id} & {
        x.account_id for x in found.rows
    }


def test_the_stock_accounts_stand_beside_the_goods_and_name_what_differs(books: Shop):
    found = books.run("inventory.stock_against_books")
    assert (found.difference, [x.sources for x in found.rows]) == (0, [[], [], []])
    origin = books.register_id
    with db.unit_of_work(books.ctx) as session:
        lines = [accounting.debit("inventory", Decimal(5)), accounting.credit("cash", Decimal(5))]
        entry = accounting.NewEntry("general", books.ctx.today, "manual", origin, "x", "x", lines)
        accounting.post_entry(session, books.ctx, entry)
        found = inventory.stock_against_books(session, books.ctx, StockAgainstBooksOn())
        session.rollback()
    assert found.difference == 5
    (source,) = found.rows[0].sources
    assert (source.origin_id, source.booked, source.moved) == (origin, 5, 0)


def test_the_stock_accounts_agree_as_of_any_day(environment: dict[str, str]):
    assert environment
    shop = make_shop("stockday", lots=0)
    today = shop.ctx.today
    for days, cost in ((40, "10"), (20, "20"), (0, "30")):
        line = receipt_line(shop.ctx, shop.variant_ids[0], 5, unit_cost=Decimal(cost))
        day = today - timedelta(days=days)
        shop.run("inventory.receive_goods", {"lines": [line], "received_on": day})
    shop.sell({shop.variant_ids[0]: 1})
    for days, value in ((41, 0), (40, 50), (20, 150), (1, 150)):
        found = shop.run("inventory.stock_against_books", {"as_of": today - timedelta(days=days)})
        assert (found.difference, found.rows[0].counted) == (0, value)
    assert shop.run("inventory.stock_against_books").rows[0].counted < 300
