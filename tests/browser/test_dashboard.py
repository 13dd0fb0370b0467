"""The manager's first page: real figures, each leading to its documents, kept current."""

import re

import pytest
from playwright.sync_api import expect
from redis import Redis

from erp.core.live_channel import live_channel
from tests.browser.offices import enter, expect_to_fit_everywhere
from tests.factories import make_shop
from tests.services.trading import tender

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("interface")]


@pytest.fixture(scope="module")
def busy(environment):
    """A shop with two bills of today, one by UPI, a lot on hold and one that is recalled."""
    assert environment
    shop = make_shop("busy")
    goods, other = shop.variant_ids[:2]
    shop.sell({goods: 3})
    shop.sell({other: 1}, tenders=[tender("upi", "105.00")])
    held = {"lot_id": shop.lot_ids[other][1], "reason": "Complaint"}
    shop.run("inventory.hold_lot", held)
    recalled = {"lot_id": shop.lot_ids[goods][1], "reason": "Maker's letter"}
    shop.run("inventory.recall_lot", recalled)
    return shop


def tile(page, label: str):
    return page.locator("a.tile", has_text=label)


def test_figures_are_those_of_the_database_and_lead_to_their_bills(
    browser_window, interface, busy, troubles
):
    page = enter(browser_window, interface, busy, "manager")
    expect(tile(page, "Sales today").locator(".tile-value")).to_have_text("₹420.00")
    expect(tile(page, "Stock value").locator(".tile-value")).to_have_text("₹35,760.00")
    expect(page.locator(".js-plotly-plot")).to_have_count(3)
    tile(page, "Sales today").click()
    expect(page).to_have_url(re.compile(r"/invoices\?counts=sale&from_day="))
    expect(page.locator("tbody tr")).to_have_count(2)
    assert troubles == []


def test_a_bar_leads_to_the_bills_it_is_made_of(browser_window, interface, busy):
    page = enter(browser_window, interface, busy, "manager")
    chart = page.locator(".card", has_text="How people paid this month")
    bars = chart.locator(".barlayer .point path")
    expect(bars).to_have_count(2)
    bar = bars.first.bounding_box()
    assert bar is not None
    page.mouse.click(bar["x"] + bar["width"] / 2, bar["y"] + bar["height"] / 2)
    expect(page).to_have_url(re.compile(r"method=upi"))
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody")).to_contain_text("₹105.00")


def test_what_needs_a_look_leads_there(browser_window, interface, busy):
    page = enter(browser_window, interface, busy, "manager")
    page.get_by_role("link", name="Lots on hold or recalled").click()
    expect(page).to_have_url(re.compile(r"/stock\?status=held"))
    expect(page.locator("tbody tr")).to_have_count(2)


def test_those_without_figures_get_their_own_shortcuts(browser_window, interface, busy):
    page = enter(browser_window, interface, busy, "cashier")
    expect(page.locator("a.shortcut[href='/till']")).to_be_visible()
    for address in ("/settings/members", "/till/registers"):
        expect(page.locator(f"a.shortcut[href='{address}']")).to_have_count(0)
    expect(page.locator(".tile-value")).to_have_count(0)


def test_it_fits_every_screen(browser_window, interface, busy):
    page = enter(browser_window, interface, busy, "manager")
    expect(page.locator(".js-plotly-plot").first).to_be_visible()
    expect_to_fit_everywhere(page, interface, ["/"])


def test_a_bill_that_is_posted_meanwhile_shows_by_itself(
    browser_window, interface, environment, redis_url
):
    assert environment
    shop = make_shop("watched")
    page = enter(browser_window, interface, shop, "manager")
    figure = tile(page, "Sales today").locator(".tile-value")
    expect(figure).to_have_text("₹0.00")
    shop.sell({shop.variant_ids[0]: 2})
    with Redis.from_url(redis_url) as redis:
        assert redis.publish(live_channel(shop.tenant_id, "pos"), "") > 0
    expect(figure).to_have_text("₹210.00")
