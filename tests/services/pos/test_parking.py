"""Parked bills: kept under a name, taken up once."""

import pytest

from erp.core.errors import Conflict, NotFound, PermissionDenied
from erp.core.ids import new_id
from tests.factories import Shop
from tests.services.trading import add_customer, refused, snapshot


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


@pytest.mark.parametrize("wrong", ["variant_id", "lot_id", "lot of another product"])
def test_a_line_nobody_could_take_up_again_is_refused_by_its_place(trader: Shop, wrong: str):
    first, second = trader.variant_ids[:2]
    line = {"variant_id": second, "quantity": 1}
    if wrong == "lot of another product":
        wrong, line = "lot_id", line | {"lot_id": trader.lot_ids[first][0]}
    else:
        line |= {wrong: new_id()}
    given = {"label": "Mrs Rao", "lines": [{"variant_id": first, "quantity": 2}, line]}
    refusal = refused(trader, NotFound, "pos.park_cart", given)
    assert refusal.fields.keys() == {f"lines.1.{wrong}"}


def test_a_bill_is_taken_up_with_all_that_it_carried(trader: Shop, stranger: Shop):
    carried = {
        "coupon": "TEN",
        "bill_discount": "5.00",
        "prescription": {
            "doctor_name": "Dr Rao",
            "registration_no": "MH-1",
            "patient_name": "Asha",
            "prescribed_on": "2026-01-05",
            "note": "",
        },
        "exchange": {
            "sale_id": str(trader.sell({trader.variant_ids[0]: 1}).sale_id),
            "return_id": str(new_id()),
            "number": "POS1/26-27/00001",
            "lines": [{"line_no": 1, "quantity": 1}],
            "reason": "Leaks",
            "worth": "105.00",
        },
    }
    cart = trader.run("pos.park_cart", parked(trader) | carried)
    taken = trader.run("pos.recall_cart", {"cart_id": cart.id}).cart
    assert {name: taken[name] for name in carried} == carried
    foreign = stranger.sell({stranger.variant_ids[0]: 1}).sale_id
    theirs = carried | {"exchange": carried["exchange"] | {"sale_id": foreign}}
    fields = refused(trader, NotFound, "pos.park_cart", parked(trader) | theirs).fields
    assert "exchange.sale_id" in fields


def test_a_strangers_customer_is_not_parked_but_our_own_and_their_lot_are(
    trader: Shop, stranger: Shop
):
    customer = add_customer(stranger)
    given = parked(trader) | {"customer_id": customer}
    assert "customer_id" in refused(trader, NotFound, "pos.park_cart", given).fields
    kept = parked(trader) | {"customer_id": add_customer(trader)}
    kept["lines"] = [kept["lines"][0] | {"lot_id": trader.lot_ids[trader.variant_ids[0]][0]}]
    trader.run("pos.park_cart", kept)
    assert trader.run("pos.list_parked_carts").rows[0].line_count == 1
