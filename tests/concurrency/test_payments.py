"""A debt is settled once, however many pay it at the same time."""

from functools import partial

from erp.services.accounting import NotOpen
from erp.services.payments import StepDone
from tests.concurrency.crowd import at_once, refusals
from tests.factories import Shop, broken_promises
from tests.services.books import balance
from tests.services.sales.ordering import buyer, deliver, goods, order


def test_many_payments_of_one_invoice_settle_it_once(trader: Shop):
    customer = buyer(trader)
    deliver(trader, order(trader, customer, goods(trader, 4)), 4)
    (item,) = trader.run("payments.list_items", {"party_id": customer}).rows
    given = {"party_id": customer, "amount": "420.00", "method": "bank"}
    named = given | {"settles": [{"item_id": item.id, "amount": "420.00"}]}
    answers = at_once([partial(trader.run, "payments.receive_payment", named)] * 5)
    assert refusals(answers, NotOpen) == 4
    assert balance(trader, "debtors") == 0
    assert broken_promises() == []


def test_a_payment_is_taken_back_by_one_of_many(trader: Shop):
    customer = buyer(trader)
    deliver(trader, order(trader, customer, goods(trader, 4)), 4)
    given = {"party_id": customer, "amount": "420.00", "method": "bank"}
    paid = trader.run("payments.receive_payment", given)
    back = {"payment_id": paid.id, "reason": "Typed twice"}
    answers = at_once([partial(trader.run, "payments.reverse_payment", back)] * 5)
    assert refusals(answers, StepDone) == 4
    assert balance(trader, "debtors") == 420
    assert broken_promises() == []
