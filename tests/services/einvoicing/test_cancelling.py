"""Registered documents are cancelled at the portal: whole, within a day, alone."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from types import SimpleNamespace

import pytest

from erp.core import db
from erp.core.clock import utc_now
from erp.core.errors import PermissionDenied
from erp.services import billing, einvoicing, platform
from erp.services.billing import CancelledBefore, NotCancellable
from erp.services.einvoicing import NotToBeCancelled, NotToBeSent
from erp.simulate.invoice_portal import Fault
from jobs import einvoices
from tests.concurrency.crowd import at_once
from tests.factories import broken_promises
from tests.services.billing.test_taking_back import take_back
from tests.services.books import balance
from tests.services.einvoicing.portals import (
    ask,
    ask_later,
    einvoice_of,
    invoiced,
    over,
    queue,
    registered,
    told,
)
from tests.services.trading import rows


def test_a_document_is_cancelled_whole_within_a_day(reporting, portal):
    row = registered(reporting)
    asked = {"einvoice_id": row["id"], "code": "2", "reason": "Wrong customer"}
    reporting.run("einvoicing.cancel_einvoice", asked)
    portal.faults.append(Fault.DONE_UNSAID)
    ask_later(reporting, row["id"])
    over(reporting)
    ask(reporting, row["id"])
    found = einvoice_of(reporting, row["invoice_id"])
    assert found["status"] == "cancelled"
    assert [made["Status"] for made in portal.books.documents.values()] == ["CNL"]
    cancelled = reporting.run("billing.get_invoice", {"invoice_id": row["invoice_id"]}).cancelled
    assert cancelled.reason == "Wrong customer"
    assert balance(reporting, "debtors") == 0
    assert told_last(reporting).startswith("The books followed")
    assert broken_promises() == []


def test_what_the_books_keep_is_taken_back_by_a_note_that_the_portal_does_not_hear_of(
    reporting, portal
):
    row = registered(reporting)
    sent = SimpleNamespace(invoice_id=row["invoice_id"])
    asked(reporting, row)
    party = reporting.run("billing.get_invoice", {"invoice_id": row["invoice_id"]}).party_id
    paid = {"party_id": party, "amount": "100.00", "method": "bank"}
    reporting.run("payments.receive_payment", paid)
    ask(reporting, row["id"])
    assert einvoice_of(reporting, row["invoice_id"])["status"] == "cancelled"
    assert "₹100.00 of" in told_last(reporting)
    note = take_back(reporting, sent, 10)
    reporting.run("einvoicing.chase")
    assert rows(reporting, "select 1 from einvoice where invoice_id = %s", note.id) == []
    assert portal.books.calls.count("/eicore/v1.03/Invoice/Cancel") == 1
    assert broken_promises() == []


def test_a_paid_invoice_is_not_cancelled_at_the_portal(reporting):
    row = registered(reporting)
    party = reporting.run("billing.get_invoice", {"invoice_id": row["invoice_id"]}).party_id
    paid = {"party_id": party, "amount": "100.00", "method": "bank"}
    reporting.run("payments.receive_payment", paid)
    with pytest.raises(NotCancellable, match="Set that apart"):
        asked(reporting, row)
    assert einvoice_of(reporting, row["invoice_id"])["status"] == "registered"


def test_who_may_not_cancel_in_the_books_does_not_at_the_portal(reporting):
    row = registered(reporting)
    sender = replace(reporting.ctx, permissions=frozenset({"einvoicing.send", "einvoicing.view"}))
    with pytest.raises(PermissionDenied):
        asked(reporting, row, by=sender)


def test_books_and_portal_are_cancelled_together_or_not_at_all(reporting):
    row = registered(reporting)
    given = {"invoice_id": row["invoice_id"], "reason": "Wrong customer"}
    with pytest.raises(NotCancellable, match="Cancel it there; the books follow"):
        reporting.run("billing.cancel_invoice", given)
    asked(reporting, row)
    with pytest.raises(NotCancellable, match="Cancel it there; the books follow"):
        reporting.run("billing.cancel_invoice", given)


def test_what_the_portal_refused_is_cancelled_in_the_books_and_withdrawn(reporting, portal):
    sent = invoiced(reporting)
    portal.faults.append(Fault.REFUSED)
    ask(reporting, queue(reporting, sent.invoice_id))
    given = {"invoice_id": sent.invoice_id, "reason": "Wrong customer"}
    reporting.run("billing.cancel_invoice", given)
    row = einvoice_of(reporting, sent.invoice_id)
    with pytest.raises(CancelledBefore):
        reporting.run("einvoicing.send_again", {"einvoice_id": row["id"]})
    with db.unit_of_work(reporting.ctx) as session:
        einvoices.withdraw(session, reporting.ctx, told(invoice_id=sent.invoice_id))
    assert einvoice_of(reporting, sent.invoice_id)["status"] == "withdrawn"
    with pytest.raises(NotToBeSent):
        reporting.run("einvoicing.send_again", {"einvoice_id": row["id"]})
    assert broken_promises() == []


def test_an_answer_that_was_not_believed_is_cleared_up_before_the_books_cancel(reporting, portal):
    sent = invoiced(reporting)
    portal.faults.append(Fault.FLIPPED)
    ask(reporting, queue(reporting, sent.invoice_id))
    given = {"invoice_id": sent.invoice_id, "reason": "Wrong customer"}
    with pytest.raises(NotCancellable, match="portal"):
        reporting.run("billing.cancel_invoice", given)


def test_what_was_cancelled_before_it_was_queued_is_never_queued(reporting):
    sent = invoiced(reporting)
    reporting.run("billing.cancel_invoice", {"invoice_id": sent.invoice_id, "reason": "Twice"})
    with db.unit_of_work(reporting.ctx) as session:
        einvoices.queue(session, reporting.ctx, told(document_id=sent.invoice_id))
    assert reporting.run("einvoicing.chase").queued == 0
    assert rows(reporting, "select 1 from einvoice") == []


def test_a_lost_answer_and_a_refused_look_up_leave_no_doubt(reporting, portal):
    """The portal cancels, its answer is lost, and looking it up is refused: asking again settles it."""
    row = registered(reporting)
    asked(reporting, row)
    portal.faults.append(Fault.DONE_UNSAID)
    ask_later(reporting, row["id"])
    over(reporting)
    portal.faults.append(Fault.BLIND)
    ask(reporting, row["id"])
    assert einvoice_of(reporting, row["invoice_id"])["status"] == "cancelled"


def test_a_note_queued_while_its_invoice_is_cancelled_stays_with_us(reporting):
    """The note is read as one for the portal, then the cancellation commits: the queue looks again."""
    sent = invoiced(reporting)
    ask(reporting, queue(reporting, sent.invoice_id))
    row = einvoice_of(reporting, sent.invoice_id)
    answers = at_once([partial(asked, reporting, row), partial(noted_and_queued, reporting, sent)])
    states = rows(reporting, "select document_type, status from einvoice order by document_type")
    kinds = {one["document_type"]: one["status"] for one in states}
    assert (kinds["INV"], kinds.get("CRN")) in {("cancelling", None), ("registered", "due")}, (
        answers
    )


def test_a_note_whose_invoice_is_cancelled_is_withdrawn_and_not_sent(reporting, portal):
    sent = invoiced(reporting)
    ask(reporting, queue(reporting, sent.invoice_id))
    note = take_back(reporting, sent, 4)
    note_row = queue(reporting, note.id)
    now_is(reporting, sent, "status = 'cancelling'")
    calls = len(portal.books.calls)
    assert "being cancelled" in str(ask_later(reporting, note_row))
    assert einvoice_of(reporting, note.id)["status"] == "due"
    assert "NOT YET REGISTERED" in portal_notice(reporting, note.id)
    now_is(reporting, sent, "status = 'cancelled', cancelled_at = now()")
    ask(reporting, note_row)
    assert einvoice_of(reporting, note.id)["status"] == "withdrawn"
    assert portal_notice(reporting, note.id) == ""
    assert len(portal.books.calls) == calls


def portal_notice(shop, invoice_id):
    """Return what a document's paper says of the portal."""
    with db.unit_of_work(shop.ctx) as session:
        printed = billing.get_printed_document(session, shop.ctx, invoice_id)
        return einvoicing.with_portal_marks(session, shop.ctx, invoice_id, printed).portal_notice


