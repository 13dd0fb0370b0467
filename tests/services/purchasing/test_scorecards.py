"""How suppliers are rated: each figure by hand, and the rows behind it."""

from datetime import timedelta
from decimal import Decimal

import pytest

from erp.core.errors import PermissionDenied
from tests.factories import make_shop
from tests.services.branches import add_branch, registration
from tests.services.purchasing.ordering import (
    amend,
    arrived,
    bring,
    days_ago,
    decide,
    finish,
    known_supplier,
    line,
    place,
    receive,
    supplier,
)


def cards(shop, **wanted):
    return shop.run("purchasing.supplier_scorecard", wanted).rows


def card(shop, **wanted):
    (row,) = cards(shop, supplier_id=known_supplier(shop), **wanted)
    return row


def listed(shop, **wanted):
    found = shop.run("purchasing.list_orders", {"supplier_id": known_supplier(shop)} | wanted)
    return [row.id for row in found.rows]


def received(shop, standing):
    found = shop.run("purchasing.list_received", {"standing": standing})
    return sum(row.units for row in found.rows)


def after(shop, days):
    return shop.ctx.now + timedelta(days=days)


def test_goods_are_on_time_by_units_through_the_expected_day(shop):
    order = place(shop, line(shop, 10, free_quantity=2), expected_on=shop.ctx.today)
    receive(shop, order, {1: (3, 1)})
    late = {"order_id": order.id, "lines": [arrived(shop, 1, 5)]}
    shop.run("purchasing.receive_order", late, at=after(shop, 1))
    bring(shop, 100, "60")
    undated = place(shop, line(shop, 7))
    receive(shop, undated, {1: 7})
    score = card(shop, to_day=shop.ctx.today + timedelta(days=1))

    assert (score.on_time_units, score.due_units, score.on_time) == (3, 8, Decimal("37.5"))
    assert (received(shop, "on_time"), received(shop, "late")) == (4, 5)  # a free one with them


def test_the_expected_day_is_that_of_the_version_in_force_when_goods_came(shop):
    today = shop.ctx.today
    order = place(shop, line(shop, 10), expected_on=today)
    late = {"order_id": order.id, "lines": [arrived(shop, 1, 5)]}
    shop.run("purchasing.receive_order", late, at=after(shop, 1))
    later = {
        "order_id": order.id,
        "version": 1,
        "reason": "They asked for more time",
        "expected_on": today + timedelta(days=9),
        "lines": [line(shop, 10)],
    }
    shop.run("purchasing.amend_order", later, at=after(shop, 1.5))
    rest = {"order_id": order.id, "lines": [arrived(shop, 1, 5)]}
    shop.run("purchasing.receive_order", rest, at=after(shop, 2))
    assert card(shop, to_day=today + timedelta(days=2)).on_time == Decimal("50.0")


def test_a_version_that_was_not_approved_sets_no_day(shop, storekeeper, manager):
    order = place(shop, line(shop, 10), expected_on=shop.ctx.today, by=storekeeper)
    waiting = amend(
        shop,
        order,
        line(shop, 2000),
        expected_on=shop.ctx.today + timedelta(days=9),
        by=storekeeper,
    )
    decide(shop, waiting, "refused", note="Too much", by=manager)
    late = {"order_id": order.id, "lines": [arrived(shop, 1, 10)]}
    shop.run("purchasing.receive_order", late, at=after(shop, 1))
    assert card(shop, to_day=shop.ctx.today + timedelta(days=1)).on_time == 0


