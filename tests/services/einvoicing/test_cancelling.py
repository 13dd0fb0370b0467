"""Registered documents are cancelled at the portal: whole, within a day, alone."""

from datetime import timedelta

import pytest

from erp.core.clock import utc_now
from erp.services.einvoicing import (
    NotToBeCancelled,
)
from erp.simulate.invoice_portal import Fault
from tests.factories import broken_promises
from tests.services.billing.test_taking_back import take_back
from tests.services.einvoicing.portals import (
    ask,
    ask_later,
    einvoice_of,
    invoiced,
    over,
    queue,
    registered,
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
    sent = type("Sent", (), {"invoice_id": row["invoice_id"]})
    note = take_back(reporting, sent, 10)
    reporting.run("einvoicing.chase")
    assert rows(reporting, "select 1 from einvoice where invoice_id = %s", note.id) == []
    assert broken_promises() == []


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
