from datetime import timedelta
from decimal import Decimal

import pytest

from erp.core import db
from erp.core.errors import NotFound, PermissionDenied
from erp.core.ids import new_id
from erp.services.inventory import SuggestionClosed, UnknownSuggestion
from tests.factories import make_shop
from tests.services.inventory.past_goods import make_supplier, receive, second_branch, sell
from tests.services.unchanged import refused


@pytest.fixture
def shop(environment):
    assert environment
    return make_shop("again", lots=0)


@pytest.fixture
def supplier(shop):
    return make_supplier(shop)


def plan(shop, product=0, **more):
    return shop.run("inventory.get_reorder_plan", {"variant_id": shop.variant_ids[product]}, **more)


def rule(shop, product=0, **given):
    wanted = {"variant_id": shop.variant_ids[product]} | given
    return shop.run("inventory.set_reorder_rule", wanted)


def suggested(shop, **wanted):
    return shop.run("inventory.list_suggestions", wanted).rows


def order(shop, supplier, quantity, *, days_ago=0, product=0, **more):
    line = {"variant_id": shop.variant_ids[product], "quantity": quantity, "unit_cost": "60"}
    given = {"supplier_id": supplier, "lines": [line]}
    when = shop.ctx.now - timedelta(days=days_ago)
    return shop.run("purchasing.place_order", given, at=when, **more)


def arrive(shop, order_id, quantity, *, days_ago=0):
    line = {
        "line_no": 1,
        "lot_number": f"L{new_id().hex[-8:]}",
        "expires_on": shop.ctx.today + timedelta(days=700),
        "mrp": "105.00",
        "quantity": quantity,
    }
    when = shop.ctx.now - timedelta(days=days_ago)
    shop.run("purchasing.receive_order", {"order_id": order_id, "lines": [line]}, at=when)


def test_even_demand_needs_no_safety(shop):
    receive(shop, days_ago=13, quantity=500)
    for day in range(14):
        sell(shop, 5, days_ago=day)

    found = plan(shop)
    assert (found.per_day, found.lead_days, found.safety_stock) == (Decimal(5), 7, 0)
    assert (found.reorder_point, found.basis, found.quantity) == (35, "demand", 0)


def test_safety_is_service_times_deviation_times_root_of_lead_time(shop):
    receive(shop, days_ago=13, quantity=500)
    for day in range(0, 14, 2):
        sell(shop, 10, days_ago=day)

    # mean 5, deviation 5 a day; 1.65 x 5 x sqrt(7) = 21.8
    found = plan(shop)
    assert (found.per_day, found.safety_stock, found.reorder_point) == (Decimal(5), 22, 57)


def test_a_product_that_came_lately_is_judged_over_a_fortnight_and_none_beyond_ninety_days(shop):
    receive(shop, days_ago=2, quantity=500)
    sell(shop, 28, days_ago=0)
    receive(shop, days_ago=200, quantity=500, product=1)
    sell(shop, 90, days_ago=0, product=1)
    sell(shop, 90, days_ago=90, product=1)

    assert plan(shop).per_day == Decimal(2)
    assert plan(shop, 1).per_day == Decimal(1)


def test_what_is_lower_than_its_point_is_suggested_with_a_months_cover(shop):
    receive(shop, days_ago=13, quantity=105)
    for day in range(14):
        sell(shop, 5, days_ago=day)

    shop.run("inventory.suggest_reorders")

    (row,) = suggested(shop)
    assert (row.available, row.reorder_point) == (35, 35)
    assert row.quantity == 35 + 30 * 5 - 35
    assert row.runs_out_on == shop.ctx.today + timedelta(days=7)
    assert plan(shop).quantity == row.quantity


def test_above_the_point_nothing_is_suggested(shop):
    receive(shop, days_ago=13, quantity=106)
    for day in range(14):
        sell(shop, 5, days_ago=day)

    answer = shop.run("inventory.suggest_reorders")

    assert (answer.suggested, suggested(shop)) == (0, [])


