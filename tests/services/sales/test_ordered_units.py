"""Orders in boxes: exact in base units, and told in what was ordered on every paper."""

from decimal import Decimal

import pytest

from erp.core.errors import InvalidInput
from erp.core.quantity import NotWholeUnits
from erp.services.catalog import UnknownUnit
from tests.factories import Shop, broken_promises
from tests.services.sales.ordering import buyer, deliver, detail, goods, order, reserved
from tests.services.trading import refused, rows


@pytest.fixture
def boxed(trader: Shop) -> Shop:
    for code, numerator, denominator in (("BOX", 4, 1), ("PAIR", 2, 3)):
        unit = {"variant_id": trader.variant_ids[0], "code": code}
        trader.run(
            "catalog.define_unit", unit | {"numerator": numerator, "denominator": denominator}
        )
    return trader


def test_a_box_is_its_base_units_at_their_price_until_the_invoice(boxed: Shop):
    made = order(boxed, buyer(boxed), goods(boxed, 3, unit="BOX", discount_percent="10"))
    (line,) = detail(boxed, made).lines
    assert (line.quantity, line.ordered_quantity, line.ordered_unit) == (12, 3, "BOX")
    assert (line.taxable, reserved(boxed, boxed.variant_ids[0])) == (Decimal(1080), 12)
    deliver(boxed, made, 8)
    deliver(boxed, made, 4)
    kept = rows(
        boxed, "select quantity, sold_unit, sold_quantity from invoice_line order by quantity"
    )
    assert [(x["quantity"], x["sold_unit"], x["sold_quantity"]) for x in kept] == [
        (4, "BOX", 1),
        (8, "BOX", 2),
    ]
    assert detail(boxed, made).status == "closed"
    assert broken_promises() == []


def test_a_part_of_a_box_is_named_in_base_units_on_its_invoice(boxed: Shop):
    made = order(boxed, buyer(boxed), goods(boxed, 2, unit="BOX"))
    deliver(boxed, made, 3)
    (kept,) = rows(boxed, "select sold_unit, sold_quantity from invoice_line")
    assert (kept["sold_unit"], kept["sold_quantity"]) == ("", None)


def test_an_unknown_unit_and_parts_of_a_base_unit_are_named_at_their_line(boxed: Shop):
    given = {"customer_id": buyer(boxed), "lines": [goods(boxed, 1, unit="CRATE")]}
    error = refused(boxed, UnknownUnit, "sales.take_order", given)
    assert "Use one of" in error.fields["lines.0.unit"]
    odd = given | {"lines": [goods(boxed, 1, unit="PAIR")]}
    assert "lines.0.quantity" in refused(boxed, NotWholeUnits, "sales.take_order", odd).fields
    even = boxed.run("sales.take_order", given | {"lines": [goods(boxed, 3, unit="PAIR")]})
    assert detail(boxed, even).lines[0].quantity == 2


def test_an_amendment_may_count_otherwise_and_never_below_what_was_delivered(boxed: Shop):
    made = order(boxed, buyer(boxed), goods(boxed, 2, unit="BOX"))
    deliver(boxed, made, 5)
    change = {"order_id": made.id, "version": 1, "reason": "Fewer"}
    fewer = change | {"lines": [goods(boxed, 1, unit="BOX")]}
    assert "lines.0.quantity" in refused(boxed, InvalidInput, "sales.amend_order", fewer).fields
    boxed.run("sales.amend_order", change | {"lines": [goods(boxed, 6)]})
    (line,) = detail(boxed, made).lines
    assert (line.quantity, line.ordered_unit, line.ordered_quantity) == (6, "", None)


def test_the_base_unit_by_its_name_is_no_pack(boxed: Shop):
    unit = boxed.run("catalog.get_variant", {"variant_id": boxed.variant_ids[0]}).unit
    made = order(boxed, buyer(boxed), goods(boxed, 2, unit=unit))
    (line,) = detail(boxed, made).lines
    assert (line.quantity, line.ordered_unit) == (2, "")
