"""A manager sees what is due to be counted, has it counted, and how right the books were."""

import pytest
from playwright.sync_api import expect

from tests.browser.offices import enter, expect_to_fit, expect_to_fit_everywhere
from tests.factories import broken_promises, make_shop
from tests.services.inventory.counts import approve, record, submit

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("interface")]

PATHS = ("/stock/counts/due", "/stock/counts/accuracy")


def test_what_is_due_is_counted_and_the_accuracy_follows(open_window, interface, troubles):
    shop = make_shop("rounds", products=2, lots=2, stock=20)
    page = enter(open_window(), interface, shop, "manager", "/stock/counts")
    page.get_by_role("link", name="Due", exact=True).click()
    tile = page.get_by_role("button", name="Class C, every 180 days")
    expect(tile).to_contain_text("4 of 4 lots")
    expect(tile).to_contain_text("4 never counted")
    expect_to_fit(page)
    page.get_by_role("button", name="Set an interval").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Class").select_option("C")
    dialog.get_by_label("Count within days").fill("0")
    dialog.get_by_role("button", name="Set interval").click()
    expect(dialog.get_by_label("Count within days")).to_have_accessible_description(
        "Type a number of at least 1."
    )
    dialog.get_by_label("Count within days").fill("60")
    dialog.get_by_role("button", name="Set interval").click()
    tile = page.get_by_role("button", name="Class C, every 60 days")
    tile.click()
    expect(tile).to_have_attribute("aria-pressed", "true")
    page.get_by_role("link", name="Count what is due").click()
    expect(page.get_by_label("What is counted")).to_have_value("due")
    expect(page.get_by_label("Class")).to_have_value("C")
    page.get_by_role("button", name="Start counting").click()
    expect(page.get_by_text("0 of 4 lots")).to_be_visible()
    counted = shop.run("inventory.list_counts").rows[0]
    assert (counted.is_due, counted.abc) == (True, "C")
    page.goto(f"{interface.url}/stock/counts/due")
    expect(page.get_by_text("Nothing is due", exact=True).last).to_be_visible()

    keeper = shop.acting_as("storekeeper")
    lots = [lot for variant in shop.variant_ids for lot in shop.lot_ids[variant]]
    record(shop, counted.id, dict(zip(lots, (19, 20, 20, 20), strict=True)), by=keeper)
    submit(shop, counted.id, by=keeper)
    approve(shop, counted.id, by=shop.acting_as("manager"))
    page.get_by_role("link", name="Accuracy", exact=True).click()
    expect(page.get_by_text("75.0%", exact=True)).to_be_visible()
    expect(page.get_by_text("3 of 4 lots exact").first).to_be_visible()
    expect(page.get_by_role("row", name="Arnica 1")).to_contain_text("₹60.00")
    expect_to_fit_everywhere(page, interface, PATHS)
    assert broken_promises() == []
    assert troubles == []
