"""What a product cost, delivery by delivery, and which products cost more than before."""

from datetime import timedelta
from decimal import Decimal

import pytest

from erp.core.errors import InvalidInput, PermissionDenied
from tests.factories import make_shop
from tests.services.branches import add_branch, registration
from tests.services.purchasing.ordering import (
    arrived,
    bring,
    days_ago,
    deliver,
    known_supplier,
    line,
    place,
    supplier,
)


@pytest.fixture
def prices(shop):
    """Return a function that asks for the prices paid for the shop's first product."""

    def ask(**wanted):
        given = {"variant_id": shop.variant_ids[0]} | wanted
        return shop.run("purchasing.price_history", given)

    return ask


def changes(shop, **wanted):
    return shop.run("purchasing.list_price_changes", wanted)


def test_prices_of_deliveries_with_and_without_an_order_stand_together(shop, prices):
    other = supplier(shop, name="Wheezal House")
    bring(shop, 10, "50.00", days=20, supplier_id=other, reference="W-1")
    order = place(shop, line(shop, 4))
    deliver(shop, order, arrived(shop, 1, 4))
    page = prices()

    assert [(row.supplier, row.price, row.units) for row in page.rows] == [
        ("SBL Agencies", Decimal("60.0000"), 4),
        ("Wheezal House", Decimal("50.0000"), 10),
    ]
    assert [row.order_number for row in page.rows] == [order.number, ""]
    assert [row.reference for row in page.rows] == [order.number, "W-1"]
    assert page.rows[1].received_on == shop.ctx.today - timedelta(days=20)
    assert (page.last, page.lowest) == (Decimal("60.0000"), Decimal("50.0000"))
    assert page.average == Decimal("52.8571")  # 740 rupees over 14 units, each counted once


def test_free_units_make_the_price_of_a_base_unit_lower(shop, prices):
    given = {"variant_id": shop.variant_ids[0], "code": "BOX", "numerator": 12}
    shop.run("catalog.define_unit", given)
    bring(shop, 10, "600", unit="BOX", free_quantity=2)
    (row,) = prices().rows
    assert (row.units, row.value, row.price) == (144, Decimal("6000.00"), Decimal("41.6667"))


def test_goods_that_cost_nothing_are_listed_and_count_for_no_price(shop, prices):
    bring(shop, 10, "50.00", days=2)
    bring(shop, 5, "0")
    page = prices()
    assert [row.price for row in page.rows] == [0, Decimal("50.0000")]
    assert (page.last, page.lowest, page.average) == (Decimal("50.0000"),) * 3


def test_a_product_that_never_came_has_no_price(prices):
    page = prices()
    assert (page.rows, page.last, page.lowest, page.average) == ([], None, None, None)


def test_pages_of_prices_join_and_their_sums_are_of_all(shop, prices):
    for days in range(5):
        bring(shop, 1, f"{50 + days}", days=days)
    first = prices(limit=2)
    second = prices(limit=2, cursor=first.next_cursor)
    third = prices(limit=2, cursor=second.next_cursor)
    shown = [int(row.price) for page in (first, second, third) for row in page.rows]
    assert shown == [50, 51, 52, 53, 54]
    assert third.next_cursor == ""
    assert (third.last, third.lowest, third.average) == (50, 50, 52)


def test_a_branch_sees_its_own_deliveries(shop, prices):
    second = add_branch(shop, gstin=registration(shop))
    bring(shop, 1, "40", by=second.ctx)
    assert prices().rows == []
    assert shop.run("purchasing.list_received").rows == []


def test_another_tenant_sees_no_prices(shop):
    bring(shop, 1, "40")
    stranger = make_shop("stranger", lots=0)
    given = {"variant_id": shop.variant_ids[0]}
    assert stranger.run("purchasing.price_history", given).rows == []
    assert stranger.run("purchasing.list_received").rows == []
    assert changes(stranger).rows == []


def test_who_may_not_see_orders_sees_no_prices(shop):
    with pytest.raises(PermissionDenied):
        shop.run(
            "purchasing.price_history",
            {"variant_id": shop.variant_ids[0]},
            by=shop.acting_as("cashier"),
        )


def test_received_goods_are_found_by_what_is_known_of_them(shop):
    other = supplier(shop, name="Wheezal House")
    today = shop.ctx.today
    bring(shop, 1, "40", days=40, supplier_id=other, reference="W-1")
    bring(shop, 2, "50", days=2, reference="S-2", at=1, life=30, confirm=["short_shelf_life"])
    bring(shop, 3, "60", reference="S-3")

    def found(**wanted):
        page = shop.run("purchasing.list_received", wanted)
        assert page.total_units == sum(row.units for row in page.rows)
        assert page.total_value == sum(row.value for row in page.rows)
        return [row.reference for row in page.rows]

    assert found() == ["S-3", "S-2", "W-1"]
    assert found(from_day=today - timedelta(days=2), to_day=days_ago(shop, 1)) == ["S-2"]
    assert found(supplier_id=other) == ["W-1"]
    assert found(variant_id=shop.variant_ids[1]) == ["S-2"]
    assert found(standing="short") == ["S-2"]
    assert found(standing="direct") == ["S-3", "S-2", "W-1"]
    assert found(search="w-") == ["W-1"]
    assert found(search="arnica 2") == ["S-2"]


