"""Services of an order: billed beside goods without stock, and taken back by a note."""

from tests.factories import Shop, broken_promises
from tests.services.books import balance
from tests.services.sales.ordering import buyer, deliver, goods, order
from tests.services.trading import add_customer, add_service


def test_a_service_is_billed_beside_goods_and_moves_none(trader: Shop):
    visit = {"variant_id": add_service(trader), "quantity": 2, "unit_price": "300.00"}
    customer = add_customer(trader, credit_limit="10000.00")
    before = trader.on_hand(trader.variant_ids[0])
    sent = deliver(trader, order(trader, customer, visit, goods(trader, 1)), 2, 1)
    assert (sent.total, sent.is_complete) == (705, True)
    assert balance(trader, "consultation_income") == -600
    assert before - trader.on_hand(trader.variant_ids[0]) == 1
    lines = trader.run("billing.get_invoice", {"invoice_id": sent.invoice_id}).lines
    assert [(line.hsn, line.lot_number) for line in lines if not line.rate] == [("9993", "")]
    assert broken_promises() == []


def test_a_service_is_taken_back_by_a_note_that_brings_nothing(trader: Shop):
    visit = {"variant_id": add_service(trader), "quantity": 2, "unit_price": "300.00"}
    sent = deliver(trader, order(trader, buyer(trader), visit), 2)
    back = {"invoice_id": sent.invoice_id, "reason": "Did not come"}
    back["lines"] = [{"line_no": 1, "quantity": 1}]
    trader.run("billing.take_back_goods", back)
    assert (balance(trader, "debtors"), balance(trader, "sales_returns")) == (300, 300)
    assert broken_promises() == []


def test_a_cancelled_invoice_takes_the_clinics_income_back_where_it_was_booked(trader: Shop):
    visit = {"variant_id": add_service(trader), "quantity": 1, "unit_price": "300.00"}
    customer = add_customer(trader, credit_limit="10000.00")
    sent = deliver(trader, order(trader, customer, visit, goods(trader, 1)), 1, 1)
    trader.run("billing.cancel_invoice", {"invoice_id": sent.invoice_id, "reason": "Twice"})
    assert (balance(trader, "consultation_income"), balance(trader, "debtors")) == (0, 0)
    assert broken_promises() == []
