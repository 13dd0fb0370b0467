"""Opening balances: bills that age from the first day, every fault named, nothing twice."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from erp.core.errors import InvalidInput
from tests.concurrency.crowd import at_once
from tests.factories import Shop
from tests.services.books import balance
from tests.services.trading import add_customer, refused, snapshot

HEAD = "kind,code,debit,credit,bill,bill_date,due_date\n"


@pytest.fixture
def customer(trader: Shop) -> str:
    party_id = add_customer(trader, credit_days=30)
    code: str = trader.run("party.get_party", {"party_id": party_id}).code
    return code


def opening(trader: Shop, *lines: str) -> dict[str, object]:
    return {"opening_on": trader.ctx.today, "content": HEAD + "\n".join(lines)}


def faults(trader: Shop, *lines: str) -> dict[str, str]:
    refusal = refused(trader, InvalidInput, "accounting.import_opening", opening(trader, *lines))
    return dict(refusal.fields)


def test_bills_are_open_items_with_their_own_days_and_the_rest_is_shown(
    trader: Shop, customer: str
):
    today = trader.ctx.today
    old, new = today - timedelta(days=100), today - timedelta(days=10)
    given = opening(
        trader,
        'account,1100,"2,40,000.00",,,,',
        "account,3000,,84000,,,",
        f"customer,{customer},1800.00,,INV/7,{old},",
        f"customer,{customer},200.00,,INV/9,{new:%d-%m-%Y},{today}",
        f"customer,{customer},,50.00,ADV,{new},",
        f"supplier,{customer},,3100.00,B-1,{new},",
    )
    shown = trader.run("accounting.trial_balance").rows
    done = trader.run("accounting.import_opening", given)
    assert (done.accounts, done.bills) == (2, 4)
    assert (
        done.difference
        == Decimal("154850.00")
        == -balance(trader, "opening_difference")
        == -done.left
    )
    assert balance(trader, "bank") == Decimal("240000.00")
    party_id = trader.run("party.list_parties", {"search": customer}).rows[0].id
    items = {
        x.narration.split()[2]: x
        for x in trader.run("payments.list_items", {"party_id": party_id}).rows
    }
    assert (items["INV/7"].due_on, items["INV/7"].open) == (old + timedelta(days=30), 1800)
    assert items["INV/7"].overdue_days == 70
    assert items["INV/9"].due_on == today
    assert items["ADV"].side == "credit"
    report = trader.run("accounting.trial_balance")
    assert report.total_debit == report.total_credit
    assert shown != report.rows


def test_what_was_imported_is_not_imported_again_from_whatever_file(trader: Shop, customer: str):
    day = trader.ctx.today - timedelta(days=9)
    lines = ("account,1100,10,,,,", f"customer,{customer},5,,INV/1,{day},")
    trader.run("accounting.import_opening", opening(trader, *lines))
    assert set(faults(trader, *lines)) == {"lines.2.code", "lines.3.bill"}
    other = faults(trader, f"customer,{customer},7,,inv/1,{day},", "account,3000,,1,,,")
    assert "imported" in other["lines.2.bill"]
    trader.run("accounting.import_opening", opening(trader, "account,3000,,10,,,"))
    assert balance(trader, "opening_difference") == -5


def test_imports_at_once_put_in_a_balance_once(trader: Shop):
    given = opening(trader, "account,1100,10,,,,")
    outcomes = at_once(
        [lambda: trader.run("accounting.import_opening", dict(given)) for _ in range(4)]
    )
    assert sum(isinstance(x, InvalidInput) for x in outcomes) == 3
    assert balance(trader, "bank") == 10


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("account,1100,,,,,", "debit"),
        ("account,1100,5,5,,,", "debit"),
        ("account,1100,-5,,,,", "debit"),
        ("account,1100,1e5,,,,", "debit"),
        ("account,1100,=1+1,,,,", "debit"),
        ("account,9999,5,,,,", "code"),
        ("account,1300,5,,,,", "code"),
        ("account,1200,5,,,,", "code"),
        ("account,3900,5,,,,", "code"),
        ("stock,1100,5,,,,", "kind"),
        ("customer,NOBODY,5,,A,2020-01-01,", "code"),
        ("customer,WALK-IN,5,,A,2020-01-01,", "code"),
        ("customer,{c},5,,,2020-01-01,", "bill"),
        ("customer,{c},5,,A,,", "bill_date"),
        ("customer,{c},5,,A,9999-12-31,", "bill_date"),
        ("customer,{c},5,,A,31-02-2020,", "bill_date"),
        ("customer,{c},5,,A,2020-01-02,2020-01-01", "due_date"),
    ],
)
def test_each_fault_names_its_line_and_column(trader: Shop, customer: str, line: str, column: str):
    found = faults(trader, "account,3000,,1,,,", line.format(c=customer))
    assert list(found) == [f"lines.3.{column}"]
    assert all(text.endswith(".") for text in found.values())


def test_a_file_that_says_a_line_twice_is_refused_there(trader: Shop, customer: str):
    day = date(2020, 1, 1)
    found = faults(
        trader, f"customer,{customer},5,,A,{day},", f"customer,{customer},6,,a,{day},",
        "account,1100,5,,,,", "account,1100,6,,,,",
    )  # fmt: skip
    assert set(found) == {"lines.3.bill", "lines.5.code"}


def test_a_stranger_is_not_named_and_a_dry_run_changes_nothing(
    trader: Shop, stranger: Shop, customer: str
):
    lines = (f"customer,{customer},5,,A,2020-01-01,",)
    theirs = add_customer(stranger)
    del theirs
    before = snapshot(stranger)
    done = trader.run("accounting.import_opening", opening(trader, *lines))
    assert done.left == -5
    assert snapshot(stranger) == before
