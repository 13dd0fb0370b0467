"""A month's GST return, in a real browser: a difference is seen and mended, the return filed, a late bill refused."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from erp.core.clock import utc_now
from tests.browser.offices import enter, expect_to_fit_everywhere
from tests.factories import Shop, broken_promises, make_shop
from tests.services.purchasing.ordering import supplier
from tests.services.sales.ordering import buyer, goods

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("interface")]
ARN = "AA2711260000012"


@pytest.fixture
def shop(environment: dict[str, str]) -> Shop:
    assert environment
    return make_shop("filer")


@pytest.fixture
def acting(open_window, interface, shop):
    """Open a page in a window of its own as a member with a role."""
    return lambda role, path: enter(open_window(), interface, shop, role, path)


def last_month(shop: Shop) -> date:
    """Return a day in the month before this."""
    return shop.ctx.today.replace(day=1) - timedelta(days=3)


def sold(shop: Shop, at: datetime) -> None:
    """Deliver an order of last month."""
    wanted = {"customer_id": buyer(shop, name="Nirmala Stores"), "lines": [goods(shop, 10)]}
    made = shop.run("sales.take_order", wanted, at=at)
    sent = {"order_id": made.id, "lines": [{"order_line_no": 1, "quantity": 10}]}
    shop.run("billing.deliver_order", sent, at=at)


def typed(shop: Shop, debit: str, credit: str) -> Any:
    """Type an entry of last month."""
    lines = [{"account_key": debit, "debit": "7.00"}, {"account_key": credit, "credit": "7.00"}]
    entry = {"effective_on": last_month(shop), "narration": "By mistake", "lines": lines}
    return shop.run("accounting.post_manual_entry", entry)


def paid(shop: Shop) -> None:
    """File the month's GSTR-3B as well."""
    gstin = shop.run("gst_returns.list_registrations").rows[0].gstin
    shop.run("gst_returns.deposit_cash", {"gstin": gstin, "reference": "C1", "amount": "99.00"})
    month = {"gstin": gstin, "form": "gstr3b", "starts_on": last_month(shop).replace(day=1)}
    made = shop.run("gst_returns.prepare_return", month)
    filed = {"return_id": made.id, "arn": ARN, "filed_on": shop.ctx.today}
    shop.run("gst_returns.file_return", filed)


def mended(page: Page) -> str:
    """Prepare again, download the file, look behind a figure; return the end of the address."""
    page.get_by_role("button", name="Prepare again").click()
    expect(page.get_by_text("· version 2")).to_be_visible(timeout=15_000)
    with page.expect_download() as download:
        page.get_by_role("link", name="Portal JSON").click()
    assert download.value.suggested_filename.startswith("GSTR1_27")
    returned = page.url.partition("/gst")[2]
    page.get_by_role("link", name="4 Invoices to registered buyers").click()
    expect(page.get_by_role("table", name="Rows")).to_contain_text("Nirmala Stores")
    return returned


def marked_as_filed(page: Page, shop: Shop) -> None:
    page.get_by_role("button", name="Mark as filed").click()
    dialog = page.get_by_role("dialog", name="Filed on the portal?")
    expect(dialog.locator("input[name=idempotency_key]")).not_to_have_value("")
    dialog.get_by_label("ARN").fill(ARN.lower())
    dialog.get_by_label("Filed on").fill(f"{shop.ctx.today:%d-%m-%Y}")
    dialog.get_by_role("button", name="Mark as filed").click()
    expect(page.get_by_text("Its period is locked.")).to_be_visible(timeout=15_000)


def refused_as_late(page: Page, shop: Shop) -> None:
    """Book a change of credit into the filed month, and read what to do instead."""
    page.get_by_role("button", name="Credit", exact=True).click()
    dialog = page.get_by_role("dialog", name="Change credit")
    expect(dialog.locator("input[name=idempotency_key]")).not_to_have_value("")
    dialog.get_by_label("CGST").fill("5")
    dialog.get_by_label("Booked on").fill(f"{last_month(shop):%d-%m-%Y}")
    dialog.get_by_label("Reason").fill("Too late")
    dialog.get_by_role("button", name="Record").click()
    expect(dialog.get_by_text("use a day after it").first).to_be_visible(timeout=15_000)


def test_what_nothing_can_mend_is_taken_as_it_is_and_taken_up_again(
    acting, shop, interface, troubles
):
    """Tax of last year, paid by hand: an entry of no document that stays."""
    sold(shop, utc_now() - (shop.ctx.today - last_month(shop)))
    typed(shop, "bank", "output_cgst")
    gstin = shop.run("gst_returns.list_registrations").rows[0].gstin
    month = {"gstin": gstin, "form": "gstr1", "starts_on": last_month(shop).replace(day=1)}
    made = shop.run("gst_returns.prepare_return", month)
    seen = acting("manager", f"/gst/{made.id}")
    expect(seen.get_by_role("table", name="What does not agree")).to_contain_text("By mistake")
    expect(seen.get_by_role("button", name="Take as it is")).to_be_hidden()

    page = acting("accountant", f"/gst/{made.id}")
    page.get_by_role("button", name="Take as it is").click()
    dialog = page.get_by_role("dialog", name="Take this as it is?")
    expect(dialog.locator("input[name=idempotency_key]")).not_to_have_value("")
    dialog.get_by_role("button", name="Take as it is").click()
    expect(dialog.get_by_text("Fill this in.")).to_be_visible(timeout=15_000)
    dialog.get_by_label("Reason").fill("Tax of March, paid before going live")
    dialog.get_by_role("button", name="Take as it is").click()
    taken = page.get_by_role("table", name="Taken as it is")
    expect(taken).to_contain_text("Tax of March, paid before going live", timeout=15_000)
    expect(page.get_by_text("· version 2")).to_be_visible()
    expect(page.get_by_role("link", name="Portal JSON")).to_be_visible()
    expect_to_fit_everywhere(page, interface, [page.url.partition(interface.url)[2]])

    page.get_by_role("button", name="Take it up again").click()
    page.get_by_role("dialog").get_by_role("button", name="Take it up", exact=True).click()
    expect(page.get_by_text("· version 3")).to_be_visible(timeout=15_000)
    expect(page.get_by_role("link", name="Portal JSON")).to_be_hidden()
    assert troubles == []


