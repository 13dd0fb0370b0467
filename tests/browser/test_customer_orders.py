"""Selling to order in a real browser: a pasted list becomes a quotation, an order, and invoices."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.offices import enter
from tests.factories import Shop, broken_promises, make_shop
from tests.services.books import balance
from tests.services.sales.ordering import buyer
from tests.services.sales.pricing import make_list, set_scheme

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("interface")]


@pytest.fixture
def shop(environment: dict[str, str]) -> Shop:
    assert environment
    made = make_shop("orders-out")
    buyer(made, name="Nirmala Stores")
    set_scheme(made, make_list(made), 10, 1)
    return made


@pytest.fixture
def acting(open_window, interface, shop):
    """Open a page in a window of its own as a member with a role."""
    return lambda role, path: enter(open_window(), interface, shop, role, path)


def choose_customer(page: Page) -> None:
    page.get_by_label("Customer*", exact=True).fill("Nirmala")
    page.locator(".lookup-list [role=option]").first.wait_for()
    page.keyboard.press("Enter")


def test_a_pasted_list_becomes_a_quotation_an_order_and_two_invoices(acting, shop, troubles):
    page = acting("manager", "/orders/quote")
    choose_customer(page)
    page.get_by_role("button", name="Paste a list").click()
    dialog = page.get_by_role("dialog", name="Paste a customer")
    dialog.get_by_label("The list").fill("Arnica 1 30 - 10\nno such thing xqz")
    dialog.get_by_role("button", name="Add these").click()
    expect(dialog.get_by_text("Nothing was found for the lines below")).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    expect(page.get_by_text("+ 10 free").or_(page.get_by_text("+ 1 free"))).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="GST")).to_contain_text("1,050.00")
    page.get_by_role("button", name="Make quotation").click()
    expect(page.get_by_role("heading", name="QT/")).to_be_visible(timeout=15_000)

    page.get_by_role("button", name="Customer ordered").click()
    page.get_by_role("dialog").get_by_role("button", name="Take the order").click()
    expect(page.get_by_role("heading", name="SO/")).to_be_visible(timeout=15_000)
    expect(page.get_by_text("11 kept")).to_be_visible()

    page.get_by_role("link", name="Deliver", exact=True).click()
    page.get_by_label("Units").fill("4")
    page.get_by_label("Carrier").fill("Shree Transport")
    page.get_by_role("button", name="Deliver and invoice").click()
    expect(page.get_by_text("7 kept")).to_be_visible(timeout=15_000)
    page.get_by_role("link", name="Deliver", exact=True).click()
    expect(page.get_by_label("Units")).to_have_value("6", timeout=15_000)
    page.get_by_role("button", name="Deliver and invoice").click()
    expect(page.get_by_text("All delivered")).to_be_visible(timeout=15_000)
    expect(page.get_by_role("table", name="Deliveries").get_by_role("row")).to_have_count(3)
    assert balance(shop, "debtors") == 1050
    assert broken_promises() == []
    assert troubles == []
