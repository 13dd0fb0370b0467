"""Accounts with their balances, and the lines behind each."""

from datetime import timedelta
from decimal import Decimal

import pytest

from erp.core.errors import NotFound
from tests.factories import Shop
from tests.services.accounting.test_posting import post


def account(trader: Shop, code: str):
    return next(
        row
        for row in trader.run("accounting.list_accounts", {"search": code}).rows
        if row.code == code
    )


def lines(trader: Shop, code: str, **wanted: object):
    asked = {"account_id": account(trader, code).id} | wanted
    return trader.run("accounting.ledger", asked)


def test_the_chart_is_paged_by_code_and_found_by_words(trader: Shop):
    seen, cursor = [], ""
    while True:
        page = trader.run("accounting.list_accounts", {"limit": 20, "cursor": cursor})
        seen += [row.code for row in page.rows]
        cursor = page.next_cursor
        if not cursor:
            break
    assert seen == sorted(seen)
    assert len(seen) == len(set(seen)) == trader.count("account")
    assert [r.name for r in trader.run("accounting.list_accounts", {"search": "rent"}).rows] == [
        "Rent"
    ]


def test_a_balance_is_the_sum_of_the_lines(trader: Shop):
    post(trader)
    post(trader, (("rent", "0", "500.00"), ("bank", "500.00", "0")))
    assert account(trader, "6000").balance == 1000
    assert [(r.debit, r.credit, r.balance) for r in lines(trader, "6000").rows] == [
        (1500, 0, 1500),
        (0, 500, 1000),
    ]


def test_lines_are_paged_and_narrowed_by_day_and_words(trader: Shop):
    today = trader.ctx.today
    for number in range(5):
        day = today - timedelta(days=number)
        post(trader, effective_on=day, narration=f"Rent {number}")
    first = lines(trader, "6000", limit=3)
    rest = lines(trader, "6000", limit=3, cursor=first.next_cursor)
    found = [r.narration for r in (*first.rows, *rest.rows)]
    assert found == [f"Rent {n}" for n in reversed(range(5))]
    (one,) = lines(trader, "6000", search="rent 3").rows
    assert (one.narration, one.balance) == ("Rent 3", None)
    assert len(lines(trader, "6000", from_day=today).rows) == 1


def test_a_strangers_account_is_not_there(trader: Shop, stranger: Shop):
    post(stranger)
    theirs = {"account_id": account(stranger, "6000").id}
    with pytest.raises(NotFound):
        trader.run("accounting.get_account", theirs)
    with pytest.raises(NotFound):
        trader.run("accounting.ledger", theirs)
    assert account(trader, "6000").balance == Decimal(0)
