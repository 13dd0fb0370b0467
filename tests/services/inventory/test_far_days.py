"""The calendar's last day is a day like any other."""

from dataclasses import replace

import pytest

from tests.factories import Shop

LAST = "9999-12-31"


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "America/New_York"])
def test_stock_on_the_last_day_there_is(trader: Shop, zone: str):
    by = replace(trader.ctx, time_zone=zone)
    asked = {"on": LAST, "known_on": LAST}
    assert trader.run("inventory.stock_as_of", asked, by=by).total_quantity == 600


def test_sales_and_audit_until_the_last_day_there_is(trader: Shop):
    sale = trader.sell({trader.variant_ids[0]: 1})
    found = trader.run("pos.list_sales", {"from_day": "0001-01-01", "to_day": LAST}).rows
    assert [row.id for row in found] == [sale.sale_id]
    assert trader.run("platform.list_audit", {"to_day": LAST}).rows
