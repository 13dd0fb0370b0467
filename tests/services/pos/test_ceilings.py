"""Ceilings of discounts by product, form and brand, beside the limit of the person."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pytest

from erp.core import db
from erp.core.errors import InvalidInput, PermissionDenied
from erp.services.pos import ApprovalRequired
from erp.services.sales import BeyondDiscount
from tests.factories import Shop
from tests.services.pos.devices import Device
from tests.services.pos.test_approvals import ask
from tests.services.sales.ordering import buyer, goods
from tests.services.trading import refused, rows

SALE = "pos.post_sale"
SET = "sales.set_discount_ceiling"


def of(shop: Shop, at: int = 0) -> dict[str, UUID]:
    return rows(
        shop,
        "select product_id, brand_id from variant v join product p on p.id = v.product_id"
        " where v.id = %s",
        shop.variant_ids[at],
    )[0]


def ceiling(shop: Shop, percent: str | None, scope: str = "product", **more: Any) -> None:
    """Set a ceiling for the first goods: for their product, brand or form."""
    goods = {"form": "dilution"} if scope == "form" else {"goods_id": of(shop)[f"{scope}_id"]}
    shop.run(SET, {"percent": percent, "scope": scope} | goods | more)


def cart(shop: Shop, *percents: str, **more: Any) -> dict[str, Any]:
    lines = [
        {"variant_id": variant, "quantity": 1, "discount_percent": percent}
        for variant, percent in zip(shop.variant_ids, percents, strict=False)
    ]
    return shop.cart({}, lines=lines) | more


def quoted(shop: Shop, sale: dict[str, Any], **more: Any) -> Any:
    asked = {name: sale[name] for name in ("shift_id", "lines", "bill_discount") if name in sale}
    return shop.run("pos.quote_cart", asked, **more)


@pytest.mark.parametrize("scope", ["product", "brand", "form"])
def test_beyond_the_ceiling_of_goods_a_manager_is_asked(trader: Shop, scope: str):
    ceiling(trader, "2", scope)
    cashier = trader.acting_as("cashier")
    assert trader.run(SALE, cart(trader, "2"), by=cashier).total == 103
    sale = cart(trader, "2.01")
    quote = quoted(trader, sale, by=cashier)
    assert (quote.needs_approval, quote.discount_limit) == (True, 5)
    assert quote.beyond_ceiling == "Arnica 1 30C 30 ml SBL has a ceiling of 2%"
    error = refused(trader, ApprovalRequired, SALE, sale, by=cashier)
    assert "has a ceiling of 2%. Ask a manager" in error.message
    assert ask(trader, sale, "2.01").granted
    trader.run(SALE, sale, by=cashier)


def test_only_its_goods_have_a_ceiling_and_a_share_of_the_bills_discount_counts(trader: Shop):
    ceiling(trader, "2")
    cashier = trader.acting_as("cashier")
    trader.run(SALE, cart(trader, "2", "5"), by=cashier)
    refused(trader, ApprovalRequired, SALE, cart(trader, "0", bill_discount="2.11"), by=cashier)
    trader.run(SALE, cart(trader, "0", bill_discount="2.10"), by=cashier)
    refused(
        trader, ApprovalRequired, SALE, cart(trader, "2", "0", bill_discount="0.10"), by=cashier
    )


def test_who_may_approve_is_bound_by_their_own_limit_alone(trader: Shop):
    ceiling(trader, "0")
    manager = trader.acting_as("manager")
    trader.run(SALE, cart(trader, "30"), by=manager)
    refused(trader, ApprovalRequired, SALE, cart(trader, "30.01"), by=manager)


def test_of_several_ceilings_the_lowest_holds_and_the_last_set_of_each(trader: Shop):
    cashier = trader.acting_as("cashier")
    ceiling(trader, "1", "brand")
    ceiling(trader, "4")
    refused(trader, ApprovalRequired, SALE, cart(trader, "1.5"), by=cashier)
    ceiling(trader, "3", "brand")
    trader.run(SALE, cart(trader, "3"), by=cashier)
    ceiling(trader, None, "brand")
    trader.run(SALE, cart(trader, "4"), by=cashier)
    refused(trader, ApprovalRequired, SALE, cart(trader, "4.5"), by=cashier)
    found = trader.run("sales.list_discount_ceilings", {"standing": "in_force"}).rows
    assert [(row.percent, row.goods) for row in found] == [(4, "Arnica 1")]
    assert len(trader.run("sales.list_discount_ceilings", {"search": "sbl"}).rows) == 3


def test_a_ceiling_holds_from_its_day_on(trader: Shop):
    cashier, tomorrow = trader.acting_as("cashier"), trader.ctx.today + timedelta(days=1)
    ceiling(trader, "2", scope="form", valid_from=tomorrow)
    assert not quoted(trader, cart(trader, "5"), by=cashier).needs_approval
    at = trader.ctx.now + timedelta(days=1)
    assert quoted(trader, cart(trader, "5"), by=cashier, at=at).needs_approval


def test_a_wrong_ceiling_names_its_field(trader: Shop, stranger: Shop):
    yesterday = trader.ctx.today - timedelta(days=1)
    for given, field in (
        ({"scope": "form", "form": "syrup", "valid_from": yesterday}, "valid_from"),
        ({"scope": "brand", "goods_id": of(stranger)["brand_id"]}, "goods_id"),
        ({"scope": "product", "goods_id": of(stranger)["product_id"]}, "goods_id"),
    ):
        assert field in refused(trader, InvalidInput, SET, given | {"percent": "2"}).fields
    given = {"scope": "form", "form": "syrup", "percent": "2"}
    refused(trader, PermissionDenied, SET, given, by=trader.acting_as("cashier"))
    trader.run(SET, given)
    with (
        db.unit_of_work(trader.ctx) as session,
        pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.CheckViolation)),
    ):
        db.raw(session).execute(b"update discount_ceiling set percent = 100")


def test_an_order_keeps_to_the_ceilings_of_its_goods(trader: Shop):
    customer = buyer(trader)
    seller = trader.acting_as("cashier")
    line = goods(trader, 2, discount_percent="5")
    wanted = {"customer_id": customer, "lines": [line]}
    trader.run("sales.take_order", wanted, by=seller)
    ceiling(trader, "2")
    error = refused(trader, BeyondDiscount, "sales.take_order", wanted, by=seller)
    assert "you may go to 2%" in error.fields["lines.0.discount_percent"]
    trader.run("sales.take_order", wanted)


def test_a_device_alone_keeps_to_the_ceilings_it_was_given(trader: Shop):
    ceiling(trader, "2")
    first, second = trader.variant_ids[:2]
    device = Device(trader, by=trader.acting_as("cashier"))
    assert [device.goods[each].ceiling for each in (first, second)] == ["2.00", ""]
    assert device.sends(device.bill({second: 1}, percent="5")).status == "posted"
    assert device.sends(device.bill({first: 1}, percent="2")).status == "posted"
    beyond = device.sends(device.bill({first: 1}, percent="3"))
    assert beyond.status == "waiting"
    assert "has a ceiling of 2%" in beyond.reason
    forged = device.bill({first: 1}, percent="3")
    forged["lines"] = [line | {"ceiling": ""} for line in forged["lines"]]
    assert device.sends(forged).status == "waiting", "the seal holds the ceiling"


def test_a_ceiling_set_while_a_device_is_alone_is_told_with_the_next_goods(trader: Shop):
    device = Device(trader, by=trader.acting_as("cashier"))
    known = device.snapshot().as_of
    bill = device.bill({trader.variant_ids[0]: 1}, percent="5")
    ceiling(trader, "2")
    assert device.sends(bill).status == "posted", "as it was lent"
    assert Device.snapshot(device, since=known).is_whole
    assert Decimal(device.snapshot().rows[0].ceiling) == 2
