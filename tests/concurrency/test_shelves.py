"""Tills at a room and at its shelf want the same goods: all are sold, none twice, nobody waits in a circle."""

from functools import partial

from erp.services.inventory import InsufficientStock
from tests.concurrency.crowd import at_once, refusals
from tests.factories import Shop, broken_promises


def shelf_till(trader: Shop):
    """Add a shelf below the till's place with its own till; return its place and open shift."""
    (house,) = trader.run("inventory.list_warehouses").rows
    about = {"warehouse_id": house.id, "code": "S1", "name": "Shelf"}
    shelf = trader.run("inventory.create_location", about | {"parent_id": trader.storage_id}).id
    register = trader.run(
        "pos.create_register", {"code": "POS2", "name": "Shelf till", "location_id": shelf}
    )
    opening = {"register_id": register.id, "opening_float": "500.00"}
    return shelf, trader.run("pos.open_shift", opening).id


def move(trader: Shop, place, at: int, quantity: int):
    lot_id = trader.lot_ids[trader.variant_ids[at]][0]
    ends = {"from_location_id": trader.storage_id, "to_location_id": place}
    return ends | {"lines": [{"lot_id": lot_id, "quantity": quantity}]}


def test_tills_of_a_room_and_its_shelf_never_sell_a_unit_twice(trader: Shop):
    first, other, _ = trader.variant_ids
    shelf, beside = shelf_till(trader)
    for at in (0, 1):
        trader.run("inventory.transfer_stock", move(trader, shelf, at, 100))
    calls = []
    for number in range(6):
        there, here = ({first: 20, other: 20}, {other: 50, first: 50})
        calls += [
            partial(trader.run, "pos.post_sale", trader.cart(there, shift_id=beside)),
            partial(trader.run, "pos.post_sale", trader.cart(here)),
        ]
        if number < 2:
            calls.append(
                partial(trader.run, "inventory.transfer_stock", move(trader, shelf, 2, 10))
            )
    outcomes = at_once(calls)
    sold = [one for one in outcomes if not isinstance(one, Exception)]
    assert refusals(outcomes, InsufficientStock) + len(sold) == len(calls)
    left = trader.on_hand(first) + trader.on_hand(first, shelf)
    assert left == trader.on_hand(other) + trader.on_hand(other, shelf)
    assert left < 20 or trader.on_hand(first, shelf) < 20
    assert broken_promises() == []