def test_without_demand_only_ones_own_points_count(shop):
    assert shop.run("inventory.suggest_reorders").suggested == 0
    warned = {"variant_id": shop.variant_ids[0], "reorder_point": 10}
    shop.run("catalog.update_variant", warned)
    rule(shop, 1, reorder_point=4)

    assert shop.run("inventory.suggest_reorders").suggested == 2
    rows = {row.variant_id: (row.reorder_point, row.basis, row.quantity) for row in suggested(shop)}
    assert rows == {
        shop.variant_ids[0]: (10, "product", 10),
        shop.variant_ids[1]: (4, "branch", 4),
    }


def test_what_is_no_longer_sold_is_not_bought_again(shop):
    rule(shop, reorder_point=4)
    gone = {"variant_id": shop.variant_ids[0], "is_active": False}
    shop.run("catalog.set_variant_status", gone)

    assert shop.run("inventory.suggest_reorders").suggested == 0
    assert plan(shop).quantity == 4


def test_the_branchs_own_point_and_lead_time_go_before_everything(shop):
    receive(shop, days_ago=13, quantity=500)
    for day in range(14):
        sell(shop, 5, days_ago=day)
    rule(shop, lead_days=10)
    assert (plan(shop).reorder_point, plan(shop).basis) == (50, "demand")

    rule(shop, reorder_point=7, lead_days=10)
    found = plan(shop)
    assert (found.reorder_point, found.basis) == (7, "branch")
    assert (found.own_point, found.own_lead_days) == (7, 10)
    rule(shop)
    assert plan(shop).reorder_point == 35


def test_zero_of_ones_own_is_never(shop):
    warned = {"variant_id": shop.variant_ids[0], "reorder_point": 10}
    shop.run("catalog.update_variant", warned)
    rule(shop, reorder_point=0)

    assert shop.run("inventory.suggest_reorders").suggested == 0


def test_what_cannot_be_sold_is_not_available(shop):
    rule(shop, reorder_point=50)
    receive(shop, days_ago=5, quantity=40, days=-1)
    held = receive(shop, days_ago=5, quantity=40)
    shop.run("inventory.hold_lot", {"lot_id": held, "reason": "seal"})
    receive(shop, days_ago=5, quantity=8)

    assert plan(shop).available == 8


def test_a_product_has_one_open_suggestion_however_often_it_is_looked_at(shop):
    rule(shop, reorder_point=10)
    first = shop.run("inventory.suggest_reorders")
    receive(shop, days_ago=0, quantity=4)
    second = shop.run("inventory.suggest_reorders", at=shop.ctx.now + timedelta(days=1))

    assert (first.suggested, second.suggested, second.kept) == (1, 0, 1)
    (row,) = suggested(shop)
    assert (row.available, row.quantity) == (4, 6)


def test_the_database_keeps_one_open_suggestion(shop):
    rule(shop, reorder_point=10)
    shop.run("inventory.suggest_reorders")

    with (
        pytest.raises(Exception, match="uq_reorder_suggestion_open"),
        db.unit_of_work(shop.ctx) as session,
    ):
        db.execute(
            session,
            "insert into reorder_suggestion select (jsonb_populate_record(r, jsonb_build_object("
            "'id', %s::text))).* from reorder_suggestion r",
            (new_id(),),
        )


def test_a_suggestion_lapses_when_there_is_enough(shop):
    rule(shop, reorder_point=10)
    shop.run("inventory.suggest_reorders")
    receive(shop, days_ago=0, quantity=100)

    assert shop.run("inventory.suggest_reorders").lapsed == 1
    assert suggested(shop) == []
    assert [row.closed_by for row in suggested(shop, status="lapsed")] == [""]


def test_an_order_closes_the_suggestion_and_its_units_count(shop, supplier):
    rule(shop, reorder_point=10)
    shop.run("inventory.suggest_reorders")

    placed = order(shop, supplier, 12)

    assert suggested(shop) == []
    (row,) = suggested(shop, status="ordered")
    assert row.order_id == placed.id
    assert shop.run("inventory.suggest_reorders").suggested == 0
    assert plan(shop).incoming == 12