def test_fill_counts_orders_that_are_over_or_late(shop, storekeeper):
    full, short = place(shop, line(shop, 10)), place(shop, line(shop, 10))
    over = place(shop, line(shop, 10), line(shop, 10, at=1))
    never, late = (
        place(shop, line(shop, 10)),
        place(shop, line(shop, 10), expected_on=shop.ctx.today),
    )
    coming = place(shop, line(shop, 100))
    waiting = place(shop, line(shop, 1000), expected_on=shop.ctx.today, by=storekeeper)
    receive(shop, full, {1: 10})
    receive(shop, short, {1: 4})
    finish(shop, short)
    receive(shop, over, {1: 15}, confirm=["over_delivery"])
    finish(shop, over)
    finish(shop, never)
    judged = {full.id, short.id, over.id, never.id}
    sent = judged | {late.id, coming.id}
    score = card(shop)

    assert (score.filled_units, score.ordered_units, score.fill) == (24, 50, Decimal("48.0"))
    assert score.orders == 6
    days = {"ordered_from": shop.ctx.today, "ordered_to": shop.ctx.today}
    assert set(listed(shop, standing="judged", **days)) == judged
    assert set(listed(shop, standing="sent", **days)) == sent
    assert waiting.id in listed(shop, **days)
    assert listed(shop, ordered_to=days_ago(shop, 1)) == []
    later = {"standing": "judged"}
    over_or_late = shop.run("purchasing.list_orders", later, at=after(shop, 1)).rows
    assert {row.id for row in over_or_late} == judged | {late.id}
    tomorrow = shop.run("purchasing.supplier_scorecard", at=after(shop, 1)).rows[0]
    assert (tomorrow.filled_units, tomorrow.ordered_units) == (24, 60)


def test_goods_with_less_life_than_the_shop_asks_for_are_short(shop):
    confirm = ["short_shelf_life"]
    bring(shop, 3, "60", life=89, days=5, confirm=confirm)
    bring(shop, 5, "60", life=90, days=5)
    score = card(shop)
    assert (score.short_units, score.dated_units) == (3, 8)
    assert score.short_life == Decimal("37.5")
    assert received(shop, "short") == 3


def test_drift_weighs_each_products_change_by_its_value(shop):
    bring(shop, 10, "50", days=12)
    bring(shop, 10, "20", days=11, at=1)
    bring(shop, 10, "99", days=10, at=2)
    bring(shop, 10, "55", days=3)
    bring(shop, 10, "18", days=2, at=1)
    score = card(shop, from_day=days_ago(shop, 6))
    # (550 x 10 % - 180 x 10 %) / 730; the third product did not come again
    assert score.drift == Decimal("5.1")
    assert score.value == Decimal("730.00")


def test_a_share_of_nothing_is_none(shop):
    place(shop, line(shop, 10))
    score = card(shop)
    assert (score.on_time, score.fill, score.short_life, score.drift) == (None,) * 4
    assert (score.orders, score.value) == (1, 0)


def test_what_was_before_the_period_is_left_out(shop):
    bring(shop, 10, "50", days=40)
    assert card(shop, from_day=days_ago(shop, 41)).value == 500
    assert cards(shop, from_day=days_ago(shop, 39)) == []
    assert cards(shop, to_day=days_ago(shop, 41)) == []


def test_suppliers_stand_by_any_figure_and_those_without_it_below(shop):
    other, third = supplier(shop, name="Wheezal House"), supplier(shop, name="Zenith Depot")
    bring(shop, 10, "50", days=100)
    bring(shop, 10, "60", days=10)
    bring(shop, 10, "70", days=10, supplier_id=other)
    place(shop, line(shop, 10), supplier_id=third)

    def names(sort, **wanted):
        return [row.supplier.split()[0] for row in cards(shop, sort=sort, **wanted)]

    assert names("") == names("-value") == ["Wheezal", "SBL", "Zenith"]
    assert names("supplier") == ["SBL", "Wheezal", "Zenith"]
    assert names("-supplier") == ["Zenith", "Wheezal", "SBL"]
    assert names("-orders")[0] == "Zenith"
    assert names("-drift") == ["SBL", "Wheezal", "Zenith"]
    first = shop.run("purchasing.supplier_scorecard", {"limit": 2})
    rest = shop.run("purchasing.supplier_scorecard", {"limit": 2, "cursor": first.next_cursor})
    assert [row.supplier for row in (*first.rows, *rest.rows)] == [
        "Wheezal House",
        "SBL Agencies",
        "Zenith Depot",
    ]
    assert rest.next_cursor == ""


