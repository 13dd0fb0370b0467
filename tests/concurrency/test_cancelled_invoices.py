"""An invoice is cancelled, paid or returned, whichever comes first; never two of them."""

from functools import partial
from typing import Any

import pytest

from erp.core.errors import DomainError
from erp.services.billing import CancelledBefore, NotCancellable
from tests.concurrency.crowd import at_once, refusals
from tests.factories import Shop, broken_promises
from tests.services.books import balance
from tests.services.sales.ordering import buyer, deliver, goods, order


def sent(shop: Shop, customer: Any) -> Any:
    return deliver(shop, order(shop, customer, goods(shop, 4)), 4)


def cancelling(shop: Shop, made: Any) -> Any:
    given = {"invoice_id": made.invoice_id, "reason": "Wrong customer"}
    return partial(shop.run, "billing.cancel_invoice", given)


def test_an_invoice_is_cancelled_by_one_of_many(trader: Shop):
    made = sent(trader, buyer(trader))
    answers = at_once([cancelling(trader, made)] * 5)
    assert refusals(answers, CancelledBefore) == 4
    assert balance(trader, "debtors") == 0
    assert broken_promises() == []


@pytest.mark.parametrize("turn", range(3))
def test_a_cancellation_and_a_return_never_both_happen(trader: Shop, turn: int):
    made = sent(trader, buyer(trader, name=f"Stores {turn}"))
    line = {"line_no": 1, "quantity": 1}
    back = {"invoice_id": made.invoice_id, "lines": [line], "reason": "Not wanted"}
    returning = partial(trader.run, "billing.take_back_goods", back)
    answers = at_once([cancelling(trader, made), returning, cancelling(trader, made), returning])
    refused = [type(one) for one in answers if isinstance(one, DomainError)]
    assert refused in ([CancelledBefore] * 3, [NotCancellable] * 2)
    assert broken_promises() == []


@pytest.mark.parametrize("turn", range(3))
def test_a_cancellation_and_a_payment_never_both_have_the_debt(trader: Shop, turn: int):
    customer = buyer(trader, name=f"Stores {turn}")
    made = sent(trader, customer)
    paid = {"party_id": customer, "amount": "420.00", "method": "bank"}
    paying = partial(trader.run, "payments.receive_payment", paid)
    answers = at_once([cancelling(trader, made), paying])
    cancelled = refusals(answers, NotCancellable) == 0
    assert balance(trader, "debtors") == (-420 if cancelled else 0)
    assert broken_promises() == []
