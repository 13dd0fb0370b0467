from uuid import uuid4

import pytest

from erp.core.errors import PermissionDenied
from erp.services.inventory import LotChanged, UnknownLot
from tests.factories import make_shop
from tests.services.unchanged import refused


@pytest.fixture
def shop(environment):
    assert environment
    return make_shop("holder", lots=0)


@pytest.fixture
def lot(shop):
    return shop.receive(shop.variant_ids[0], 10)


def act(shop, verb, lot, **more):
    by = more.pop("by", None)
    given = {"lot_id": lot, "reason": "Label unclear"} | more
    return shop.run(f"inventory.{verb}_lot", given, by=by)


def status(shop):
    return shop.run("inventory.stock_by_lot").rows[0]


def test_a_held_lot_is_on_hand_but_not_sellable_until_it_is_released(shop, lot):
    answer = act(shop, "hold", lot)
    assert (answer.status, answer.on_hand) == ("hold", 10)
    assert (status(shop).on_hand, status(shop).sellable) == (10, 0)

    act(shop, "release", lot)
    assert status(shop).sellable == 10


def test_quarantine_is_a_hold_of_its_own(shop, lot):
    act(shop, "hold", lot, status="quarantine")

    rows = shop.run("inventory.stock_by_lot", {"status": "quarantine"}).rows
    assert [row.lot_id for row in rows] == [lot]


def test_a_recall_is_not_taken_back(shop, lot):
    act(shop, "recall", lot)

    for verb in ("release", "hold", "recall"):
        with refused(shop, LotChanged):
            act(shop, verb, lot)


def test_only_a_held_lot_is_released(shop, lot):
    with refused(shop, LotChanged):
        act(shop, "release", lot)


@pytest.mark.parametrize("verb", ["hold", "release", "recall"])
def test_nobodys_and_other_tenants_lots_are_unknown(shop, stranger, lot, verb):
    with refused(shop, UnknownLot, "lot_id"):
        act(shop, verb, uuid4())
    with refused(stranger, UnknownLot, "lot_id"):
        act(stranger, verb, lot)
    assert status(shop).status == "available"


@pytest.mark.parametrize("verb", ["hold", "release", "recall"])
def test_only_those_who_may_hold(shop, lot, verb):
    with refused(shop, PermissionDenied):
        act(shop, verb, lot, by=shop.acting_as("cashier"))
