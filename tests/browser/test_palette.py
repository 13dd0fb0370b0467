"""Ctrl-K finds pages, products, parties, documents and commands, and opens each."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.offices import enter
from tests.factories import make_shop
from tests.services.trading import add_customer

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("interface")]


@pytest.fixture(scope="module")
def findable(environment):
    """A shop with a customer who bought something."""
    assert environment
    shop = make_shop("findable")
    buyer = add_customer(shop, name="Prakash Medicals")
    sale = shop.sell({shop.variant_ids[0]: 1}, customer_id=buyer)
    return shop, sale


def find(page: Page, words: str, option: str | re.Pattern[str]) -> None:
    """Open the palette with the keyboard, type and take what it offers."""
    page.keyboard.press("Control+k")
    page.get_by_placeholder("Find pages").fill(words)
    page.get_by_role("option", name=option).first.click()
    expect(page.get_by_placeholder("Find pages")).to_have_count(0)


def test_each_kind_of_thing_is_found_and_opened(browser_window, interface, findable, troubles):
    shop, sale = findable
    page = enter(browser_window, interface, shop, "owner")
    heading = page.get_by_role("heading", level=1)
    find(page, "books", re.compile("Books|Trial"))
    expect(page).to_have_url(f"{interface.url}/books/trial-balance")
    expect(heading).to_have_text("Trial balance")
    find(page, "arnica", re.compile("Arnica"))
    expect(page).to_have_url(re.compile("/products/"))
    expect(heading).to_contain_text("Arnica")
    find(page, "prakash", re.compile("Prakash Medicals"))
    expect(page).to_have_url(re.compile("/parties/"))
    expect(heading).to_contain_text("Prakash Medicals")
    find(page, sale.number, sale.number)
    expect(page).to_have_url(re.compile("/(sales|invoices)/"))
    expect(heading).to_contain_text(sale.number)
    find(page, "add memb", re.compile("member", re.IGNORECASE))
    expect(page).to_have_url(f"{interface.url}/settings/members/new")
    assert troubles == []


def test_it_offers_nothing_that_the_role_may_not_do(browser_window, interface, findable):
    shop, _ = findable
    page = enter(browser_window, interface, shop, "cashier")
    page.keyboard.press("Control+k")
    page.get_by_placeholder("Find pages").fill("member")
    expect(page.get_by_text("Nothing by that name")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_placeholder("Find pages")).to_have_count(0)
