"""The HSN and the rate of a pack are those of its bills, from the till to the summary of the return."""

from decimal import Decimal

from tests.factories import LONG_AGO, Shop
from tests.services.gst_returns.months import at, buyer, detail, invoice, prepare, product
from tests.services.pos.devices import Device
from tests.services.trading import rows


def bottles(shop: Shop):
    """Return a bottle for retail and one of 500 ml of the same make, both on the shelf."""
    small = product(shop, "30049014", "5", "95.00")
    found = shop.run("catalog.get_variant", {"variant_id": small})
    pack = {
        "potency": "30C",
        "pack_quantity": 500,
        "pack_unit": "ml",
        "product_id": found.product_id,
    }
    large = shop.run("catalog.create_variant", pack).id
    shop.receive(large, 100, mrp=Decimal("950.00"), received_on=LONG_AGO)
    return small, large


def summary(shop: Shop, kind: str):
    rows = detail(shop, prepare(shop)).figures["hsn"][kind]
    return [(row["hsn_sc"], Decimal(row["rt"]), Decimal(row["qty"])) for row in rows]


def test_two_packs_of_one_product_are_two_rows_of_the_summary(trader: Shop):
    small, large = bottles(trader)
    near = buyer(trader, name="Near", gstin="27ZZZPZ0103Z1Z6", gst_category="regular")
    sent = invoice(trader, 3, near, (small, 10, "72.38"), (large, 2, "700.00"))
    trader.run("pos.post_sale", trader.cart({small: 1, large: 3}), at=at(12))

    printed = trader.run("billing.get_invoice", {"invoice_id": sent.invoice_id}).lines
    assert [line.hsn for line in printed] == ["30049014", "30039014"]
    assert summary(trader, "hsn_b2b") == [("30039014", 5, 2), ("30049014", 5, 10)]
    assert summary(trader, "hsn_b2c") == [("30039014", 5, 3), ("30049014", 5, 1)]


def test_a_pack_of_another_class_is_billed_at_its_own_rate_from_then_on(trader: Shop):
    small, large = bottles(trader)
    trader.run("pos.post_sale", trader.cart({small: 1, large: 1}), at=at(11))
    rates = [{"valid_from": "2017-07-01", "rate": "18"}]
    named = {"code": "GST18", "name": "18 %", "treatment": "taxable", "rates": rates}
    trader.run("catalog.create_tax_class", named)
    own = {"variant_id": large, "hsn": "30039014", "tax_class": "GST18", "reason": "Raw material"}
    trader.run("catalog.set_variant_tax", own)
    trader.run("pos.post_sale", trader.cart({small: 1, large: 2}), at=at(12))

    assert summary(trader, "hsn_b2c") == [
        ("30039014", 5, 1),
        ("30039014", 18, 2),
        ("30049014", 5, 2),
    ]


def test_a_device_without_its_server_bills_the_packs_own_code(trader: Shop):
    small, large = bottles(trader)
    device = Device(trader)
    assert [device.goods[one].hsn for one in (small, large)] == ["30049014", "30039014"]
    before = device.snapshot().as_of
    trader.run("catalog.set_variant_tax", {"variant_id": large, "hsn": "3003"})
    fresh = device.snapshot(since=before)
    assert {row.id: row.hsn for row in fresh.rows}[large] == "3003"

    sale = trader.sell({small: 1, large: 1})
    billed = rows(
        trader,
        "select hsn from invoice_line where invoice_id = %s order by line_no",
        sale.invoice_id,
    )
    assert [row["hsn"] for row in billed] == ["30049014", "3003"]


def test_goods_that_wait_for_a_bill_expect_the_packs_own_rate(trader: Shop):
    small, large = bottles(trader)
    rates = [{"valid_from": "2017-07-01", "rate": "18"}]
    named = {"code": "GST18", "name": "18 %", "treatment": "taxable", "rates": rates}
    trader.run("catalog.create_tax_class", named)
    own = {"variant_id": large, "tax_class": "GST18", "reason": "Raw material"}
    trader.run("catalog.set_variant_tax", own)
    waiting = trader.run("billing.list_unbilled", {"limit": 100}).rows
    expected = {row.variant_id: row.gst_rate for row in waiting}
    assert (expected[small], expected[large]) == (5, 18)
