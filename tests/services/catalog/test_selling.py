from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest

from erp.core import db
from erp.services import catalog


def lines(shop, ids, on=None, **more):
    with db.unit_of_work(shop.ctx) as session:
        return catalog.get_lines_for_sale(session, shop.ctx, ids, on or shop.ctx.today, **more)


def cosmetic(shop):
    rates = [
        {"valid_from": "2017-07-01", "rate": "18"},
        {"valid_from": "2025-09-22", "rate": "5"},
    ]
    given = {"code": "CARE", "name": "Care", "treatment": "taxable", "rates": rates}
    shop.run("catalog.create_tax_class", given)
    product = {
        "name": "Hair Oil",
        "form": "oil",
        "brand": "W",
        "hsn": "33059011",
        "tax_class": "CARE",
    }
    made = shop.run("catalog.create_product", product)
    pack = {"product_id": made.id, "pack_quantity": 100, "pack_unit": "ml"}
    return shop.run("catalog.create_variant", pack).id


@pytest.mark.parametrize(
    ("day", "rate"), [(date(2025, 9, 21), 18), (date(2025, 9, 22), 5), (date(2030, 1, 1), 5)]
)
def test_the_rate_is_the_one_of_the_day(trader, day, rate):
    oil = cosmetic(trader)

    assert lines(trader, [oil], day)[oil].rate == Decimal(rate)


def test_a_line_tells_what_a_document_prints(trader):
    first = trader.variant_ids[0]

    line = lines(trader, [first, first])[first]

    assert (line.hsn, line.unit, line.treatment, line.is_service) == (
        "30049014",
        "BTL",
        "taxable",
        False,
    )


def test_a_day_before_the_first_rate_is_refused(trader):
    oil = cosmetic(trader)

    with pytest.raises(catalog.NoTaxRate) as refusal:
        lines(trader, [oil], date(2017, 6, 30))
    assert "lines.0.variant_id" in refusal.value.fields


def test_unknown_and_foreign_variants_are_named_by_line(trader, stranger):
    known, foreign = trader.variant_ids[0], stranger.variant_ids[0]

    with pytest.raises(catalog.UnknownProduct) as refusal:
        lines(trader, [known, foreign, uuid4()])
    assert set(refusal.value.fields) == {"lines.1.variant_id", "lines.2.variant_id"}


def test_a_variant_out_of_trade_is_sold_no_more_but_comes_back(trader):
    first = trader.variant_ids[0]
    trader.run("catalog.set_variant_status", {"variant_id": first, "is_active": False})

    with pytest.raises(catalog.InactiveProduct) as refusal:
        lines(trader, [first])
    assert "lines.0.variant_id" in refusal.value.fields
    assert lines(trader, [first], including_inactive=True)[first].variant_id == first
