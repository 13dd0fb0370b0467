"""Warehouses and places named anew, moved in the tree, closed when nothing needs them, opened again."""

from datetime import timedelta
from types import SimpleNamespace

import psycopg
import pytest

from erp.core import db
from erp.core.errors import Conflict, InvalidInput
from erp.services.inventory.errors import PlaceClosed, PlaceInUse, UnknownPlace
from tests.factories import Shop, broken_promises, make_shop, receipt_line
from tests.services.inventory.counts import start
from tests.services.purchasing.ordering import line, place, supplier
from tests.services.service_advances.serving import retailer
from tests.services.trading import refused

CREATE = "inventory.create_location"
CHANGE = "inventory.change_location"
CLOSE = "inventory.close_location"


@pytest.fixture
def shop(environment):
    assert environment
    return make_shop("rooms")


@pytest.fixture
def rooms(shop):
    """A room with a shelf, both empty, beside the shop's storage."""
    (house,) = shop.run("inventory.list_warehouses").rows
    about = {"warehouse_id": house.id, "name": "Room"}
    room = shop.run(CREATE, about | {"code": "ROOM"}).id
    shelf = shop.run(CREATE, about | {"code": "SHELF", "parent_id": room}).id
    return SimpleNamespace(house=house.id, room=room, shelf=shelf)


def places(shop: Shop, **wanted):
    rows = shop.run("inventory.list_locations", wanted).rows
    return {row.code: row for row in rows}


def moved(shop: Shop, to, quantity=3, *, back=False):
    ends = {"from_location_id": shop.storage_id, "to_location_id": to}
    if back:
        ends = {"from_location_id": to, "to_location_id": shop.storage_id}
    some = {"lot_id": shop.lot_ids[shop.variant_ids[0]][0], "quantity": quantity}
    return ends | {"lines": [some]}


def move(shop: Shop, to, **more):
    return shop.run("inventory.transfer_stock", moved(shop, to, **more))


def test_a_place_gets_another_name_code_and_part_of_the_tree(shop, rooms):
    given = {"location_id": rooms.shelf, "code": "S-2", "name": "Second shelf", "parent_id": None}
    shop.run(CHANGE, given)
    assert places(shop)["S-2"].name == "Second shelf"
    (house,) = shop.run("inventory.list_warehouses").rows
    assert {place.code: place.depth for place in house.tree}["S-2"] == 0
    taken = given | {"code": "ROOM"}
    assert "code" in refused(shop, Conflict, CHANGE, taken).fields
    shop.run(
        "inventory.change_warehouse", {"warehouse_id": rooms.house, "code": "HQ", "name": "HQ"}
    )
    assert shop.run("inventory.list_warehouses").rows[0].code == "HQ"


def test_a_place_is_never_part_of_itself(shop, rooms, owner):
    given = {"location_id": rooms.room, "code": "ROOM", "name": "Room"}
    for within in (rooms.room, rooms.shelf):
        wrong = refused(shop, InvalidInput, CHANGE, given | {"parent_id": within})
        assert "parent_id" in wrong.fields
    quarantine = next(row.id for row in places(shop).values() if row.kind == "quarantine")
    assert refused(shop, InvalidInput, CHANGE, given | {"parent_id": quarantine}).fields
    for within in (rooms.room, rooms.shelf, quarantine):
        with pytest.raises(psycopg.errors.CheckViolation, match="never of itself"):
            owner.execute("update location set parent_id = %s where id = %s", (within, rooms.room))


def test_a_closed_place_takes_nothing_and_is_not_offered(shop, rooms, owner):
    assert shop.run(CLOSE, {"location_id": rooms.room, "reason": "Given up"}).places == 2
    assert {"ROOM", "SHELF"}.isdisjoint(places(shop))
    assert places(shop, with_closed=True)["SHELF"].is_closed
    assert (
        "to_location_id"
        in refused(shop, PlaceClosed, "inventory.transfer_stock", moved(shop, rooms.shelf)).fields
    )
    came = receipt_line(shop.ctx, shop.variant_ids[0], 5)
    given = {"location_id": rooms.room, "lines": [came]}
    assert "location_id" in refused(shop, PlaceClosed, "inventory.receive_goods", given).fields
    below = {"warehouse_id": rooms.house, "code": "X", "name": "X", "parent_id": rooms.room}
    assert "parent_id" in refused(shop, InvalidInput, CREATE, below).fields
    assert shop.run("inventory.reopen_location", {"location_id": rooms.shelf}).places == 2
    move(shop, rooms.shelf)
    with pytest.raises(psycopg.errors.CheckViolation, match="goods are in this place"):
        owner.execute("update location set closed_at = now() where id = %s", (rooms.shelf,))
    assert broken_promises() == []


