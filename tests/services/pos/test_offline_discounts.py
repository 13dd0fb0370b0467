"""Discounts and units of bills made without the server: as lent they stand, beyond it somebody decides."""

from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from uuid import UUID

import pytest

from erp.services.pos import ApprovalRequired
from tests.factories import Shop, broken_promises
from tests.services.pos.devices import Device
from tests.services.trading import add_goods, refused, rows

SETTLE = "pos.settle_offline"


def cashiers(shop: Shop) -> Device:
    """A device of the cashier, who may take off five percent."""
    return Device(shop, by=shop.acting_as("cashier"))


def waits(device: Device, bill: dict[str, Any], code: str, **more: Any) -> None:
    assert device.sends(bill, **more).status == "waiting"
    kept = rows(device.shop, "select code, reason from offline_sale where id = %s", bill["sale_id"])
    assert kept[0]["code"] == code, kept


def settling(bill: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"sale_id": bill["sale_id"], "answer": "agreed"} | more


def test_a_discount_within_what_was_lent_is_posted_as_it_was_given(trader: Shop):
    device = cashiers(trader)
    assert device.lease.discount_limit == "5.00"
    first, second = trader.variant_ids[:2]
    by_line = device.bill({first: 3, second: 1}, percent="5")
    off_all = device.bill({first: 3, second: 1}, off="21.00")
    for bill in (by_line, off_all):
        assert device.sends(bill).status == "posted"
        (kept,) = rows(
            trader,
            "select i.total, i.cgst, sum(l.line_discount + l.bill_discount) as off from invoice i"
            " join invoice_line l on l.invoice_id = i.id where i.origin_id = %s group by i.total, i.cgst",
            bill["sale_id"],
        )
        assert kept["off"] == Decimal("21.00")
        assert (kept["total"], kept["cgst"]) == (bill["totals"]["total"], bill["totals"]["cgst"])
    found = trader.run("pos.get_offline_sale", {"sale_id": by_line["sale_id"]})
    assert [(line.discount_percent, line.amount) for line in found.lines] == [
        (5, Decimal("299.25")),
        (5, Decimal("99.75")),
    ]
    assert broken_promises() == []


@pytest.mark.parametrize("given", [{"percent": "5.01"}, {"off": "5.26"}])
def test_more_than_was_lent_waits_for_somebody_who_may_give_it(trader: Shop, given):
    device = cashiers(trader)
    bill = device.bill({trader.variant_ids[0]: 1}, **given)
    waits(device, bill, "foreign_discount")
    cashier = replace(
        trader.acting_as("cashier"), permissions=frozenset({SETTLE}), limits=MappingProxyType({})
    )
    refused(trader, ApprovalRequired, SETTLE, settling(bill), by=cashier)
    assert trader.run(SETTLE, settling(bill), by=trader.acting_as("manager")).status == "posted"
    assert broken_promises() == []


def test_a_limit_that_the_device_made_up_is_none(trader: Shop):
    device = cashiers(trader)
    made_up = device.bill({trader.variant_ids[0]: 1}, percent="50", discount_limit="50.00")
    waits(device, made_up, "foreign_discount")
    other = Device.bill(device, {trader.variant_ids[0]: 1}, percent="5", discount_seal="x" * 32)
    waits(device, other, "foreign_discount")
    refused(
        trader, ApprovalRequired, SETTLE, settling(made_up), by=trader.acting_as("manager")
    )  # who may give thirty


def test_what_was_lent_holds_though_the_limit_was_lowered_since_and_whoever_sends_it(trader: Shop):
    device = cashiers(trader)
    bill = device.bill({trader.variant_ids[0]: 2}, percent="5")
    rows(trader, "update role set limits = '{}' where name = 'cashier' returning 1")
    lowered = trader.run("pos.get_lease", device.proof(), by=trader.acting_as("cashier"))
    assert lowered.discount_limit == "0.00"
    assert device.sends(bill).status == "posted"


def test_nobody_else_is_lent_the_limit_of_the_lease(trader: Shop):
    device = cashiers(trader)
    owners = trader.run("pos.get_lease", device.proof())
    assert (owners.discount_limit, owners.user_id) == ("0.00", trader.user_ids["cashier"])


