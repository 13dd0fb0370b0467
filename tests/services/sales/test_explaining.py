"""What goods would cost is what the till then asks for."""

from datetime import timedelta
from decimal import Decimal

import pytest

from erp.core.errors import PermissionDenied
from erp.services.catalog import UnknownProduct
from tests.factories import Shop
from tests.services.sales.pricing import make_list, named, price_of, quote, set_price, set_scheme
from tests.services.trading import add_goods


def explained(shop: Shop, variant_id, quantity=1, **more):
    given = {"variant_id": variant_id, "quantity": quantity} | more
    return shop.run("sales.explain_price", given)


def test_it_says_what_the_till_asks_for_and_why(trader: Shop):
    variant, buyer = trader.variant_ids[0], named(trader)
    deal = make_list(trader, "DEAL", audience="customer", customer_id=buyer)
    set_price(trader, deal, basis="mrp", percent="-10")
    set_price(trader, deal, amount="80", min_quantity=12)
    for quantity, price, more in ((1, "94.50", {}), (12, "80.00", {"from_quantity": 12})):
        told = explained(trader, variant, quantity, customer_id=buyer)
        lot = told.lots[0]
        assert lot.unit_price == Decimal(price)
        assert lot.unit_price == price_of(trader, variant, quantity, customer_id=buyer)
        assert lot.trace["list"] == "DEAL"
        assert lot.trace.items() >= more.items()
    walk_in = explained(trader, variant)
    assert (walk_in.lots[0].unit_price, walk_in.customer) == (105, "Walk-in customer")


def test_lots_stand_in_the_order_they_go_and_give_what_they_have(trader: Shop):
    variant = trader.variant_ids[0]
    trader.receive(variant, 50, days=120, mrp="90.00")
    told = explained(trader, variant, 120)
    assert [(lot.mrp, lot.units) for lot in told.lots] == [(90, 50), (105, 70), (105, 0)]
    assert told.total == quote(trader, {variant: 120}).gross
    assert told.short == 0
    assert explained(trader, variant, 300).short == 50


def test_lots_that_cannot_be_sold_are_left_out(trader: Shop):
    variant = trader.variant_ids[0]
    held, rest = trader.lot_ids[variant]
    trader.run("inventory.hold_lot", {"lot_id": held, "reason": "Label"})
    assert [lot.lot_id for lot in explained(trader, variant).lots] == [rest]
    goods = add_goods(trader, quantity=5, days=95)
    later = trader.ctx.now + timedelta(days=130)
    told = trader.run("sales.explain_price", {"variant_id": goods}, at=later)
    assert (told.lots, told.short) == ([], 1)


def test_it_tells_what_comes_free(trader: Shop):
    paid, gift = trader.variant_ids[:2]
    every = make_list(trader)
    set_scheme(trader, every, 10, 1)
    told = explained(trader, paid, 25).free
    assert (told.variant_id, told.quantity, told.trace["scheme"]) == (paid, 2, "10+1")
    set_scheme(trader, every, 5, 2, scope="variant", goods_id=paid, free_variant_id=gift)
    told = explained(trader, paid, 5).free
    assert (told.variant_id, told.quantity) == (gift, 2)
    assert explained(trader, paid, 4).free is None


def test_it_needs_the_permission_and_goods(trader: Shop):
    wanted = {"variant_id": trader.variant_ids[0]}
    with pytest.raises(PermissionDenied):
        trader.run("sales.explain_price", wanted, by=trader.acting_as("technician"))
    with pytest.raises(UnknownProduct):
        explained(trader, trader.tenant_id)


def test_a_customers_lists_are_those_that_are_open_to_them(trader: Shop):
    doctor, other = named(trader, kind="doctor", name="Dr Rao"), named(trader)
    make_list(trader, "ALL")
    make_list(trader, "DOCTOR", audience="assigned")
    make_list(trader, "KIND", audience="kind", customer_kind="doctor")
    make_list(trader, "DEAL", audience="customer", customer_id=other)

    def codes(**wanted) -> list[str]:
        return [row.code for row in trader.run("sales.list_price_lists", wanted).rows]

    assert codes(customer_id=doctor) == ["ALL", "DOCTOR", "KIND"]
    assert codes(customer_id=other) == ["ALL", "DEAL"]
    assert codes(audience="kind") == ["KIND"]
    assert codes(standing="stopped") == []
