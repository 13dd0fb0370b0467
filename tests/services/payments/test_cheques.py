"""A cheque is money once it is in the bank, whoever wrote it."""

from datetime import timedelta

import pytest

from erp.services.payments import StepDone, WrongDay
from erp.services.sales import CreditRefused
from tests.factories import Shop, broken_promises
from tests.services.billing.bills.billing import registered
from tests.services.books import balance
from tests.services.payments.paying import owing, receive
from tests.services.sales.ordering import goods, order


def test_a_cheque_is_in_hand_until_its_day(trader: Shop):
    customer = owing(trader, 4)
    tomorrow = trader.ctx.today + timedelta(days=1)
    about = {"method": "cheque", "reference": "000123", "cheque_on": str(tomorrow)}
    paid = receive(trader, customer, "420.00", **about)
    assert (balance(trader, "cheques_in_hand"), balance(trader, "debtors")) == (420, 0)
    banking = {"payment_id": paid.id}
    with pytest.raises(WrongDay):
        trader.run("payments.bank_cheque", banking)
    later = trader.ctx.now + timedelta(days=1)
    trader.run("payments.bank_cheque", banking, at=later)
    assert (balance(trader, "cheques_in_hand"), balance(trader, "bank")) == (0, 420)
    with pytest.raises(StepDone):
        trader.run("payments.bank_cheque", banking, at=later)
    bounced = {"payment_id": paid.id, "reason": "Funds insufficient"}
    trader.run("payments.reverse_payment", bounced, at=later)
    assert (balance(trader, "bank"), balance(trader, "debtors")) == (0, 420)
    assert broken_promises() == []


def test_a_cheque_of_ours_leaves_the_bank_when_it_is_presented(trader: Shop):
    supplier = registered(trader)
    day = trader.ctx.today + timedelta(days=3)
    cheque = {"method": "cheque", "reference": "77", "cheque_on": str(day)}
    given = {"party_id": supplier, "amount": "50.00"} | cheque
    made = trader.run("payments.make_payment", given)
    assert (balance(trader, "cheques_issued"), balance(trader, "bank")) == (-50, 0)
    assert broken_promises() == []
    later = trader.ctx.now + timedelta(days=3)
    trader.run("payments.bank_cheque", {"payment_id": made.id}, at=later)
    assert (balance(trader, "cheques_issued"), balance(trader, "bank")) == (0, -50)
    assert broken_promises() == []


def test_a_cheque_is_banked_after_it_came(trader: Shop):
    customer = owing(trader, 4)
    before = str(trader.ctx.today - timedelta(days=9))
    cheque = {"method": "cheque", "reference": "77", "cheque_on": before}
    paid = receive(trader, customer, "50.00", **cheque)
    with pytest.raises(WrongDay):
        trader.run("payments.bank_cheque", {"payment_id": paid.id, "banked_on": before})


def test_a_cheque_in_hand_gives_no_credit(trader: Shop):
    customer = owing(trader, 4, credit_limit="500.00")
    day = str(trader.ctx.today)
    receive(trader, customer, "420.00", method="cheque", reference="77", cheque_on=day)
    with pytest.raises(CreditRefused):
        order(trader, customer, goods(trader, 4))
    (paid,) = trader.run("payments.list_payments", {"standing": "in_hand"}).rows
    trader.run("payments.bank_cheque", {"payment_id": paid.id})
    order(trader, customer, goods(trader, 4))
