"""Goods of which one customer may have so many a day and a month, at tills and by orders together."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from erp.core.clock import utc_now
from erp.services.sales import BeyondCap
from tests.factories import Shop, broken_promises
from tests.services.sales.ordering import buyer, deliver, goods, order
from tests.services.sales.pricing import make_list, set_scheme
from tests.services.trading import add_customer, add_goods, refused, rows


@pytest.fixture
def capped(trader: Shop) -> Shop:
    cap(trader, max_per_day=4, max_per_month=6)
    return trader


def cap(shop: Shop, **caps: int) -> None:
    (found,) = rows(shop, "select product_id from variant where id = %s", shop.variant_ids[0])
    wanted = {"product_id": found["product_id"], "licence_class": "homeopathic"}
    shop.run("catalog.set_licence_class", wanted | caps)


def sale(shop: Shop, units: int, customer_id: UUID | None) -> dict[str, Any]:
    return shop.cart({shop.variant_ids[0]: units}, customer_id=customer_id)


def refusal(shop: Shop, units: int, customer_id: UUID | None) -> str:
    cart = sale(shop, units, customer_id)
    error: BeyondCap = refused(shop, BeyondCap, "pos.post_sale", cart)
    return error.fields["lines.0.quantity"]


def test_a_customer_has_no_more_in_a_day_than_the_cap(capped: Shop):
    asha, ravi = add_customer(capped), add_customer(capped, name="Ravi")
    capped.run("pos.post_sale", sale(capped, 3, asha))
    assert "they had 3 today. Take no more than 1." in refusal(capped, 2, asha)
    capped.run("pos.post_sale", sale(capped, 1, asha))
    assert refusal(capped, 1, asha).endswith("Take it off the bill.")
    capped.run("pos.post_sale", sale(capped, 4, ravi))
    assert broken_promises() == []


def test_what_was_had_before_counts_to_the_month_and_a_new_one_begins_anew(capped: Shop):
    cap(capped, max_per_month=6)
    asha = add_customer(capped)
    capped.run("pos.post_sale", sale(capped, 5, asha))
    assert "they had 5 this month" in refusal(capped, 2, asha)
    later = utc_now() + timedelta(days=32)
    shift = {"shift_id": capped.shift_id}
    cart = sale(capped, 6, asha) | shift
    capped.run("pos.post_sale", cart, at=later)


def test_goods_that_came_back_are_not_counted(capped: Shop):
    asha = add_customer(capped)
    sold = capped.run("pos.post_sale", sale(capped, 4, asha))
    back = {"sale_id": sold.sale_id, "shift_id": capped.shift_id, "reason": "Unopened"}
    capped.run("pos.post_return", back | {"lines": [{"line_no": 1, "quantity": 3}]})
    assert "they had 1 today" in refusal(capped, 4, asha)
    capped.run("pos.post_sale", sale(capped, 3, asha))


def test_nobody_named_has_none_and_the_quote_prices_the_rest(capped: Shop):
    assert "Name the customer first" in refusal(capped, 1, None)
    cart = {key: value for key, value in sale(capped, 1, None).items() if key != "tenders"}
    wanted = {key: cart[key] for key in ("shift_id", "lines")}
    error = refused(capped, BeyondCap, "pos.quote_cart", wanted)
    assert error.fields.keys() == {"customer_id", "lines.0.quantity"}


def test_orders_are_delivered_within_it_and_count_with_the_tills(capped: Shop):
    customer = buyer(capped)
    made = order(capped, customer, goods(capped, 6))
    deliver(capped, made, 3)
    wanted = {"order_id": made.id, "lines": [{"order_line_no": 1, "quantity": 2}]}
    assert (
        "they had 3 today"
        in refused(capped, BeyondCap, "billing.deliver_order", wanted).fields["lines.0.quantity"]
    )
    assert "they had 3 today" in refusal(capped, 2, customer)
    deliver(capped, made, 1)
    assert broken_promises() == []


def test_two_lines_of_one_product_are_counted_together(capped: Shop):
    asha = add_customer(capped)
    halves = [{"variant_id": capped.variant_ids[0], "quantity": 3}] * 2
    cart = sale(capped, 1, asha) | {"lines": halves}
    error = refused(capped, BeyondCap, "pos.post_sale", cart)
    assert {"lines.0.quantity", "lines.1.quantity"} <= error.fields.keys()


def test_a_cancelled_invoice_counts_no_more(capped: Shop):
    customer = buyer(capped)
    made = order(capped, customer, goods(capped, 4))
    sent = deliver(capped, made, 4)
    capped.run("billing.cancel_invoice", {"invoice_id": sent.invoice_id, "reason": "Wrong price"})
    assert deliver(capped, made, 4).is_complete
    assert "they had 4 today" in refusal(capped, 1, customer)


def comes_free(shop: Shop, *, with_units: int = 2, **caps: int) -> UUID:
    """Give a unit of the capped product with every two of another; return that other."""
    cap(shop, **caps)
    paid = add_goods(shop, mrp="80.00")
    gift = {"goods_id": paid, "free_variant_id": shop.variant_ids[0]}
    set_scheme(shop, make_list(shop), with_units, 1, scope="variant", **gift)
    return paid


def test_what_a_scheme_gives_counts_to_what_may_be_sold_at_once(trader: Shop):
    paid = comes_free(trader, max_per_sale=2)
    cart = trader.cart({paid: 6})
    error = refused(trader, BeyondCap, "pos.post_sale", cart)
    assert "comes free with this line: take less" in error.fields["lines.0.quantity"]
    both = trader.cart({paid: 4, trader.variant_ids[0]: 1})
    assert "lines.1.quantity" in refused(trader, BeyondCap, "pos.post_sale", both).fields
    trader.run("pos.post_sale", trader.cart({paid: 4}))
    customer = buyer(trader)
    ordered = {"customer_id": customer, "lines": [{"variant_id": paid, "quantity": 6}]}
    error = refused(trader, BeyondCap, "sales.take_order", ordered)
    assert "comes free" in error.fields["lines.0.quantity"]
    assert broken_promises() == []


def test_the_same_gift_of_two_lines_is_counted_together(trader: Shop):
    one = comes_free(trader, max_per_sale=1)
    two = add_goods(trader, mrp="60.00")
    gift = {"goods_id": two, "free_variant_id": trader.variant_ids[0]}
    set_scheme(trader, make_list(trader, code="TWO"), 2, 1, scope="variant", **gift)
    error = refused(trader, BeyondCap, "pos.post_sale", trader.cart({one: 2, two: 2}))
    assert error.fields.keys() == {"lines.0.quantity", "lines.1.quantity"}


def test_what_a_scheme_gives_counts_to_what_a_customer_may_have(trader: Shop):
    paid = comes_free(trader, max_per_day=2)
    asha = add_customer(trader)
    trader.run("pos.post_sale", trader.cart({trader.variant_ids[0]: 2}, customer_id=asha))
    error = refused(trader, BeyondCap, "pos.post_sale", trader.cart({paid: 2}, customer_id=asha))
    assert "they had 2 today" in error.fields["lines.0.quantity"]
    assert (
        "Name the customer"
        in refused(trader, BeyondCap, "pos.post_sale", trader.cart({paid: 2})).fields[
            "lines.0.quantity"
        ]
    )
    trader.run("pos.post_sale", trader.cart({paid: 1}, customer_id=asha))


def test_an_order_is_not_delivered_beyond_a_cap_that_was_set_since(trader: Shop):
    paid = comes_free(trader)
    customer = buyer(trader)
    made = order(trader, customer, {"variant_id": paid, "quantity": 6})
    cap(trader, max_per_sale=2)
    lines = [{"order_line_no": 1, "quantity": 6}, {"order_line_no": 2, "quantity": 0}]
    wanted = {"order_id": made.id, "lines": lines}
    error = refused(trader, BeyondCap, "billing.deliver_order", wanted)
    assert error.fields.keys() == {"lines.1.free_quantity"}


def exchange(shop: Shop, sold: Any, back: int, out: int) -> dict[str, Any]:
    return {
        "sale_id": sold.sale_id,
        "shift_id": shop.shift_id,
        "returned": [{"line_no": 1, "quantity": back}],
        "lines": [{"variant_id": shop.variant_ids[0], "quantity": out}],
        "reason": "Seal broken",
    }


def test_a_unit_is_swapped_for_its_like_though_the_cap_is_used_up(capped: Shop):
    asha = add_customer(capped)
    sold = capped.run("pos.post_sale", sale(capped, 4, asha))
    swap = exchange(capped, sold, 1, 1)
    asked = {
        "shift_id": capped.shift_id,
        "customer_id": asha,
        "lines": swap["lines"],
        "coming_back": "105.00",
    }
    refused(capped, BeyondCap, "pos.quote_cart", asked)
    told = {"returned_sale_id": sold.sale_id, "returned": swap["returned"]}
    assert capped.run("pos.quote_cart", asked | told).total == 105
    error = refused(capped, BeyondCap, "pos.post_exchange", exchange(capped, sold, 1, 2))
    assert "they had 3 today. Take no more than 1." in error.fields["lines.0.quantity"]
    capped.run("pos.post_exchange", swap)
    assert refusal(capped, 1, asha).endswith("Take it off the bill.")
    assert broken_promises() == []


def test_what_another_customer_or_another_month_had_makes_no_room(capped: Shop):
    asha, ravi = add_customer(capped), add_customer(capped, name="Ravi")
    capped.run("pos.post_sale", sale(capped, 4, asha))
    of_ravi = capped.run("pos.post_sale", sale(capped, 2, ravi))
    asked = {
        "shift_id": capped.shift_id,
        "customer_id": asha,
        "lines": [{"variant_id": capped.variant_ids[0], "quantity": 1}],
        "returned_sale_id": of_ravi.sale_id,
        "returned": [{"line_no": 1, "quantity": 2}],
    }
    refused(capped, BeyondCap, "pos.quote_cart", asked)
    old = capped.run("pos.post_sale", sale(capped, 2, ravi), at=utc_now() - timedelta(days=40))
    capped.run("pos.post_sale", sale(capped, 2, ravi))
    refused(capped, BeyondCap, "pos.post_exchange", exchange(capped, old, 1, 1))
