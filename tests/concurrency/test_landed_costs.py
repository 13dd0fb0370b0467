"""A carrier's bill is spread once, whoever does it, and stock follows while it is sold."""

from functools import partial

from erp.services.billing import BeyondExpense, TakenOffBefore
from tests.concurrency.crowd import at_once, refusals
from tests.factories import Shop, broken_promises
from tests.services.billing.bills.billing import came, detail, goods, registered
from tests.services.billing.bills.landing import carrier, freight, spread, take_off
from tests.services.books import balance


def test_an_expense_is_spread_once_by_many(trader: Shop):
    registered(trader)
    receipt = came(trader, goods(trader, 10))
    made = freight(trader, carrier(trader), "100.00", "118.00")
    answers = at_once([partial(spread, trader, made, receipt, amount="60.00") for _ in range(5)])

    assert refusals(answers, BeyondExpense) == 4
    assert detail(trader, made).unspread == 40
    assert broken_promises() == []


def test_a_landed_cost_is_taken_off_once_by_many(trader: Shop):
    registered(trader)
    receipt = came(trader, goods(trader, 10))
    made = freight(trader, carrier(trader), "100.00", "118.00")
    landed = spread(trader, made, receipt)
    answers = at_once([partial(take_off, trader, landed) for _ in range(5)])

    assert refusals(answers, TakenOffBefore) == 4
    assert (balance(trader, "freight_inward"), detail(trader, made).unspread) == (100, 100)
    assert broken_promises() == []


def test_stock_and_books_agree_while_goods_are_sold_and_costs_are_spread(trader: Shop):
    registered(trader)
    variant = trader.variant_ids[0]
    receipts = [came(trader, goods(trader, 20, days=100)) for _ in range(3)]
    carriers = carrier(trader)
    bills = [freight(trader, carriers, "90.00", "106.20", bill_number=f"V{at}") for at in range(3)]
    selling = [partial(trader.sell, {variant: 3}) for _ in range(10)]
    spreading = [partial(spread, trader, made, *receipts) for made in bills]
    answers = at_once([*selling, *spreading])

    assert [one for one in answers if isinstance(one, Exception)] == []
    taking = [partial(take_off, trader, one) for one in answers[10:]]
    answers = at_once([*taking, *[partial(trader.sell, {variant: 2}) for _ in range(6)]])
    assert [one for one in answers if isinstance(one, Exception)] == []
    assert balance(trader, "freight_inward") == 270
    assert broken_promises() == []