def test_goods_are_short_by_what_was_asked_when_they_came(shop):
    """A hundred days are little for one supplier today; yesterday they were enough."""
    strict = supplier(shop, name="Strict House")
    bring(shop, 1, "50", supplier_id=strict, reference="X-1", life=100)
    shop.run("inventory.set_shelf_life", {"days": 50})
    shop.run("inventory.set_shelf_life", {"days": 200, "supplier_id": strict, "form": "dilution"})
    bring(shop, 4, "50", reference="X-2", life=60)
    more = {"supplier_id": strict, "confirm": ["short_shelf_life"]}
    bring(shop, 2, "50", reference="X-3", life=199, **more)
    bring(shop, 2, "50", reference="X-4", life=100, days=1, **more)

    rows = shop.run("purchasing.list_received", {"standing": "short"}).rows
    assert [row.reference for row in rows] == ["X-3", "X-1"]
    assert [row.is_short for row in rows] == [True, True]
    (scores,) = shop.run("purchasing.supplier_scorecard", {"supplier_id": strict}).rows
    assert (scores.short_units, scores.dated_units) == (3, 5)


def test_a_rise_is_the_last_price_above_the_one_before(shop):
    bring(shop, 10, "50", days=200)
    bring(shop, 10, "60", days=3)
    bring(shop, 20, "66", days=1)
    bring(shop, 10, "80", days=9, at=1)
    bring(shop, 10, "72", days=1, at=1)
    bring(shop, 10, "30", at=2)
    page = changes(shop)

    assert [(row.price_before, row.price, row.change, row.effect) for row in page.rows] == [
        (60, 66, Decimal("10.0"), Decimal("120.00")),
        (80, 72, Decimal("-10.0"), Decimal("-80.00")),
    ]
    assert (page.products, page.total_effect) == (2, Decimal("40.00"))
    risen = changes(shop, direction="up")
    assert [row.variant_id for row in risen.rows] == [shop.variant_ids[0]]
    assert (risen.products, risen.total_effect) == (1, Decimal("120.00"))
    assert [row.change for row in changes(shop, direction="down").rows] == [Decimal("-10.0")]


def test_goods_that_cost_nothing_change_no_price(shop):
    bring(shop, 10, "50", days=5)
    bring(shop, 1, "0", days=4)
    bring(shop, 10, "55", days=3)
    bring(shop, 1, "0", days=2)
    (row,) = changes(shop).rows
    assert (row.price_before, row.price, row.units) == (50, 55, 10)


def test_the_price_before_may_be_older_than_the_period(shop):
    bring(shop, 10, "50", days=200)
    bring(shop, 10, "60", days=3)
    (row,) = changes(shop, from_day=days_ago(shop, 7)).rows
    assert (row.price_before, row.price, row.last_on) == (50, 60, days_ago(shop, 3))
    assert changes(shop, to_day=days_ago(shop, 10)).rows == []


def test_the_averages_of_two_periods_are_compared_by_supplier(shop):
    other = supplier(shop, name="Wheezal House")
    bring(shop, 10, "50", days=15)
    bring(shop, 30, "58", days=12)
    bring(shop, 10, "70", days=4)
    bring(shop, 10, "40", days=3, supplier_id=other)
    (row,) = changes(shop, from_day=days_ago(shop, 9), against="period").rows

    assert (row.supplier_id, row.units) == (known_supplier(shop), 10)
    assert (row.price_before, row.price, row.change) == (56, 70, Decimal("25.0"))
    assert row.effect == Decimal("140.00")


def test_changes_of_one_supplier_are_of_their_deliveries_alone(shop):
    other = supplier(shop, name="Wheezal House")
    bring(shop, 10, "50", days=5)
    bring(shop, 10, "40", days=4, supplier_id=other)
    bring(shop, 10, "55", days=3)
    (row,) = changes(shop, supplier_id=known_supplier(shop)).rows
    assert (row.price_before, row.price) == (50, 55)
    assert changes(shop, supplier_id=other).rows == []


def test_pages_of_changes_join(shop):
    for at in range(3):
        bring(shop, 1, "50", days=5, at=at)
        bring(shop, 1, "55", days=1, at=at)
    first = changes(shop, limit=2)
    second = changes(shop, limit=2, cursor=first.next_cursor)
    shown = [row.variant_id for row in (*first.rows, *second.rows)]
    assert sorted(shown) == sorted(shop.variant_ids)
    assert (second.next_cursor, second.products) == ("", 3)


def test_a_period_that_ends_before_it_begins_is_refused(shop):
    with pytest.raises(InvalidInput) as refusal:
        changes(shop, from_day=shop.ctx.today, to_day=days_ago(shop, 1))
    assert list(refusal.value.fields) == ["to_day"]


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("query", ["list_price_changes", "supplier_scorecard", "get_figures"])
def test_the_calendars_ends_are_days_like_others(shop, query, day):
    shop.run(f"purchasing.{query}", {"from_day": day, "to_day": day})
    shop.run(f"purchasing.{query}", {"to_day": day})
