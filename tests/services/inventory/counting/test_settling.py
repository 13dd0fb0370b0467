"""Handing a count in, counting again, approval, and the difference posted."""

from dataclasses import replace
from decimal import Decimal
from uuid import uuid4

import pytest

from erp.core import db
from erp.core.errors import PermissionDenied
from erp.core.ids import new_id
from erp.services import inventory
from erp.services.inventory import (
    BeyondLimit,
    CountNotOpen,
    InsufficientStock,
    LotNotOnCount,
    LotsUncounted,
    Origin,
    OwnDifferences,
    UnknownCount,
    Wanted,
)
from erp.services.platform import preview
from tests.factories import broken_promises
from tests.services.books import balance
from tests.services.inventory.counts import (
    allowed,
    approve,
    line_of,
    look,
    named,
    on_hand,
    record,
    recordings,
    scan,
    start,
    submit,
)
from tests.services.unchanged import refused


@pytest.fixture
def manager(shop):
    return shop.acting_as("manager")


@pytest.fixture
def handed_in(shop, keeper, count_id, lots):
    """A count with three missing of one lot and two found of another."""
    record(shop, count_id, {lots[0]: 17, lots[1]: 22, lots[2]: 20, lots[3]: 20}, by=keeper)
    submit(shop, count_id, by=keeper)
    return count_id


def test_final_stock_is_what_was_counted_less_what_was_sold_since(
    shop, keeper, manager, count_id, lots
):
    first = shop.variant_ids[0]
    shop.sell({first: 4})  # before it is counted: the shelf shows it
    record(shop, count_id, {lots[0]: 14}, by=keeper)  # book 16
    shop.sell({first: 5})  # after it is counted
    submit(shop, count_id, by=keeper, rest="not_counted")
    shop.sell({first: 1})  # while it waits for approval
    answer = approve(shop, count_id, by=manager)
    assert on_hand(shop, lots[0]) == 14 - 5 - 1
    assert (answer.differences, answer.gained, answer.lost) == (1, 0, Decimal("120.00"))
    assert broken_promises() == []


def test_approval_posts_moves_and_books_as_an_adjustment_does(shop, manager, handed_in, lots):
    before = balance(shop, "stock_adjustment"), balance(shop, "inventory")
    answer = approve(shop, handed_in, by=manager, note="Shelf 3 was moved")
    assert (answer.gained, answer.lost) == (Decimal("120.00"), Decimal("180.00"))
    assert balance(shop, "stock_adjustment") == before[0] + Decimal("60.00")
    assert balance(shop, "inventory") == before[1] - Decimal("60.00")
    moves = shop.run("inventory.list_moves", {"origin_id": handed_in}).rows
    assert {(m.lot_id, m.from_kind, m.to_kind, m.quantity, m.value) for m in moves} == {
        (lots[0], "storage", "lost_found", 3, Decimal("180.00")),
        (lots[1], "lost_found", "storage", 2, Decimal("120.00")),
    }
    assert {m.reason for m in moves} == {f"count: {answer.number}, Shelf 3 was moved"}
    count = look(shop, handed_in)
    assert (count.count.status, count.count.gained, count.count.lost) == ("approved", 120, 180)
    assert [row.value for row in count.rows] == [-180, 120, 0, 0]
    assert count.count.closed_by == "Manager of " + shop.slug
    assert [on_hand(shop, lot) for lot in lots] == [17, 22, 20, 20]
    assert broken_promises() == []
    with refused(shop, CountNotOpen):
        approve(shop, handed_in, by=manager)
    with refused(shop, CountNotOpen):
        shop.run("inventory.cancel_count", {"count_id": handed_in}, by=manager)


def test_what_would_be_posted_is_shown_first(shop, manager, handed_in):
    tried = preview("inventory.approve_count", manager, {"count_id": handed_in})
    assert sorted(e["quantity"] for e in tried.effects if e["kind"] == "stock") == [2, 3]
    assert look(shop, handed_in).count.status == "submitted"


def test_a_count_that_finds_no_difference_posts_nothing(shop, keeper, manager, count_id, lots):
    moves = shop.count("stock_move"), shop.count("journal_entry")
    record(shop, count_id, dict.fromkeys(lots, 20), by=keeper)
    submit(shop, count_id, by=keeper)
    assert approve(shop, count_id, by=manager).differences == 0
    assert (shop.count("stock_move"), shop.count("journal_entry")) == moves


def test_lots_nobody_counted_are_named_until_they_are_spoken_for(shop, keeper, count_id, lots):
    record(shop, count_id, {lots[0]: 20}, by=keeper)
    with refused(shop, LotsUncounted, "rest") as caught:
        submit(shop, count_id, by=keeper)
    assert "Arnica 1 30C 30 ml SBL, lot L2" in caught.value.message
    assert set(caught.value.details["lot_ids"]) == {str(lot) for lot in lots[1:]}
    some = [{"lot_id": lots[1], "declared": "zero"}]
    with refused(shop, LotsUncounted) as caught:
        submit(shop, count_id, by=keeper, lots=some)
    assert set(caught.value.details["lot_ids"]) == {str(lot) for lot in lots[2:]}
    answer = submit(shop, count_id, by=keeper, lots=some, rest="not_counted")
    assert (answer.counted, answer.left) == (2, 2)
    head = look(shop, count_id)
    assert (head.count.lots, head.count.done, head.left) == (4, 2, 2)
    assert recordings(shop, lots[1]) == [(0, 20, "declared")]
    assert line_of(shop, count_id, lots[1]).counted_by == "Storekeeper of " + shop.slug
    approve(shop, count_id)
    assert [on_hand(shop, lot) for lot in lots] == [20, 0, 20, 20]
    assert broken_promises() == []


