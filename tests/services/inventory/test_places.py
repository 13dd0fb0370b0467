"""Warehouses and their places: a tree, each with what is in it."""

from dataclasses import replace

import pytest

from erp.core.errors import InvalidInput, NotFound
from erp.core.ids import new_id
from tests.factories import Shop, make_shop
from tests.services.trading import refused

CREATE = "inventory.create_location"


@pytest.fixture
def shop(environment):
    assert environment
    return make_shop("places")


def tree(shop: Shop, at: int = 0) -> list[tuple[str, int, int]]:
    row = shop.run("inventory.list_warehouses").rows[at]
    return [(place.code, place.depth, place.units) for place in row.tree]


def test_a_place_stands_below_the_one_it_is_part_of_with_its_own_goods(shop: Shop):
    (house,) = shop.run("inventory.list_warehouses").rows
    about = {"warehouse_id": house.id, "name": "Shelf"}
    shelf = shop.run(CREATE, about | {"code": "MAIN-S2", "parent_id": shop.storage_id}).id
    shop.run(CREATE, about | {"code": "MAIN-S2-B", "parent_id": shelf})
    move = {"lot_id": shop.lot_ids[shop.variant_ids[0]][0], "quantity": 3}
    shop.run(
        "inventory.transfer_stock",
        {"from_location_id": shop.storage_id, "to_location_id": shelf, "lines": [move]},
    )
    found = tree(shop)
    below = [code for code, _, _ in found][found.index(("MAIN", 0, found[0][2])) :]
    assert below[:3] == ["MAIN", "MAIN-S2", "MAIN-S2-B"]
    assert ("MAIN-S2", 1, 3) in found
    assert ("MAIN-S2-B", 2, 0) in found
    (house,) = shop.run("inventory.list_warehouses").rows
    assert (house.places, house.units) == (len(found), sum(units for *_, units in found))


def test_a_place_is_part_of_one_of_its_warehouse_and_kind(shop: Shop):
    other = shop.run("inventory.create_warehouse", {"code": "SIDE", "name": "Side"})
    about = {"warehouse_id": other.id, "code": "SIDE-2", "name": "Shelf"}
    wrong = about | {"parent_id": shop.storage_id}
    assert "parent_id" in refused(shop, InvalidInput, CREATE, wrong).fields
    mixed = about | {"parent_id": other.storage_id, "kind": "quarantine"}
    assert "kind" in refused(shop, InvalidInput, CREATE, mixed).fields
    assert [code for code, *_ in tree(shop, at=1)] == ["SIDE", "SIDE-EXP", "SIDE-QRN", "SIDE-TRN"]


def test_a_company_opens_places_and_tills_in_its_own_warehouses_alone(shop: Shop):
    (house,) = shop.run("inventory.list_warehouses").rows
    other = replace(shop.ctx, company_id=new_id())
    site = {"code": "SIDE", "name": "Side", "branch_id": shop.ctx.branch_id}
    place = {"warehouse_id": house.id, "code": "S9", "name": "Shelf"}
    till = {"code": "POS9", "name": "Till", "location_id": shop.storage_id}
    for error, name, given, field in (
        (InvalidInput, "inventory.create_warehouse", site, "branch_id"),
        (InvalidInput, CREATE, place, "warehouse_id"),
        (NotFound, "pos.create_register", till, "location_id"),
    ):
        assert set(refused(shop, error, name, given, by=other).fields) == {field}
        shop.run(name, given)
