"""Goods on forms: one scan, the maker's list, and what the catalogue lacks."""

import pytest

from erp.core import db
from erp.services import catalog
from erp.state.inventory.moving import WriteOffState
from erp.state.inventory.receiving import ReceiveState
from erp.state.purchasing.ordering import NewOrderState
from erp.state.purchasing.requesting import NewRequisitionState
from tests.factories import make_shop
from tests.state.tills import open_desk, played

GTIN = "04006381333931"
FULL = f"(01){GTIN}(10)X7(17)310331"


@pytest.fixture
def shop(environment):
    assert environment
    shop = make_shop("goods")
    shop.run("catalog.add_barcode", {"variant_id": shop.variant_ids[0], "code": GTIN[1:]})
    return shop


@pytest.fixture
def desk(shop, monkeypatch):
    return open_desk(shop, monkeypatch, "storekeeper")


def test_one_scan_of_product_lot_and_expiry_adds_the_lot_that_is_here(desk, shop):
    lot = shop.receive(shop.variant_ids[0], 5, lot_number="X7", days=400)

    async def story():
        form = desk[WriteOffState]
        await form.open_movement()
        await form.scan(f"(01){GTIN}(10)X7")
        assert [line["lot_id"] for line in form.lines] == [str(lot)]
        assert await form.scan(f"(01){GTIN}") is not None
        assert await form.scan("9999999999994") is not None
        assert len(form.lines) == 1

    played(story())


def test_scanning_a_pack_orders_it_and_scanning_again_orders_one_more(desk, shop):
    async def story():
        form = desk[NewOrderState]
        await form.open_new()
        await form.scan(FULL)
        await form.scan(GTIN[1:])
        (line,) = form.lines
        assert (line["variant_id"], line["quantity"]) == (str(shop.variant_ids[0]), "2")

    played(story())


def test_a_pasted_list_becomes_lines_of_a_requisition_each_product_once(desk, shop):
    async def story():
        form = desk[NewRequisitionState]
        await form.open_new()
        await form.open_paste()
        told = await form.read_paste(
            {"pasted": "SKU1 - 7; SKU2 x 3\nnothing like that xqzw\nSKU1 - 9"}
        )
        assert "2 lines added. Not added: SKU1 - 9." in str(told)
        counts = {line["variant_id"]: line["quantity"] for line in form.lines}
        assert counts == {str(shop.variant_ids[0]): "7", str(shop.variant_ids[1]): "3"}
        assert (form.is_pasting, form.pasted) == (True, "nothing like that xqzw")
        await form.read_paste({"pasted": ""})
        assert len(form.lines) == 2

    played(story())


def listed(shop, mrp):
    sku = shop.run("catalog.get_variant", {"variant_id": shop.variant_ids[0]}).sku
    with db.unit_of_work(shop.ctx) as session:
        cells = [["SKU", "MRP", "PTR"], [sku, mrp, "80"]]
        kept = catalog.keep_maker_list(session, shop.ctx, "list.csv", "c" * 64, cells)
    day = {"effective_from": shop.ctx.today}
    shop.run("catalog.apply_maker_list", day | {"maker_list_id": kept.id})


def test_a_delivery_starts_from_the_makers_list_and_tells_another_mrp(desk, shop):
    listed(shop, "112")

    async def story():
        form = desk[ReceiveState]
        await form.open_receiving()
        await form.scan(FULL)
        (line,) = form.lines
        assert (line["lot_number"], line["expires_on"]) == ("X7", "03/2031")
        assert (line["mrp"], line["ptr"], line["drift"]) == ("112", "80", "")
        await form.write(line["id"], "mrp", "105.00")
        assert "₹112.00" in form.lines[0]["drift"]
        await form.write(line["id"], "mrp", "112.00")
        assert form.lines[0]["drift"] == ""

    played(story())


def test_an_offer_is_made_and_added_in_one_step(desk, shop):
    product = shop.run("catalog.get_variant", {"variant_id": shop.variant_ids[0]}).product_id

    async def story():
        form = desk[ReceiveState]
        await form.open_receiving()
        await form.add_product(f"make:{product}:10M:100:ml", "Make it")
        (line,) = form.lines
        assert "10M" in line["label"]
        await form.add_product(f"make:{product}:no potency:100:ml", "Make it")
        await form.add_product("make:nonsense", "Make it")
        assert len(form.lines) == 1

    played(story())
