"""A rate that is set can be sold at: the chart has an income account for it."""

import pytest

from tests.factories import Shop, broken_promises
from tests.services.trading import add_goods, journal, rows


@pytest.mark.parametrize(("rate", "name"), [("3", "Sales - GST 3%"), ("18", "Sales - GST 18%")])
def test_goods_of_any_rate_are_sold_and_booked_by_it(trader: Shop, rate: str, name: str):
    goods = add_goods(trader, rate=rate)
    sale = trader.sell({goods: 1})
    assert (name, 0, sale.taxable) in journal(trader, sale.sale_id)
    assert broken_promises() == []


def test_a_rate_set_again_in_another_class_has_the_same_account(trader: Shop):
    for code in ("GOLD", "SILVER"):
        rates = [{"valid_from": "2017-07-01", "rate": "3"}]
        trader.run(
            "catalog.create_tax_class",
            {"code": code, "name": code, "treatment": "taxable", "rates": rates},
        )
    assert len(rows(trader, "select 1 from account where key = 'sales_3'")) == 1


def test_a_rate_with_a_fraction_has_an_account_between_the_whole_ones(trader: Shop):
    rates = [{"valid_from": "2017-07-01", "rate": "0.25"}]
    stones = {"code": "STONES", "name": "Stones", "treatment": "taxable", "rates": rates}
    trader.run("catalog.create_tax_class", stones)
    made = rows(trader, "select code, name, type from account where key = 'sales_0.25'")
    assert made == [{"code": "4000.25", "name": "Sales - GST 0.25%", "type": "income"}]
