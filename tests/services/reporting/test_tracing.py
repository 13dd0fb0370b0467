"""Whom to call in a recall, and how a party stands with us."""

import pytest

from erp.core.errors import PermissionDenied
from tests.services.trading import add_customer, tender


def buyers(shop, lot_id, **more):
    return shop.run("reporting.list_lot_buyers", {"lot_id": lot_id}, **more).rows


def standing(shop, party_id, **more):
    return shop.run("reporting.get_party_standing", {"party_id": party_id}, **more)


@pytest.fixture
def nirmala(trader):
    return add_customer(trader, phone="98765 43210", credit_limit="5000.00")


def test_every_buyer_of_a_lot_is_named_with_what_came_back(trader, nirmala):
    one = trader.variant_ids[0]
    first, second = trader.lot_ids[one][:2]
    sold = trader.sell({one: 3}, customer_id=nirmala)
    back = {"sale_id": sold.sale_id, "shift_id": trader.shift_id, "reason": "Broken"}
    lines = {"lines": [{"line_no": 1, "quantity": 1}], "tenders": [tender("cash", "105.00")]}
    returned = trader.run("pos.post_return", back | lines)

    rows = buyers(trader, first)
    assert [(r.kind, r.quantity, r.party, r.phone) for r in rows] == [
        ("return", 1, "Nirmala Stores", "98765 43210"),
        ("sale", 3, "Nirmala Stores", "98765 43210"),
    ]
    assert [r.document for r in rows] == [returned.number, sold.number]
    assert buyers(trader, second) == []


def test_names_of_buyers_are_for_those_who_may_recall(trader):
    lot_id = trader.lot_ids[trader.variant_ids[0]][0]
    assert buyers(trader, lot_id, by=trader.acting_as("storekeeper")) == []
    with pytest.raises(PermissionDenied):
        buyers(trader, lot_id, by=trader.acting_as("cashier"))


def test_a_party_owes_what_it_bought_on_account_less_what_it_returned(trader, nirmala):
    one = trader.variant_ids[0]
    assert (standing(trader, nirmala).bills, standing(trader, nirmala).owes) == (0, 0)
    sold = trader.sell({one: 3}, customer_id=nirmala, tenders=[tender("credit", "315.00")])
    trader.sell({one: 1}, customer_id=nirmala)
    back = {"sale_id": sold.sale_id, "shift_id": trader.shift_id, "reason": "Broken"}
    lines = {"lines": [{"line_no": 1, "quantity": 1}], "tenders": [tender("credit", "105.00")]}
    trader.run("pos.post_return", back | lines)

    found = standing(trader, nirmala)
    assert (found.owes, found.owed, found.bills, found.billed) == (210, 0, 2, 315)
    assert found.last_on == trader.ctx.today


def test_a_partys_standing_needs_the_right_to_see_bills(trader, nirmala):
    with pytest.raises(PermissionDenied):
        standing(trader, nirmala, by=trader.acting_as("storekeeper"))
