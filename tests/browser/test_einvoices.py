"""An accountant registers documents and has a way bill made, in a real browser and against a portal over HTTP."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from erp.core.settings import get_settings
from erp.simulate.invoice_portal import Fault
from tests.browser.offices import enter, expect_to_fit_everywhere
from tests.factories import Shop, broken_promises, make_shop
from tests.gate.serving import Server, serving
from tests.services.einvoicing.portals import (
    ask,
    ask_way_bill,
    einvoice_of,
    invoiced,
    portal,
    queue,
)
from tests.services.gst_returns.months import gstin_of
from tests.services.trading import rows

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("interface")]
WAIT = 15_000
__all__ = ["portal"]


@pytest.fixture
def shop(environment: dict[str, str]) -> Shop:
    assert environment
    return make_shop("reporter")


@pytest.fixture
def office(environment, interface, portal, tmp_path) -> Iterator[Server]:
    """The interface of a suite whose operator has set the portal up."""
    assert interface and portal  # noqa: PT018  both only start servers
    known = get_settings()
    own = {
        "EINVOICE_URL": known.einvoice_url,
        "EINVOICE_USERS": known.einvoice_users.get_secret_value(),
        "EINVOICE_PUBLIC_KEY": known.einvoice_public_key,
    }
    with serving(environment | own, tmp_path / "web.log", with_pages=True) as running:
        yield running


@pytest.fixture
def acting(open_window, office, shop):
    """Open a page in a window of its own as a member with a role."""
    return lambda role, path: enter(open_window(), office, shop, role, path)


def switch_on(page: Page) -> None:
    """Let the registration report from today on."""
    page.get_by_role("button", name="Change").click()
    dialog = page.get_by_role("dialog", name="E-invoices of this registration")
    expect(dialog.locator("input[name=idempotency_key]")).not_to_have_value("")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden(timeout=WAIT)
    expect(page.get_by_text("Reports documents from")).to_be_visible(timeout=WAIT)


def way_bill(page: Page) -> None:
    """Ask for a way bill on the page of an invoice; a wrong vehicle is said at its field first."""
    page.get_by_role("button", name="Prepare way bill").click()
    dialog = page.get_by_role("dialog", name="Way bill")
    expect(dialog.locator("input[name=idempotency_key]")).not_to_have_value("")
    dialog.get_by_label("Distance in km").fill("650")
    dialog.get_by_label("Vehicle").fill("LORRY")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("is no vehicle's number").first).to_be_visible(timeout=WAIT)
    dialog.get_by_label("Vehicle").fill("MH12AB1234")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden(timeout=WAIT)
    expect(page.get_by_role("link", name="Way bill", exact=True)).to_be_visible(timeout=WAIT)


def send_again(page: Page, server: Server, shop: Shop) -> None:
    """Send what was refused again, from the page of the document, and see it registered."""
    page.goto(f"{server.url}/gst/e-invoices?status=open")
    table = page.get_by_role("table", name="E-invoices")
    expect(table).to_contain_text("PIN code does not belong to the state")
    table.get_by_role("link").first.click()
    expect(page.get_by_role("table", name="What is wrong")).to_contain_text("Portal 3039")
    page.get_by_role("button", name="Send again").click()
    expect(page.get_by_text("On its way", exact=True)).to_be_visible(timeout=WAIT)
    ask(shop, rows(shop, "select id from einvoice")[0]["id"])


def cancel(page: Page, shop: Shop) -> None:
    """Have the portal cancel the document of the page."""
    page.get_by_role("button", name="Cancel", exact=True).click()
    dialog = page.get_by_role("dialog", name="Cancel at the portal?")
    expect(dialog.locator("input[name=idempotency_key]")).not_to_have_value("")
    dialog.get_by_label("In words").fill("Wrong customer")
    dialog.get_by_role("button", name="Cancel it").click()
    expect(dialog).to_be_hidden(timeout=WAIT)
    ask(shop, rows(shop, "select id from einvoice")[0]["id"])


def test_an_accountant_registers_carries_and_cancels(acting, shop, office, portal, troubles):
    page = acting("accountant", "/gst/registrations")
    expect(page.get_by_text(gstin_of(shop))).to_be_visible(timeout=WAIT)
    switch_on(page)
    portal.faults.append(Fault.REFUSED)
    sent = invoiced(shop)
    einvoice_id = queue(shop, sent.invoice_id)
    ask(shop, einvoice_id)
    send_again(page, office, shop)
    page.goto(f"{office.url}/invoices/{sent.invoice_id}")
    irn = einvoice_of(shop, sent.invoice_id)["irn"]
    expect(page.get_by_text(irn)).to_be_visible(timeout=WAIT)

    way_bill(page)
    (bill,) = rows(shop, "select id from way_bill")
    ask_way_bill(shop, bill["id"])
    (number,) = portal.books.way_bills
    page.goto(f"{office.url}/gst/way-bills/{bill['id']}")
    expect(page.get_by_role("heading", name=f"Way bill {number}")).to_be_visible(timeout=WAIT)
    shop.run("einvoicing.cancel_way_bill", {"way_bill_id": bill["id"], "code": "4", "reason": "x"})
    ask_way_bill(shop, bill["id"])

    page.goto(f"{office.url}/gst/e-invoices/{einvoice_id}")
    cancel(page, shop)
    page.goto(f"{office.url}/gst/e-invoices/{einvoice_id}")
    expect(page.get_by_text("Cancelled at the portal, and in the books.")).to_be_visible(
        timeout=WAIT
    )
    assert broken_promises() == []
    assert troubles == []
    paths = [
        "/gst/e-invoices",
        f"/gst/e-invoices/{einvoice_id}",
        "/gst/way-bills",
        f"/gst/way-bills/{bill['id']}",
        "/gst/registrations",
        f"/invoices/{sent.invoice_id}",
    ]
    expect_to_fit_everywhere(page, office, paths)
