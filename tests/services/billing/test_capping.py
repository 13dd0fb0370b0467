"""Goods of which one customer may have so many a day and a month, at tills and by orders together."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from erp.core.clock import utc_now
from erp.services.sales import BeyondCap
from tests.factories import Shop, broken_promises
from tests.services.sales.ordering import buyer, deliver, goods, order
from tests.services.trading import add_customer, refused, rows


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


def test_what_was_on_a_cancelled_invoice_is_not_counted(capped: Shop):
    made = order(capped, buyer(capped), goods(capped, 4))
    wrong = deliver(capped, made, 4)
    about = {"invoice_id": wrong.invoice_id, "reason": "Wrong price"}
    capped.run("billing.cancel_invoice", about)
    deliver(capped, made, 4)
    assert broken_promises() == []
