"""Goods travel between branches in two steps, and every unit of them is accounted for."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from erp.core import db
from erp.core.errors import InvalidInput, PermissionDenied
from erp.services import inventory, platform
from erp.services.inventory import InsufficientStock, UnknownPlace, WrongPlace
from erp.services.inventory.errors import (
    ByTransfer,
    InvoiceNeeded,
    MoreThanSent,
    OtherBranch,
    TransferNotOpen,
    UnknownTransfer,
)
from tests.factories import broken_promises, make_shop
from tests.services.billing.bills.billing import bill, billed, came, goods, registered
from tests.services.books import balance
from tests.services.branches import add_branch
from tests.services.inventory.past_goods import second_branch
from tests.services.inventory.transfers import (
    dispatch,
    keeper,
    look,
    receive,
    settle,
    units,
)
from tests.services.unchanged import refused


@pytest.fixture
def shop(environment):
    assert environment
    made = make_shop("sender", lots=0)
    made.receive(made.variant_ids[0], 6, lot_number="SOON", days=100, unit_cost="33.3333")
    made.receive(made.variant_ids[0], 6, lot_number="LATE", days=400, unit_cost="50")
    return made


@pytest.fixture
def far(shop):
    return second_branch(shop)


def in_transit(shop):
    return shop.on_hand(shop.variant_ids[0], shop.transit_id)


def test_goods_leave_first_expiry_first_and_are_in_transit_at_their_cost(shop, far):
    sent = dispatch(shop, far, units(shop, 8), transport="Van MH12")

    found = look(shop, sent.transfer_id)
    assert [(x.lot_number, x.sent, x.value) for x in found.lines] == [
        ("SOON", 6, Decimal("200.00")),
        ("LATE", 2, Decimal("100.00")),
    ]
    assert (shop.on_hand(shop.variant_ids[0]), in_transit(shop)) == (4, 8)
    assert far.on_hand(shop.variant_ids[0]) == 0
    assert balance(shop, "goods_in_transit") == Decimal("300.00")
    assert balance(shop, "inventory") == Decimal("200.00")
    assert shop.run("inventory.stock_valuation").value == Decimal("500.00")
    head = found.transfer
    assert (head.number, head.status, head.direction) == (sent.challan, "on_its_way", "outgoing")
    assert head.challan.startswith("DC/")
    assert head.expected_on == shop.ctx.today + timedelta(days=3)
    assert broken_promises() == []


def test_goods_arrive_in_parts_and_the_last_unit_settles_the_transfer(shop, far):
    sent = dispatch(shop, far, units(shop, 8))
    first = receive(far, sent.transfer_id, {"line_no": 1, "arrived": 4})
    assert (first.status, first.value) == ("on_its_way", Decimal("133.33"))
    assert look(far, sent.transfer_id).lines[0].under_way == 2

    receive(far, sent.transfer_id, {"line_no": 1, "arrived": 2}, {"line_no": 2, "arrived": 2})

    found = look(far, sent.transfer_id)
    assert (found.transfer.status, found.transfer.direction) == ("settled", "incoming")
    assert [(x.arrived, x.under_way) for x in found.lines] == [(6, 0), (2, 0)]
    assert [note.step for note in found.notes] == [2, 2, 1]
    assert (far.on_hand(shop.variant_ids[0]), in_transit(shop)) == (8, 0)
    assert balance(shop, "goods_in_transit") == 0
    assert balance(shop, "inventory") == Decimal("500.00")
    assert broken_promises() == []


def test_what_is_short_is_damaged_found_back_or_lost_and_each_has_its_entry(shop, far):
    sent = dispatch(shop, far, units(shop, 6))
    bad = {"line_no": 1, "arrived": 2, "damaged": 1, "reason": "broken glass"}
    receive(far, sent.transfer_id, bad)
    assert balance(shop, "inventory_expired") == Decimal("33.33")

    settle(shop, sent.transfer_id, "returned", 1)
    assert shop.on_hand(shop.variant_ids[0]) == 7
    assert look(shop, sent.transfer_id).transfer.status == "on_its_way"
    settle(shop, sent.transfer_id, "lost", 2)

    (line,) = look(shop, sent.transfer_id).lines
    outcomes = (line.arrived, line.damaged, line.returned, line.lost, line.under_way)
    assert outcomes == (2, 1, 1, 2, 0)
    assert balance(shop, "loss_expired") == Decimal("66.67")
    assert balance(shop, "goods_in_transit") == 0
    assert look(shop, sent.transfer_id).transfer.status == "settled"
    assert broken_promises() == []


def test_no_more_comes_than_was_sent_and_nothing_twice(shop, far):
    sent = dispatch(shop, far, units(shop, 8))
    one = {"line_no": 1, "arrived": 6}
    with refused(shop, MoreThanSent, "lines.0.damaged", "lines.1.arrived"):
        receive(
            far,
            sent.transfer_id,
            one | {"damaged": 1, "reason": "x"},
            {"line_no": 2, "arrived": 3},
        )
    receive(far, sent.transfer_id, one)
    with refused(shop, MoreThanSent, "lines.0.arrived"):
        receive(far, sent.transfer_id, {"line_no": 1, "arrived": 1})
    with refused(shop, InvalidInput, "lines.1.arrived"):
        receive(far, sent.transfer_id, *[{"line_no": 2, "arrived": 1}] * 2)
    with refused(shop, InvalidInput, "lines.0.arrived"):
        receive(far, sent.transfer_id, {"line_no": 9, "arrived": 1})
    with refused(shop, MoreThanSent, "lines.0.quantity"):
        settle(shop, sent.transfer_id, "lost", 1)
    receive(far, sent.transfer_id, {"line_no": 2, "arrived": 2})
    with refused(shop, TransferNotOpen):
        receive(far, sent.transfer_id, {"line_no": 2, "arrived": 1})


def test_damage_needs_a_reason(shop, far):
    sent = dispatch(shop, far, units(shop, 2))
    with refused(shop, InvalidInput, "lines.0.reason"):
        receive(far, sent.transfer_id, {"line_no": 1, "damaged": 1})


def test_each_end_does_its_own_part(shop, far):
    here, there = keeper(shop), keeper(shop, far.ctx.branch_id)
    with refused(shop, OtherBranch):
        dispatch(shop, far, units(shop, 1), by=there)
    sent = dispatch(shop, far, units(shop, 4), by=here)
    with refused(shop, OtherBranch):
        receive(shop, sent.transfer_id, {"line_no": 1, "arrived": 1}, by=here)
    receive(shop, sent.transfer_id, {"line_no": 1, "arrived": 1}, by=there)
    with refused(shop, PermissionDenied):
        settle(shop, sent.transfer_id, "lost", 1, keeper(shop))
    with refused(shop, OtherBranch):
        settle(shop, sent.transfer_id, "returned", 1, keeper(shop, far.ctx.branch_id, "manager"))
    settle(shop, sent.transfer_id, "returned", 1, keeper(shop, role="manager"))
    settle(shop, sent.transfer_id, "lost", 1, keeper(shop, far.ctx.branch_id, "manager"))
    with refused(shop, PermissionDenied):
        receive(
            shop,
            sent.transfer_id,
            {"line_no": 1, "arrived": 1},
            by=keeper(shop, far.ctx.branch_id, "cashier"),
        )
    third = replace(keeper(shop), branch_id=add_branch(shop, gstin=None).ctx.branch_id)
    with refused(shop, UnknownTransfer):
        receive(shop, sent.transfer_id, {"line_no": 1, "arrived": 1}, by=third)
    with refused(shop, UnknownTransfer):
        look(shop, sent.transfer_id, by=third)
    assert shop.run("inventory.list_transfers", by=third).rows == []
    assert broken_promises() == []


def test_goods_for_another_registration_need_an_invoice(shop):
    other = add_branch(shop, gstin="29AAGCB7383J1Z4", state="29")
    with refused(shop, InvoiceNeeded, "to_location_id") as refusal:
        dispatch(shop, other, units(shop, 1))
    assert "tax invoice" in refusal.value.message
    ask = {"from_location_id": shop.storage_id, "lines": [units(shop, 1)]}
    with refused(shop, InvoiceNeeded):
        shop.run("inventory.request_transfer", ask, by=other.ctx)


def test_goods_reach_another_branch_and_leave_transit_by_a_transfer_only(shop, far):
    sent = dispatch(shop, far, units(shop, 2))
    lot = look(shop, sent.transfer_id).lines[0].lot_id
    line = {"lot_id": lot, "quantity": 1}
    to_far = {"from_location_id": shop.storage_id, "to_location_id": far.storage_id}
    with refused(shop, ByTransfer, "to_location_id"):
        shop.run("inventory.transfer_stock", to_far | {"lines": [line]})
    out = {"from_location_id": shop.transit_id, "to_location_id": shop.storage_id}
    with refused(shop, ByTransfer, "from_location_id"):
        shop.run("inventory.transfer_stock", out | {"lines": [line]})
    place = {"location_id": shop.transit_id}
    with refused(shop, ByTransfer):
        shop.run(
            "inventory.write_off_stock",
            place | {"reason_code": "broken", "lines": [line]},
        )
    with refused(shop, ByTransfer):
        shop.run("inventory.start_count", place)
    with refused(shop, WrongPlace):
        dispatch(shop, shop, units(shop, 1))


def test_only_what_is_free_leaves_and_all_short_lines_are_named(shop, far):
    with refused(shop, InsufficientStock, "lines.0.quantity", "lines.1.quantity"):
        dispatch(shop, far, units(shop, 13), units(shop, 1, at=1))
    with refused(shop, InvalidInput, "expected_on"):
        gone_by = shop.ctx.today - timedelta(days=1)
        dispatch(shop, far, units(shop, 1), expected_on=gone_by)
    with refused(shop, UnknownPlace, "to_location_id"):
        given = {"from_location_id": shop.storage_id, "lines": [units(shop, 1)]}
        shop.run("inventory.dispatch_transfer", given)


def test_a_named_lot_travels_whatever_its_standing_and_its_turn(shop, far):
    lots = {x.lot_number: x.lot_id for x in shop.run("inventory.stock_by_lot").rows}
    shop.run("inventory.hold_lot", {"lot_id": lots["LATE"], "reason": "smell"})
    with refused(shop, InsufficientStock):
        dispatch(shop, far, units(shop, 7))
    sent = dispatch(shop, far, units(shop, 5) | {"lot_id": lots["LATE"]}, units(shop, 2))
    assert [(x.lot_number, x.sent) for x in look(shop, sent.transfer_id).lines] == [
        ("LATE", 5),
        ("SOON", 2),
    ]
    receive(far, sent.transfer_id, {"line_no": 1, "arrived": 5})
    rows = far.run("inventory.stock_by_lot", by=far.ctx).rows
    assert [(x.lot_number, x.sellable) for x in rows] == [("LATE", 0)]


def test_a_branch_asks_and_the_other_answers_with_what_it_has(shop, far):
    there = keeper(shop, far.ctx.branch_id)
    ask = {"from_location_id": shop.storage_id, "lines": [units(shop, 20)]}
    with refused(shop, InvalidInput, "lines.0.variant_id"):
        strange = {"variant_id": shop.storage_id, "quantity": 1}
        shop.run("inventory.request_transfer", ask | {"lines": [strange]}, by=there)
    asked = shop.run("inventory.request_transfer", ask, by=there)
    assert asked.number.startswith("TR/")
    (wanted,) = look(shop, asked.transfer_id).asked
    assert (wanted.quantity, wanted.available) == (20, 12)
    answer = {"transfer_id": asked.transfer_id, "lines": [units(shop, 12)]}
    sent = shop.run("inventory.dispatch_transfer", answer, by=keeper(shop))
    assert (sent.transfer_id, sent.number) == (asked.transfer_id, asked.number)
    with refused(shop, TransferNotOpen):
        shop.run("inventory.dispatch_transfer", answer, by=keeper(shop))
    with refused(shop, TransferNotOpen):
        gone = {"transfer_id": asked.transfer_id, "reason": "late"}
        shop.run("inventory.cancel_transfer", gone)
    assert broken_promises() == []


def test_a_request_is_withdrawn_and_answered_no_more(shop, far):
    ask = {"from_location_id": shop.storage_id, "lines": [units(shop, 2)]}
    asked = shop.run("inventory.request_transfer", ask, by=keeper(shop, far.ctx.branch_id))
    named = {"transfer_id": asked.transfer_id}
    shop.run("inventory.cancel_transfer", named | {"reason": "sold out"}, by=keeper(shop))
    assert look(shop, asked.transfer_id).transfer.status == "cancelled"
    with refused(shop, TransferNotOpen):
        shop.run("inventory.dispatch_transfer", named | {"lines": [units(shop, 1)]})


def test_both_ends_are_told(shop, far):
    shop.receive(shop.variant_ids[1], 1)
    with db.unit_of_work(shop.ctx) as session:
        db.execute(
            session,
            "update membership set branch_id = %s where tenant_id = %s and user_id = %s",
            (far.ctx.branch_id, shop.tenant_id, shop.user_ids["storekeeper"]),
        )
    dispatch(shop, far, units(shop, 1))
    assert titles(shop, "storekeeper") == ["Main sent you goods"]
    assert titles(shop, "manager") == []
    assert titles(shop, "owner") == ["Main sent you goods"]


def titles(shop, role):
    rows = shop.run("workflows.list_inbox", by=shop.acting_as(role)).rows
    return [row.title for row in rows if row.kind.startswith("inventory.transfer")]


def test_what_should_have_arrived_is_overdue_and_told_once_a_day(shop, far):
    sent = dispatch(shop, far, units(shop, 1))
    late = shop.ctx.now + timedelta(days=5)

    def chase(at):
        return shop.run("inventory.chase_transfers", at=at)

    assert chase(shop.ctx.now).overdue == 0
    assert (chase(late).told > 1, chase(late).told) == (True, 0)
    rows = shop.run("inventory.list_transfers", {"overdue": True}, at=late).rows
    assert [(row.id, row.days_late) for row in rows] == [(sent.transfer_id, 2)]
    assert shop.run("inventory.list_transfers", {"overdue": True}).rows == []
    figures = shop.run("reporting.get_dashboard", at=late).exceptions
    assert [(x.count, x.link) for x in figures if x.key == "late_transfers"] == [
        (1, "/stock/transfers?overdue=true")
    ]
    receive(far, sent.transfer_id, {"line_no": 1, "arrived": 1})
    assert chase(late + timedelta(days=1)).overdue == 0


def test_transfers_are_narrowed_and_paged(shop, far):
    ids = [dispatch(shop, far, units(shop, 1)).transfer_id for _ in range(3)]
    seen, cursor = [], ""
    while True:
        page = shop.run("inventory.list_transfers", {"limit": 2, "cursor": cursor})
        seen += [row.id for row in page.rows]
        cursor = page.next_cursor
        if not cursor:
            break
    assert seen == ids[::-1]

    def found(by=None, **wanted):
        return len(shop.run("inventory.list_transfers", wanted, by=by).rows)

    assert (found(direction="outgoing"), found(direction="incoming")) == (3, 0)
    assert (found(far.ctx, direction="outgoing"), found(far.ctx, direction="incoming")) == (0, 3)
    assert (found(status="settled"), found(search="dc/"), found(search="TR")) == (0, 3, 0)
    assert found(variant_id=shop.variant_ids[0]) == 3
    assert found(variant_id=shop.variant_ids[1]) == 0


def test_a_dry_run_tells_the_lots_and_moves_nothing(shop, far):
    given = {
        "from_location_id": shop.storage_id,
        "to_location_id": far.storage_id,
        "lines": [units(shop, 8)],
    }
    tried = platform.preview("inventory.dispatch_transfer", shop.ctx, given)
    moved = [(e["quantity"], e["value"]) for e in tried.effects if e["kind"] == "stock"]
    assert sorted(moved) == [(2, "100.00"), (6, "200.00")]
    assert in_transit(shop) == 0
    assert shop.count("stock_transfer") == 0


def test_a_bill_that_costs_more_reaches_goods_on_their_way(shop, far):
    registered(shop)
    receipt = came(shop, goods(shop, 10, at=1))
    sent = dispatch(shop, far, units(shop, 4, at=1))
    bill(shop, "635.26", billed(receipt, 10, "60.50"))
    assert balance(shop, "goods_in_transit") == Decimal("242.00")

    done = receive(far, sent.transfer_id, {"line_no": 1, "arrived": 4})
    assert done.value == Decimal("242.00")
    assert balance(shop, "goods_in_transit") == 0
    assert broken_promises() == []


def test_what_both_ends_have_and_what_is_worth_sending(shop, far):
    ends = {"from_location_id": shop.storage_id, "to_location_id": far.storage_id}
    dispatch(shop, far, units(shop, 3))
    product = {"variant_id": shop.variant_ids[0]}
    found = shop.run("inventory.stock_at_ends", ends | product)
    assert (found.here, found.there, found.coming, found.wanted) == (9, 0, 3, None)
    rule = product | {"reorder_point": 5}
    shop.run("inventory.set_reorder_rule", rule, by=far.ctx)
    shop.run("inventory.suggest_reorders", by=far.ctx)

    found = shop.run("inventory.stock_at_ends", ends | product)
    (advice,) = shop.run("inventory.advise_transfer", ends).rows
    assert found.wanted == 2  # five are lacking, three of them are on their way
    assert (advice.variant_id, advice.lot_id, advice.quantity) == (shop.variant_ids[0], None, 2)
    assert advice.reason == "Low at Second."
    dispatch(shop, far, units(shop, 1))
    assert shop.run("inventory.advise_transfer", ends).rows[0].quantity == 1
    dispatch(shop, far, units(shop, 1))
    assert shop.run("inventory.advise_transfer", ends).rows == []


def test_goods_on_their_way_are_no_longer_available_where_they_left(shop, far):
    plan = {"variant_id": shop.variant_ids[0]}
    dispatch(shop, far, units(shop, 5))
    here = shop.run("inventory.get_reorder_plan", plan)
    there = shop.run("inventory.get_reorder_plan", plan, by=far.ctx)
    assert (here.available, here.incoming) == (7, 0)
    assert (there.available, there.incoming) == (0, 5)


def test_the_challan_says_what_left_from_where_to_where(shop, far):
    ask = {"from_location_id": shop.storage_id, "lines": [units(shop, 7)]}
    asked = shop.run("inventory.request_transfer", ask, by=keeper(shop, far.ctx.branch_id))
    with db.unit_of_work(shop.ctx) as session, pytest.raises(TransferNotOpen):
        inventory.get_printed_challan(session, shop.ctx, asked.transfer_id)
    sent = dispatch(shop, far, units(shop, 7), transport="Van")
    with db.unit_of_work(shop.ctx) as session:
        challan = inventory.get_printed_challan(session, shop.ctx, sent.transfer_id)
    assert (challan.number, challan.units, challan.value) == (sent.challan, 7, sent.value)
    assert challan.consigner.gstin == challan.consignee.gstin != ""
    assert [line.hsn for line in challan.lines] == ["30049014", "30049014"]
    nobody = replace(shop.acting_as("cashier"), permissions=frozenset({"pos.sell"}))
    with db.unit_of_work(nobody) as session, pytest.raises(PermissionDenied):
        inventory.get_printed_challan(session, nobody, sent.transfer_id)
