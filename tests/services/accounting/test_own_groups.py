"""Groups of one's own stand below the chart's; every report adds its accounts up under them."""

from decimal import Decimal

import psycopg
import pytest

from erp.core.errors import InvalidInput, NotFound, PermissionDenied
from erp.services import accounting
from tests.factories import Shop
from tests.services.accounting.test_posting import entry
from tests.services.accounting.test_statements import Model, books, row  # noqa: F401  a fixture
from tests.services.trading import refused


def opened(shop: Shop, name: str, above: str):
    return shop.run("accounting.open_group", {"name": name, "above": above}).id


def account(shop: Shop, words: str):
    return shop.run("accounting.list_accounts", {"search": words}).rows[0].id


def moved(shop: Shop, words: str, group: str) -> None:
    given = {"account_id": account(shop, words), "group_name": group}
    shop.run("accounting.move_account", given)


@pytest.fixture
def tree(books: Shop) -> Shop:  # noqa: F811
    """Return books with premises over rent, and staff beside them, in two layers."""
    opened(books, "Premises", "Indirect Expenses")
    opened(books, "Shop floor", "Premises")
    opened(books, "Staff", "Indirect Expenses")
    moved(books, "Rent", "Shop floor")
    moved(books, "Salaries", "Staff")
    moved(books, "Electricity", "Premises")
    lines = (("electricity", "75", "0"), ("bank", "0", "75"))
    books.run("accounting.post_manual_entry", entry(books, lines))
    return books


REPORTS: tuple[tuple[str, dict[str, str]], ...] = (
    ("accounting.profit_and_loss", {}),
    ("accounting.profit_and_loss", {"by": "branch"}),
    ("accounting.profit_and_loss", {"by": "cost_centre"}),
    ("accounting.profit_and_loss", {"compare": "months"}),
    ("accounting.balance_sheet", {"compare": "last_year"}),
    ("accounting.cash_flow", {}),
    ("accounting.compare_trial_balances", {"compare": "previous"}),
    ("accounting.compare_trial_balances", {"by": "branch"}),
)


@pytest.mark.parametrize(("query", "asked"), REPORTS)
def test_every_group_is_the_sum_of_what_stands_in_it(tree: Shop, query: str, asked: dict[str, str]):
    opened(tree, "Tills", "Cash in Hand")
    moved(tree, "Cash in Hand", "Tills")
    opened(tree, "Owners", "Capital Account")
    moved(tree, "Capital Account", "Owners")
    found = tree.run(query, asked).rows
    groups = [one for one in found if one.kind == "group"]
    assert any(one.level > 1 for one in groups)
    for group in groups:
        parts = [one.amounts for one in found if one.parent == group.id]
        assert parts
        assert group.amounts == [sum(column, Decimal(0)) for column in zip(*parts, strict=True)]


def test_a_name_with_a_stroke_is_no_group_within_another(books: Shop):  # noqa: F811
    opened(books, "Rent/Power", "Indirect Expenses")
    opened(books, "Rent", "Indirect Expenses")
    opened(books, "Power", "Rent")
    moved(books, "Rent", "Rent/Power")
    moved(books, "Salaries", "Power")
    rows = books.run("accounting.profit_and_loss").rows
    ids = [one.id for one in rows]
    assert {"Rent/Power", "Power"} <= {one.label for one in rows}
    assert len(ids) == len(set(ids))


def sums(shop: Shop, query: str, asked: dict[str, str]):
    """Return the amounts of a report's headings and totals."""
    return [x.amounts for x in shop.run(query, asked).rows if x.kind in {"total", "section"}]


def test_groups_change_no_total(books: Shop):  # noqa: F811
    before = [sums(books, query, asked) for query, asked in REPORTS]
    opened(books, "Premises", "Indirect Expenses")
    moved(books, "Rent", "Premises")
    assert [sums(books, query, asked) for query, asked in REPORTS] == before


def test_the_ledger_of_a_group_holds_what_its_figure_is_made_of(tree: Shop):
    found = tree.run("accounting.profit_and_loss", {})
    for name in ("Premises", "Shop floor", "Staff", "Indirect Expenses"):
        (figure,) = [x.amounts[0] for x in found.rows if x.kind == "group" and x.label == name]
        days = {"from_day": found.columns[0].from_day, "to_day": found.columns[0].to_day}
        lines = tree.run("accounting.ledger", days | {"group_name": name, "without_closing": True})
        assert lines.debits - lines.credits == figure
        assert lines.title == name


