from decimal import Decimal
from uuid import uuid4

import pytest
from pydantic import ValidationError

from erp.core.errors import PermissionDenied
from erp.services.inventory import InsufficientStock, UnknownLot, UnknownPlace
from tests.factories import broken_promises, make_shop
from tests.services.books import balance
from tests.services.unchanged import fingerprint, refused


@pytest.fixture
def shop(environment):
    assert environment
    return make_shop("counter", lots=0)


@pytest.fixture
def lot(shop):
    return shop.receive(shop.variant_ids[0], 10, unit_cost="33.3333", days=100)


def adjust(shop, *changes, **more):
    lines = [{"lot_id": lot_id, "change": change} for lot_id, change in changes]
    return shop.run("inventory.adjust_stock", {"reason_code": "count", "lines": lines}, **more)


def write_off(shop, *quantities, **more):
    lines = [{"lot_id": lot_id, "quantity": quantity} for lot_id, quantity in quantities]
    given = {"reason_code": "damaged", "lines": lines}
    return shop.run("inventory.write_off_stock", given, **more)


def test_a_count_below_the_books_is_a_loss(shop, lot):
    answer = adjust(shop, (lot, -3))

    assert (answer.lost, answer.gained) == (Decimal("100.00"), 0)
    assert shop.on_hand(shop.variant_ids[0]) == 7
    assert balance(shop, "stock_adjustment") == Decimal("100.00")
    assert broken_promises() == []


def test_a_count_above_the_books_is_a_gain_at_the_same_cost(shop, lot):
    answer = adjust(shop, (lot, 2))

    assert answer.gained == Decimal("66.67")
    assert balance(shop, "inventory") == Decimal("400.00")
    assert broken_promises() == []


def test_goods_found_of_a_sold_out_lot_cost_what_they_once_did(shop, lot):
    adjust(shop, (lot, -10))

    answer = adjust(shop, (lot, 2))

    assert answer.gained == Decimal("66.67")
    assert shop.on_hand(shop.variant_ids[0]) == 2
    assert broken_promises() == []


def test_gains_and_losses_of_one_count_meet_in_one_entry(shop, lot):
    other = shop.receive(shop.variant_ids[1], 10, unit_cost="10")

    answer = adjust(shop, (lot, -3), (other, 4))

    assert (answer.lost, answer.gained) == (Decimal("100.00"), Decimal("40.00"))
    assert balance(shop, "stock_adjustment") == Decimal("60.00")
    assert broken_promises() == []


def test_the_move_keeps_the_reason(shop, lot):
    lines = [{"lot_id": lot, "change": -1}]
    given = {"reason_code": "theft", "note": "Counter glass broken", "lines": lines}
    shop.run("inventory.adjust_stock", given)

    move = shop.run("inventory.list_moves", {"lot_id": lot, "limit": 1}).rows[0]
    assert (move.reason, move.to_kind) == ("theft: Counter glass broken", "lost_found")


def test_more_than_is_there_is_refused_for_every_line(shop, lot):
    other = shop.receive(shop.variant_ids[1], 2)

    with refused(shop, InsufficientStock, "lines.0.change", "lines.1.change") as refusal:
        adjust(shop, (lot, -11), (other, -3))
    assert "Only 10 of lot" in refusal.value.fields["lines.0.change"]


def test_the_same_lot_twice_is_counted_down_once(shop, lot):
    with refused(shop, InsufficientStock, "lines.1.change"):
        adjust(shop, (lot, -6), (lot, -6))


def test_what_is_written_off_is_a_loss_even_if_expired_or_held(shop, lot):
    shop.run("inventory.hold_lot", {"lot_id": lot, "reason": "Wet"})

    answer = write_off(shop, (lot, 10))

    assert answer.value == Decimal("333.33")
    assert balance(shop, "loss_expired") == Decimal("333.33")
    assert balance(shop, "inventory") == 0
    assert broken_promises() == []


def test_more_than_is_there_is_not_written_off(shop, lot):
    with refused(shop, InsufficientStock, "lines.0.quantity"):
        write_off(shop, (lot, 11))


@pytest.mark.parametrize("change", [0, 10**8, "1.5", "x"])
def test_changes_out_of_shape_are_refused(shop, lot, change):
    before = fingerprint(shop)

    with pytest.raises(ValidationError):
        adjust(shop, (lot, change))
    assert fingerprint(shop) == before


def test_a_lot_of_another_tenant_is_unknown(shop, stranger, lot):
    foreign = stranger.lot_ids[stranger.variant_ids[0]][0]

    for act in (adjust, write_off):
        with refused(shop, UnknownLot, "lines.1.lot_id"):
            act(shop, (lot, 1), (foreign, 1))
        with refused(shop, UnknownLot, "lines.0.lot_id"):
            act(shop, (uuid4(), 1))
    with refused(shop, UnknownPlace, "location_id"):
        given = {"reason_code": "count", "lines": [{"lot_id": lot, "change": 1}]}
        shop.run("inventory.adjust_stock", given | {"location_id": stranger.storage_id})


def test_the_same_key_adjusts_once(shop, lot):
    lines = [{"lot_id": lot, "change": -1}]
    given = {"reason_code": "count", "lines": lines, "idempotency_key": "count-key-1"}
    first = shop.answer("inventory.adjust_stock", given)
    second = shop.answer("inventory.adjust_stock", given)

    assert first.text == second.text
    assert shop.on_hand(shop.variant_ids[0]) == 9


def test_only_those_who_may_adjust(shop, lot):
    for role in ("cashier", "accountant", "technician", "auditor"):
        acting = shop.acting_as(role)
        with refused(shop, PermissionDenied):
            adjust(shop, (lot, -1), by=acting)
        with refused(shop, PermissionDenied):
            write_off(shop, (lot, 1), by=acting)
    adjust(shop, (lot, -1), by=shop.acting_as("storekeeper"))
