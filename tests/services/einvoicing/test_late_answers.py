"""An answer that comes after another worker took the document up says nothing any more."""

from dataclasses import replace
from datetime import timedelta

import pytest

from erp.adapters.invoice_portal import invoice_portal
from erp.core import db
from erp.core.clock import utc_now
from erp.services import einvoicing
from erp.services.einvoicing.pausing import LEASE
from erp.simulate.invoice_portal import Fault
from tests.services.einvoicing.portals import einvoice_of, invoiced, queue
from tests.services.einvoicing.test_way_bills import in_force
from tests.services.trading import rows


def after(shop, leases):
    """Return the shop's context when so many leases are over."""
    return replace(shop.ctx, now=utc_now() + leases * (LEASE + timedelta(seconds=1)))


def take_up(ctx, einvoice_id):
    with db.unit_of_work(ctx) as session:
        return einvoicing.claim(session, ctx, einvoice_id)


def note(ctx, plan, outcome):
    with db.unit_of_work(ctx) as session:
        return einvoicing.note_outcome(session, ctx, plan, outcome)


@pytest.fixture
def two_workers(reporting, portal):
    """A document taken up by a worker that got no answer in its time, and by the next one."""
    sent = invoiced(reporting)
    einvoice_id = queue(reporting, sent.invoice_id)
    first = take_up(after(reporting, 0), einvoice_id)
    portal.faults.append(Fault.REFUSED)
    refused = einvoicing.carry_out(invoice_portal(), first)
    second = take_up(after(reporting, 1), einvoice_id)
    return sent.invoice_id, (first, refused), second


def test_a_late_refusal_settles_nothing_while_another_worker_asks(reporting, two_workers):
    invoice_id, (first, refused), second = two_workers
    note(after(reporting, 1), first, refused)
    assert einvoice_of(reporting, invoice_id)["status"] == "due"
    note(after(reporting, 1), second, einvoicing.carry_out(invoice_portal(), second))
    assert einvoice_of(reporting, invoice_id)["status"] == "registered"
    kept = rows(reporting, "select outcome from portal_call order by id")
    assert [row["outcome"] for row in kept] == ["refused", "done"]


def test_a_late_refusal_ends_no_cancelling(reporting, two_workers):
    invoice_id, (first, refused), second = two_workers
    now = after(reporting, 1)
    note(now, second, einvoicing.carry_out(invoice_portal(), second))
    einvoice_id = einvoice_of(reporting, invoice_id)["id"]
    given = {"einvoice_id": einvoice_id, "code": "1", "reason": "Typed twice"}
    reporting.run("einvoicing.cancel_einvoice", given)
    note(now, first, refused)
    assert einvoice_of(reporting, invoice_id)["status"] == "cancelling"


def test_a_late_word_that_the_portal_is_away_frees_nothing(reporting, portal):
    sent = invoiced(reporting)
    einvoice_id = queue(reporting, sent.invoice_id)
    first = take_up(after(reporting, 0), einvoice_id)
    portal.faults.append(Fault.AWAY)
    away = einvoicing.carry_out(invoice_portal(), first)
    second = take_up(after(reporting, 1), einvoice_id)
    assert note(after(reporting, 1), first, away) is None
    assert einvoice_of(reporting, sent.invoice_id)["leased_until"] == second.leased_until


def take_up_way_bill(ctx, way_bill_id):
    with db.unit_of_work(ctx) as session:
        return einvoicing.claim_way_bill(session, ctx, way_bill_id)


def note_way_bill(ctx, plan, outcome):
    with db.unit_of_work(ctx) as session:
        einvoicing.note_way_bill(session, ctx, plan, outcome)


def test_a_late_answer_about_one_vehicle_is_none_about_the_next(reporting):
    """The first vehicle's worker comes back after the portal was asked about the second one."""
    way_bill_id = in_force(reporting)

    def change(vehicle):
        given = {"vehicle_no": vehicle, "place": "Pune", "reason": "Broke down"}
        reporting.run("einvoicing.change_vehicle", given | {"way_bill_id": way_bill_id})

    change("MH14AB1111")
    first = take_up_way_bill(after(reporting, 0), way_bill_id)
    told = einvoicing.carry_out_way_bill(invoice_portal(), first)
    now = after(reporting, 1)
    note_way_bill(now, take_up_way_bill(now, way_bill_id), told)
    change("MH14AB2222")
    take_up_way_bill(now, way_bill_id)
    note_way_bill(now, first, told)
    (row,) = rows(reporting, "select vehicle_no, new_vehicle, asked from way_bill")
    assert (row["vehicle_no"], row["new_vehicle"]) == ("MH14AB1111", "MH14AB2222")
    assert row["asked"] == "vehicle"