def test_lists_say_where_an_account_stands_and_what_a_group_holds(tree: Shop):
    found = {x.name: x for x in tree.run("accounting.list_groups").rows}
    floor = found["Shop floor"]
    assert (floor.above, floor.chart_group, floor.level, floor.accounts) == (
        "Premises", "Indirect Expenses", 2, 1,
    )  # fmt: skip
    assert [x.name for x in tree.run("accounting.list_groups", {"search": "shop"}).rows] == [
        "Shop floor"
    ]
    (rent,) = [x for x in tree.run("accounting.trial_balance").rows if x.name == "Rent"]
    assert (rent.group_name, rent.own_group) == ("Indirect Expenses", "Shop floor")
    (rent,) = tree.run("accounting.list_accounts", {"search": "Rent"}).rows
    assert rent.standing == "Shop floor"


def test_an_account_is_opened_in_a_group_of_ones_own_on_the_side_of_the_charts(tree: Shop):
    given = {"code": "6105", "name": "Guard", "group_name": "Shop floor"}
    tree.run("accounting.open_account", given)
    (made,) = tree.run("accounting.list_accounts", {"search": "Guard"}).rows
    assert (made.type, made.group_name, made.own_group) == (
        "expense", "Indirect Expenses", "Shop floor",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "above", "error", "field"),
    [
        ("premises", "Indirect Expenses", accounting.GroupTaken, "name"),
        ("Bank accounts", "Current Assets", accounting.GroupTaken, "name"),
        ("New", "Nowhere", NotFound, "above"),
        ("Too deep", "Corner", InvalidInput, "above"),
    ],
)
def test_a_name_that_is_taken_or_too_deep_is_refused(tree: Shop, name, above, error, field):
    opened(tree, "Corner", "Shop floor")
    given = {"name": name, "above": above}
    assert list(refused(tree, error, "accounting.open_group", given).fields) == [field]


def test_an_account_keeps_its_group_of_the_chart(tree: Shop):
    opened(tree, "Ours", "Indirect Incomes")
    given = {"account_id": account(tree, "Rent"), "group_name": "Ours"}
    said = refused(tree, InvalidInput, "accounting.move_account", given)
    assert "Indirect Expenses" in said.fields["group_name"]
    moved(tree, "Rent", "Indirect Expenses")
    (rent,) = tree.run("accounting.list_accounts", {"search": "Rent"}).rows
    assert rent.standing == "Indirect Expenses"


def test_a_group_is_renamed_and_removed_once_it_is_empty(tree: Shop):
    found = {x.name: x.id for x in tree.run("accounting.list_groups").rows}
    tree.run("accounting.rename_group", {"group_id": found["Staff"], "name": "People"})
    shown = tree.run("accounting.profit_and_loss").rows
    assert any(x.label == "People" for x in shown)
    for name in ("Premises", "Shop floor"):
        given = {"group_id": found[name]}
        refused(tree, accounting.GroupInUse, "accounting.remove_group", given)
    moved(tree, "Rent", "Premises")
    tree.run("accounting.remove_group", {"group_id": found["Shop floor"]})
    assert "Shop floor" not in {x.name for x in tree.run("accounting.list_groups").rows}


def test_strangers_and_cashiers_touch_no_group(tree: Shop, stranger: Shop):
    found = {x.name: x.id for x in tree.run("accounting.list_groups").rows}
    given = {"group_id": found["Staff"], "name": "Mine"}
    refused(stranger, NotFound, "accounting.rename_group", given)
    refused(stranger, NotFound, "accounting.remove_group", {"group_id": found["Staff"]})
    refused(stranger, NotFound, "accounting.open_group", {"name": "X", "above": "Staff"})
    with pytest.raises(PermissionDenied):
        tree.run("accounting.open_group", {"name": "X", "above": "Staff"},
                 by=tree.acting_as("cashier"))  # fmt: skip


def test_the_database_keeps_everything_in_a_group_on_one_side(tree: Shop, database_url: str):
    with psycopg.connect(database_url) as connection:
        connection.execute("set session_replication_role = origin")
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            connection.execute(
                "update account set own_group_id = (select id from account_group"
                " where name = 'Staff' and tenant_id = %s) where tenant_id = %s and key = 'bank'",
                (tree.ctx.tenant_id, tree.ctx.tenant_id),
            )
