"""Accounts that something else keeps in step take no entry by hand that would break it."""

from datetime import timedelta
from decimal import Decimal

import pytest

from erp.core.errors import NotFound
from erp.core.ids import new_id
from erp.services.accounting import KeptAccount, PartyMissing, PeriodClosed
from tests.factories import Shop, broken_promises
from tests.services.trading import add_customer, refused, tender

POST = "accounting.post_manual_entry"


def entry(trader: Shop, debit: dict, credit: dict, **facts: object) -> dict[str, object]:
    lines = [{"debit": "100.00"} | debit, {"credit": "100.00"} | credit]
    return {"effective_on": trader.ctx.today, "narration": "By hand", "lines": lines} | facts


@pytest.mark.parametrize("key", ["inventory", "inventory_expired", "goods_in_transit"])
def test_the_value_of_stock_is_not_written_by_hand(trader: Shop, key: str):
    given = entry(trader, {"account_key": "rent"}, {"account_key": key})
    error = refused(trader, KeptAccount, POST, given)
    assert error.fields.keys() == {"lines.1.account_key"}
    assert broken_promises() == []


@pytest.mark.parametrize("key", ["debtors", "creditors"])
def test_what_is_owed_is_owed_by_somebody(trader: Shop, key: str):
    given = entry(trader, {"account_key": "bank"}, {"account_key": key})
    assert refused(trader, PartyMissing, POST, given).fields.keys() == {"lines.1.party_id"}


def test_a_payment_by_hand_lowers_what_a_customer_owes(trader: Shop):
    buyer = add_customer(trader, credit_limit=Decimal(1000))
    paid = [tender("credit", "105.00")]
    trader.sell({trader.variant_ids[0]: 1}, customer_id=buyer, tenders=paid)
    trader.run(
        POST, entry(trader, {"account_key": "bank"}, {"account_key": "debtors", "party_id": buyer})
    )
    assert trader.run("reporting.get_party_standing", {"party_id": buyer}).owes == 5


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ({"account_key": "no_such"}, "lines.1.account_key"),
        ({"account_key": "debtors", "party_id": str(new_id())}, "lines.1.party_id"),
    ],
)
def test_what_is_not_there_is_named_at_its_line(trader: Shop, line: dict, field: str):
    error = refused(trader, NotFound, POST, entry(trader, {"account_key": "bank"}, line))
    assert error.fields.keys() == {field}


def test_a_month_nobody_used_is_closed_by_closing_a_later_one(trader: Shop):
    month = trader.run("accounting.list_periods").rows[0]
    done = {"period_id": month.id, "status": "closed", "reason": "Filed"}
    trader.run("accounting.set_period_status", done)
    earlier = {"effective_on": month.starts_on - timedelta(days=40)}
    late = entry(trader, {"account_key": "rent"}, {"account_key": "bank"}, **earlier)
    assert "effective_on" in refused(trader, PeriodClosed, POST, late).fields
    trader.run("accounting.set_period_status", done | {"status": "open"})
    trader.run(POST, late)
