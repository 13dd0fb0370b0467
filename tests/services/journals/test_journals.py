"""Each worked journal comes out of the product's own commands: account, side and paise."""

from decimal import Decimal

import pytest

from tests.factories import Shop, broken_promises, make_shop
from tests.services.billing.bills.billing import registered
from tests.services.journals import closing, goods, money
from tests.services.journals.recording import JOURNALS, Net, drive, example

DRIVERS = goods.DRIVERS | money.DRIVERS | closing.DRIVERS
LEFT_OUT = {
    "J31": "stock is perpetual; the journal belongs to the periodic method only",
}
GOODS, SERVICES = "Advance from Customers", "Advance from Customers (Services)"
OURS: dict[str, Net] = {
    # Points pay the bill and lower no price (ADR 0019): tax is on 500, not on 450.
    "J13": {
        "Cash in Hand": Decimal("450.00"),
        "Loyalty Points Liability": Decimal("50.00"),
        "Sales - GST 5%": Decimal("-476.20"),
        "Output CGST": Decimal("-11.90"),
        "Output SGST": Decimal("-11.90"),
    },
    # Advances for services have their own account, so that no till takes goods out of them.
    "J17": {SERVICES if name == GOODS else name: amount for name, amount in example("J17").items()},
    # Invoices of orders are rounded to the rupee, as J02 rounds what is bought.
    "J21": example("J21") | {"Sundry Debtors": Decimal("736.00"), "Round Off": Decimal("0.06")},
    # What an office takes in cash is in its petty cash; a till's drawer is its own.
    "J29": {"Petty Cash": Decimal("300.00"), "Consultation Income (exempt)": Decimal("-300.00")},
}
"""Where the product books otherwise, and why."""


@pytest.fixture
def shop(environment: dict[str, str]) -> Shop:
    assert environment
    made = make_shop("journals", lots=0)
    registered(made, name="SBL Agencies")
    return made


def test_every_journal_of_the_examples_is_spoken_for():
    assert len(JOURNALS) == 32
    assert sorted([*DRIVERS, *LEFT_OUT]) == sorted(JOURNALS)


@pytest.mark.parametrize("number", sorted(DRIVERS))
def test_a_journal_comes_out_of_its_commands(shop: Shop, number: str):
    assert drive(shop, DRIVERS[number]) == OURS.get(number, example(number))
    assert broken_promises() == []
