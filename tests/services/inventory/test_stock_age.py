from datetime import timedelta
from decimal import Decimal

import pytest

from erp.core.errors import InvalidInput, PermissionDenied
from erp.services.inventory import RateStarts
from tests.factories import make_shop
from tests.services.inventory.past_goods import receive, second_branch
from tests.services.unchanged import refused

EDGES = {0: "0-30", 30: "0-30", 31: "31-60", 60: "31-60", 61: "61-90", 90: "61-90",
         91: "91-180", 180: "91-180", 181: "180+"}  # fmt: skip


@pytest.fixture
def shop(environment):
    assert environment
    return make_shop("old", lots=0)


def buckets(shop, **more):
    found = shop.run("inventory.stock_ageing", **more)
    return {row.bucket: (row.lots, row.quantity, row.value, row.carrying) for row in found.rows}


@pytest.mark.parametrize(("days", "bucket"), EDGES.items())
def test_the_edges_of_the_buckets(shop, days, bucket):
    receive(shop, days_ago=days)

    (row,) = shop.run("inventory.list_ageing").rows

    assert (row.age_days, row.bucket) == (days, bucket)
    assert list(buckets(shop)) == [bucket]


def test_a_month_of_carrying_is_a_twelfth_of_the_yearly_rate(shop):
    receive(shop, days_ago=40)

    assert buckets(shop) == {"31-60": (1, 10, Decimal("600.00"), Decimal("6.00"))}


def test_the_forms_own_rate_goes_before_the_one_for_all(shop):
    receive(shop, days_ago=40)
    shop.run("inventory.set_carrying_rate", {"rate": "24"})
    assert buckets(shop)["31-60"][3] == Decimal("12.00")

    shop.run("inventory.set_carrying_rate", {"form": "dilution", "rate": "6"})
    assert buckets(shop)["31-60"][3] == Decimal("3.00")

    shop.run("inventory.set_carrying_rate", {"form": "book", "rate": "60"})
    assert buckets(shop)["31-60"][3] == Decimal("3.00")


def test_a_rate_holds_from_its_day(shop):
    receive(shop, days_ago=40)
    tomorrow = shop.ctx.today + timedelta(days=1)
    shop.run("inventory.set_carrying_rate", {"rate": "24", "valid_from": tomorrow})

    later = shop.ctx.now + timedelta(days=1)
    assert buckets(shop)["31-60"][3] == Decimal("6.00")
    assert buckets(shop, at=later)["31-60"][3] == Decimal("12.00")


def test_a_rate_that_is_set_is_not_rewritten(shop):
    shop.run("inventory.set_carrying_rate", {"rate": "24"})

    with refused(shop, RateStarts):
        shop.run("inventory.set_carrying_rate", {"rate": "10"})
    with refused(shop, RateStarts):
        earlier = {"rate": "10", "valid_from": shop.ctx.today - timedelta(days=1)}
        shop.run("inventory.set_carrying_rate", earlier)


def test_the_rates_in_force_are_told_with_the_default(shop):
    assert [(r.form, r.rate) for r in shop.run("inventory.list_carrying_rates").rows] == [
        (None, Decimal(12))
    ]
    shop.run("inventory.set_carrying_rate", {"form": "book", "rate": "9.5"})
    shop.run("inventory.set_carrying_rate", {"rate": "24"})

    rows = shop.run("inventory.list_carrying_rates").rows
    assert [(r.form, r.rate) for r in rows] == [(None, Decimal(24)), ("book", Decimal("9.5"))]


def test_age_counts_from_the_first_delivery_and_survives_a_transfer(shop):
    same = {"lot_number": "SAME"}
    lot_id = receive(shop, days_ago=100, **same)
    receive(shop, days_ago=5, **same)
    moved = {"lot_id": lot_id, "quantity": 4}
    shop.run(
        "inventory.transfer_stock",
        {
            "from_location_id": shop.storage_id,
            "to_location_id": shop.expired_store_id,
            "lines": [moved],
        },
    )

    rows = shop.run("inventory.list_ageing").rows
    assert sorted((row.age_days, row.quantity) for row in rows) == [(100, 4), (100, 16)]
    assert buckets(shop)["91-180"][:3] == (1, 20, Decimal("1200.00"))


def test_the_sums_are_those_of_the_lots_and_of_stock(shop):
    for days, quantity in ((3, 7), (50, 11), (200, 13)):
        receive(shop, days_ago=days, quantity=quantity, unit_cost="33.33")
    shop.sell({shop.variant_ids[0]: 3})

    found = shop.run("inventory.stock_ageing")
    rows = shop.run("inventory.list_ageing").rows

    assert found.value == shop.run("inventory.stock_valuation").value
    assert found.value == sum(row.value for row in rows)
    assert found.carrying == sum(row.carrying for row in rows)
    assert found.quantity == 28


def test_the_average_age_is_weighed_with_the_cost(shop):
    receive(shop, days_ago=100, quantity=1)
    receive(shop, days_ago=0, quantity=3)

    assert shop.run("inventory.stock_ageing").average_days == 25


def test_lots_are_narrowed_and_paged_by_age(shop):
    for product, days in enumerate((200, 150, 100, 20)):
        receive(shop, days_ago=days, product=product % 3, lot_number=f"AGE{days}")
    seen, cursor = [], ""
    while True:
        page = shop.run("inventory.list_ageing", {"limit": 2, "cursor": cursor})
        seen += [row.age_days for row in page.rows]
        cursor = page.next_cursor
        if not cursor:
            break
    assert seen == [200, 150, 100, 20]

    def ages(**wanted):
        return [row.age_days for row in shop.run("inventory.list_ageing", wanted).rows]

    assert ages(bucket="91-180") == [150, 100]
    assert ages(search="age150") == [150]
    assert ages(form="book") == []
    assert ages(location_id=shop.transit_id) == []
    with pytest.raises(InvalidInput):
        shop.run("inventory.list_ageing", {"cursor": "bm9uc2Vuc2U"})


def test_only_planners_set_rates_and_only_who_sees_stock_sees_its_age(shop):
    with refused(shop, PermissionDenied):
        shop.run("inventory.set_carrying_rate", {"rate": "1"}, by=shop.acting_as("storekeeper"))
    assert shop.run("inventory.set_carrying_rate", {"rate": "1"}, by=shop.acting_as("manager")).id
    for name in ("stock_ageing", "list_ageing", "list_carrying_rates"):
        with pytest.raises(PermissionDenied):
            shop.run(f"inventory.{name}", by=shop.acting_as("technician"))


def test_a_branch_sees_its_own_goods_alone(shop):
    receive(shop, days_ago=100)
    other = second_branch(shop)
    receive(other, days_ago=5, quantity=3)

    assert [row.quantity for row in shop.run("inventory.list_ageing").rows] == [10]
    assert [row.quantity for row in other.run("inventory.list_ageing").rows] == [3]
    assert other.run("inventory.stock_ageing").quantity == 3


def test_another_tenant_sees_none_of_it(shop, stranger):
    lot_id = receive(shop, days_ago=100)
    shop.run("inventory.set_carrying_rate", {"rate": "99"})

    theirs = stranger.run("inventory.list_ageing").rows
    assert lot_id not in {row.lot_id for row in theirs}
    assert {row.rate for row in theirs} <= {Decimal(12)}
    assert stranger.run("inventory.list_carrying_rates").rows[0].valid_from is None
