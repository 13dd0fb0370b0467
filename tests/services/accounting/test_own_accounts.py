"""A company's own accounts: opened in a group of the chart, named as it likes, and in every statement."""

import pytest

from erp.core.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from tests.factories import Shop
from tests.services.accounting.test_posting import entry
from tests.services.books import balance
from tests.services.trading import refused

PHONE = {"code": "6105", "name": "Telephone", "group_name": "Indirect Expenses"}


def test_an_account_of_ones_own_takes_entries_and_stands_in_its_group(trader: Shop):
    made = trader.run("accounting.open_account", PHONE)
    lines = ((made.key, "250", "0"), ("bank", "0", "250"))
    trader.run("accounting.post_manual_entry", entry(trader, lines))
    assert balance(trader, made.key) == 250
    shown = trader.run("accounting.profit_and_loss").rows
    assert any(row.label == "Telephone" and row.amounts == [250] for row in shown)
    trader.run("accounting.rename_account", {"account_id": made.id, "name": "Telephone and data"})
    found = trader.run("accounting.list_accounts", {"search": "Telephone and data"}).rows
    assert [(row.code, row.type) for row in found] == [("6105", "expense")]


@pytest.mark.parametrize(
    ("group", "kind"),
    [("Fixed Assets", "asset"), ("Unsecured Loans", "liability"), ("Direct Incomes", "income"),
     ("Provisions", "liability"), ("Reserves and Surplus", "equity"), ("Bank Accounts", "asset")],
)  # fmt: skip
def test_the_group_decides_the_side(trader: Shop, group: str, kind: str):
    trader.run("accounting.open_account", {"code": "9001", "name": "Ours", "group_name": group})
    (row,) = trader.run("accounting.list_accounts", {"search": "Ours"}).rows
    assert row.type == kind


@pytest.mark.parametrize(
    ("change", "error", "field"),
    [
        ({"code": "6000"}, Conflict, "code"),
        ({"code": "4003"}, Conflict, "code"),
        ({"group_name": "Nowhere"}, NotFound, "group_name"),
        ({"group_name": "Sundry Debtors"}, InvalidInput, "group_name"),
        ({"group_name": "Stock in Hand"}, InvalidInput, "group_name"),
    ],
)
def test_what_does_not_fit_the_chart_is_refused_at_its_field(
    trader: Shop, change: dict[str, str], error: type[Exception], field: str
):
    assert list(refused(trader, error, "accounting.open_account", PHONE | change).fields) == [field]


def test_a_strangers_account_is_not_renamed_and_cashiers_open_none(trader: Shop, stranger: Shop):
    theirs = stranger.run("accounting.open_account", PHONE)
    given = {"account_id": theirs.id, "name": "Mine"}
    refused(trader, NotFound, "accounting.rename_account", given)
    with pytest.raises(PermissionDenied):
        trader.run("accounting.open_account", PHONE, by=trader.acting_as("cashier"))
