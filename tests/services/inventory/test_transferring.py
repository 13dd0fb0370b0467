from datetime import timedelta
from decimal import Decimal

import pytest

from erp.core import db
from erp.core.errors import Conflict, InvalidInput, PermissionDenied
from erp.core.ids import new_id
from erp.services.inventory import InsufficientStock, UnknownLot, UnknownPlace, WrongPlace
from tests.factories import broken_promises, make_shop
from tests.services.books import balance
from tests.services.unchanged import refused


@pytest.fixture
def shop(environment):
    assert environment
    return make_shop("mover", lots=0)


@pytest.fixture
def lot(shop):
    return shop.receive(shop.variant_ids[0], 10, unit_cost="33.3333", days=100)


def transfer(shop, target, lot, quantity, **more):
    given = {
        "from_location_id": more.pop("source", shop.storage_id),
        "to_location_id": target,
        "lines": [{"lot_id": lot, "quantity": quantity}],
    }
    return shop.run("inventory.transfer_stock", given, **more)


def second_warehouse(shop, **branch):
    branch_id = None
    if branch:
        branch_id = new_id()
        with db.unit_of_work(shop.ctx) as session:
            db.execute(
                session,
                "insert into branch (tenant_id, id, company_id, code, name, gstin, state_code,"
                " address, city, pin, phone) values (%s, %s, %s, 'B2', 'Two', %s, %s, '', '', '', '')",
                (shop.tenant_id, branch_id, shop.ctx.company_id, branch["gstin"], branch["state"]),
            )
    given = {"code": "SIDE", "name": "Side store", "branch_id": branch_id}
    return shop.run("inventory.create_warehouse", given)


def test_goods_move_between_storages_without_touching_the_books(shop, lot):
    side = second_warehouse(shop)
    before = shop.count("journal_entry")

    answer = transfer(shop, side.storage_id, lot, 3)

    assert answer.value == Decimal("100.00")
    assert shop.on_hand(shop.variant_ids[0]) == 7
    assert shop.on_hand(shop.variant_ids[0], side.storage_id) == 3
    assert shop.count("journal_entry") == before
    assert broken_promises() == []


def test_expired_goods_go_to_the_expired_store_with_their_value(shop, lot):
    transfer(shop, shop.expired_store_id, lot, 4, at=shop.ctx.now + timedelta(days=120))

    assert balance(shop, "inventory_expired") == Decimal("133.33")
    assert balance(shop, "inventory") == Decimal("200.00")
    assert broken_promises() == []


def test_there_and_back_again_loses_nothing(shop, lot):
    transfer(shop, shop.expired_store_id, lot, 7)
    transfer(shop, shop.storage_id, lot, 7, source=shop.expired_store_id)

    assert balance(shop, "inventory") == Decimal("333.33")
    assert balance(shop, "inventory_expired") == 0
    assert broken_promises() == []


def test_more_than_is_there_is_not_moved(shop, lot):
    with refused(shop, InsufficientStock, "lines.0.quantity"):
        transfer(shop, shop.expired_store_id, lot, 11)


def test_goods_do_not_move_to_where_they_are(shop, lot):
    with refused(shop, WrongPlace, "to_location_id"):
        transfer(shop, shop.storage_id, lot, 1)


def test_a_branch_with_its_own_gstin_needs_an_invoice(shop, lot):
    far = second_warehouse(shop, gstin="29AAGCB7383J1Z4", state="29")

    with refused(shop, WrongPlace, "to_location_id") as refusal:
        transfer(shop, far.storage_id, lot, 1)
    assert "tax invoice" in refusal.value.message


def test_nothing_moves_to_or_from_another_tenant(shop, stranger, lot):
    foreign = stranger.lot_ids[stranger.variant_ids[0]][0]

    with refused(shop, UnknownPlace, "to_location_id"):
        transfer(shop, stranger.storage_id, lot, 1)
    with refused(shop, UnknownPlace, "from_location_id"):
        transfer(shop, shop.expired_store_id, lot, 1, source=stranger.storage_id)
    with refused(shop, UnknownLot, "lines.0.lot_id"):
        transfer(shop, shop.expired_store_id, foreign, 1)


def test_only_those_who_may_move_goods(shop, lot):
    with refused(shop, PermissionDenied):
        transfer(shop, shop.expired_store_id, lot, 1, by=shop.acting_as("cashier"))
    transfer(shop, shop.expired_store_id, lot, 1, by=shop.acting_as("storekeeper"))


def test_a_warehouse_code_is_used_once(shop):
    with refused(shop, Conflict, "code"):
        shop.run("inventory.create_warehouse", {"code": "MAIN", "name": "Again"})


def test_a_warehouse_of_another_tenants_branch_is_refused(shop, stranger):
    given = {"code": "SIDE", "name": "Side", "branch_id": stranger.ctx.branch_id}

    with refused(shop, InvalidInput, "branch_id"):
        shop.run("inventory.create_warehouse", given)


def test_only_places_of_our_own_are_added_to_a_warehouse(shop):
    side = second_warehouse(shop)
    given = {"warehouse_id": side.id, "code": "SIDE-2", "name": "Shelf 2"}

    with refused(shop, InvalidInput, "kind"):
        shop.run("inventory.create_location", given | {"kind": "customer"})
    with refused(shop, InvalidInput, "warehouse_id"):
        shop.run("inventory.create_location", given | {"warehouse_id": new_id()})
    shop.run("inventory.create_location", given)
    codes = [row.code for row in shop.run("inventory.list_locations", {"kind": "storage"}).rows]
    assert codes == ["MAIN", "SIDE", "SIDE-2"]
