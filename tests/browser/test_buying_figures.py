"""Figures of buying in a real browser: what came is added up, and every figure leads to its rows."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.offices import enter
from tests.factories import Shop, make_shop
from tests.services.purchasing.ordering import (
    bring,
    known_supplier,
    line,
    place,
    receive,
    supplier,
)

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("interface")]


@pytest.fixture(scope="module")
def shop(environment: dict[str, str]) -> Shop:
    """A shop that bought one product at two prices of two suppliers, in part too late."""
    assert environment
    made = make_shop("figures", lots=0)
    supplier(made)
    other = supplier(made, name="Wheezal House")
    bring(made, 10, "50", days=5, supplier_id=other, reference="W-1")
    order = place(made, line(made, 10), expected_on=made.ctx.today)
    receive(made, order, {1: 4})
    return made


def tile(page: Page, label: str):
    return page.locator("a.tile", has_text=label)


def product_of(shop: Shop) -> str:
    found = shop.run("catalog.get_variant", {"variant_id": shop.variant_ids[0]})
    return f"/products/{found.product_id}?variant_id={shop.variant_ids[0]}"


def test_figures_lead_to_the_rows_they_are_made_of(browser_window, interface, shop, troubles):
    page = enter(browser_window, interface, shop, "manager", "/purchases/figures")
    expect(tile(page, "Received").locator(".tile-value")).to_have_text("₹740.00")
    expect(tile(page, "Dearer goods").locator(".tile-value")).to_have_text("₹40.00")
    expect(page.locator(".js-plotly-plot")).to_have_count(3)
    cards = page.get_by_role("table", name="Suppliers' scorecards")
    expect(cards.locator("tbody tr")).to_have_count(2)
    expect(cards.get_by_role("row", name="SBL Agencies")).to_contain_text("4 of 4")
    cards.get_by_role("button", name="Supplier").click()
    expect(page).to_have_url(re.compile(r"period=quarter&sort=supplier"))
    page.get_by_label("Period", exact=True).select_option("last_month")
    expect(page).to_have_url(re.compile("period=last_month"))
    page.get_by_label("Period", exact=True).select_option("quarter")
    expect(tile(page, "Received").locator(".tile-value")).to_have_text("₹740.00")
    tile(page, "Received").click()
    expect(page).to_have_url(re.compile(r"/purchases/figures/received\?from_day="))
    expect(page.get_by_role("table", name="Goods received").locator("tbody tr")).to_have_count(2)
    expect(page.get_by_text("₹740.00 for 14 units, tax excluded")).to_be_visible()
    assert troubles == []


def test_a_rise_leads_to_the_prices_of_its_product(browser_window, interface, shop, troubles):
    page = enter(browser_window, interface, shop, "manager", "/purchases/figures/prices")
    row = page.get_by_role("row", name="Arnica 1 30C 30 ml SBL")
    expect(row).to_contain_text("20%")
    row.get_by_role("link").click()
    prices = page.get_by_role("table", name="Prices paid")
    expect(prices.locator("tbody tr")).to_have_count(2)
    expect(prices.get_by_role("row", name="Wheezal House")).to_contain_text("₹50.00")
    expect(page.locator(".js-plotly-plot .scatterlayer .trace")).to_have_count(2)
    assert troubles == []


def test_a_suppliers_scorecard_stands_on_their_page(browser_window, interface, shop, troubles):
    at = f"/parties/{known_supplier(shop)}"
    page = enter(browser_window, interface, shop, "manager", at)
    card = page.locator("section.card", has_text="As a supplier")
    expect(card.locator("a.tile", has_text="On time").locator(".tile-value")).to_have_text("100%")
    card.locator("a.tile", has_text="Orders sent").click()
    expect(page).to_have_url(re.compile(r"/purchases\?supplier_id="))
    expect(page.locator("tbody tr")).to_have_count(1)
    assert troubles == []


def test_who_sees_no_orders_sees_no_prices_on_a_product(browser_window, interface, shop):
    page = enter(browser_window, interface, shop, "cashier", product_of(shop))
    expect(page.get_by_role("heading", name="Potencies and packs")).to_be_visible()
    expect(page.get_by_role("heading", name="Prices paid")).to_have_count(0)


def test_an_order_line_says_what_was_paid_last_and_the_order_is_printed(
    browser_window, interface, shop
):
    page = enter(browser_window, interface, shop, "storekeeper", "/purchases/new")
    page.get_by_label("Add a product").fill("arnica 1")
    page.locator(".lookup-list [role=option]").first.wait_for()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Last ₹60.00 a BTL from SBL Agencies on")).to_be_visible()
    order = shop.run("purchasing.list_orders").rows[0]
    page.goto(f"{interface.url}/purchases/{order.id}")
    with page.expect_download() as started:
        page.get_by_role("link", name="PDF").click()
    assert started.value.suggested_filename == f"{order.number.replace('/', '-')}-v1.pdf"