def test_only_lots_nobody_counted_are_declared(shop, keeper, count_id, lots):
    record(shop, count_id, {lots[0]: 20}, by=keeper)
    for lot in (lots[0], uuid4()):
        with refused(shop, LotNotOnCount, "lots.0.lot_id"):
            declared = [{"lot_id": lot, "declared": "zero"}]
            submit(shop, count_id, by=keeper, lots=declared, rest="zero")


def test_a_lot_sent_back_is_counted_again_and_its_history_stays(
    shop, keeper, manager, handed_in, lots
):
    given = {"count_id": handed_in, "lots": named(lots[0]), "reason": "Look behind the door"}
    assert shop.run("inventory.request_recount", given, by=manager).lots == 1
    line = line_of(shop, handed_in, lots[0])
    assert (line.status, line.counted, line.counted_before) == ("recount", None, 17)
    with refused(shop, LotsUncounted):
        submit(shop, handed_in, by=keeper)
    shop.sell({shop.variant_ids[0]: 2})
    shop.run(
        "inventory.record_count",
        {"count_id": handed_in, "lines": [{"lot_id": lots[0], "add": 18}]},
        by=keeper,
    )
    line = line_of(shop, handed_in, lots[0])
    assert (line.counted, line.book, line.is_same_counter) == (18, 18, True)
    record(shop, handed_in, {lots[0]: 18}, by=shop.acting_as("owner"))
    assert not line_of(shop, handed_in, lots[0]).is_same_counter
    assert recordings(shop, lots[0])[0] == (17, 20, "typed")
    submit(shop, handed_in, by=keeper)
    approve(shop, handed_in, by=manager)
    assert on_hand(shop, lots[0]) == 18


def test_only_counted_lots_of_an_unfinished_count_are_sent_back(
    shop, keeper, manager, count_id, lots
):
    given = {"count_id": count_id, "lots": named(lots[0])}
    with refused(shop, LotNotOnCount, "lots.0.lot_id"):
        shop.run("inventory.request_recount", given, by=manager)
    record(shop, count_id, {lots[0]: 20}, by=keeper)
    with refused(shop, PermissionDenied):
        shop.run("inventory.request_recount", given, by=keeper)
    with refused(shop, LotNotOnCount, "lots.1.lot_id"):
        both = {"count_id": count_id, "lots": named(*lots[:2])}
        shop.run("inventory.request_recount", both, by=manager)
    submit(shop, count_id, by=keeper, rest="not_counted")
    approve(shop, count_id, by=manager)
    with refused(shop, CountNotOpen):
        shop.run("inventory.request_recount", given, by=manager)


def test_only_a_submitted_count_is_approved(shop, manager, count_id):
    with refused(shop, CountNotOpen):
        approve(shop, count_id, by=manager)
    with refused(shop, UnknownCount, "count_id"):
        approve(shop, uuid4(), by=manager)


@pytest.mark.parametrize("role", ["storekeeper", "auditor", "accountant", "cashier"])
def test_who_may_not_approve_does_not(shop, handed_in, role):
    with refused(shop, PermissionDenied):
        approve(shop, handed_in, by=shop.acting_as(role))


def test_nobody_but_an_owner_approves_a_difference_they_counted(
    shop, keeper, manager, count_id, lots
):
    record(shop, count_id, {lots[0]: 19}, by=manager)
    record(shop, count_id, {lots[1]: 20}, by=manager)
    submit(shop, count_id, by=keeper, rest="not_counted")
    with refused(shop, OwnDifferences):
        approve(shop, count_id, by=manager)
    approve(shop, count_id, by=shop.acting_as("owner"))
    assert on_hand(shop, lots[0]) == 19


def test_who_counted_only_what_agrees_may_approve(shop, keeper, manager, count_id, lots):
    record(shop, count_id, {lots[0]: 20}, by=manager)
    record(shop, count_id, {lots[1]: 19}, by=keeper)
    submit(shop, count_id, by=keeper, rest="not_counted")
    approve(shop, count_id, by=manager)
    assert on_hand(shop, lots[1]) == 19


def test_declaring_a_lot_gone_is_counting_it(shop, manager, count_id):
    submit(shop, count_id, by=manager, rest="zero")
    with refused(shop, OwnDifferences):
        approve(shop, count_id, by=manager)


