"""A bill that waited for a decision beyond the last day of its credit (CGST Act s.16(4))."""

from datetime import UTC, datetime
from typing import Any

import pytest

from erp.core.errors import InvalidInput
from tests.factories import Shop, broken_promises
from tests.services.billing.bills.billing import billed, came, goods, registered
from tests.services.books import balance
from tests.services.gst_returns.months import at
from tests.services.trading import rows
from tests.services.unchanged import refused


def noon(month: int, day: int) -> datetime:
    """Return an instant of 2026."""
    return datetime(2026, month, day, 6, 30, tzinfo=UTC)


@pytest.fixture
def waiting(trader: Shop) -> Any:
    """A dear bill of 8 October 2025, whose credit ends on 30 November 2026; recorded before that and held."""
    seller = registered(trader)
    given = {"supplier_id": seller, "lines": [goods(trader, 10)]}
    receipt = trader.run("inventory.receive_goods", given, at=at(8), confirm=("expired_lot",))
    bill = {
        "supplier_id": seller,
        "bill_number": "L/1",
        "billed_on": "2025-10-08",
        "booked_on": "2026-11-20",
        "total": "735.00",
        "lines": [billed(receipt, 10, "70")],
    }
    by = trader.acting_as("accountant")
    return trader.run("billing.record_bill", bill, by=by, at=noon(11, 20))


def decide(shop: Shop, made: Any, outcome: str, when: datetime, **more: Any) -> Any:
    given = {"bill_id": made.id, "outcome": outcome, "note": "As agreed"} | more
    return shop.run("billing.decide_bill", given, at=when)


def test_accepted_in_time_its_tax_is_a_credit(trader: Shop, waiting: Any) -> None:
    decide(trader, waiting, "accepted", noon(11, 30))
    assert balance(trader, "input_cgst") == 17.5
    assert broken_promises() == []


@pytest.mark.parametrize("later", [{}, {"booked_on": "2026-12-01"}])
def test_accepted_after_the_last_day_its_tax_is_a_cost(
    trader: Shop, waiting: Any, later: dict[str, str]
) -> None:
    decide(trader, waiting, "accepted", noon(12, 1), **later)
    assert (balance(trader, "input_cgst"), balance(trader, "creditors")) == (0, -735)
    uses = rows(
        trader,
        "select is_credit, ended_on is null as stands from seen_bill_use where source_id = %s order by noted_at",
        waiting.id,
    )
    assert [(row["is_credit"], row["stands"]) for row in uses] == [(True, False), (False, True)]
    assert broken_promises() == []


def test_claimed_after_the_last_day_the_claim_asks_for_the_tax_too(
    trader: Shop, waiting: Any
) -> None:
    decide(trader, waiting, "claimed", noon(12, 1))
    assert (balance(trader, "input_cgst"), balance(trader, "supplier_claims")) == (0, 105)
    assert broken_promises() == []


def test_put_off_to_a_day_by_composition_its_tax_is_a_cost(trader: Shop) -> None:
    seller = registered(trader)
    given = {"supplier_id": seller, "lines": [goods(trader, 10)]}
    when = noon(3, 10)
    receipt = trader.run("inventory.receive_goods", given, at=when, confirm=("expired_lot",))
    bill = {
        "supplier_id": seller, "bill_number": "L/1", "billed_on": "2026-03-10", "total": "735.00",
        "lines": [billed(receipt, 10, "70")],
    }  # fmt: skip
    by = trader.acting_as("accountant")
    made = trader.run("billing.record_bill", bill, by=by, at=when)
    scheme = {
        "scheme": "composition", "trade": "trader", "valid_from": "2026-04-01", "reason": "CMP-02",
    }  # fmt: skip
    trader.run("gst_returns.change_scheme", scheme, at=noon(3, 20))
    decide(trader, made, "accepted", noon(4, 2), booked_on="2026-04-02")
    assert balance(trader, "input_cgst") == 0
    assert broken_promises() == []


@pytest.mark.parametrize("number", ["---", "/", "१२"])
def test_a_number_without_letter_or_digit_names_its_field(trader: Shop, number: str) -> None:
    seller = registered(trader)
    receipt = came(trader, goods(trader, 10), supplier_id=seller)
    given = {
        "supplier_id": seller, "bill_number": number, "billed_on": trader.ctx.today,
        "total": "630.00", "lines": [billed(receipt, 10, "60")],
    }  # fmt: skip
    with refused(trader, InvalidInput, "bill_number") as caught:
        trader.run("billing.record_bill", given)
    assert "day" in caught.value.message
