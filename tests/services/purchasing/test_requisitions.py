"""Requisitions: asked for by one, decided by another, ordered once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from erp.core.errors import InvalidInput, PermissionDenied
from erp.services.inventory import SuggestionStatus
from erp.services.purchasing import (
    BeyondLimit,
    MoreThanRequested,
    OwnRequisition,
    RequisitionDone,
    TwiceOnOrder,
)
from tests.factories import broken_promises
from tests.services.purchasing.ordering import (
    amend,
    bring,
    decide,
    finish,
    inbox,
    known_supplier,
    place,
    receive,
    supplier,
)
from tests.services.purchasing.ordering import line as order_line
from tests.services.purchasing.requisitions import (
    approved,
    decide_requisition,
    order_requisitions,
    requested,
    requisition,
    submit,
    taken,
)
from tests.services.unchanged import refused


@pytest.fixture
def cashier(shop):
    return shop.acting_as("cashier")


def test_a_requisition_is_worth_what_its_goods_cost_last(shop, cashier):
    bring(shop, 10, "60", days=20)
    bring(shop, 10, "50", days=2)
    made = submit(shop, (0, 10), (1, 5), by=cashier)
    shown = requisition(shop, made)
    assert (made.total, shown.status) == (525, "submitted")  # 5 % GST; the second is unknown
    assert [x.last_price for x in shown.lines] == [50, None]


def test_who_may_approve_is_told_and_the_asker_of_the_decision(shop, cashier, manager):
    made = submit(shop, (0, 10), by=cashier)
    assert inbox(shop, manager) == [f"Requisition {made.number} waits for your approval"]
    decide_requisition(shop, made, by=manager)
    assert inbox(shop, cashier) == [f"Requisition {made.number} was approved"]


def test_nobody_decides_on_what_they_ask_for(shop, manager):
    made = submit(shop, (0, 1), by=manager)
    with refused(shop, OwnRequisition):
        decide_requisition(shop, made, by=manager)


def test_an_approver_of_requisitions_stays_within_their_limit(shop, cashier, manager):
    bring(shop, 10, "60")
    made = submit(shop, (0, 5000), by=cashier)  # 3,15,000 with tax; a manager's limit is 2,00,000
    with refused(shop, BeyondLimit):
        decide_requisition(shop, made, by=manager)
    decide_requisition(shop, made)
    assert requisition(shop, made).status == "approved"


def test_a_requisition_is_declined_with_a_reason_and_only_once(shop, cashier, manager):
    made = submit(shop, (0, 1), by=cashier)
    with refused(shop, InvalidInput, "note"):
        decide_requisition(shop, made, "declined", by=manager)
    decide_requisition(shop, made, "declined", note="We have enough", by=manager)
    with refused(shop, RequisitionDone):
        decide_requisition(shop, made, by=manager)
    with refused(shop, RequisitionDone):
        order_requisitions(shop, taken(shop, made, 1, 1))


def test_a_product_stands_once_on_a_requisition_and_no_day_has_gone_by(shop):
    with refused(shop, TwiceOnOrder):
        submit(shop, (0, 1), (0, 2))
    with refused(shop, InvalidInput, "lines.0.wanted_by"):
        submit(shop, (0, 1), wanted_by=shop.ctx.today - timedelta(days=1))


def test_goods_of_several_requisitions_become_one_order_a_supplier(shop, cashier):
    other = supplier(shop, name="Wheezal Agencies")
    first = approved(shop, (0, 10), (1, 5), by=cashier)
    second = approved(shop, (0, 4), by=cashier)
    made = order_requisitions(
        shop,
        taken(shop, first, 1, 10),
        taken(shop, first, 2, 3, supplier_id=other),
        taken(shop, second, 1, 4),
    ).orders
    lines = [shop.run("purchasing.get_order", {"order_id": o.id}).lines for o in made]
    assert [[(x.base_quantity, x.unit_cost) for x in one] for one in lines] == [
        [(14, 60)],
        [(3, 60)],
    ]
    assert [requisition(shop, x).status for x in (first, second)] == ["approved", "ordered"]
    assert [(x.order_id, x.quantity) for x in requisition(shop, first).orders] == [
        (made[0].id, 10),
        (made[1].id, 3),
    ]
    assert [(x.line_no, x.left) for x in requested(shop)] == [(2, 2)]
    assert f"Goods of requisition {second.number} were ordered" in inbox(shop, cashier)
    assert broken_promises() == []


def test_no_more_is_ordered_than_is_left(shop, cashier):
    made = approved(shop, (0, 10), by=cashier)
    order_requisitions(shop, taken(shop, made, 1, 7))
    with refused(shop, MoreThanRequested, "lines.1.quantity"):
        order_requisitions(shop, taken(shop, made, 1, 2), taken(shop, made, 1, 2))


def test_what_an_order_refuses_is_said_at_the_requisitions_lines(shop, cashier):
    made = approved(shop, (0, 10), (1, 5), by=cashier)
    customer = supplier(shop, name="Ravi Clinic", kind="clinic", roles=["customer"])
    with refused(shop, InvalidInput, "lines.1.supplier_id"):
        order_requisitions(
            shop, taken(shop, made, 1, 1), taken(shop, made, 2, 1, supplier_id=customer)
        )
    two_prices = (taken(shop, made, 1, 1), taken(shop, made, 1, 1, unit_cost="61"))
    with refused(shop, InvalidInput, "lines.1.unit_cost"):
        order_requisitions(shop, *two_prices)


def test_an_order_that_comes_to_nothing_gives_its_goods_back(shop, cashier):
    made = approved(shop, (0, 10), by=cashier)
    [order] = order_requisitions(shop, taken(shop, made, 1, 10)).orders
    given = {"order_id": order.id, "version": 1, "reason": "They have none"}
    shop.run("purchasing.finish_order", given)
    shown = requisition(shop, made)
    assert (shown.status, shown.lines[0].ordered) == ("approved", 0)
    assert [x.is_released for x in shown.orders] == [True]
    order_requisitions(shop, taken(shop, made, 1, 10))
    assert requisition(shop, made).status == "ordered"
    assert broken_promises() == []


def _standing(shop, made):
    shown = requisition(shop, made)
    return shown.status, [x.ordered for x in shown.lines]


def test_what_did_not_come_of_a_finished_order_is_free_again(shop, cashier):
    made = approved(shop, (0, 100), by=cashier)
    [order] = order_requisitions(shop, taken(shop, made, 1, 100)).orders
    receive(shop, order, {1: 1})
    finish(shop, order)
    assert _standing(shop, made) == ("approved", [1])
    assert f"Goods of requisition {made.number} were given back" in inbox(shop, cashier)
    order_requisitions(shop, taken(shop, made, 1, 99))
    assert _standing(shop, made) == ("ordered", [100])
    assert broken_promises() == []


def test_free_units_that_came_are_not_given_back(shop, cashier):
    made = approved(shop, (0, 10), by=cashier)
    [order] = order_requisitions(shop, taken(shop, made, 1, 10)).orders
    order = amend(shop, order, order_line(shop, 9, free_quantity=1))
    receive(shop, order, {1: (8, 1)})
    finish(shop, order)
    assert _standing(shop, made) == ("approved", [9])


def test_of_requisitions_on_one_order_the_first_keeps_first(shop, cashier):
    first, second = (approved(shop, (0, 10), by=cashier) for _ in range(2))
    lines = [taken(shop, x, 1, 10) for x in (first, second)]
    [order] = order_requisitions(shop, *lines).orders
    receive(shop, order, {1: 13})
    finish(shop, order)
    assert [_standing(shop, x) for x in (first, second)] == [("ordered", [10]), ("approved", [3])]
    assert broken_promises() == []


def test_an_amendment_that_asks_for_less_gives_goods_back_once_in_force(shop, cashier):
    made = approved(shop, (0, 100), (1, 5), by=cashier)
    lines = taken(shop, made, 1, 100), taken(shop, made, 2, 5)
    [order] = order_requisitions(shop, *lines).orders
    order = amend(shop, order, order_line(shop, 10))
    assert _standing(shop, made) == ("approved", [10, 0])
    assert [x.is_released for x in requisition(shop, made).orders] == [False, True]
    order = amend(shop, order, order_line(shop, 8))
    given_back = f"Goods of requisition {made.number} were given back"
    assert inbox(shop, cashier).count(given_back) == 2
    amend(shop, order, order_line(shop, 100))
    assert _standing(shop, made) == ("approved", [8, 0])
    assert broken_promises() == []


def test_an_amendment_that_waits_gives_nothing_back_before_its_approval(shop, cashier, manager):
    made = approved(shop, (0, 100), by=cashier)
    [order] = order_requisitions(shop, taken(shop, made, 1, 100)).orders
    dear = order_line(shop, 10, unit_cost="50000")
    waiting = amend(shop, order, dear, by=manager)
    assert _standing(shop, made) == ("ordered", [100])
    decide(shop, waiting)
    assert _standing(shop, made) == ("approved", [10])


def test_an_order_that_brings_more_than_was_taken_gives_nothing_back(shop, cashier):
    made = approved(shop, (0, 10), by=cashier)
    [order] = order_requisitions(shop, taken(shop, made, 1, 10)).orders
    order = amend(shop, order, order_line(shop, 30))
    order = amend(shop, order, order_line(shop, 20))
    assert _standing(shop, made) == ("ordered", [10])
    receive(shop, order, {1: 12})
    finish(shop, order)
    assert _standing(shop, made) == ("ordered", [10])


def test_a_requisition_is_closed_by_its_asker_or_a_buyer(shop, cashier, storekeeper):
    made, another = (approved(shop, (0, 10), by=cashier) for _ in range(2))
    given = {"requisition_id": made.id, "reason": "No longer needed"}
    permissions = storekeeper.permissions - {"purchasing.order"}
    stranger = replace(storekeeper, permissions=permissions)
    with refused(shop, PermissionDenied):
        shop.run("purchasing.close_requisition", given, by=stranger)
    shop.run("purchasing.close_requisition", given, by=cashier)
    shop.run("purchasing.close_requisition", given | {"requisition_id": another.id}, by=storekeeper)
    assert requested(shop) == []
    with refused(shop, RequisitionDone):
        order_requisitions(shop, taken(shop, made, 1, 1))


def test_a_requisition_takes_a_suggestion_over_and_no_second_one_is_made(shop, cashier):
    variant = {"variant_id": shop.variant_ids[0]}
    shop.run("inventory.set_reorder_rule", variant | {"reorder_point": 20})
    bring(shop, 10, "60")
    shop.run("inventory.suggest_reorders")
    assert len(_suggestions(shop, "open")) == 1
    made = submit(shop, (0, 50), by=cashier)
    assert len(_suggestions(shop, SuggestionStatus.REQUESTED)) == 1
    shop.run("inventory.suggest_reorders")
    assert _suggestions(shop, "open") == []
    decide_requisition(shop, made, "declined", note="Not now")
    shop.run("inventory.suggest_reorders")
    assert len(_suggestions(shop, "open")) == 1
    place(shop, order_line(shop, 50), supplier_id=known_supplier(shop))
    assert _suggestions(shop, "open") == []


def _suggestions(shop, status):
    return shop.run("inventory.list_suggestions", {"status": status}).rows


def test_lists_show_the_state_of_requisitions(shop, cashier):
    late = submit(shop, (0, 10), wanted_by=shop.ctx.today, by=cashier)
    rows = shop.run("purchasing.list_requisitions", {"standing": "open"}).rows
    assert [(x.number, x.ordered, x.is_late) for x in rows] == [(late.number, 0, False)]
    tomorrow = shop.ctx.now + timedelta(days=1)
    found = shop.run("purchasing.list_requisitions", {"standing": "late"}, at=tomorrow).rows
    assert [x.number for x in found] == [late.number]
    assert shop.run("purchasing.list_requisitions", {"standing": "mine"}).rows == []
