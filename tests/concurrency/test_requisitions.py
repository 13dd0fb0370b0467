"""What is asked for is ordered once, whoever orders it."""

from functools import partial

from erp.core.errors import Conflict
from erp.services.purchasing import MoreThanRequested
from tests.concurrency.crowd import at_once, refusals
from tests.factories import Shop, broken_promises
from tests.services.purchasing.ordering import finish, known_supplier, receive, supplier
from tests.services.purchasing.quotations import answer, ask, choose
from tests.services.purchasing.requisitions import (
    approved,
    decide_requisition,
    order_requisitions,
    requisition,
    submit,
    taken,
)


def test_of_many_buyers_no_two_order_the_same_goods(trader: Shop):
    supplier(trader)
    made = approved(trader, (0, 10), by=trader.acting_as("cashier"))
    wanted = taken(trader, made, 1, 4)
    outcomes = at_once([partial(order_requisitions, trader, wanted) for _ in range(6)])

    assert refusals(outcomes, MoreThanRequested) == 4
    shown = requisition(trader, made)
    assert (shown.lines[0].ordered, len(shown.orders)) == (8, 2)
    assert broken_promises() == []


def test_orders_that_end_at_once_give_back_what_did_not_come_of_each(trader: Shop):
    supplier(trader)
    made = approved(trader, (0, 10), (1, 10), by=trader.acting_as("cashier"))
    orders = [
        order_requisitions(trader, taken(trader, made, 1, 2), taken(trader, made, 2, 2)).orders[0]
        for _ in range(4)
    ]
    for order in orders:
        receive(trader, order, {1: 1})
    outcomes = at_once([partial(finish, trader, order) for order in orders])

    assert refusals(outcomes, Conflict) == 0
    assert [x.ordered for x in requisition(trader, made).lines] == [4, 0]
    assert broken_promises() == []


def test_a_requisition_is_decided_once(trader: Shop):
    made = submit(trader, (0, 10), by=trader.acting_as("cashier"))
    outcomes = at_once([partial(decide_requisition, trader, made) for _ in range(4)])
    assert refusals(outcomes, Conflict) == 3
    assert requisition(trader, made).status == "approved"


def test_of_many_choices_of_one_line_one_makes_an_order(trader: Shop):
    made = ask(trader, [supplier(trader)], (0, 10))
    best = answer(trader, made, known_supplier(trader), "5")
    outcomes = at_once([partial(choose, trader, made, best) for _ in range(4)])
    assert refusals(outcomes, Conflict) == 3
    assert len(trader.run("purchasing.list_orders").rows) == 1