def test_a_month_is_prepared_mended_and_filed(acting, shop, interface, troubles):
    then = utc_now() - (shop.ctx.today - last_month(shop))
    sold(shop, then)
    typed(shop, "bank", "output_cgst")
    page = acting("owner", "/gst")
    page.get_by_role("button", name="Prepare a return").first.click()
    dialog = page.get_by_role("dialog", name="Prepare a return")
    expect(dialog.locator("input[name=idempotency_key]")).not_to_have_value("")
    dialog.get_by_role("button", name="Prepare").click()
    expect(page.get_by_role("heading", name="GSTR-1")).to_be_visible(timeout=15_000)
    gaps = page.get_by_role("table", name="What does not agree with the books")
    expect(gaps).to_contain_text("By mistake")
    expect(page.get_by_role("link", name="Portal JSON")).to_be_hidden()
    expect(page.get_by_role("button", name="Mark as filed")).to_be_hidden()

    typed(shop, "output_cgst", "bank")
    returned = mended(page)
    page.goto(f"{interface.url}/gst{returned}")
    marked_as_filed(page, shop)
    paid(shop)
    page.goto(f"{interface.url}/gst")
    refused_as_late(page, shop)
    assert broken_promises() == []
    assert troubles == []
    paths = [
        "/gst",
        f"/gst{returned}",
        f"/gst/rows?return_id={returned[1:]}&part=b2b",
        "/gst/matching",
        "/gst/credit-changes",
    ]
    expect_to_fit_everywhere(page, interface, paths)


def recorded(shop: Shop) -> None:
    """Freight under reverse charge, and two changes of credit, of which one is cancelled."""
    gstin = shop.run("gst_returns.list_registrations").rows[0].gstin
    carrier = supplier(shop, name="Ganesh Roadways", gst_category="unregistered")
    freight = {"gstin": gstin, "supplier_id": carrier, "description": "Freight to Pune"}
    freight |= {"hsn": "996791", "taxable": "2000.00", "rate": "5"}
    shop.run("gst_returns.record_reverse_charge", freight)
    change = {"gstin": gstin, "cgst": "90.00", "sgst": "90.00"}
    common = {"kind": "common", "reason": "Share of exempt supplies, October"}
    wrong = shop.run("gst_returns.change_credit", change | common)
    unpaid = {"kind": "unpaid", "reason": "SBL Agencies, unpaid for 180 days"}
    shop.run("gst_returns.change_credit", change | unpaid)
    why = {"credit_change_id": wrong.id, "reason": "Typed twice"}
    shop.run("gst_returns.cancel_credit_change", why)


def cancelled(page: Page, row: str, button: str, title: str) -> None:
    """Cancel what a row of the list records, for a reason that is asked for."""
    page.get_by_role("row", name=row).get_by_role("button", name=button).click()
    dialog = page.get_by_role("dialog", name=title)
    expect(dialog.locator("input[name=idempotency_key]")).not_to_have_value("")
    dialog.get_by_role("button", name=title.replace("this", "the").rstrip("?")).click()
    expect(dialog.get_by_text("Fill this in.")).to_be_visible(timeout=15_000)
    dialog.get_by_label("Reason").fill("A nought too many")
    dialog.get_by_role("button", name=title.replace("this", "the").rstrip("?")).click()
    expect(page.get_by_role("row", name=row)).to_contain_text("A nought too many", timeout=15_000)
    expect(page.get_by_role("row", name=row).get_by_role("button", name=button)).to_be_hidden()


def test_what_was_typed_wrong_is_cancelled_on_its_page(acting, shop, interface, troubles):
    recorded(shop)
    page = acting("accountant", "/gst/reverse-charges")
    cancelled(page, "Ganesh Roadways", "Cancel reverse charge", "Cancel this reverse charge?")
    page.goto(f"{interface.url}/gst/credit-changes")
    cancelled(page, "SBL Agencies", "Cancel change of credit", "Cancel this change of credit?")
    seen = acting("auditor", "/gst/credit-changes")
    expect(seen.get_by_role("row", name="SBL Agencies")).to_contain_text("Cancelled")
    expect(seen.get_by_role("button", name="Cancel change of credit")).to_be_hidden()
    assert broken_promises() == []
    assert troubles == []
    paths = ["/gst/reverse-charges", "/gst/credit-changes", "/gst/amendments"]
    expect_to_fit_everywhere(page, interface, paths)
