"""An import of opening balances is taken back whole, while nothing rests on it, and can be imported again."""

from datetime import date, timedelta
from typing import Any

import pytest

from erp.core.errors import PermissionDenied
from erp.services.accounting import AlreadyReversed, OpeningInUse, PeriodClosed, UnknownOpening
from tests.factories import Shop, broken_promises
from tests.services.accounting.test_opening import customer, opening  # noqa: F401  a fixture
from tests.services.banking.statements import accept, bank_account, csv_of, suggested, waiting
from tests.services.banking.statements import bring as bring_statement
from tests.services.books import balance
from tests.services.branches import add_branch
from tests.services.payments.paying import receive
from tests.services.unchanged import refused


@pytest.fixture
def opened(trader: Shop, customer: str) -> Shop:  # noqa: F811
    put_in(trader, customer)
    return trader


def put_in(shop: Shop, code: str, amount: str = "1800.00") -> None:
    day = shop.ctx.today - timedelta(days=20)
    lines = ("account,1100,5000.00,,,,", f"customer,{code},{amount},,INV/7,{day},",
             f"supplier,{code},,300.00,B-1,{day},")  # fmt: skip
    given = opening(shop, *lines) | {"opening_on": opened_on(shop)}
    shop.run("accounting.import_opening", given)


def opened_on(shop: Shop) -> date:
    return shop.ctx.today - timedelta(days=5)


def listed(shop: Shop) -> list[Any]:
    found: list[Any] = shop.run("accounting.list_openings").rows
    return found


def take_back(shop: Shop, opening_id, **more):
    given = {"opening_id": opening_id, "reason": "Wrong file"}
    return shop.run("accounting.take_back_opening", given, **more)


def party(shop: Shop, code: str):
    return shop.run("party.list_parties", {"search": code}).rows[0].id


def test_an_import_is_taken_back_whole_and_can_be_imported_again(
    opened: Shop,
    customer: str,  # noqa: F811
):
    (row,) = listed(opened)
    assert (row.bills, row.is_standing) == (2, True)
    assert take_back(opened, row.id).entries == 3
    for key in ("bank", "debtors", "creditors", "opening_difference"):
        assert balance(opened, key) == 0
    assert opened.run("payments.list_items", {"party_id": party(opened, customer)}).rows == []
    with refused(opened, AlreadyReversed, "opening_id"):
        take_back(opened, row.id)
    for amount in ("1900.00", "1950.00"):
        put_in(opened, customer, amount)
        assert balance(opened, "debtors") == float(amount)
        standing = [x.id for x in listed(opened) if x.is_standing]
        assert len(standing) == 1
        take_back(opened, standing[0])
    put_in(opened, customer)
    assert balance(opened, "bank") == 5000
    assert broken_promises() == []


def test_an_import_of_a_day_to_come_is_taken_back_before_it(trader: Shop, customer: str):  # noqa: F811
    tomorrow = trader.ctx.today + timedelta(days=1)
    lines = opening(trader, f"customer,{customer},90.00,,INV/7,{trader.ctx.today},")
    trader.run("accounting.import_opening", lines | {"opening_on": tomorrow})
    take_back(trader, listed(trader)[0].id)
    later = trader.ctx.now + timedelta(days=2)
    found = trader.run("payments.list_items", {"party_id": party(trader, customer)}, at=later)
    assert found.balance == 0
    assert broken_promises() == []


def test_a_day_before_keeps_nothing_of_it(opened: Shop):
    take_back(opened, listed(opened)[0].id)
    report = opened.run("accounting.trial_balance", {"as_of": opened.ctx.today})
    assert not any(
        x.name == "Opening Balance Difference" for x in report.rows if x.debit or x.credit
    )


def test_the_branch_that_an_import_stood_in_loses_it_whoever_takes_it_back(opened: Shop):
    there = add_branch(opened, gstin=None).ctx
    take_back(opened, listed(opened)[0].id, by=there)
    for branch_id in (opened.ctx.branch_id, there.branch_id):
        report = opened.run("accounting.trial_balance", {"branch_id": branch_id})
        left = {x.name for x in report.rows if x.debit or x.credit}
        assert not {"Opening Balance Difference", "Sundry Debtors"} & left


def test_a_bill_that_is_paid_or_split_keeps_its_import(opened: Shop, customer: str):  # noqa: F811
    party_id = party(opened, customer)
    (row,) = listed(opened)
    receive(opened, party_id, "100.00")
    with refused(opened, OpeningInUse, "opening_id") as caught:
        take_back(opened, row.id)
    assert "INV/7" in caught.value.message
    assert "100.00" in caught.value.message
    items = opened.run("payments.list_items", {"party_id": party_id}).rows
    item = next(x.id for x in items if x.side == "debit")
    opened.run("payments.set_apart", {"item_id": item, "reason": "x"})
    terms = {"item_id": item, "terms": "10/20", "reason": "x"}
    opened.run("payments.agree_instalments", terms)
    with refused(opened, OpeningInUse, "opening_id") as caught:
        take_back(opened, row.id)
    assert "instalments" in caught.value.message


def test_a_line_that_the_bank_has_matched_keeps_its_import(opened: Shop):
    (row,) = listed(opened)
    account = bank_account(opened)
    bring_statement(opened, account, csv_of("5000", (opened.ctx.today, "x", "", 10)))
    first = waiting(opened, account)[0]
    accept(opened, suggested(opened, first)[0])
    with refused(opened, OpeningInUse, "opening_id") as caught:
        take_back(opened, row.id)
    assert "bank" in caught.value.message


def test_a_closed_month_a_stranger_and_a_cashier_are_refused(opened: Shop, stranger: Shop):
    (row,) = listed(opened)
    with refused(stranger, UnknownOpening, "opening_id"):
        take_back(stranger, row.id)
    assert listed(stranger) == []
    with pytest.raises(PermissionDenied):
        take_back(opened, row.id, by=opened.acting_as("cashier"))
    months = opened.run("accounting.list_periods").rows
    period = next(x for x in months if x.starts_on <= opened_on(opened) <= x.ends_on)
    closing = {"period_id": period.id, "status": "closed", "reason": "x"}
    opened.run("accounting.set_period_status", closing)
    with refused(opened, PeriodClosed):
        take_back(opened, row.id)
