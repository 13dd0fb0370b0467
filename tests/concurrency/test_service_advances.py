"""An advance for a service is used once, and its tax goes back once, however many move it at the same time."""

from functools import partial

from erp.services.gst_returns import AmendedBefore, NotAmendable, ReturnFiled, ReturnOutdated
from erp.services.service_advances import AdvanceUsedUp, NotItsService, StepUndone
from tests.concurrency.crowd import at_once, refusals
from tests.factories import Shop, broken_promises
from tests.services.books import balance
from tests.services.gst_returns.months import at, file_return, invoice, prepare
from tests.services.service_advances.serving import advance, apply, refund, retailer, training


def test_many_invoices_and_refunds_use_it_once(trader: Shop):
    customer, course = retailer(trader), training(trader)
    made = advance(trader, customer, "1180.00", variant_id=course)
    sent = [invoice(trader, 10, customer, (course, 1, "1000.00")) for _ in range(3)]
    moves = [partial(apply, trader, made, one, "1180.00") for one in sent]
    answers = at_once([*moves, partial(refund, trader, made, "1180.00"), *moves])
    assert refusals(answers, (AdvanceUsedUp, NotItsService)) == len(answers) - 1
    assert (balance(trader, "service_advances"), balance(trader, "gst_on_advances")) == (0, 0)
    assert broken_promises() == []


def test_a_payment_and_an_advance_settle_the_invoice_once(trader: Shop):
    customer, course = retailer(trader), training(trader)
    made = advance(trader, customer, "1180.00", variant_id=course)
    sent = invoice(trader, 10, customer, (course, 1, "1000.00"))
    paid = {"party_id": customer, "amount": "1180.00", "method": "bank"}
    receive = partial(trader.run, "payments.receive_payment", paid, at=at(20))
    answers = at_once([partial(apply, trader, made, sent), receive] * 3)
    assert refusals(answers, (AdvanceUsedUp, NotItsService)) >= 2
    assert broken_promises() == []


def test_an_application_is_undone_by_one_of_many(trader: Shop):
    customer, course = retailer(trader), training(trader)
    made = advance(trader, customer, "1180.00", variant_id=course)
    done = apply(trader, made, invoice(trader, 10, customer, (course, 1, "1000.00")))
    back = {"advance_id": made.id, "step_id": done.id, "reason": "Wrong invoice"}
    answers = at_once([partial(trader.run, "service_advances.undo_step", back, at=at(25))] * 5)
    assert refusals(answers, StepUndone) == 4
    assert balance(trader, "gst_on_advances") == 180
    assert broken_promises() == []


def test_a_document_is_amended_by_one_of_many_and_in_no_return_that_is_filed(trader: Shop):
    sent = invoice(trader, 6, retailer(trader), (trader.variant_ids[0], 10, "100.00"))
    file_return(trader, prepare(trader))
    given = {"invoice_id": sent.invoice_id, "place_of_supply": "24", "reason": "Told"}
    amend = partial(
        trader.run,
        "gst_returns.amend_document",
        given | {"booked_on": at(20, 11).date()},
        at=at(15, 12),
    )
    november = prepare(trader, month=11)
    answers = at_once([amend, amend, partial(file_return, trader, november, month=11), amend])
    assert refusals(answers, (AmendedBefore, ReturnFiled, ReturnOutdated)) == 3
    assert broken_promises() == []
    stated = trader.run("gst_returns.list_amendments").rows
    filed = trader.run("gst_returns.get_return", {"return_id": november.id})
    assert not (stated and filed.status == "filed")


def test_an_advance_is_amended_by_one_of_many_and_in_no_return_that_is_filed(trader: Shop):
    made = advance(trader, retailer(trader), "1180.00", variant_id=training(trader))
    file_return(trader, prepare(trader))
    given = {"advance_id": made.id, "reason": "Told", "booked_on": at(20, 11).date()}
    ways = ({"place_of_supply": "24"}, {"rate": "5"}, {"place_of_supply": "29"})
    amend = [
        partial(trader.run, "gst_returns.amend_advance", given | way, at=at(15, 12)) for way in ways
    ]
    november = prepare(trader, month=11)
    answers = at_once([*amend, partial(file_return, trader, november, month=11)])
    assert refusals(answers, (AmendedBefore, ReturnFiled, ReturnOutdated)) == 3
    assert broken_promises() == []
    stated = trader.run("gst_returns.list_amendments", {"kind": "advance"}).rows
    filed = trader.run("gst_returns.get_return", {"return_id": november.id}).status == "filed"
    assert (len(stated), filed) in {(1, False), (0, True)}


def test_an_advance_is_paid_back_or_amended_as_it_is_left(trader: Shop):
    made = advance(trader, retailer(trader), "1180.00", variant_id=training(trader))
    file_return(trader, prepare(trader))
    given = {"advance_id": made.id, "reason": "Told", "place_of_supply": "24"}
    amend = partial(trader.run, "gst_returns.amend_advance", given, at=at(15, 11))
    back = partial(refund, trader, made, "590.00", day=16, month=11)
    answers = at_once([amend, back, amend])
    assert refusals(answers, (AmendedBefore, NotAmendable)) in {1, 2}
    assert broken_promises() == []


def test_a_note_that_is_made_as_its_invoice_is_amended_is_stated_as_it(trader: Shop):
    sent = invoice(trader, 6, retailer(trader), (trader.variant_ids[0], 10, "100.00"))
    file_return(trader, prepare(trader))
    wrong = {"invoice_id": sent.invoice_id, "place_of_supply": "24", "reason": "Told"}
    line = {"line_no": 1, "quantity": 1}
    note = {"invoice_id": sent.invoice_id, "lines": [line], "reason": "Not wanted"}
    amend = partial(trader.run, "gst_returns.amend_document", wrong, at=at(15, 11))
    take = partial(trader.run, "billing.take_back_goods", note, at=at(15, 11))
    answers = at_once([take, amend, take, amend])
    assert refusals(answers, (NotAmendable, AmendedBefore)) in {1, 2}
    assert broken_promises() == []