def test_an_owner_approves_what_they_counted_alone(shop, count_id, lots):
    owner = shop.acting_as("owner")
    record(shop, count_id, {lots[0]: 1}, by=owner)
    submit(shop, count_id, by=owner, rest="not_counted")
    approve(shop, count_id, by=owner)
    assert on_hand(shop, lots[0]) == 1


def test_gains_and_losses_stay_within_the_approvers_limit(shop, manager, handed_in):
    with refused(shop, BeyondLimit) as caught:  # 120.00 gained and 180.00 lost
        approve(shop, handed_in, by=allowed(manager, "299.99"))
    assert caught.value.details == {"level": "300.00", "limit": "299.99"}
    with refused(shop, BeyondLimit):
        approve(shop, handed_in, by=replace(manager, limits={}))
    approve(shop, handed_in, by=allowed(manager, "300.00"))
    assert look(shop, handed_in).count.status == "approved"


def test_more_missing_than_is_free_is_refused_naming_every_lot(
    shop, keeper, manager, count_id, lots
):
    record(shop, count_id, {lots[0]: 2, lots[1]: 5, lots[2]: 21, lots[3]: 20}, by=keeper)
    shop.sell({shop.variant_ids[0]: 26})  # twenty of the first lot, six of the second
    submit(shop, count_id, by=keeper)
    with refused(shop, InsufficientStock, f"lots.{lots[0]}", f"lots.{lots[1]}") as caught:
        approve(shop, count_id, by=manager)
    assert len(caught.value.fields) == 2
    assert "18 are missing by the count, but only 0 are free now" in caught.value.message
    again = {"count_id": count_id, "lots": named(*lots[:2])}
    shop.run("inventory.request_recount", again, by=manager)
    record(shop, count_id, {lots[0]: 0, lots[1]: 14}, by=keeper)
    submit(shop, count_id, by=keeper)
    approve(shop, count_id, by=manager)
    assert [on_hand(shop, lot) for lot in lots] == [0, 14, 21, 20]
    assert broken_promises() == []


def test_reserved_stock_is_not_taken_off(shop, keeper, manager, count_id, lots):
    record(shop, count_id, {lots[0]: 5}, by=keeper)
    submit(shop, count_id, by=keeper, rest="not_counted")
    origin = Origin("order", new_id())
    with db.unit_of_work(shop.ctx) as session:
        wanted = [Wanted(1, shop.variant_ids[0], 6)]
        picks = inventory.allocate(session, shop.ctx, shop.storage_id, wanted)
        inventory.reserve(session, shop.ctx, picks, origin, shop.ctx.now.replace(year=2099))
    with refused(shop, InsufficientStock, f"lots.{lots[0]}") as caught:
        approve(shop, count_id, by=manager)
    assert "only 14 are free now besides 6 reserved" in caught.value.message
    with db.unit_of_work(shop.ctx) as session:
        inventory.release(session, shop.ctx, origin.id)
    approve(shop, count_id, by=manager)
    assert on_hand(shop, lots[0]) == 5


def test_scans_of_a_lot_sent_back_begin_anew(shop, keeper, manager, count_id, lots):
    shop.run(
        "inventory.write_off_stock",
        {"reason_code": "damaged", "lines": [{"lot_id": lots[1], "quantity": 20}]},
    )
    shop.run("inventory.cancel_count", {"count_id": count_id})
    again = start(shop, by=keeper).count_id
    scan(shop, again, "SKU1", by=keeper, add=9)
    given = {"count_id": again, "lots": named(lots[0])}
    shop.run("inventory.request_recount", given, by=manager)
    assert scan(shop, again, "SKU1", by=keeper, add=4).recorded[0].counted == 4


def test_each_step_is_told_once(shop, manager, handed_in, lots):
    given = {"count_id": handed_in, "lots": named(lots[0]), "reason": "x"}
    shop.run("inventory.request_recount", given, by=manager)
    shop.run("inventory.cancel_count", {"count_id": handed_in, "reason": "Flood"}, by=manager)
    with db.unit_of_work(shop.ctx) as session:
        rows = db.fetch_all(
            session,
            "select name, payload from event where aggregate_id = %s order by id",
            (handed_in,),
        )
    assert [row["name"] for row in rows] == [
        "inventory.count_started.v1",
        "inventory.lots_counted.v1",
        "inventory.count_submitted.v1",
        "inventory.recount_requested.v1",
        "inventory.count_cancelled.v1",
    ]
    assert rows[1]["payload"] == {"count_id": str(handed_in), "lots": 4}


def test_who_may_approve_is_told_each_time_a_count_is_handed_in(shop, keeper, manager, handed_in):
    def told(who):
        return [item.title for item in shop.run("workflows.list_inbox", by=who).rows]

    (title,) = told(manager)
    assert title.endswith("waits for your approval")
    assert told(keeper) == []
    lot_id = shop.lot_ids[shop.variant_ids[0]][0]
    again = {"count_id": handed_in, "lots": [{"lot_id": lot_id}]}
    shop.run("inventory.request_recount", again, by=manager)
    record(shop, handed_in, {lot_id: 18}, by=keeper)
    submit(shop, handed_in, by=keeper)
    assert len(told(manager)) == 2
