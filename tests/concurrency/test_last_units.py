"""Whatever takes from a balance takes it once: of many that want most of it, one has it."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from erp.core.errors import Busy, DomainError, Unavailable
from tests.concurrency.crowd import at_once
from tests.factories import Shop, broken_promises
from tests.services.inventory.past_goods import second_branch
from tests.services.trading import add_customer

Taking = Callable[[Shop], tuple[str, dict[str, Any]]]
MOST = 60
"""Of the hundred units of a lot, so that two never fit."""


def lot(shop: Shop, quantity: int = MOST) -> dict[str, Any]:
    return {"lot_id": shop.lot_ids[shop.variant_ids[0]][0], "quantity": quantity}


def adjust(shop: Shop) -> tuple[str, dict[str, Any]]:
    lines = [{"lot_id": lot(shop)["lot_id"], "change": -MOST}]
    return "inventory.adjust_stock", {"reason_code": "found", "lines": lines}


def write_off(shop: Shop) -> tuple[str, dict[str, Any]]:
    return "inventory.write_off_stock", {"reason_code": "damaged", "lines": [lot(shop)]}


def transfer(shop: Shop) -> tuple[str, dict[str, Any]]:
    ends = {"from_location_id": shop.storage_id, "to_location_id": shop.expired_store_id}
    return "inventory.transfer_stock", ends | {"lines": [lot(shop)]}


def dispatch(shop: Shop) -> tuple[str, dict[str, Any]]:
    far = second_branch(shop)
    ends = {"from_location_id": shop.storage_id, "to_location_id": far.storage_id}
    line = lot(shop) | {"variant_id": shop.variant_ids[0]}
    return "inventory.dispatch_transfer", ends | {"lines": [line]}


def quarantine(shop: Shop) -> tuple[str, dict[str, Any]]:
    about = {"location_id": shop.storage_id, "reason_code": "damaged"}
    return "inventory.quarantine_goods", about | {"lines": [lot(shop)]}


def decide(shop: Shop) -> tuple[str, dict[str, Any]]:
    apart = {"reason_code": "damaged", "lines": [lot(shop, 100)]}
    made = shop.run("inventory.quarantine_goods", apart)
    about = {"quarantine_id": made.quarantine_ids[0], "outcome": "written_off", "reason": "x"}
    return "inventory.decide_quarantine", about | {"quantity": MOST}


def dispense(shop: Shop) -> tuple[str, dict[str, Any]]:
    about = {"location_id": shop.storage_id, "variant_id": shop.variant_ids[2], "packs": 1}
    line = lot(shop) | {"variant_id": shop.variant_ids[0]}
    return "inventory.dispense_packs", about | {"mrp": "60.00", "lines": [line]}


def advance(shop: Shop) -> tuple[str, dict[str, Any]]:
    about = {"shift_id": shop.shift_id, "party_id": add_customer(shop), "method": "upi"}
    shop.run("pos.take_advance", about | {"amount": "100.00"})
    return "pos.pay_back_advance", about | {"amount": "60.00", "reason": "x"}


def points(shop: Shop) -> tuple[str, dict[str, Any]]:
    terms = {"is_active": True, "points_per_rupee": "0.1", "worth": "1.00"}
    shop.run("loyalty.set_programme", terms)
    about = {"party_id": add_customer(shop), "reason": "x"}
    shop.run("loyalty.adjust_points", about | {"points": 100})
    return "loyalty.adjust_points", about | {"points": -MOST}


def cash(shop: Shop) -> tuple[str, dict[str, Any]]:
    return "pos.move_cash", {"shift_id": shop.shift_id, "amount": "-300.00", "reason": "x"}


@pytest.mark.parametrize(
    "taking",
    [adjust, write_off, transfer, dispatch, quarantine, decide, dispense, advance, points, cash],
    ids=lambda taking: taking.__name__,
)
def test_of_many_who_want_most_of_it_one_has_it(trader: Shop, taking: Taking):
    name, given = taking(trader)
    answers = at_once([partial(trader.run, name, given) for _ in range(5)])
    refused = [one for one in answers if isinstance(one, DomainError)]
    assert not [one for one in refused if isinstance(one, (Busy, Unavailable))]
    assert len(refused) == 4
    assert broken_promises() == []
