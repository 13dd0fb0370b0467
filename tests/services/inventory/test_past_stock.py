"""Stock of a past day is the same whether it is added up from the beginning or taken back from today."""

from datetime import timedelta

import pytest

from erp.services.inventory import valuing
from tests.factories import make_shop
from tests.services.inventory.past_goods import receive, sell


@pytest.fixture
def shop(environment):
    assert environment
    return make_shop("past", lots=0)


def as_of(shop, days_ago, **more):
    found = shop.run(
        "inventory.stock_as_of", {"on": shop.ctx.today - timedelta(days=days_ago)} | more
    )
    return found.total_quantity, found.total_value, [(x.sku, x.quantity) for x in found.rows]


def test_both_ways_give_the_same_stock_of_every_day(shop, monkeypatch):
    receive(shop, days_ago=40, quantity=50)
    receive(shop, days_ago=20, quantity=30, product=1)
    sell(shop, 12, days_ago=30)
    sell(shop, 7, days_ago=5)
    days = (0, 4, 5, 19, 25, 35, 40, 41)
    told = {day: as_of(shop, day) for day in days}
    for ways in ("_FORWARD", "_BACK"):
        for name in ("_FORWARD", "_BACK"):
            monkeypatch.setattr(valuing, name, _WAYS[ways])
        assert {day: as_of(shop, day) for day in days} == told, ways
    assert told[41][0] == 0
    assert told[35][0] == 50
    assert told[0][0] == 50 + 30 - 12 - 7


_WAYS = {"_FORWARD": valuing._FORWARD, "_BACK": valuing._BACK}
