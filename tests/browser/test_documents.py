"""Sales and GST documents in the browser: found, opened, followed to what belongs to them."""

import io
import re

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.browser.offices import enter
from tests.factories import make_shop
from tests.services.trading import add_customer, tender

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("interface")]


@pytest.fixture(scope="module")
def papers(environment):
    """A shop with two bills, of which one line came back."""
    assert environment
    shop = make_shop("papers")
    buyer = add_customer(
        shop, name="Prakash Medicals", gst_category="regular", gstin="27ZZZPZ0103Z1Z6"
    )
    goods = shop.variant_ids[0]
    sale = shop.sell({goods: 3}, customer_id=buyer)
    shop.sell({goods: 1}, tenders=[tender("upi", "105.00")])
    back = {"sale_id": sale.sale_id, "shift_id": shop.shift_id, "reason": "Broken"}
    note = shop.run("pos.post_return", back | {"lines": [{"line_no": 1, "quantity": 1}]})
    return shop, sale, note


def test_a_bill_leads_to_its_document_books_return_and_history(
    browser_window, interface, papers, troubles
):
    shop, sale, note = papers
    page = enter(browser_window, interface, shop, "owner", "/sales")
    page.get_by_placeholder("Search by number or customer").fill("prakash")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.locator("tbody").get_by_role("link", name=sale.number, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Sale {sale.number}")
    expect(page.locator(".timeline")).to_contain_text("Sale posted")
    expect(page.get_by_role("link", name=note.number)).to_be_visible()
    page.get_by_role("link", name="Journal entry").click()
    expect(page).to_have_url(re.compile("/books/journal/"))
    expect(page.locator("main")).to_contain_text("Cost of Goods Sold")
    page.go_back()
    page.get_by_role("link", name="GST document").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Tax invoice {sale.number}")
    expect(page.locator("main")).to_contain_text("27ZZZPZ0103Z1Z6")
    expect(page.locator("main")).to_contain_text("MRP of the lot ₹105.00")
    assert troubles == []


@pytest.mark.parametrize(
    ("at", "which"), [("/invoices/{0.invoice_id}", 1), ("/sales/{0.return_id}", 2)]
)
def test_a_document_is_printed_from_its_page_and_every_later_paper_is_marked(
    browser_window, interface, papers, at, which
):
    shop, paper = papers[0], papers[which]
    page = enter(browser_window, interface, shop, "owner", at.format(paper))
    first = printed(page, interface, "A4 invoice")
    assert paper.number in first
    assert "DUPLICATE - REPRINT" not in first
    assert "DUPLICATE" in printed(page, interface, "Print receipt").upper()
    page.reload()
    prints = page.get_by_role("table", name="Prints").locator("tbody tr")
    expect(prints).to_have_count(2)
    expect(prints.nth(0)).to_contain_text("Original")
    expect(prints.nth(1)).to_contain_text("Duplicate")


def printed(page, interface, link):
    href = page.get_by_role("link", name=link).get_attribute("href")
    answer = page.request.get(f"{interface.url}{href}")
    assert answer.status == 200
    pages = PdfReader(io.BytesIO(answer.body())).pages
    return "".join(one.extract_text() for one in pages).replace("\u2010", "-")


def test_lists_are_narrowed_and_the_address_keeps_it(browser_window, interface, papers):
    shop, _, note = papers
    page = enter(browser_window, interface, shop, "owner", "/invoices")
    page.get_by_label("Kind").select_option("credit_note")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody")).to_contain_text(note.number)
    expect(page).to_have_url(re.compile("kind=credit_note"))
    page.reload()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("tbody tr")).to_have_count(3)


def test_a_list_is_exported_as_it_is_narrowed(browser_window, interface, papers):
    shop, _, _ = papers
    page = enter(browser_window, interface, shop, "owner", "/sales?method=upi")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("button", name="Export this list").click()
    href = page.get_by_role("menu").get_by_role("link", name="CSV").get_attribute("href")
    answer = page.request.get(f"{interface.url}{href}")
    assert answer.status == 200
    assert len(answer.text().strip().splitlines()) == 2


def test_a_document_of_a_stranger_is_not_here(browser_window, interface, papers):
    _, sale, _ = papers
    page = enter(browser_window, interface, make_shop("nosy"), "owner", f"/sales/{sale.sale_id}")
    expect(page.locator("main")).to_contain_text("There is no such sale")
    page.get_by_role("link", name="All sales").click()
    expect(page.locator("main")).to_contain_text("No sale yet")