def test_a_foreign_price_and_a_discount_are_measured_together(trader: Shop):
    device = cashiers(trader)
    bill = device.bill({trader.variant_ids[0]: 1}, percent="5")
    bill["lines"][0]["unit_price"] = Decimal("80.00")
    bill["totals"] = device.totals(bill["lines"])
    bill["tenders"] = [{"method": "cash", "amount": bill["totals"]["total"]}]
    waits(device, bill, "foreign_price")
    manager = trader.acting_as("manager")  # 23.8 below the list and 5 off are 27.6
    at_27 = replace(manager, limits=MappingProxyType({"discount_percent": Decimal(27)}))
    refused(trader, ApprovalRequired, SETTLE, settling(bill), by=at_27)
    assert trader.run(SETTLE, settling(bill), by=manager).status == "posted"


def test_more_off_than_the_bill_waits(trader: Shop):
    device = cashiers(trader)
    bill = device.bill({trader.variant_ids[0]: 1}, bill_discount="500.00")
    waits(device, bill, "untaxable_supply")


@pytest.fixture
def tablets(trader: Shop) -> UUID:
    """Goods counted by the tablet, fifteen of which are a strip, in two lots."""
    goods = add_goods(trader, mrp="6.33", unit_cost="3.00", quantity=20)
    trader.receive(goods, 100, mrp="6.35", days=500)
    strip = {"variant_id": goods, "code": "STRIP", "numerator": 15, "denominator": 1}
    trader.run("catalog.define_unit", strip)
    return goods


def by_strip(device: Device, goods: UUID, units: int, sold: int) -> dict[str, Any]:
    bill = device.bill({goods: units})
    for line in bill["lines"]:
        if line["quantity"] == units:
            line |= {"unit": "STRIP", "sold": sold}
    return bill


def sold_as(trader: Shop, bill: dict[str, Any]) -> list[tuple[str, int | None, int]]:
    found = rows(
        trader,
        "select l.sold_unit, l.sold_quantity, l.quantity from invoice_line l join invoice i"
        " on i.id = l.invoice_id where i.origin_id = %s order by l.line_no",
        bill["sale_id"],
    )
    return [(row["sold_unit"], row["sold_quantity"], row["quantity"]) for row in found]


def test_a_strip_sold_offline_is_a_strip_on_the_bill(trader: Shop, tablets: UUID):
    device = cashiers(trader)
    units = {unit.code: (unit.numerator, unit.denominator) for unit in device.goods[tablets].units}
    assert units["STRIP"] == (15, 1)
    bill = by_strip(device, tablets, 15, 1)
    assert device.sends(bill).status == "posted"
    assert sold_as(trader, bill) == [("STRIP", 1, 15)]
    assert trader.on_hand(tablets) == 105
    (line,) = trader.run("pos.get_offline_sale", {"sale_id": bill["sale_id"]}).lines
    assert (line.unit, line.sold, line.quantity) == ("STRIP", 1, 15)
    assert broken_promises() == []


@pytest.mark.parametrize(("unit", "sold"), [("STRIP", 2), ("BOX", 1)])
def test_what_is_no_strip_by_the_catalogue_is_billed_by_its_tablets(
    trader: Shop, tablets: UUID, unit: str, sold: int
):
    device = cashiers(trader)
    bill = by_strip(device, tablets, 15, sold)
    bill["lines"][0]["unit"] = unit
    assert device.sends(bill).status == "posted"
    assert sold_as(trader, bill) == [("", None, 15)]


def test_two_lots_settled_for_a_strip_name_their_tablets(trader: Shop, tablets: UUID):
    device = cashiers(trader)
    bill = by_strip(device, tablets, 15, 1)
    trader.sell({tablets: 10})  # of the lot the bill names
    waits(device, bill, "insufficient_stock")
    first, second = device.goods[tablets].lots
    lots = [
        {"line": 0, "lot_id": first.id, "quantity": 10},
        {"line": 0, "lot_id": second.id, "quantity": 5},
    ]
    trader.run(SETTLE, settling(bill, lots=lots), by=trader.acting_as("manager"))
    assert sold_as(trader, bill) == [("", None, 10), ("", None, 5)]
    assert broken_promises() == []
