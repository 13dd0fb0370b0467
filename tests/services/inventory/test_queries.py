from datetime import timedelta
from decimal import Decimal

import pytest

from erp.core import db
from erp.core.errors import InvalidInput, PermissionDenied
from tests.factories import make_shop
from tests.services.books import balance


@pytest.fixture
def shop(environment):
    assert environment
    return make_shop("reader", products=3, lots=2, stock=10)


def pages(shop, name, **wanted):
    rows, cursor = [], ""
    while True:
        page = shop.run(name, wanted | {"cursor": cursor})
        rows += page.rows
        cursor = page.next_cursor
        if not cursor:
            return rows


def test_stock_is_listed_by_product_first_expiry_first_and_paged_by_key(shop):
    rows = pages(shop, "inventory.stock_by_lot", limit=1)

    assert [(row.label, row.lot_number) for row in rows] == [
        (f"Arnica {number} 30C 30 ml SBL", lot) for number in (1, 2, 3) for lot in ("L1", "L2")
    ]
    assert {(row.on_hand, row.sellable, row.value) for row in rows} == {(10, 10, Decimal("600.00"))}


def test_stock_is_found_by_words_lot_number_product_place_and_expiry(shop):
    one = shop.variant_ids[0]
    shop.receive(one, 4, lot_number="ZX77", days=100)
    find = lambda **wanted: [r.lot_number for r in shop.run("inventory.stock_by_lot", wanted).rows]  # noqa: E731

    assert find(search="arnica 2") == ["L1", "L2"]
    assert find(search="zx7") == ["ZX77", "L1", "L2"]
    assert find(variant_id=one) == ["ZX77", "L1", "L2"]
    assert find(expires_before=shop.ctx.today + timedelta(days=101)) == ["ZX77"]
    assert find(location_id=shop.expired_store_id) == []
    assert find(search="nothing like it") == []


def test_a_sold_out_lot_leaves_the_list_and_keeps_its_trail(shop):
    one = shop.variant_ids[0]
    lot = shop.lot_ids[one][0]
    lines = [{"lot_id": lot, "change": -10}]
    shop.run("inventory.adjust_stock", {"reason_code": "count", "lines": lines})

    assert lot not in {row.lot_id for row in shop.run("inventory.stock_by_lot").rows}
    trail = shop.run("inventory.list_moves", {"lot_id": lot}).rows
    assert [(m.origin_type, m.quantity) for m in trail] == [
        ("stock_adjustment", 10),
        ("goods_receipt", 10),
    ]


def test_moves_are_paged_by_key(shop):
    rows = pages(shop, "inventory.list_moves", limit=2)

    assert len(rows) == 6
    assert len({row.id for row in rows}) == 6
    by_place = pages(shop, "inventory.list_moves", limit=4, location_id=shop.storage_id)
    assert len(by_place) == 6
    assert pages(shop, "inventory.list_moves", origin_id=rows[0].origin_id, limit=3) == rows


def test_the_value_of_stock_is_the_ledgers(shop):
    valued = shop.run("inventory.stock_valuation")

    assert (valued.quantity, valued.value) == (60, Decimal("3600.00"))
    assert valued.retail == 60 * Decimal("105.00")
    assert valued.value == balance(shop, "inventory")


def test_stock_of_a_past_day_is_what_had_moved_by_then(shop):
    one = shop.variant_ids[0]
    week_ago = shop.ctx.today - timedelta(days=7)
    line = {
        "variant_id": one,
        "lot_number": "PAST",
        "expires_on": shop.ctx.today + timedelta(days=300),
        "mrp": "105",
        "quantity": 5,
        "unit_cost": "60",
    }
    shop.run("inventory.receive_goods", {"lines": [line], "received_on": week_ago})

    before = shop.run("inventory.stock_as_of", {"on": week_ago - timedelta(days=1)})
    then = shop.run("inventory.stock_as_of", {"on": week_ago})
    known = shop.run("inventory.stock_as_of", {"on": week_ago, "known_on": week_ago})
    today = shop.run("inventory.stock_as_of", {"on": shop.ctx.today})

    assert (before.total_quantity, before.total_value) == (60, Decimal("3600.00"))
    assert (then.total_quantity, then.total_value) == (65, Decimal("3900.00"))
    assert (known.total_quantity, known.rows) == (0, [])
    assert (today.total_quantity, today.total_value) == (65, Decimal("3900.00"))
    assert sum(r.quantity for r in pages(shop, "inventory.stock_as_of", on=week_ago, limit=1)) == 65


def test_another_tenant_reads_nothing_of_it(shop, stranger):
    ours = {row.lot_id for row in shop.run("inventory.stock_by_lot").rows}
    theirs = {row.lot_id for row in stranger.run("inventory.stock_by_lot", {"limit": 200}).rows}

    assert not ours & theirs
    assert stranger.run("inventory.list_moves", {"lot_id": next(iter(ours))}).rows == []
    with db.unit_of_work(stranger.ctx) as session:
        seen = db.fetch_all(session, "select id from lot where id = any(%s)", (list(ours),))
    assert seen == []


@pytest.mark.parametrize(
    "name",
    [
        "inventory.stock_by_lot",
        "inventory.list_moves",
        "inventory.expiry_ladder",
        "inventory.stock_valuation",
        "inventory.list_locations",
    ],
)
def test_reading_stock_needs_the_permission(shop, name):
    with pytest.raises(PermissionDenied):
        shop.run(name, by=shop.acting_as("technician"))


def test_a_foreign_cursor_is_refused(shop):
    for name in ("inventory.stock_by_lot", "inventory.list_moves", "inventory.list_expiring"):
        with pytest.raises(InvalidInput):
            shop.run(name, {"cursor": "bm9uc2Vuc2U"})