def test_an_order_that_waits_counts_too_and_one_that_ended_does_not(shop, supplier):
    from dataclasses import replace  # noqa: PLC0415

    rule(shop, reorder_point=10)
    waiting = order(shop, supplier, 12, by=replace(shop.ctx, limits={}))
    assert plan(shop).incoming == 12

    refusal = {"order_id": waiting.id, "version": 1, "outcome": "refused", "note": "dear"}
    shop.run("purchasing.decide_order", refusal)

    assert plan(shop).incoming == 0
    assert shop.run("inventory.suggest_reorders").suggested == 1


def test_what_was_given_up_does_not_come_and_another_branchs_order_is_theirs(shop, supplier):
    placed = order(shop, supplier, 12)
    given_up = {"order_id": placed.id, "version": 1, "reason": "not made any more"}
    shop.run("purchasing.finish_order", given_up)
    other = second_branch(shop)
    order(other, supplier, 5)

    assert plan(shop).incoming == 0
    assert plan(other).incoming == 5


def test_what_came_is_no_longer_incoming(shop, supplier):
    placed = order(shop, supplier, 12)
    arrive(shop, placed.id, 5)

    assert (plan(shop).incoming, plan(shop).available) == (7, 5)


def test_lead_time_is_the_median_of_what_orders_took(shop, supplier):
    for asked, came in ((40, 30), (30, 27), (29, 9)):
        placed = order(shop, supplier, 1, days_ago=asked)
        arrive(shop, placed.id, 1, days_ago=came)

    assert plan(shop).lead_days == 10
    assert plan(shop, 1).lead_days == 7


def test_the_last_supplier_and_price_are_named(shop, supplier):
    rule(shop, reorder_point=50)
    receive(shop, days_ago=5, quantity=10, supplier=supplier, unit_cost="61.50")
    shop.run("inventory.suggest_reorders")

    (row,) = suggested(shop)
    assert (row.supplier, row.quantity, row.value) == ("SBL", 40, Decimal("2460.00"))
    assert [r.id for r in suggested(shop, supplier_id=supplier)] == [row.id]
    assert suggested(shop, supplier_id=new_id()) == []


def test_a_dismissed_one_is_left_alone_for_the_days_named(shop):
    rule(shop, reorder_point=10)
    shop.run("inventory.suggest_reorders")
    (row,) = suggested(shop)
    given = {"suggestion_id": row.id, "reason": "season is over", "quiet_days": 5}
    shop.run("inventory.dismiss_suggestion", given)

    def at(days):
        when = shop.ctx.now + timedelta(days=days)
        return shop.run("inventory.suggest_reorders", at=when).suggested

    assert (at(0), at(5), at(6)) == (0, 0, 1)
    (closed,) = suggested(shop, status="dismissed")
    assert (closed.reason, closed.quiet_until) == (
        "season is over",
        shop.ctx.today + timedelta(days=5),
    )


def test_what_is_closed_is_not_dismissed(shop, stranger):
    rule(shop, reorder_point=10)
    shop.run("inventory.suggest_reorders")
    (row,) = suggested(shop)
    given = {"suggestion_id": row.id, "reason": "x"}
    with refused(stranger, UnknownSuggestion):
        stranger.run("inventory.dismiss_suggestion", given)
    shop.run("inventory.dismiss_suggestion", given)

    with refused(shop, SuggestionClosed):
        shop.run("inventory.dismiss_suggestion", given)


def test_branches_have_their_own_demand_points_and_suggestions(shop):
    receive(shop, days_ago=13, quantity=500)
    sell(shop, 14, days_ago=0)
    other = second_branch(shop)
    rule(other, reorder_point=3)
    other.run("inventory.suggest_reorders")

    assert plan(other).per_day == 0
    assert plan(shop).reorder_point > 3
    assert suggested(shop) == []
    (row,) = suggested(other)
    assert row.quantity == 3
    with refused(shop, UnknownSuggestion):
        shop.run("inventory.dismiss_suggestion", {"suggestion_id": row.id, "reason": "x"})


