"""What is entered late takes no more of a lot than there was at the end of its day, and of each day since."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from erp.core import db
from erp.core.clock import utc_now
from erp.services.inventory import InsufficientStock, LotNotThereThen
from tests.factories import Shop, make_shop, referees
from tests.services.inventory.past_goods import receive, sell
from tests.services.pos.devices import Device
from tests.services.trading import refused, rows

SETTLE = "pos.settle_offline"


@pytest.fixture
def shop(environment) -> Shop:
    assert environment
    return make_shop("gone-by", lots=0)


def cart(shop: Shop, quantity: int) -> dict[str, Any]:
    return shop.cart({shop.variant_ids[0]: quantity})


def before(days: int) -> Any:
    return utc_now() - timedelta(days=days)


def test_a_lot_that_came_today_left_on_no_day_before(shop: Shop):
    receive(shop, days_ago=0)
    refused(shop, LotNotThereThen, "pos.post_sale", cart(shop, 1), at=before(1))


def test_a_lot_that_was_sold_out_on_a_day_between_did_not_leave_before_it(shop: Shop):
    lot = {"lot_number": "A1", "days": 700}
    receive(shop, days_ago=5, quantity=10, **lot)
    sell(shop, 10, days_ago=3)
    receive(shop, days_ago=1, quantity=10, **lot)
    for days in (5, 4, 3, 2):
        refused(shop, LotNotThereThen, "pos.post_sale", cart(shop, 1), at=before(days))
    sell(shop, 10, days_ago=1)


def test_what_was_there_all_the_time_may_be_entered_late(shop: Shop):
    receive(shop, days_ago=5, quantity=10)
    sell(shop, 4, days_ago=1)
    sell(shop, 6, days_ago=3)
    assert shop.on_hand(shop.variant_ids[0]) == 0


def test_one_who_is_late_waits_for_who_takes_the_lot_just_now(shop: Shop):
    """The last unit of each day is sold once, whoever is first."""
    receive(shop, days_ago=3, quantity=2)
    sell(shop, 1, days_ago=0)
    sell(shop, 1, days_ago=2)
    with pytest.raises(InsufficientStock):
        sell(shop, 1, days_ago=1)


def sold_yesterday(shop: Shop) -> tuple[Device, dict[str, Any]]:
    """A device that was lent its numbers the day before yesterday, and a bill it made yesterday."""
    device = Device(shop)
    with db.unit_of_work(shop.ctx) as session:
        db.execute(session, "update till_lease set taken_at = %s", (before(2),))
    return device, device.bill({shop.variant_ids[0]: 1}, at=before(1))


def test_an_offline_bill_waits_until_its_delivery_is_entered_for_the_day_it_came(shop: Shop):
    """Nothing is lost: the bill waits with its reason, and is posted under its own number and day."""
    receive(shop, days_ago=0, lot_number="B1", days=700)
    device, bill = sold_yesterday(shop)
    assert device.sends(bill).status == "waiting"
    [kept] = rows(shop, "select code, reason from offline_sale")
    assert kept["code"] == "lot_not_there_then"
    assert "with the day it came" in kept["reason"]
    settling = {"sale_id": bill["sale_id"], "answer": "it came the day before"}
    refused(shop, LotNotThereThen, SETTLE, settling)
    receive(shop, days_ago=2, lot_number="B1", days=700, quantity=1)
    assert shop.run(SETTLE, settling).status == "posted"
    [sale] = rows(shop, "select sold_at from sale")
    assert sale["sold_at"] == bill["sold_at"]


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(st.sampled_from(["in", "out"]), st.integers(0, 6), st.integers(1, 5)),
        min_size=4,
        max_size=14,
    )
)
def test_no_day_ends_below_zero_in_whatever_order_things_are_entered(shop: Shop, entries):
    shop = make_shop("any-order", lots=0, products=1)
    left = dict.fromkeys(range(7), 0)
    for way, days_ago, units in entries:
        days = range(days_ago + 1)
        if way == "in":
            receive(shop, days_ago=days_ago, lot_number="C1", days=700, quantity=units)
        elif all(left[day] >= units for day in days):
            sell(shop, units, days_ago=days_ago)
        else:
            with pytest.raises((LotNotThereThen, InsufficientStock)):
                sell(shop, units, days_ago=days_ago)
            continue
        for day in days:
            left[day] += units if way == "in" else -units
    for day, units in left.items():
        found = shop.run("inventory.stock_as_of", {"on": shop.ctx.today - timedelta(days=day)})
        assert sum(row.quantity for row in found.rows) == units
    assert referees()["S18"].holds


def test_the_referee_sees_a_day_below_zero(scratch):
    """Without the trigger what is entered late would take what came later."""
    shop = make_shop("sabotaged", lots=0)
    receive(shop, days_ago=2)
    sell(shop, 1, days_ago=1)
    assert referees()["S18"].holds
    with psycopg.connect(scratch) as owner:
        owner.execute("alter table stock_move disable trigger user")
        owner.execute(
            "update stock_move set effective_at = effective_at + interval '2 days'"
            " where origin_type = 'goods_receipt'"
        )
    assert not referees()["S18"].holds
