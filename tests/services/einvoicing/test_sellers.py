"""An e-invoice names its seller as the invoice does, whatever the branch became since; what was refused is mended."""

from typing import Any

from erp.core import db
from erp.simulate.invoice_portal import Fault
from tests.factories import Shop, broken_promises
from tests.services.einvoicing.portals import ask, einvoice_of, invoiced, queue
from tests.services.trading import rows

NEW = {"address": "9 New Road", "city": "Nashik", "pin": "422001"}


def move(shop: Shop, **more: Any) -> None:
    shop.run("organisation.update_branch", {"branch_id": shop.ctx.branch_id} | NEW | more)


def place_of(shop: Shop) -> tuple[str, str, int]:
    row = rows(shop, "select address, city, pin from branch where id = %s", shop.ctx.branch_id)[0]
    return row["address"], row["city"], int(row["pin"])


def seller_at(portal: Any) -> tuple[str, str, str, int]:
    seller = portal.books.payloads[-1]["SellerDtls"]
    return seller["LglNm"], seller["Addr1"], seller["Loc"], seller["Pin"]


def test_what_is_queued_before_the_branch_moves_names_where_it_was(reporting, portal):
    name = reporting.run("organisation.get_organisation").legal_name
    before = place_of(reporting)
    sent = invoiced(reporting)
    einvoice_id = queue(reporting, sent.invoice_id)
    move(reporting)
    names = {"legal_name": "Renamed Private Limited", "trade_name": "Renamed"}
    reporting.run("organisation.rename_organisation", names)

    ask(reporting, einvoice_id)

    assert einvoice_of(reporting, sent.invoice_id)["status"] == "registered"
    assert seller_at(portal) == (name, *before)
    after = invoiced(reporting, name="Two")
    ask(reporting, queue(reporting, after.invoice_id))
    assert seller_at(portal) == ("Renamed Private Limited", "9 New Road", "Nashik", 422001)
    assert broken_promises() == []


def test_what_is_queued_after_the_branch_moved_names_where_it_was_made(reporting, portal):
    before = place_of(reporting)
    sent = invoiced(reporting)
    move(reporting)

    ask(reporting, queue(reporting, sent.invoice_id))

    assert seller_at(portal)[1:] == before


def test_a_refused_pin_code_is_mended_at_the_branch_and_sent_again(reporting, portal):
    portal.faults.append(Fault.REFUSED)
    sent = invoiced(reporting)
    einvoice_id = queue(reporting, sent.invoice_id)
    ask(reporting, einvoice_id)
    assert einvoice_of(reporting, sent.invoice_id)["status"] == "refused"
    move(reporting)

    reporting.run("einvoicing.send_again", {"einvoice_id": einvoice_id})
    ask(reporting, einvoice_id)

    assert einvoice_of(reporting, sent.invoice_id)["status"] == "registered"
    assert seller_at(portal)[1:] == ("9 New Road", "Nashik", 422001)


def test_a_branch_without_a_pin_code_is_mended_before_anything_is_sent(reporting, portal):
    with db.unit_of_work(reporting.ctx) as session:
        db.execute(session, "update branch set pin = ''")
    sent = invoiced(reporting)
    einvoice_id = queue(reporting, sent.invoice_id)
    assert einvoice_of(reporting, sent.invoice_id)["status"] == "to_mend"
    move(reporting)

    reporting.run("einvoicing.send_again", {"einvoice_id": einvoice_id})
    ask(reporting, einvoice_id)

    assert seller_at(portal)[3] == 422001
