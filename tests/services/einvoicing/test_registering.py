"""Documents reach the portal once, whatever becomes of the call, and only what it signed is kept."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import psycopg
import pytest

from erp.adapters import invoice_portal as adapter
from erp.adapters.invoice_portal import invoice_portal
from erp.core import db
from erp.core.clock import utc_now
from erp.core.errors import PermissionDenied
from erp.core.settings import Settings, get_settings
from erp.services.billing import NotCancellable
from erp.services.einvoicing import (
    NoPortal,
    NotToBeSent,
    UnknownEInvoice,
    carry_out,
    claim,
    note_outcome,
)
from erp.services.platform import TryLater
from erp.simulate.invoice_portal import Fault
from tests.factories import broken_promises
from tests.services.billing.test_taking_back import take_back
from tests.services.einvoicing.portals import (
    GUJARAT,
    ask,
    ask_later,
    einvoice_of,
    invoiced,
    over,
    queue,
    registered,
    set_up,
    switched_on,
)
from tests.services.gst_returns.months import gstin_of
from tests.services.sales.ordering import buyer, deliver, order
from tests.services.trading import add_customer, add_goods, rows


def calls(shop):
    found = rows(shop, "select kind, outcome from portal_call order by id")
    return [(row["kind"], row["outcome"]) for row in found]


def news(shop, kind):
    return rows(shop, "select title, body from notification where kind = %s limit 1", kind)


def test_a_document_is_registered_and_what_was_signed_is_kept(reporting, portal):
    row = registered(reporting)
    assert (row["status"], row["problem"]) == ("registered", "")
    (made,) = portal.books.documents.values()
    assert row["irn"] == made["Irn"]
    assert (row["ack_no"], row["signed_qr"]) == (str(made["AckNo"]), made["SignedQRCode"])
    assert calls(reporting) == [("register", "done")]
    (payload,) = portal.books.payloads
    assert payload["BuyerDtls"]["Gstin"] == GUJARAT["gstin"]
    line = payload["ItemList"][0]
    assert line["IgstAmt"] == pytest.approx(line["AssAmt"] * 0.05)
    assert broken_promises() == []


def test_what_the_portal_gave_is_frozen(reporting, owner):
    registered(reporting)
    for change in ("irn = repeat('0', 64)", "signed_qr = 'x'", "number = 'X'", "ack_no = '1'"):
        with pytest.raises(psycopg.errors.CheckViolation):
            owner.execute(f"update einvoice set {change}")  # noqa: S608  the test's own words
    for change in ("update portal_call set answer = ''", "delete from portal_call"):
        with pytest.raises(psycopg.Error):
            owner.execute(change)


def test_a_registration_whose_answer_was_lost_is_fetched(reporting, portal):
    portal.faults.append(Fault.DONE_UNSAID)
    row = registered(reporting)
    assert row["status"] == "registered"
    assert len(portal.books.documents) == 1
    assert calls(reporting) == [("register", "away"), ("fetch", "done")]


def test_a_look_up_that_is_refused_after_a_lost_answer_is_no_refusal(reporting, portal):
    """The portal registered it; until it says so, the books do not take it for refused and cancel it."""
    portal.faults.extend([Fault.DONE_UNSAID, Fault.BLIND])
    sent = invoiced(reporting)
    einvoice_id = queue(reporting, sent.invoice_id)
    ask_later(reporting, einvoice_id)
    assert einvoice_of(reporting, sent.invoice_id)["status"] == "due"
    given = {"invoice_id": sent.invoice_id, "reason": "Wrong customer"}
    with pytest.raises(NotCancellable):
        reporting.run("billing.cancel_invoice", given)
    portal.faults.append(Fault.BLIND)
    ask_later(reporting, einvoice_id)
    assert einvoice_of(reporting, sent.invoice_id)["status"] == "due"
    ask(reporting, einvoice_id)
    assert einvoice_of(reporting, sent.invoice_id)["status"] == "registered"
    assert len(portal.books.documents) == 1


def test_a_refusal_after_a_lost_answer_is_believed_once_the_portal_knows_nothing(reporting, portal):
    portal.faults.append(Fault.AWAY)
    sent = invoiced(reporting)
    einvoice_id = queue(reporting, sent.invoice_id)
    ask_later(reporting, einvoice_id)
    over(reporting)
    portal.faults.append(Fault.REFUSED)
    ask(reporting, einvoice_id)
    assert einvoice_of(reporting, sent.invoice_id)["status"] == "refused"
    assert calls(reporting) == [("register", "away"), ("register", "refused")]


def test_a_slow_portal_is_left_and_asked_whether_it_knows(reporting, portal, monkeypatch):
    monkeypatch.setattr(get_settings(), "einvoice_seconds", 0.5)
    portal.faults.append(Fault.STALLED)
    row = registered(reporting)
    assert row["status"] == "registered"
    assert calls(reporting) == [("register", "away"), ("fetch", "done")]


def test_a_duplicate_is_a_success_with_a_fetch(reporting, portal):
    """The portal has it from a call of which nothing is left here."""
    sent = invoiced(reporting)
    einvoice_id = queue(reporting, sent.invoice_id)
    file = reporting.run("einvoicing.get_file", {"einvoice_id": einvoice_id})
    invoice_portal().register(gstin_of(reporting), file.content[1:-1])
    ask(reporting, einvoice_id)
    assert einvoice_of(reporting, sent.invoice_id)["status"] == "registered"
    assert calls(reporting) == [("register", "refused"), ("fetch", "done")]
    assert len(portal.books.documents) == 1


@pytest.mark.parametrize(
    ("fault", "words"),
    [(Fault.FLIPPED, "not signed by the portal"), (Fault.WRONG_REFERENCE, "answered with IRN")],
)
def test_an_answer_that_lies_is_kept_as_no_registration_and_shown(reporting, portal, fault, words):
    portal.faults.append(fault)
    row = registered(reporting)
    assert (row["status"], row["signed_qr"]) == ("refused", "")
    assert words in row["problem"]
    assert words in news(reporting, "einvoicing.einvoice_problem")[0]["body"]
    reporting.run("einvoicing.send_again", {"einvoice_id": row["id"]})
    ask(reporting, row["id"])
    assert einvoice_of(reporting, row["invoice_id"])["status"] == "registered"
    assert calls(reporting)[-1] == ("fetch", "done")


def test_a_refusal_is_shown_with_the_portals_words_and_sent_again_by_a_person(reporting, portal):
    portal.faults.append(Fault.REFUSED)
    row = registered(reporting)
    assert row["status"] == "refused"
    found = reporting.run("einvoicing.get_einvoice", {"einvoice_id": row["id"]})
    (problem,) = found.problems
    assert problem.field == "Portal 3039"
    assert "PIN code does not belong to the state" in problem.message
    clerk = reporting.acting_as("accountant")
    reporting.run("einvoicing.send_again", {"einvoice_id": row["id"]}, by=clerk)
    ask(reporting, row["id"])
    assert einvoice_of(reporting, row["invoice_id"])["status"] == "registered"
    with pytest.raises(NotToBeSent):
        reporting.run("einvoicing.send_again", {"einvoice_id": row["id"]}, by=clerk)


def test_what_is_missing_is_named_before_sending_and_mended_on_the_customers_page(
    reporting, portal
):
    sent = invoiced(reporting, address="", pin="")
    einvoice_id = queue(reporting, sent.invoice_id)
    row = einvoice_of(reporting, sent.invoice_id)
    assert row["status"] == "to_mend"
    named = [line.split("\t")[0] for line in row["problem"].splitlines()]
    assert named == ["BuyerDtls.Addr1", "BuyerDtls.Pin"]
    assert news(reporting, "einvoicing.einvoice_problem")
    assert portal.books.calls == []
    party_id = rows(reporting, "select party_id from invoice where id = %s", sent.invoice_id)[0]
    mended = {"party_id": party_id["party_id"], "address": "2 Demo Street", "pin": "380009"}
    reporting.run("party.update_party", mended)
    reporting.run("einvoicing.send_again", {"einvoice_id": einvoice_id})
    ask(reporting, einvoice_id)
    assert einvoice_of(reporting, sent.invoice_id)["status"] == "registered"
    (payload,) = portal.books.payloads
    assert payload["BuyerDtls"]["Pin"] == 380009


def test_a_portal_that_is_away_is_left_alone_and_one_caller_looks(reporting, portal):
    first = queue(reporting, invoiced(reporting).invoice_id)
    second = queue(reporting, invoiced(reporting, name="Two").invoice_id)
    portal.faults.extend([Fault.ERROR, Fault.AWAY])
    assert ask_later(reporting, first).after == timedelta(seconds=5)
    asked = len(portal.books.calls)
    assert "left alone" in str(ask_later(reporting, second))
    assert len(portal.books.calls) == asked
    over(reporting)
    assert ask_later(reporting, second).after == timedelta(seconds=30)
    (row,) = reporting.run("einvoicing.list_registrations").rows
    assert row.problem
    assert row.waiting == 2
    over(reporting)
    ask(reporting, first)
    ask(reporting, second)
    (row,) = reporting.run("einvoicing.list_registrations").rows
    assert (row.problem, row.waiting) == ("", 0)


def test_two_workers_at_once_register_once(reporting, portal, monkeypatch):
    monkeypatch.setattr(get_settings(), "einvoice_seconds", 10.0)
    einvoice_id = queue(reporting, invoiced(reporting).invoice_id)

    def worker(_):
        try:
            ask(reporting, einvoice_id)
        except TryLater as later:
            return str(later)
        return "done"

    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(worker, range(4)))
    assert "done" in said
    assert len(portal.books.payloads) == 1
    assert [call for call in portal.books.calls if call.endswith("/Invoice")] == [
        "/eicore/v1.03/Invoice"
    ]
    assert calls(reporting) == [("register", "done")]


def test_an_expired_token_is_renewed_within_the_call(reporting, portal):
    registered(reporting)
    portal.faults.append(Fault.EXPIRED)
    assert registered(reporting, name="Two")["status"] == "registered"
    assert sum(call.endswith("/auth") for call in portal.books.calls) == 2


def test_a_token_that_the_portal_forgets_at_once_refuses_no_document(reporting, portal):
    portal.faults.extend([Fault.EXPIRED, Fault.EXPIRED])
    einvoice_id = queue(reporting, invoiced(reporting).invoice_id)
    ask_later(reporting, einvoice_id)
    over(reporting)
    ask(reporting, einvoice_id)
    (row,) = rows(reporting, "select status from einvoice where id = %s", einvoice_id)
    assert row["status"] == "registered"


def test_a_wrong_password_waits_for_the_operator_and_is_kept_nowhere(
    reporting, portal, monkeypatch
):
    wrong = {gstin_of(reporting): {"user": "asha", "password": "wrong-one"}}
    set_up(monkeypatch, users=json.dumps(wrong))
    portal.books.tokens.clear()
    adapter._tokens.known.clear()
    einvoice_id = queue(reporting, invoiced(reporting).invoice_id)
    assert "does not let us in" in str(ask_later(reporting, einvoice_id))
    kept = rows(reporting, "select row_to_json(c)::text as text from portal_call c")
    assert kept
    assert not any("wrong-one" in row["text"] for row in kept)


def test_bills_of_the_unregistered_and_of_exempt_goods_are_not_reported(reporting):
    plain = invoiced(reporting, gstin="", gst_category="unregistered")
    exempt = add_goods(reporting, rate="0", treatment="exempt")
    made = order(
        reporting,
        buyer(reporting, **GUJARAT | {"name": "E"}),
        {"variant_id": exempt, "quantity": 2},
    )
    sent = deliver(reporting, made, 2)
    for invoice in (plain, sent):
        asked = {"invoice_id": invoice.invoice_id}
        assert not reporting.run("einvoicing.get_of_invoice", asked).is_needed
    reporting.run("einvoicing.chase")
    assert rows(reporting, "select 1 from einvoice") == []


def test_a_note_is_reported_with_the_invoice_it_belongs_to(reporting, portal):
    sent = invoiced(reporting)
    ask(reporting, queue(reporting, sent.invoice_id))
    note = take_back(reporting, sent, 4)
    ask(reporting, queue(reporting, note.id))
    row = einvoice_of(reporting, note.id)
    assert (row["status"], row["document_type"]) == ("registered", "CRN")
    earlier = portal.books.payloads[-1]["RefDtls"]["PrecDocDtls"][0]
    assert earlier["InvNo"] == sent.number


@pytest.mark.usefixtures("portal")
def test_a_registration_switched_on_later_reports_what_was_posted_since(trader):
    sent = invoiced(trader)
    switched_on(trader)
    assert einvoice_of(trader, sent.invoice_id)["status"] == "due"
    given = {"gstin": gstin_of(trader), "starts_on": trader.ctx.today + timedelta(days=1)}
    trader.run("einvoicing.switch_registration", given)
    later = invoiced(trader, name="Two")
    trader.run("einvoicing.chase")
    assert rows(trader, "select 1 from einvoice where invoice_id = %s", later.invoice_id) == []


def test_without_a_portal_nothing_is_switched_on(trader, monkeypatch):
    set_up(monkeypatch, url="")
    with pytest.raises(NoPortal) as refused:
        switched_on(trader)
    assert "EINVOICE_URL" in refused.value.fields["gstin"]
    assert rows(trader, "select 1 from einvoice_registration") == []


def test_what_grew_too_old_while_the_portal_kept_silent_is_looked_up_there(reporting, portal):
    switched_on(reporting, reports_in_days=True)
    sent = invoiced(reporting)
    einvoice_id = queue(reporting, sent.invoice_id)
    portal.faults.append(Fault.ERROR)
    ask_later(reporting, einvoice_id)
    file = reporting.run("einvoicing.get_file", {"einvoice_id": einvoice_id})
    invoice_portal().register(gstin_of(reporting), file.content[1:-1])
    late = replace(reporting.ctx, now=utc_now() + timedelta(days=40))
    with db.unit_of_work(reporting.ctx) as session:
        plan = claim(session, late, einvoice_id)
        assert plan is not None
        note_outcome(session, late, plan, carry_out(invoice_portal(), plan))
    assert einvoice_of(reporting, sent.invoice_id)["status"] == "registered"


@pytest.mark.parametrize("users", ["[]", "{", '{"27": {"user": "x"}}', '{"27": 1}'])
def test_users_that_nobody_can_sign_in_with_stop_the_suite_at_its_start(users):
    with pytest.raises(ValueError, match="EINVOICE_USERS"):
        Settings(einvoice_users=users)


def test_a_stranger_sees_and_touches_nothing(reporting, stranger):
    row = registered(reporting)
    assert stranger.run("einvoicing.list_einvoices").rows == []
    for name, more in (
        ("get_einvoice", {}),
        ("get_file", {}),
        ("send_again", {}),
        ("cancel_einvoice", {"code": "1", "reason": "x"}),
    ):
        with pytest.raises(UnknownEInvoice):
            stranger.run(f"einvoicing.{name}", {"einvoice_id": row["id"]} | more)


@pytest.mark.parametrize("role", ["cashier", "auditor", "storekeeper"])
def test_only_those_who_send_may_send(reporting, role):
    row = registered(reporting)
    asked = {"einvoice_id": row["id"], "code": "2", "reason": "x"}
    with pytest.raises(PermissionDenied):
        reporting.run("einvoicing.cancel_einvoice", asked, by=reporting.acting_as(role))


def test_people_are_told_before_a_document_grows_too_old(reporting):
    switched_on(reporting, reports_in_days=True)
    sent = invoiced(reporting, address="")
    queue(reporting, sent.invoice_id)
    assert reporting.run("einvoicing.chase").ageing == 0
    later = utc_now() + timedelta(days=21)
    assert reporting.run("einvoicing.chase", at=later).ageing == 1
    assert sent.number in news(reporting, "einvoicing.documents_ageing")[0]["body"]


def test_nobody_is_told_each_day_to_register_what_the_portal_takes_no_more(reporting):
    switched_on(reporting, reports_in_days=True)
    queue(reporting, invoiced(reporting, address="").invoice_id)
    ahead = [timedelta(days=days) for days in (30, 31)]
    told = [reporting.run("einvoicing.chase", at=utc_now() + by).ageing for by in ahead]
    assert told == [1, 0]


def test_the_file_for_the_portals_own_page_is_the_payload(reporting, portal):
    row = registered(reporting)
    found = reporting.run("einvoicing.get_file", {"einvoice_id": row["id"]})
    assert json.loads(found.content) == portal.books.payloads
    assert found.file_name.startswith("e-invoice-")


def test_prices_with_tax_in_them_are_told_without_it(reporting, portal):
    customer = add_customer(reporting, **GUJARAT | {"state_code": "24", "gst_category": "regular"})
    sold = reporting.sell({reporting.variant_ids[0]: 3}, customer_id=customer)
    ask(reporting, queue(reporting, sold.invoice_id))
    assert einvoice_of(reporting, sold.invoice_id)["status"] == "registered"
    (payload,) = portal.books.payloads
    line = payload["ItemList"][0]
    assert line["TotAmt"] - line["Discount"] == line["AssAmt"]
    assert Decimal(str(line["UnitPrice"])) * 3 == pytest.approx(Decimal(str(line["TotAmt"])))