def test_a_document_whose_turn_was_given_up_is_sent_again(reporting):
    sent = invoiced(reporting)
    einvoice_id = queue(reporting, sent.invoice_id)
    found = reporting.run("einvoicing.get_einvoice", {"einvoice_id": einvoice_id})
    assert not found.is_stuck
    with pytest.raises(NotToBeSent):
        reporting.run("einvoicing.send_again", {"einvoice_id": einvoice_id})
    given_up(reporting)
    found = reporting.run("einvoicing.get_einvoice", {"einvoice_id": einvoice_id})
    assert found.is_stuck
    reporting.run("einvoicing.send_again", {"einvoice_id": einvoice_id})
    assert not reporting.run("einvoicing.get_einvoice", {"einvoice_id": einvoice_id}).is_stuck
    given_up(reporting)
    assert reporting.run("einvoicing.chase").queued == 1
    ask(reporting, einvoice_id)
    assert einvoice_of(reporting, sent.invoice_id)["status"] == "registered"


def test_closed_books_do_not_keep_the_portals_word_from_being_noted(reporting):
    row = registered(reporting)
    asked(reporting, row)
    (month,) = rows(
        reporting, "select id from period where current_date between starts_on and ends_on"
    )
    closed = {"period_id": month["id"], "status": "closed", "reason": "Done"}
    reporting.run("accounting.set_period_status", closed)
    ask(reporting, row["id"])
    assert einvoice_of(reporting, row["invoice_id"])["status"] == "cancelled"
    assert told_last(reporting).startswith("The books could not follow")
    assert rows(reporting, "select 1 from invoice_cancellation") == []
    assert broken_promises() == []


