from datetime import timedelta
from decimal import Decimal

import pytest

from erp.core.ids import new_id
from erp.services.inventory import UnknownLot
from tests.factories import LICENSED, UNIT_COST, receipt_line
from tests.services.inventory.test_queries import pages


def get_lot(shop, lot_id, **more):
    return shop.run("inventory.get_lot", {"lot_id": lot_id}, **more)


def deliver(shop, reference, *quantities, **more):
    lines = [receipt_line(shop.ctx, shop.variant_ids[0], quantity) for quantity in quantities]
    return shop.run("inventory.receive_goods", {"reference": reference, "lines": lines} | more)


def test_a_lot_is_shown_with_its_balance_in_every_place(trader):
    lot_id = trader.receive(trader.variant_ids[0], 10, days=120, maker="SBL", ptr="70.00")
    move = {"from_location_id": trader.storage_id, "to_location_id": trader.expired_store_id}
    moved = move | {"lines": [{"lot_id": lot_id, "quantity": 4}]}
    trader.run("inventory.transfer_stock", moved)
    lot = get_lot(trader, lot_id, at=trader.ctx.now + timedelta(days=100))

    assert (lot.maker, lot.ptr, lot.shelf_life, lot.status) == ("SBL", 70, "0-30", "available")
    places = {(p.location_kind, p.on_hand, p.value) for p in lot.places}
    assert places == {("storage", 6, 6 * UNIT_COST), ("expired_store", 4, 4 * UNIT_COST)}


def test_a_lot_names_why_it_is_held(trader):
    lot_id = trader.lot_ids[trader.variant_ids[0]][0]
    trader.run("inventory.hold_lot", {"lot_id": lot_id, "reason": "Leaking caps"})
    lot = get_lot(trader, lot_id)
    assert (lot.status, lot.status_reason) == ("hold", "Leaking caps")


def test_an_unknown_lot_is_refused(trader):
    with pytest.raises(UnknownLot):
        get_lot(trader, new_id())


def test_the_next_delivery_starts_from_the_newest_lot(trader):
    one = trader.variant_ids[0]
    trader.receive(one, 1, maker="SBL", mrp="120.00", ptr="80.0000", unit_cost="64.5000")
    terms = trader.run("inventory.get_last_lot", {"variant_id": one})
    assert (terms.maker, terms.mrp, terms.ptr, terms.unit_cost) == (
        "SBL", Decimal(120), Decimal(80), Decimal("64.5"),
    )  # fmt: skip
    assert trader.run("inventory.get_last_lot", {"variant_id": new_id()}).mrp is None


def test_deliveries_are_listed_the_last_first_with_what_they_brought(trader):
    supplier = trader.run(
        "party.create_party",
        {"name": "SBL Agency", "kind": "distributor", "state_code": "27"} | LICENSED,
    ).id
    deliver(trader, "INV/1", 5)
    second = deliver(trader, "INV/2", 6, 4, supplier_id=supplier)
    first, *_ = listed = pages(trader, "inventory.list_receipts", limit=1)

    assert [row.reference for row in listed][:2] == ["INV/2", "INV/1"]
    assert (first.id, first.supplier, first.lots, first.units, first.value) == (
        second.receipt_id, "SBL Agency", 2, 10, 10 * UNIT_COST,
    )  # fmt: skip
    found = trader.run("inventory.list_receipts", {"search": "inv/1"}).rows
    assert [row.reference for row in found] == ["INV/1"]


def test_a_strangers_deliveries_are_not_listed(trader, stranger):
    deliver(stranger, "THEIRS", 1)
    assert trader.run("inventory.list_receipts", {"search": "THEIRS"}).rows == []


def test_stock_is_found_by_rung_of_the_ladder_and_by_product(trader):
    one, two = trader.variant_ids[:2]
    edges = {30: "0-30", 31: "31-60", 60: "31-60", 61: "61-90", 90: "61-90", 91: "later"}
    for days in edges:
        trader.receive(one, 1, days=days + 100)
    then = trader.ctx.now + timedelta(days=100)
    for rung in ("0-30", "31-60", "61-90"):
        rows = trader.run("inventory.stock_by_lot", {"rung": rung}, at=then).rows
        days = {(row.expires_on - trader.ctx.today).days - 100 for row in rows}
        assert days == {day for day, at in edges.items() if at == rung}
        assert {row.shelf_life for row in rows} == {rung}
    gone = {"rung": "expired"}
    later = trader.run("inventory.stock_by_lot", gone, at=then + timedelta(days=31)).rows
    assert [row.shelf_life for row in later] == ["expired"]
    product = trader.run("catalog.get_variant", {"variant_id": two}).product_id
    rows = pages(trader, "inventory.stock_by_lot", product_id=product)
    assert {row.variant_id for row in rows} == {two}
    moves = pages(trader, "inventory.list_moves", product_id=product)
    assert {move.variant_id for move in moves} == {two}
