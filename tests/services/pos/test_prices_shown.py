"""What tiles and found rows say of a product is what the cart of that till charges."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.factories import Shop, receipt_line
from tests.services.pos.devices import Device
from tests.services.sales.pricing import make_list, set_price
from tests.services.trading import add_goods, rows

PRICES = {"SOON": "90.00", "NEW": "105.00", "FAR": "70.00"}


@pytest.fixture
def goods(trader: Shop):
    """Goods with three lots: the till's place has two, another room of the branch the one that expires first."""
    found = add_goods(trader, mrp="120.00", unit_cost="30.00", quantity=1)
    trader.sell({found: 1})
    comes(trader, found, "NEW", 5, 400)
    comes(trader, found, "SOON", 2, 100)
    far = comes(trader, found, "FAR", 9, 60)
    (house,) = trader.run("inventory.list_warehouses").rows
    about = {"warehouse_id": house.id, "code": "FAR", "name": "Far room"}
    room = trader.run("inventory.create_location", about).id
    ends = {"from_location_id": trader.storage_id, "to_location_id": room}
    trader.run("inventory.transfer_stock", ends | {"lines": [{"lot_id": far, "quantity": 4}]})
    return found


def comes(shop: Shop, variant_id, number: str, days_ago: int, days: int):
    line = receipt_line(shop.ctx, variant_id, 4, days=days, lot_number=number, mrp=PRICES[number])
    given = {"lines": [line], "received_on": shop.ctx.today - timedelta(days=days_ago)}
    short = {"short_shelf_life"}
    return shop.run("inventory.receive_goods", given, confirm=short).lines[0].lot_id


@pytest.mark.parametrize(
    ("removal", "first"), [("fefo", "SOON"), ("fifo", "NEW"), ("lifo", "SOON")]
)
def test_every_screen_of_a_till_shows_the_price_of_its_cart(trader: Shop, goods, removal, first):
    (house,) = trader.run("inventory.list_warehouses").rows
    rules = {"warehouse_id": house.id, "removal": removal, "quarantines_returns": False}
    trader.run("inventory.set_warehouse_rules", rules)
    trader.run("pos.set_favourites", {"goods": [{"variant_id": goods}]})
    here = {"location_id": trader.storage_id}
    cart = {"shift_id": trader.shift_id, "lines": [{"variant_id": goods, "quantity": 1}]}
    asked = Decimal(PRICES[first])
    assert trader.run("pos.quote_cart", cart).lines[0].unit_price == asked
    (tile,) = trader.run("pos.list_favourites", here).rows
    assert (tile.price, tile.sellable) == (asked, 8)
    sku = rows(trader, "select sku from variant where id = %s", goods)[0]["sku"]
    (found,) = trader.run("catalog.search_products", here | {"search": sku}).rows
    assert (found.price, found.sellable) == (asked, 8)
    assert Device(trader).goods[goods].lots[0].number == first


def test_a_price_list_is_asked_for_the_lot_that_goes_first_here(trader: Shop, goods):
    every = make_list(trader)
    set_price(trader, every, scope="variant", goods_id=goods, amount="88.00")
    wanted = {"goods": [{"variant_id": goods}], "location_id": trader.storage_id}
    (shown,) = trader.run("pos.list_shelf_prices", wanted).rows
    cart = {"shift_id": trader.shift_id, "lines": [{"variant_id": goods, "quantity": 1}]}
    assert trader.run("pos.quote_cart", cart).lines[0].unit_price == shown.price == 88


def test_a_tile_of_goods_that_are_elsewhere_says_they_are_not_here(trader: Shop, goods):
    trader.sell({goods: 8})
    trader.run("pos.set_favourites", {"goods": [{"variant_id": goods}]})
    (tile,) = trader.run("pos.list_favourites", {"location_id": trader.storage_id}).rows
    assert (tile.price, tile.sellable) == (None, 0)
    (whole,) = trader.run("pos.list_favourites").rows
    assert whole.sellable == 4