def test_a_young_branch_is_judged_by_its_own_days(shop):
    receive(shop, days_ago=200, quantity=500)
    young = second_branch(shop)
    receive(young, days_ago=9, quantity=500)
    for day in range(10):
        sell(young, 7, days_ago=day)
    assert plan(young).per_day == Decimal(5)  # seventy over a fortnight, the least


def test_people_are_told_once_a_day(shop):
    rule(shop, reorder_point=10)
    first = shop.run("inventory.suggest_reorders")
    rule(shop, 1, reorder_point=10)
    second = shop.run("inventory.suggest_reorders")

    may = [r for r in shop.user_ids if shop.acting_as(r).may("inventory.reorder")]
    assert (first.told, second.told) == (len(may), 0)
    inbox = shop.run("workflows.list_inbox", by=shop.acting_as("storekeeper")).rows
    assert inbox[0].title == "1 product to order again"


def test_suggestions_are_paged_by_urgency(shop):
    for product, quantity in enumerate((30, 10, 20)):
        receive(shop, days_ago=13, quantity=quantity + 14, product=product)
        sell(shop, 14, days_ago=0, product=product)
        rule(shop, product, reorder_point=100)
    shop.run("inventory.suggest_reorders")
    seen, cursor = [], ""
    while True:
        page = shop.run("inventory.list_suggestions", {"limit": 2, "cursor": cursor})
        seen += [row.available for row in page.rows]
        cursor = page.next_cursor
        if not cursor:
            break

    assert seen == [10, 20, 30]


def test_who_may_what(shop):
    for name, given in (
        ("inventory.suggest_reorders", {}),
        ("inventory.set_reorder_rule", {"variant_id": shop.variant_ids[0], "reorder_point": 1}),
        ("inventory.dismiss_suggestion", {"suggestion_id": new_id(), "reason": "x"}),
    ):
        with refused(shop, PermissionDenied):
            shop.run(name, given, by=shop.acting_as("cashier"))
    assert shop.run("inventory.suggest_reorders", by=shop.acting_as("storekeeper"))
    with pytest.raises(PermissionDenied):
        shop.run("inventory.list_suggestions", by=shop.acting_as("technician"))


def test_another_tenants_products_are_not_planned(shop, stranger):
    rule(shop, reorder_point=10)
    shop.run("inventory.suggest_reorders")

    assert suggested(stranger) == []
    for name in ("get_reorder_plan", "set_reorder_rule"):
        with pytest.raises(NotFound):
            stranger.run(f"inventory.{name}", {"variant_id": shop.variant_ids[0]})


def test_a_suggestion_tells_the_last_scheme_and_what_will_expire_unsold(shop, supplier):
    made = shop.variant_ids[0]
    line = {"variant_id": made, "lot_number": "NEAR", "mrp": "105.00", "unit_cost": "60.00"}
    line |= {"quantity": 20, "free_quantity": 2, "expires_on": shop.ctx.today + timedelta(days=20)}
    came = {"supplier_id": supplier, "lines": [line]}
    shop.run("inventory.receive_goods", came, confirm=["short_shelf_life"])
    shop.run("inventory.set_reorder_rule", {"variant_id": made, "reorder_point": 500})
    shop.run("inventory.suggest_reorders")

    (row,) = shop.run("inventory.list_suggestions", {"variant_id": made}).rows
    assert (row.scheme, row.at_risk) == ("10 + 1", 22)

    shop.sell({made: 14})
    shop.run("inventory.suggest_reorders")
    (row,) = shop.run("inventory.list_suggestions", {"variant_id": made}).rows
    assert row.per_day == 1
    assert row.at_risk == 0
