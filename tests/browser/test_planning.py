"""Planning of stock in a real browser: age, idle goods, classes, and buying again."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.offices import enter
from tests.factories import Shop, make_shop
from tests.services.inventory.past_goods import make_supplier, receive, sell

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("interface")]


@pytest.fixture
def shop(environment: dict[str, str]) -> Shop:
    """A shop with an old lot that stands still and a product below its reorder point."""
    assert environment
    shop = make_shop("planner", lots=0)
    supplier = make_supplier(shop)
    receive(shop, days_ago=200, quantity=50, days=60, supplier=supplier, lot_number="OLD1")
    receive(shop, days_ago=20, quantity=30, product=1, supplier=supplier, lot_number="NEW1")
    sell(shop, 10, days_ago=1, product=1)
    rule = {"variant_id": shop.variant_ids[1], "reorder_point": 25}
    shop.run("inventory.set_reorder_rule", rule)
    return shop


def test_a_rate_that_is_set_changes_what_holding_costs(browser_window, interface, shop):
    page = enter(browser_window, interface, shop, "manager", "/stock/ageing?bucket=180%2B")
    expect(page.get_by_role("row", name="OLD1")).to_contain_text("₹30.00")
    expect(page.get_by_role("row", name="NEW1")).to_have_count(0)

    page.get_by_role("button", name="Set a rate").click()
    page.get_by_label("Percent a year").fill("24")
    page.get_by_role("button", name="Set rate", exact=True).click()

    expect(page.get_by_role("row", name="OLD1")).to_contain_text("₹60.00")
    expect(page.get_by_role("row", name="OLD1")).to_contain_text("24% a year")


def test_a_dead_lot_tells_what_to_do_and_why(browser_window, interface, shop):
    page = enter(browser_window, interface, shop, "storekeeper", "/stock/ageing/idle")
    page.get_by_role("button", name=re.compile("^Dead")).click()
    row = page.get_by_role("row", name="OLD1")
    expect(row).to_contain_text("Return to supplier")
    expect(row).to_contain_text("SBL takes it back until")
    expect(page).to_have_url(re.compile("idleness=dead"))
    expect(page.get_by_role("button", name="Write down terms")).to_have_count(0)


def test_a_class_opens_into_its_products(browser_window, interface, shop):
    page = enter(browser_window, interface, shop, "storekeeper", "/stock/ageing/classes")
    page.get_by_role("button", name=re.compile("^AZ")).click()
    expect(page.get_by_role("row", name="Arnica 2")).to_be_visible()
    expect(page.get_by_role("row", name="Arnica 1")).to_have_count(0)


def test_a_suggestion_becomes_an_order_and_is_closed_by_it(browser_window, interface, shop):
    page = enter(browser_window, interface, shop, "storekeeper", "/stock/reorder")
    expect(page.get_by_text("Nothing to buy")).to_be_visible()
    page.get_by_role("button", name="Look now").click()
    row = page.get_by_role("row", name="Arnica 2")
    expect(row).to_contain_text("Set for this branch")
    (suggested,) = shop.run("inventory.list_suggestions").rows

    page.get_by_role("link", name="Order all").click()
    expect(page.locator("input[name='line-1.quantity']")).to_have_value(str(suggested.quantity))
    page.get_by_role("button", name="Place order").click()
    expect(page).to_have_url(re.compile(r"/purchases/[0-9a-f-]{36}$"))

    assert shop.run("inventory.list_suggestions").rows == []
    (closed,) = shop.run("inventory.list_suggestions", {"status": "ordered"}).rows
    assert closed.quantity == suggested.quantity


def test_a_suggestion_is_dismissed_with_a_reason(browser_window, interface, shop):
    shop.run("inventory.suggest_reorders")
    page = enter(browser_window, interface, shop, "storekeeper", "/stock/reorder")
    page.get_by_role("button", name="Dismiss").click()
    page.get_by_label("Why not").fill("Season is over")
    page.get_by_role("button", name="Dismiss", exact=True).click()
    expect(page.get_by_text("Nothing to buy")).to_be_visible()

    page.get_by_label("Status").select_option("dismissed")
    expect(page.get_by_role("row", name="Arnica 2")).to_contain_text("Season is over")
