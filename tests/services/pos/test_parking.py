"""Parked bills: kept under a name, taken up once."""

import pytest

from erp.core.errors import Conflict, NotFound, PermissionDenied
from tests.factories import Shop
from tests.services.trading import refused, snapshot


def parked(trader: Shop, label: str = "Mrs Rao"):
    lines = [{"variant_id": trader.variant_ids[0], "quantity": 2}]
    return {"label": label, "lines": lines}


def test_a_parked_bill_comes_back_as_it_was_and_is_gone(trader: Shop):
    cart = trader.run("pos.park_cart", parked(trader))
    listed = trader.run("pos.list_parked_carts").rows
    assert [(row.label, row.line_count) for row in listed] == [("Mrs Rao", 1)]
    recalled = trader.run("pos.recall_cart", {"cart_id": cart.id}).cart
    assert recalled["lines"][0]["quantity"] == 2
    assert trader.run("pos.list_parked_carts").rows == []


def test_a_bill_is_taken_up_once_but_its_key_may_ask_again(trader: Shop):
    cart = trader.run("pos.park_cart", parked(trader))
    keyed = {"cart_id": cart.id, "idempotency_key": "recall-1234"}
    first = trader.answer("pos.recall_cart", keyed)
    assert trader.answer("pos.recall_cart", keyed).text == first.text
    refused(trader, NotFound, "pos.recall_cart", {"cart_id": cart.id})


def test_two_bills_do_not_share_a_name(trader: Shop):
    trader.run("pos.park_cart", parked(trader))
    assert "label" in refused(trader, Conflict, "pos.park_cart", parked(trader)).fields


def test_parking_reserves_nothing(trader: Shop):
    trader.run("pos.park_cart", parked(trader))
    assert trader.sell({trader.variant_ids[0]: 200}).total == 21_000


def test_only_those_at_the_till_park(trader: Shop):
    by = trader.acting_as("auditor")
    refused(trader, PermissionDenied, "pos.park_cart", parked(trader), by=by)
    with pytest.raises(PermissionDenied):
        trader.run("pos.list_parked_carts", by=by)


def test_a_strangers_bill_is_not_there(trader: Shop, stranger: Shop):
    cart = stranger.run("pos.park_cart", parked(stranger))
    before = snapshot(stranger)
    refused(trader, NotFound, "pos.recall_cart", {"cart_id": cart.id})
    assert snapshot(stranger) == before
    assert trader.run("pos.list_parked_carts").rows == []
