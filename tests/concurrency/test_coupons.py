"""A coupon is used as often as it says, however many tills try at once."""

from functools import partial

from erp.services.sales import CouponRefused
from tests.concurrency.crowd import at_once, refusals
from tests.factories import Shop, broken_promises
from tests.services.sales.pricing import named


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
