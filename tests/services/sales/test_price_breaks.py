"""Quantity breaks count the goods their rule is for, wherever goods are priced."""

from decimal import Decimal

import pytest

from tests.factories import MRP, Shop
from tests.services.pos.devices import Device
from tests.services.sales.ordering import buyer, goods, quotation
from tests.services.sales.pricing import make_list, quote, set_price
from tests.services.trading import rows


def families(shop: Shop) -> dict[str, dict[str, object]]:
    known = rows(
        shop,
        "select product_id, brand_id from variant v join product p on p.id = v.product_id"
        " where v.id = %s",
        shop.variant_ids[0],
    )[0]
    return {
        "all": {},
        "brand": {"scope": "brand", "goods_id": known["brand_id"]},
        "product": {"scope": "product", "goods_id": known["product_id"]},
    }


@pytest.mark.parametrize(("scope", "paid"), [("all", 84), ("brand", 84), ("product", 105)])
def test_a_break_counts_the_goods_its_rule_is_for(trader: Shop, scope: str, paid: int):
    set_price(trader, make_list(trader), amount="84.00", min_quantity=10, **families(trader)[scope])
    first, second, third = trader.variant_ids
    cart = {first: 4, second: 3, third: 3}
    wanted = Decimal(paid)
    till = quote(trader, cart)
    assert {line.unit_price for line in till.lines} == {wanted}
    if wanted < MRP:
        assert till.lines[0].trace["quantity"] == 10
    fewer = quote(trader, cart | {third: 2})
    assert {line.unit_price for line in fewer.lines} == {Decimal(105)}
    made = quotation(
        trader, buyer(trader), goods(trader, 4), goods(trader, 3, 1), goods(trader, 3, 2)
    )
    lines = trader.run("sales.get_order", {"order_id": made.id}).lines
    assert {line.unit_price for line in lines} == {wanted / Decimal("1.05")}


def test_a_device_alone_counts_as_the_server_does(trader: Shop):
    every = make_list(trader)
    scopes = families(trader)
    set_price(trader, every, amount="84.00", min_quantity=10, **scopes["brand"])
    set_price(trader, every, amount="90.00", min_quantity=5, **scopes["all"])
    first, second, third = trader.variant_ids
    device = Device(trader)
    assert {lot.prices for lot in device.goods[first].lots} == {"1:105.00;a5:90.00;b10:84.00"}
    for cart, price in (
        ({first: 2, second: 2}, "105.00"),
        ({first: 3, second: 3}, "90.00"),
        ({first: 4, second: 3, third: 3}, "84.00"),
    ):
        bill = device.bill(cart)
        assert {line["unit_price"] for line in bill["lines"]} == {Decimal(price)}
        assert quote(trader, cart).total == bill["totals"]["total"]
        assert device.sends(bill).status == "posted"
    bill = device.bill({first: 4, second: 3, third: 3})
    assert bill["lines"].pop()["variant_id"] == third
    bill["totals"] = device.totals(bill["lines"])
    bill["tenders"] = [{"method": "cash", "amount": bill["totals"]["total"]}]
    kept = device.sends(bill)
    assert kept.status == "waiting", "seven do not reach ten"
    assert "which the device was not given" in kept.reason
