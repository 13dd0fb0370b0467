"""A portal that does not say whether it knows a document is not asked for ever."""

from erp.services.einvoicing import sending
from erp.simulate.invoice_portal import Fault
from tests.services.einvoicing.portals import ask, ask_later, einvoice_of, invoiced, queue
from tests.services.einvoicing.test_cancelling import given_up
from tests.services.trading import rows


def test_a_portal_that_never_looks_up_is_asked_once_a_morning_and_people_are_told(
    reporting, portal, monkeypatch
):
    monkeypatch.setattr(sending, "MOST_LOOKS", 3)
    portal.faults.extend([Fault.DONE_UNSAID, Fault.BLIND])
    sent = invoiced(reporting)
    einvoice_id = queue(reporting, sent.invoice_id)
    ask_later(reporting, einvoice_id)
    portal.faults.append(Fault.BLIND)
    ask_later(reporting, einvoice_id)
    assert told(reporting) == []
    for _ in range(2):
        portal.faults.append(Fault.BLIND)
        ask(reporting, einvoice_id)
        row = einvoice_of(reporting, sent.invoice_id)
        assert (row["status"], row["leased_until"]) == ("due", None)
        assert "whether it has" in row["problem"]
    assert "does not say" in told(reporting)[0]["title"]
    ask(reporting, einvoice_id)
    row = einvoice_of(reporting, sent.invoice_id)
    assert (row["status"], row["problem"]) == ("registered", "")
    assert len(portal.books.documents) == 1


def test_a_document_that_is_sent_again_is_looked_up_as_often_as_before(
    reporting, portal, monkeypatch
):
    monkeypatch.setattr(sending, "MOST_LOOKS", 2)
    portal.faults.extend([Fault.DONE_UNSAID, Fault.BLIND])
    sent = invoiced(reporting)
    einvoice_id = queue(reporting, sent.invoice_id)
    ask_later(reporting, einvoice_id)
    for _ in range(2):
        portal.faults.append(Fault.BLIND)
        ask(reporting, einvoice_id)
    given_up(reporting)
    reporting.run("einvoicing.send_again", {"einvoice_id": einvoice_id})
    portal.faults.append(Fault.BLIND)
    ask_later(reporting, einvoice_id)
    portal.faults.append(Fault.BLIND)
    ask(reporting, einvoice_id)
    given_up(reporting)
    assert reporting.run("einvoicing.chase").queued == 1
    portal.faults.append(Fault.BLIND)
    ask(reporting, einvoice_id)


def told(shop):
    return rows(shop, "select title from notification where kind = 'einvoicing.einvoice_problem'")
