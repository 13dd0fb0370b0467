"""Trial balances and the stock check beside other days, months and branches; each column is what it is alone."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from erp.core import db
from erp.core.errors import InvalidInput, NotFound
from erp.services import accounting, inventory
from tests.factories import Shop, make_shop, receipt_line
from tests.services.accounting.test_statements import Model, books, recorded, row  # noqa: F401  a fixture
from tests.services.trading import rows
from tests.services.unchanged import refused

ASKED = "accounting.compare_trial_balances"


def debits(report, at: int = 0) -> Decimal:
    found: Decimal = row(report, "debits").amounts[at]
    return found


@pytest.mark.parametrize("compare", ["nothing", "previous", "last_year", "months"])
def test_trial_balances_beside_each_other_are_what_each_is_alone(
    books: Shop,  # noqa: F811
    compare: str,
):
    day = books.ctx.today - timedelta(days=3)
    found = books.run(ASKED, {"as_of": day, "compare": compare})
    assert (
        len(found.columns) == {"nothing": 1, "previous": 2, "last_year": 2, "months": 12}[compare]
    )
    assert set(found.difference) == {0}
    for at, column in enumerate(found.columns):
        alone = books.run("accounting.trial_balance", {"as_of": column.to_day})
        assert debits(found, at) == alone.total_debit == -row(found, "credits").amounts[at]
        balances = {x.account_id: x.debit - x.credit for x in alone.rows}
        for line in (x for x in found.rows if x.account_id):
            assert line.amounts[at] == balances.get(line.account_id, 0)


@pytest.mark.parametrize("by", ["branch", "cost_centre"])
def test_trial_balances_of_parts_add_up_to_the_whole(books: Shop, by: str):  # noqa: F811
    found = books.run(ASKED, {"by": by})
    assert found.difference == [0]
    for line in (x for x in found.rows if x.account_id):
        whole, *parts = line.amounts
        assert whole == sum(parts)
    model = Model(books)
    rent = next(x for x in found.rows if x.label == "Rent")
    ours = [x["amount"] for x in model.lines if x["key"] == "rent" and x["day"] <= books.ctx.today]
    assert rent.amounts[0] == sum(ours, Decimal(0))
    if by == "branch":
        one = found.columns[1].branch_id
        alone = books.run("accounting.trial_balance", {"branch_id": one})
        assert debits(found, 1) == alone.total_debit


def test_days_and_parts_are_not_asked_for_at_once(books: Shop):  # noqa: F811
    with refused(books, InvalidInput, "compare"):
        books.run(ASKED, {"by": "branch", "compare": "previous"})


def test_a_figure_leads_to_its_lines(books: Shop):  # noqa: F811
    found = books.run(ASKED, {"compare": "previous"})
    column = found.columns[1]
    for line in (x for x in found.rows if x.kind == "group"):
        asked = {"group_name": line.group_name, "from_day": date.min, "to_day": column.to_day}
        assert books.run("accounting.ledger", asked).closing == line.amounts[1]


def test_paper_has_the_columns_side_by_side(books: Shop):  # noqa: F811
    with db.unit_of_work(books.ctx) as session:
        paper = accounting.get_printed_report(
            session, books.ctx, "trial-balance", {"compare": "last_year"}
        )
        with pytest.raises(InvalidInput, match="XLSX"):
            accounting.get_printed_report(
                session, books.ctx, "trial-balance", {"compare": "months"}
            )
    assert len(paper.columns) == 3
    assert paper.rows[-1].cells[0] == "Total of credit balances"


@pytest.fixture
def stocked(environment: dict[str, str]) -> Shop:
    """Return a shop with goods since forty days, for 50, 150 and more."""
    assert environment
    shop = make_shop("stockbeside", lots=0)
    for days, cost in ((40, "10"), (20, "20"), (0, "30")):
        line = receipt_line(shop.ctx, shop.variant_ids[0], 5, unit_cost=Decimal(cost))
        day = shop.ctx.today - timedelta(days=days)
        shop.run("inventory.receive_goods", {"lines": [line], "received_on": day})
    shop.sell({shop.variant_ids[0]: 1})
    return shop


STOCK = "inventory.compare_stock_with_books"


@pytest.mark.parametrize("compare", ["nothing", "previous", "last_year", "months"])
def test_the_stock_check_of_each_day_is_what_it_is_alone(stocked: Shop, compare: str):
    for ago in (0, 1, 19, 25):
        day = stocked.ctx.today - timedelta(days=ago)
        found = stocked.run(STOCK, {"as_of": day, "compare": compare})
        assert set(found.difference) == {0}
        for at, column in enumerate(found.columns):
            alone = stocked.run("inventory.stock_against_books", {"as_of": column.to_day})
            assert row(found, "booked").amounts[at] == sum(x.booked for x in alone.rows)
            assert row(found, "goods").amounts[at] == sum(x.counted for x in alone.rows)
        for head in ("booked", "goods", "gap"):
            parts = [x.amounts for x in found.rows if x.parent == head]
            sums = [sum(column, Decimal(0)) for column in zip(*parts, strict=True)]
            assert row(found, head).amounts == sums


def test_the_stock_check_leaves_out_what_came_to_be_known_later(stocked: Shop, database_url: str):
    """What was received 40 and 20 days ago was recorded today; let the first be known since then."""
    today = stocked.ctx.today
    known = today - timedelta(days=30)
    assert stocked.run(STOCK, {"known_on": known}).rows[0].amounts == [0]
    entries = rows(
        stocked, "select id, origin_id, effective_on from journal_entry order by effective_on"
    )
    recorded(database_url, 40, entries[0]["id"])
    asked = {"known_on": known, "as_of": today}
    found = stocked.run(STOCK, asked)
    assert (row(found, "booked").amounts, row(found, "goods").amounts) == ([50], [0])
    assert found.difference == [50]
    alone = stocked.run("inventory.stock_against_books", asked)
    assert (alone.difference, [x.origin_id for x in alone.rows[0].sources]) == (
        50, [entries[0]["origin_id"]],
    )  # fmt: skip


def test_accounts_that_are_off_both_ways_do_not_hide_each_other(stocked: Shop):
    with db.unit_of_work(stocked.ctx) as session:
        lines = [
            accounting.debit("inventory", Decimal(5)),
            accounting.credit("inventory_expired", Decimal(5)),
        ]
        origin = stocked.register_id
        entry = accounting.NewEntry("general", stocked.ctx.today, "manual", origin, "x", "x", lines)
        accounting.post_entry(session, stocked.ctx, entry)
        wanted = inventory.CompareStockWithBooks()
        found = inventory.compare_stock_with_books(session, stocked.ctx, wanted)
        session.rollback()
    assert row(found, "gap").amounts == [0]
    assert found.difference == [10]


def test_the_stock_check_on_paper_says_as_of_and_as_known(stocked: Shop, stranger: Shop):
    day = stocked.ctx.today
    wanted = inventory.CompareStockWithBooks(known_on=day, compare="previous")
    with db.unit_of_work(stocked.ctx) as session:
        paper = inventory.get_printed_stock(session, stocked.ctx, wanted)
    assert (len(paper.columns), "as known on" in paper.about) == (3, True)
    assert stranger.run(STOCK).rows[0].amounts != paper.rows[0].cells[1:]
    with pytest.raises(NotFound):
        stranger.run("accounting.ledger", {"group_name": "Nowhere"})