def test_the_database_moves_nothing_into_a_closed_place(shop, rooms):
    shop.run(CLOSE, {"location_id": rooms.shelf})
    with (
        db.unit_of_work(shop.ctx) as session,
        pytest.raises(psycopg.errors.CheckViolation) as error,
    ):
        db.execute(
            session,
            "insert into stock_move (tenant_id, id, variant_id, lot_id, from_location_id,"
            " to_location_id, quantity, value, effective_at, origin_type, origin_id,"
            " origin_line_no, user_id, reason)"
            " select tenant_id, gen_random_uuid(), variant_id, lot_id, location_id, %s, 1, 1.00,"
            " now(), 'test', gen_random_uuid(), 1, %s, '' from stock_balance"
            " where location_id = %s and on_hand > 0 limit 1",
            (rooms.shelf, shop.ctx.user_id, shop.storage_id),
        )
    assert error.value.diag.constraint_name == "location_closed"


def needs(shop, location_id):
    return refused(shop, PlaceInUse, CLOSE, {"location_id": location_id}).details["needs"]


def test_what_needs_a_place_keeps_it_open_and_is_named(shop, rooms):
    move(shop, rooms.shelf)
    assert needs(shop, rooms.room) == ["3 units of 1 lot are in Room"]
    count = start(shop, location_id=rooms.shelf)
    move(shop, rooms.shelf, back=True)
    assert needs(shop, rooms.room) == [f"count {count.number} is open"]
    shop.run("inventory.cancel_count", {"count_id": count.count_id})
    till = {"code": "POS2", "name": "Corner", "location_id": rooms.shelf}
    register = shop.run("pos.create_register", till).id
    assert needs(shop, rooms.shelf) == ["till Corner sells from it"]
    away = {"register_id": register, "name": "Corner", "is_active": False}
    shop.run("pos.change_register", away)
    shop.run(CLOSE, {"location_id": rooms.room})
    assert (
        "is_active"
        in refused(shop, Conflict, "pos.change_register", away | {"is_active": True}).fields
    )


def test_an_order_to_a_supplier_keeps_a_place_open(shop, rooms):
    supplier(shop)
    order = place(shop, line(shop, 10), location_id=rooms.shelf)
    assert needs(shop, rooms.room) == [f"goods of order {order.number} are to come to it"]


def test_a_customers_order_keeps_a_place_open(shop):
    far = shop.run("inventory.create_warehouse", {"code": "FAR", "name": "Far"})
    wanted = {"variant_id": shop.variant_ids[0], "quantity": 2}
    ordered = {
        "customer_id": retailer(shop),
        "location_id": far.storage_id,
        "lines": [wanted],
    }
    order = shop.run("sales.take_order", ordered, confirm=("not_cleared", "credit_limit"))
    found = refused(shop, PlaceInUse, "inventory.close_warehouse", {"warehouse_id": far.id})
    assert found.details["needs"] == [f"goods of customer order {order.number} leave from it"]


def test_the_last_place_of_a_kind_goes_with_its_warehouse(shop, rooms):
    transit = next(row.id for row in places(shop).values() if row.kind == "transit")
    assert "last place of its kind" in str(
        refused(shop, PlaceInUse, CLOSE, {"location_id": transit}).message
    )
    far = shop.run("inventory.create_warehouse", {"code": "FAR", "name": "Far"})
    assert shop.run("inventory.close_warehouse", {"warehouse_id": far.id}).places == 4
    rows = shop.run("inventory.list_warehouses").rows
    assert [(row.code, row.is_closed) for row in rows] == [("FAR", True), ("MAIN", False)]
    assert shop.run("inventory.reopen_warehouse", {"warehouse_id": far.id}).places == 4
    assert rooms


def test_another_companys_places_are_unknown(rooms, stranger):
    for name, about in (
        (CLOSE, {"location_id": rooms.room}),
        ("inventory.reopen_location", {"location_id": rooms.room}),
        ("inventory.close_warehouse", {"warehouse_id": rooms.house}),
        (CHANGE, {"location_id": rooms.room, "code": "A", "name": "A"}),
    ):
        assert refused(stranger, UnknownPlace, name, about).fields.keys() <= about.keys()


def test_a_late_move_into_a_place_closed_since_is_refused_too(shop, rooms):
    shop.run(CLOSE, {"location_id": rooms.room})
    day = shop.ctx.today - timedelta(days=3)
    given = {
        "location_id": rooms.room,
        "received_on": day,
        "lines": [receipt_line(shop.ctx, shop.variant_ids[0], 5)],
    }
    refused(shop, PlaceClosed, "inventory.receive_goods", given)