def now_is(shop, sent, change):
    """Let the portal's document of an invoice be in another state."""
    with db.unit_of_work(shop.ctx) as session:
        db.execute(
            session,
            f"update einvoice set {change} where tenant_id = %s and invoice_id = %s",  # noqa: S608  of the test
            (shop.tenant_id, sent.invoice_id),
        )


def asked(shop, row, **more):
    """Ask for the cancellation of a registered document."""
    given = {"einvoice_id": row["id"], "code": "2", "reason": "Wrong customer"}
    return shop.run("einvoicing.cancel_einvoice", given, **more)


def noted_and_queued(shop, sent):
    """Take goods back, and queue the note."""
    note = take_back(shop, sent, 1)
    with db.unit_of_work(shop.ctx) as session:
        einvoices.queue(session, shop.ctx, told(document_id=note.id))
    return note


def told_last(shop):
    """Return what people were told last."""
    return rows(shop, "select body from notification order by id desc limit 1")[0]["body"]


def given_up(shop):
    """Let every delivery of the shop that waits be given up."""
    with db.ops_session() as session:
        platform.seal_events(session, shop.tenant_id, lambda _: ["probe"], now=utc_now())
        db.execute(
            session,
            "update event_delivery set status = 'dead', done_at = null, lease_token = null,"
            " leased_until = null where tenant_id = %s",
            (shop.tenant_id,),
        )


def test_what_was_cancelled_at_the_portal_by_hand_is_taken_over(reporting, portal):
    row = registered(reporting)
    (made,) = portal.books.documents.values()
    made["Status"] = "CNL"
    asked = {"einvoice_id": row["id"], "code": "2", "reason": "Wrong customer"}
    reporting.run("einvoicing.cancel_einvoice", asked)
    ask(reporting, row["id"])
    assert einvoice_of(reporting, row["invoice_id"])["status"] == "cancelled"


def test_after_a_day_only_a_credit_note_helps(reporting, portal):
    row = registered(reporting)
    asked = {"einvoice_id": row["id"], "code": "2", "reason": "Wrong customer"}
    late = utc_now() + timedelta(hours=24, minutes=1)
    with pytest.raises(NotToBeCancelled, match="credit note"):
        reporting.run("einvoicing.cancel_einvoice", asked, at=late)
    reporting.run("einvoicing.cancel_einvoice", asked)
    portal.clock = lambda: late + timedelta(hours=1)
    ask(reporting, row["id"])
    found = einvoice_of(reporting, row["invoice_id"])
    assert found["status"] == "registered"
    assert "time limit" in found["problem"]


def test_an_invoice_whose_note_the_portal_knows_is_not_cancelled(reporting):
    sent = invoiced(reporting)
    ask(reporting, queue(reporting, sent.invoice_id))
    note = take_back(reporting, sent, 4)
    queue(reporting, note.id)
    row = einvoice_of(reporting, sent.invoice_id)
    asked = {"einvoice_id": row["id"], "code": "2", "reason": "Wrong customer"}
    with pytest.raises(NotToBeCancelled, match="its note"):
        reporting.run("einvoicing.cancel_einvoice", asked)


def test_a_note_that_cannot_be_cancelled_yet_is_named_with_what_helps(reporting, portal):
    sent = invoiced(reporting)
    ask(reporting, queue(reporting, sent.invoice_id))
    note = take_back(reporting, sent, 4)
    portal.faults.append(Fault.REFUSED)
    ask(reporting, queue(reporting, note.id))
    row = einvoice_of(reporting, sent.invoice_id)
    asked = {"einvoice_id": row["id"], "code": "2", "reason": "Wrong customer"}
    with pytest.raises(NotToBeCancelled, match="Have it registered"):
        reporting.run("einvoicing.cancel_einvoice", asked)
