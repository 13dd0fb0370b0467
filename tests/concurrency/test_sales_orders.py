"""Goods are promised once, whoever orders, sells and delivers at the same time."""

from functools import partial

from erp.services.billing import ReturnExceedsSale
from erp.services.inventory import InsufficientStock
from erp.services.sales import MoreThanOrdered, SalesOrderChanged
from tests.concurrency.crowd import at_once, refusals
from tests.factories import Shop, broken_promises
from tests.services.books import balance
from tests.services.sales.ordering import buyer, deliver, detail, goods, order, reserved


def test_many_orders_keep_no_more_than_there_is(trader: Shop):
    customer = buyer(trader, credit_limit="10000000.00")
    answers = at_once([partial(order, trader, customer, goods(trader, 30)) for _ in range(10)])
    assert [one for one in answers if isinstance(one, Exception)] == []
    assert sum(one.reserved for one in answers) == 200
    assert sum(one.short for one in answers) == 100
    assert reserved(trader, trader.variant_ids[0]) == 200
    assert broken_promises() == []


def test_of_many_deliveries_of_an_order_no_unit_goes_twice(trader: Shop):
    made = order(trader, buyer(trader), goods(trader, 10))
    answers = at_once([partial(deliver, trader, made, 4) for _ in range(5)])
    sent = [one for one in answers if not isinstance(one, Exception)]
    assert len(sent) == 2
    assert refusals(answers, MoreThanOrdered) == 3
    assert detail(trader, made).lines[0].delivered == 8
    assert balance(trader, "debtors") == 840
    assert broken_promises() == []


def test_tills_orders_and_deliveries_never_wait_in_a_circle(trader: Shop):
    first, second, third = trader.variant_ids
    customer = buyer(trader, credit_limit="10000000.00")
    lines = [goods(trader, 20, at=at) for at in (2, 0, 1)]
    made = [order(trader, customer, *lines) for _ in range(4)]
    selling = [partial(trader.sell, {second: 1, first: 1, third: 1}) for _ in range(8)]
    delivering = [partial(deliver, trader, one, 5, 5, 5) for one in made]
    ordering = [partial(order, trader, customer, *reversed(lines)) for _ in range(4)]
    answers = at_once([*selling, *delivering, *ordering])
    assert [one for one in answers if isinstance(one, Exception)] == []
    assert broken_promises() == []


def test_of_many_amendments_of_a_version_one_is_kept(trader: Shop):
    made = order(trader, buyer(trader), goods(trader, 10))
    change = {"order_id": made.id, "version": 1, "reason": "More"}
    amend = [
        partial(trader.run, "sales.amend_order", change | {"lines": [goods(trader, 10 + n)]})
        for n in range(1, 6)
    ]
    assert refusals(at_once(amend), SalesOrderChanged) == 4
    found = detail(trader, made)
    assert (found.version, found.lines[0].kept) == (2, found.lines[0].quantity)


def test_what_is_kept_is_never_sold_by_a_till(trader: Shop):
    made = order(trader, buyer(trader), goods(trader, 150))
    answers = at_once([partial(trader.sell, {trader.variant_ids[0]: 20}) for _ in range(6)])
    assert refusals(answers, InsufficientStock) == 4
    assert deliver(trader, made, 150).is_complete
    assert broken_promises() == []


def test_of_many_returns_of_an_invoice_no_unit_comes_back_twice(trader: Shop):
    made = order(trader, buyer(trader), goods(trader, 10))
    sent = deliver(trader, made, 10)
    given = {
        "invoice_id": sent.invoice_id,
        "lines": [{"line_no": 1, "quantity": 4}],
        "reason": "Not wanted",
    }
    answers = at_once([partial(trader.run, "billing.take_back_goods", given) for _ in range(5)])
    assert refusals(answers, ReturnExceedsSale) == 3
    assert balance(trader, "debtors") == 210
    assert broken_promises() == []