def test_one_suppliers_card_holds_nothing_of_another(shop):
    other = supplier(shop, name="Wheezal House")
    place(shop, line(shop, 10), supplier_id=other)
    bring(shop, 10, "60", supplier_id=other)
    place(shop, line(shop, 5))
    assert (card(shop).orders, card(shop).value) == (1, 0)


def test_goods_without_a_supplier_are_nobodys(shop):
    shop.receive(shop.variant_ids[0], 5)
    assert cards(shop) == []


def test_scorecards_are_of_the_acting_branch_and_tenant(shop):
    second = add_branch(shop, gstin=registration(shop))
    bring(shop, 1, "40", by=second.ctx)
    place(shop, line(shop, 10), by=second.ctx)
    assert cards(shop) == []
    figures = shop.run("purchasing.get_figures")
    assert (figures.spend.value, figures.orders.orders) == (0, 0)
    assert cards(make_shop("stranger", lots=0), supplier_id=known_supplier(shop)) == []


@pytest.mark.parametrize("query", ["supplier_scorecard", "get_figures", "list_received"])
def test_who_may_not_see_orders_sees_no_figures(shop, query):
    with pytest.raises(PermissionDenied):
        shop.run(f"purchasing.{query}", by=shop.acting_as("cashier"))


def test_figures_add_up_what_came_by_month_supplier_and_brand(shop):
    other = supplier(shop, name="Wheezal House")
    bring(shop, 10, "50", days=100)
    bring(shop, 10, "60", days=1)
    bring(shop, 10, "70", supplier_id=other)
    shop.receive(shop.variant_ids[0], 5, unit_cost="10")
    place(shop, line(shop, 10), expected_on=shop.ctx.today)
    figures = shop.run("purchasing.get_figures", {"from_day": days_ago(shop, 29)})

    assert (figures.spend.value, figures.spend.units, figures.spend.deliveries) == (1350, 25, 3)
    assert figures.spend_before.value == 0
    assert [(row.name, row.value) for row in figures.by_supplier] == [
        ("Wheezal House", 700),
        ("SBL Agencies", 600),
        ("", 50),
    ]
    assert [(row.value, row.units) for row in figures.by_brand] == [(1350, 25)]
    assert sum(row.value for row in figures.by_month) == 1850
    assert figures.by_month[0].month == days_ago(shop, 100).replace(day=1)
    assert (figures.orders.orders, figures.orders.value) == (1, Decimal("630.00"))
    assert figures.orders.late == 0
    tomorrow = shop.run("purchasing.get_figures", at=after(shop, 1))
    assert (tomorrow.orders.late, tomorrow.orders.late_value) == (1, Decimal("630.00"))
    (brand,) = figures.by_brand
    found = shop.run("purchasing.list_received", {"brand_id": brand.id})
    assert found.total_value == 1850


def test_months_reach_back_a_year_from_the_periods_end(shop):
    bring(shop, 1, "50", days=340)
    figures = shop.run("purchasing.get_figures", {"from_day": shop.ctx.today})
    year_end = shop.ctx.today.replace(day=1) - timedelta(days=1)
    is_within = days_ago(shop, 340) > year_end.replace(year=year_end.year - 1)
    assert len(figures.by_month) == is_within
    then = shop.run("purchasing.get_figures", {"to_day": days_ago(shop, 340)})
    assert [row.value for row in then.by_month] == [50]
    bring(shop, 1, "70", days=500, life=900)
    long = shop.run("purchasing.get_figures", {"from_day": days_ago(shop, 600)})
    assert long.spend.value == 120
    assert sum(row.value for row in long.by_month) == 50 * is_within


def test_the_figures_of_a_stranger_hold_nothing_of_ours(shop):
    bring(shop, 1, "50")
    place(shop, line(shop, 10))
    theirs = make_shop("stranger", lots=0).run("purchasing.get_figures")
    assert (theirs.spend.value, theirs.orders.orders) == (0, 0)
    assert theirs.by_month == theirs.by_supplier == theirs.by_brand == []
