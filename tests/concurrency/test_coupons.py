"""A coupon is used as often as it says, however many tills try at once."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

from erp.core import db
from erp.services.sales import CouponRefused
from tests.concurrency.crowd import at_once, refusals
from tests.factories import Shop, broken_promises
from tests.services.sales.pricing import named

PATIENCE = 10
"""Seconds; who waits for a lock here waits for ever."""


def test_of_many_tills_as_many_use_a_coupon_as_it_allows(trader: Shop):
    made = {"code": "TEN", "name": "Ten", "percent": "10", "max_uses": 3}
    trader.run("sales.create_coupon", made)
    goods = {trader.variant_ids[0]: 1}
    answers = at_once([partial(trader.sell, goods, coupon="TEN") for _ in range(8)])
    assert refusals(answers, CouponRefused) == 5
    assert trader.count("coupon_use") == 3
    assert broken_promises() == []


def test_a_customer_uses_once_what_each_may_use_once(trader: Shop):
    made = {"code": "TEN", "name": "Ten", "percent": "10", "max_uses": 9, "is_once_each": True}
    trader.run("sales.create_coupon", made)
    goods, asha = {trader.variant_ids[0]: 1}, named(trader, name="Asha")
    sell = partial(trader.sell, goods, coupon="TEN", customer_id=asha)
    assert refusals(at_once([sell for _ in range(5)]), CouponRefused) == 4
    assert trader.count("coupon_use") == 1


def test_a_price_waits_for_nobody_who_uses_the_same_coupon(trader: Shop):
    made = {"code": "TEN", "name": "Ten", "percent": "10", "max_uses": 3}
    trader.run("sales.create_coupon", made)
    line = {"variant_id": trader.variant_ids[0], "quantity": 1}
    cart = {"shift_id": trader.shift_id, "lines": [line], "coupon": "TEN"}
    asked = {"code": "TEN", "amount": "105.00"}
    with ThreadPoolExecutor(1) as other, db.unit_of_work(trader.ctx) as session:
        db.execute(
            session, "select 1 from coupon where tenant_id = %s for update", (trader.tenant_id,)
        )
        assert other.submit(trader.run, "pos.quote_cart", cart).result(PATIENCE).lines
        assert other.submit(trader.run, "sales.check_coupon", asked).result(PATIENCE).discount


def test_what_is_given_back_while_many_sell_is_used_once(trader: Shop):
    made = {"code": "TEN", "name": "Ten", "percent": "10", "max_uses": 2}
    trader.run("sales.create_coupon", made)
    goods = {trader.variant_ids[0]: 1}
    sold = [trader.sell(goods, coupon="TEN") for _ in range(2)]
    back = [
        {
            "shift_id": trader.shift_id,
            "sale_id": one.sale_id,
            "lines": [{"line_no": 1, "quantity": 1}],
            "tenders": [{"method": "cash", "amount": one.total}],
            "reason": "Not wanted",
        }
        for one in sold
    ]
    selling = [partial(trader.sell, goods, coupon="TEN") for _ in range(6)]
    answers = at_once([*(partial(trader.run, "pos.post_return", each) for each in back), *selling])
    posted = 6 - refusals(answers, CouponRefused)
    rest = [partial(trader.sell, goods, coupon="TEN") for _ in range(4)]
    posted += 4 - refusals(at_once(rest), CouponRefused)
    assert posted == 2, "as often as uses were given back"
    assert trader.count("coupon_use") == 4
    assert broken_promises() == []
