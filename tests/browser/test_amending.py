"""An accountant takes an advance for a course, and corrects a filed return, in a real browser."""

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from erp.core.clock import utc_now
from tests.browser.offices import enter, expect_to_fit_everywhere
from tests.factories import Shop, broken_promises, gstin_in, make_shop
from tests.services.gst_returns.months import gstin_of
from tests.services.sales.ordering import buyer, deliver, order
from tests.services.service_advances.serving import training

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("interface")]
WAIT = 15_000


@pytest.fixture
def shop(environment: dict[str, str]) -> Shop:
    assert environment
    return make_shop("amender")


@pytest.fixture
def acting(open_window, interface, shop):
    """Open a page in a window of its own as a member with a role."""
    return lambda role, path: enter(open_window(), interface, shop, role, path)


def filed(shop: Shop) -> str:
    """Sell goods last month and file its GSTR-1; return the invoice's id."""
    first = (shop.ctx.today.replace(day=1) - timedelta(days=1)).replace(day=1)
    noon = datetime(first.year, first.month, 5, 6, 30, tzinfo=utc_now().tzinfo)
    customer = buyer(shop, name="Nirmala Stores", gstin=gstin_in("27"))
    line = {"variant_id": shop.variant_ids[0], "quantity": 10}
    taken = {"customer_id": customer, "lines": [line]}
    made = shop.run("sales.take_order", taken, at=noon)
    sent = {"order_id": made.id, "lines": [{"order_line_no": 1, "quantity": 10}]}
    invoice = shop.run("billing.deliver_order", sent, at=noon)
    month = {"gstin": gstin_of(shop), "form": "gstr1", "starts_on": first}
    prepared = shop.run("gst_returns.prepare_return", month)
    told = {"return_id": prepared.id, "arn": "AA2711260000012", "filed_on": shop.ctx.today}
    shop.run("gst_returns.file_return", told)
    return str(invoice.invoice_id)


def chosen(page: Page, label: str, words: str) -> None:
    """Choose the first record that a lookup finds."""
    page.get_by_label(label, exact=True).fill(words)
    page.get_by_role("option", name=words).click()


def test_a_filed_return_is_corrected_and_its_document_stays(interface, shop, acting):
    invoice_id = filed(shop)
    page = acting("accountant", f"/invoices/{invoice_id}")
    page.get_by_role("link", name="Amend in the return").click()
    expect(page.get_by_text("4 Invoices to registered buyers")).to_be_visible(timeout=WAIT)
    page.get_by_label("Recipient's GSTIN").fill("27AAPFU0939F1ZA")
    page.get_by_label("Reason*", exact=True).fill("Branch in Gujarat was billed")
    page.get_by_role("button", name="Amend in the next return").click()
    expect(page.locator("#gstin-error")).not_to_be_empty(timeout=WAIT)
    page.get_by_label("Recipient's GSTIN").fill(gstin_in("24"))
    page.get_by_label("Place of supply").select_option("24")
    page.get_by_role("button", name="Amend in the next return").click()
    row = page.get_by_role("table", name="Amendments")
    expect(row).to_contain_text("Gujarat for Maharashtra", timeout=WAIT)
    expect(row).to_contain_text("In the next return")
    document = shop.run("billing.get_invoice", {"invoice_id": invoice_id})
    assert document.place_of_supply == "27"
    expect_to_fit_everywhere(page, interface, ["/gst/amendments", "/gst/amendments/new"])
    assert broken_promises() == []


def test_an_advance_is_received_and_an_invoice_takes_it(interface, shop, acting):
    course = training(shop)
    customer = buyer(shop, name="Nirmala Stores")
    page = acting("accountant", f"/service-advances/new?party_id={customer}")
    page.get_by_label("Amount received, tax included").fill("1180")
    chosen(page, "Service*", "999293")
    page.get_by_role("button", name="Receive the advance").click()
    expect(page.get_by_text("Without tax")).to_be_visible(timeout=WAIT)
    line = {"variant_id": course, "quantity": 1, "unit_price": "1000.00"}
    sent = deliver(shop, order(shop, customer, line), 1)
    page.reload()
    page.get_by_role("button", name="Apply to an invoice").click()
    dialog = page.get_by_role("dialog", name="Apply to which invoice?")
    expect(dialog.locator("input[name=idempotency_key]")).not_to_have_value("")
    dialog.get_by_label("Invoice").select_option(index=0)
    dialog.get_by_role("button", name="Apply").click()
    table = page.get_by_role("table", name="What became of it")
    expect(table).to_contain_text(sent.number, timeout=WAIT)
    expect(page.get_by_text("Nothing is left of this advance")).to_be_visible()
    expect_to_fit_everywhere(page, interface, ["/service-advances", "/service-advances/new"])
    assert broken_promises() == []
