"""Goods sold in another unit than stock counts: exact, at the price of their base units."""

from decimal import Decimal

import pytest

from erp.core import db
from erp.core.errors import InvalidInput
from erp.core.quantity import NotWholeUnits
from erp.services import pos
from erp.services.catalog import UnknownUnit
from tests.factories import Shop, broken_promises
from tests.services.trading import add_goods, refused, rows

SALE = "pos.post_sale"


@pytest.fixture
def tablets(trader: Shop):
    """Goods counted by the tablet, fifteen of which are a strip, and three halves a dose."""
    goods = add_goods(trader, mrp="6.33", unit_cost="3.00", quantity=20)
    trader.receive(goods, 100, mrp="6.35", days=500)
    for code, numerator, denominator in (("STRIP", 15, 1), ("DOSE", 3, 2)):
        unit = {"variant_id": goods, "code": code}
        trader.run(
            "catalog.define_unit", unit | {"numerator": numerator, "denominator": denominator}
        )
    return goods


def cart(trader: Shop, goods, quantity: int, unit: str, **more):
    line = {"variant_id": goods, "quantity": quantity, "unit": unit}
    return trader.cart({}, lines=[line | more])


def test_a_strip_is_its_tablets_at_their_price_rounded_once(trader: Shop, tablets):
    sale = trader.run(SALE, cart(trader, tablets, 1, "STRIP", discount_percent="5"))
    (line,) = sale.lines
    assert (line.quantity, line.unit_price) == (15, Decimal("6.3300"))
    assert line.total == Decimal("90.20")
    assert trader.on_hand(tablets) == 105
    (kept,) = rows(trader, "select sold_unit, sold_quantity from invoice_line")
    assert kept == {"sold_unit": "STRIP", "sold_quantity": 1}
    assert broken_promises() == []


def test_loose_tablets_are_sold_by_the_base_unit_and_in_halves_of_nothing(trader: Shop, tablets):
    assert trader.run(SALE, cart(trader, tablets, 5, "")).lines[0].quantity == 5
    assert trader.run(SALE, cart(trader, tablets, 2, "DOSE")).lines[0].quantity == 3
    odd = cart(trader, tablets, 1, "DOSE")
    assert "lines.0.quantity" in refused(trader, NotWholeUnits, SALE, odd).fields


def test_a_piece_that_is_no_whole_strip_names_its_tablets(trader: Shop, tablets):
    sale = trader.run(SALE, cart(trader, tablets, 2, "STRIP"))
    assert [line.quantity for line in sale.lines] == [20, 10]
    kept = rows(trader, "select sold_unit, sold_quantity from invoice_line order by line_no")
    assert [row["sold_quantity"] for row in kept] == [None, None]
    whole = trader.run(SALE, cart(trader, tablets, 2, "STRIP"))
    with db.unit_of_work(trader.ctx) as session:
        printed = pos.get_printed_bill(session, trader.ctx, whole.invoice_id)
    unit = rows(trader, "select unit from invoice_line limit 1")[0]["unit"]
    assert printed.lines[0].description.endswith(f"(2 STRIP = 30 {unit})")


def test_a_quote_tells_the_price_of_the_unit_and_the_others(trader: Shop, tablets):
    asked = cart(trader, tablets, 1, "STRIP")
    quoted = trader.run("pos.quote_cart", {k: asked[k] for k in ("shift_id", "lines")}).lines[0]
    assert (quoted.unit, quoted.price, quoted.quantity) == ("STRIP", Decimal("94.95"), 15)
    assert quoted.units == [quoted.units[0], "DOSE", "STRIP"]


def test_an_unknown_unit_is_named_at_its_line(trader: Shop, tablets):
    wrong = cart(trader, tablets, 1, "BOX")
    assert "lines.0.unit" in refused(trader, UnknownUnit, SALE, wrong).fields
    parked = {"label": "Later", "lines": wrong["lines"]}
    assert "lines.0.unit" in refused(trader, InvalidInput, "pos.park_cart", parked).fields


def test_part_of_a_strip_comes_back_by_the_tablet(trader: Shop, tablets):
    sale = trader.run(SALE, cart(trader, tablets, 1, "STRIP"))
    back = {"sale_id": sale.sale_id, "shift_id": trader.shift_id, "reason": "Too many"}
    note = trader.run("pos.post_return", back | {"lines": [{"line_no": 1, "quantity": 5}]})
    assert note.total == Decimal("31.65")
    assert broken_promises() == []
