"""A way bill follows its document and is told once: what the portal did unsaid, ended or cancelled is seen."""

from datetime import timedelta

import pytest
from psycopg.errors import CheckViolation

from erp.core import db
from erp.core.clock import utc_now
from erp.services.billing import CancelledBefore
from erp.services.einvoicing import DocumentNotReady, WayBillNotOpen
from erp.services.platform import TryLater
from erp.simulate.invoice_portal import Fault
from tests.services.einvoicing.portals import ask, ask_way_bill, einvoice_of, over, queue, set_up
from tests.services.einvoicing.portals import invoiced as posted
from tests.services.einvoicing.test_way_bills import bill_of, in_force, invoiced, prepare

OTHER = {"vehicle_no": "MH12ZZ9999", "place": "Nashik", "reason": "Breakdown"}


def test_an_unregistered_invoice_does_not_travel_but_waits_as_a_draft(reporting, portal):
    sent = posted(reporting)
    with pytest.raises(DocumentNotReady, match="not registered") as refused:
        prepare(reporting, sent)
    assert "document_id" in refused.value.fields
    draft = prepare(reporting, sent, send=False)
    with pytest.raises(DocumentNotReady, match="not registered"):
        reporting.run("einvoicing.send_way_bill", {"way_bill_id": draft})
    ask(reporting, queue(reporting, sent.invoice_id))
    reporting.run("einvoicing.send_way_bill", {"way_bill_id": draft})
    ask_way_bill(reporting, draft)
    assert bill_of(reporting, draft).status == "active"
    assert len(portal.books.way_bills) == 1


def test_goods_of_a_cancelled_invoice_do_not_travel(trader, monkeypatch):
    set_up(monkeypatch, url="", users="{}")
    sent = posted(trader)
    draft = prepare(trader, sent, send=False)
    trader.run("billing.cancel_invoice", {"invoice_id": sent.invoice_id, "reason": "Twice"})
    with pytest.raises(DocumentNotReady, match="is cancelled"):
        prepare(trader, sent, send=False)
    with pytest.raises(CancelledBefore):
        trader.run("einvoicing.record_way_bill", {"way_bill_id": draft, "number": "123456789012"})


def test_goods_of_an_invoice_that_is_being_cancelled_at_the_portal_do_not_travel(reporting):
    sent = invoiced(reporting)
    row = einvoice_of(reporting, sent.invoice_id)
    asked = {"einvoice_id": row["id"], "code": "2", "reason": "Wrong customer"}
    reporting.run("einvoicing.cancel_einvoice", asked)
    with pytest.raises(DocumentNotReady, match="is cancelled"):
        prepare(reporting, sent, send=False)


def test_no_vehicle_carries_on_after_the_end(reporting, portal):
    made = in_force(reporting)
    late = bill_of(reporting, made).valid_until + timedelta(minutes=1)
    calls = len(portal.books.calls)
    with pytest.raises(WayBillNotOpen, match="need a new way bill"):
        reporting.run("einvoicing.change_vehicle", {"way_bill_id": made} | OTHER, at=late)
    assert len(portal.books.calls) == calls


def test_a_vehicle_whose_answer_was_lost_is_told_once(reporting, portal):
    made = in_force(reporting)
    reporting.run("einvoicing.change_vehicle", {"way_bill_id": made} | OTHER)
    portal.faults.append(Fault.DONE_UNSAID)
    with pytest.raises(TryLater):
        ask_way_bill(reporting, made)
    over(reporting)
    ask_way_bill(reporting, made)
    (known,) = portal.books.way_bills.values()
    assert known["vehicles"].count("MH12ZZ9999") == 1
    assert bill_of(reporting, made).vehicle_no == "MH12ZZ9999"


def test_a_cancelled_way_bill_is_not_taken_for_the_new_one(reporting, portal):
    sent = invoiced(reporting)
    first = prepare(reporting, sent)
    ask_way_bill(reporting, first)
    number = bill_of(reporting, first).number
    reporting.run("einvoicing.cancel_way_bill", {"way_bill_id": first, "code": "4", "reason": "x"})
    ask_way_bill(reporting, first)
    second = prepare(reporting, sent)
    portal.faults.append(Fault.AWAY)
    with pytest.raises(TryLater):
        ask_way_bill(reporting, second)
    over(reporting)
    ask_way_bill(reporting, second)
    assert bill_of(reporting, second).number not in {"", number}


def test_without_a_registration_the_portal_is_left_alone_longer_each_time(trader, portal):
    """Who reports no documents keeps no failures of the portal: each way bill counts its own."""
    made = prepare(trader, posted(trader))
    pauses = []
    for _ in range(4):
        portal.faults.append(Fault.AWAY)
        with pytest.raises(TryLater) as later:
            ask_way_bill(trader, made)
        pauses.append(later.value.after.total_seconds())
    assert pauses == [5, 30, 120, 600]


def test_the_end_of_a_way_bill_stays_unless_a_vehicle_moves_it(reporting):
    made = in_force(reporting)
    for change in ("valid_until + interval '1 day'", "null"):
        with pytest.raises(CheckViolation), db.unit_of_work(reporting.ctx) as session:
            db.execute(
                session,
                f"update way_bill set valid_until = {change} where tenant_id = %s and id = %s",  # noqa: S608  of the test
                (reporting.tenant_id, made),
            )


def test_an_end_before_its_beginning_is_not_believed(reporting, portal):
    made = prepare(reporting, invoiced(reporting))
    portal.clock = lambda: utc_now() - timedelta(days=30)
    answered = portal._now
    portal._now = lambda hours=0: answered(-hours)
    ask_way_bill(reporting, made)
    found = bill_of(reporting, made)
    assert found.valid_until > found.made_at
