"""The manager's first page: real figures, each leading to its documents, kept current."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from redis import Redis

from erp.core.live_channel import live_channel
from tests.browser.offices import enter, expect_to_fit_everywhere
from tests.factories import make_shop, receipt_line
from tests.services.trading import tender

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("interface")]


LADDER = {"0-30": 20, "31-60": 45, "61-90": 80}
"""The rungs, and the days until the one lot on each expires."""
NONE = {"height": 0.0}


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


@pytest.fixture(scope="module")
def ageing(environment):
    """A shop with a bill of today and a lot on each rung of the expiry ladder."""
    assert environment
    shop = make_shop("ageing")
    for days in LADDER.values():
        given = {"lines": [receipt_line(shop.ctx, shop.variant_ids[2], 10, days=days)]}
        shop.run("inventory.receive_goods", given, confirm=["short_shelf_life"])
    shop.sell({shop.variant_ids[0]: 1})
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
    bars = bars_of(page, "How people paid this month")
    expect(bars).to_have_count(2)
    click_bar(page, bars.first)
    expect(page).to_have_url(re.compile(r"method=upi"))
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody")).to_contain_text("₹105.00")


def bars_of(page, title: str):
    """Return the bars that a chart really draws."""
    return page.locator(".card", has_text=title).locator(".barlayer .point path")


def click_bar(page, bar) -> None:
    box = bar.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


@pytest.mark.parametrize("rung", LADDER)
def test_each_rung_of_the_expiry_ladder_leads_to_its_lots(browser_window, interface, ageing, rung):
    page = enter(browser_window, interface, ageing, "manager")
    expect(page.locator(".js-plotly-plot")).to_have_count(4)
    rungs = bars_of(page, "Stock by days to expiry")
    expect(rungs).to_have_count(4)  # from the bottom: the last rung first, and what has expired
    click_bar(page, rungs.nth(len(LADDER) - 1 - list(LADDER).index(rung)))
    expect(page).to_have_url(re.compile(rf"/stock/expiry\?rung={rung}$"))
    expect(page.locator("tbody tr")).to_have_count(1)
    day = ageing.ctx.today + timedelta(days=LADDER[rung])
    expect(page.locator("tbody")).to_contain_text(f"{day:%m/%Y}")


@pytest.mark.parametrize("title", ["Sales today by hour", "Sales this month by day"])
def test_a_bar_of_sales_leads_to_its_bill(browser_window, interface, ageing, title):
    page = enter(browser_window, interface, ageing, "manager")
    found = bars_of(page, title)
    expect(found.first).to_be_attached()
    tallest = max(
        range(found.count()), key=lambda i: (found.nth(i).bounding_box() or NONE)["height"]
    )
    click_bar(page, found.nth(tallest))
    expect(page).to_have_url(re.compile(r"/invoices\?counts=sale&from_"))
    expect(page.locator("tbody tr")).to_have_count(1)


@pytest.mark.parametrize(
    ("label", "figure", "leads"),
    [
        ("Sales this month", "₹105.00", (r"/invoices\?counts=sale&from_day=", "₹105.00")),
        ("Waiting for review", "0", (r"/imaging\?ready=yes", "Nothing matches")),
        ("Stock value", "₹37,740.00", ("/stock/valuation", "₹37,740.00")),
    ],
)
def test_a_tile_leads_to_what_it_counts(browser_window, interface, ageing, label, figure, leads):
    place, shown = leads
    page = enter(browser_window, interface, ageing, "manager")
    expect(tile(page, label).locator(".tile-value")).to_have_text(figure)
    tile(page, label).click()
    expect(page).to_have_url(re.compile(place))
    expect(page.locator("main")).to_contain_text(shown)


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
