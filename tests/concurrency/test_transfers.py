"""Goods leave for another branch while tills sell them, and are taken in by two people at once."""

from collections import Counter

from erp.core.errors import DomainError
from erp.services.inventory import InsufficientStock
from erp.services.inventory.errors import MoreThanSent, TransferNotOpen
from tests.concurrency.crowd import at_once, refusals
from tests.concurrency.test_stock_storm import Attempt, buy_baskets, storm
from tests.factories import Shop, broken_promises, make_shop
from tests.services.inventory.past_goods import second_branch
from tests.services.inventory.transfers import dispatch, look, receive, settle, units


def test_the_last_unit_is_sold_or_sent_and_never_both(environment):
    assert environment
    shop = make_shop("last", products=1, lots=1, stock=1)
    far, variant = second_branch(shop), shop.variant_ids[0]

    outcomes = at_once(
        [lambda: shop.sell({variant: 1}), lambda: dispatch(shop, far, units(shop, 1))] * 2
    )

    assert refusals(outcomes, InsufficientStock) == 3
    assert shop.on_hand(variant) == 0
    assert broken_promises() == []


def test_of_two_who_take_the_same_goods_in_one_does(environment):
    assert environment
    shop = make_shop("doubly", products=1, lots=1, stock=10)
    far = second_branch(shop)
    sent = dispatch(shop, far, units(shop, 8))
    some = {"line_no": 1, "arrived": 5}

    outcomes = at_once([lambda: receive(far, sent.transfer_id, some)] * 3)

    assert refusals(outcomes, MoreThanSent) == 2
    rest = [
        lambda: receive(far, sent.transfer_id, {"line_no": 1, "arrived": 3}),
        lambda: settle(shop, sent.transfer_id, "lost", 3),
    ]
    assert refusals(at_once(rest), TransferNotOpen) == 1
    assert look(shop, sent.transfer_id).transfer.status == "settled"
    assert broken_promises() == []


def send_or_sell(number: int, shop: Shop, rounds: int) -> list[Attempt]:
    """Let the first two send goods and bring half of them back, and the others sell."""
    if number > 1:
        return buy_baskets(number, shop, rounds)
    far = shop.run("inventory.list_locations", {"kind": "storage"}).rows
    there = next(place for place in far if place.branch_id != shop.ctx.branch_id)
    attempts: list[Attempt] = []
    for _ in range(rounds):
        try:
            lines = [units(shop, 2, at) for at in ((0, 1) if number else (1, 0))]
            ends = {"from_location_id": shop.storage_id, "to_location_id": there.id}
            sent = shop.run("inventory.dispatch_transfer", ends | {"lines": lines})
            settle(shop, sent.transfer_id, "returned", 1)
            attempts.append(("sent", 0.0, 0.0, []))
        except DomainError as error:
            attempts.append((error.code, 0.0, 0.0, []))
    return attempts


def test_goods_that_go_and_come_back_never_wait_in_a_circle_with_sales(environment):
    assert environment
    shop = make_shop("circle", products=3, lots=2, stock=200)
    second_branch(shop)

    outcomes = Counter(outcome for outcome, *_ in storm(send_or_sell, shop, 10))

    assert set(outcomes) == {"sent", "sold"}, outcomes
    assert outcomes["sent"] == 20
    assert broken_promises() == []
