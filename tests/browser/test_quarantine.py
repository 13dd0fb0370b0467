"""Goods are put apart and decided about, packs are made, and a warehouse gets its rules."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.offices import enter
from tests.factories import Shop, broken_promises, make_shop

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("interface")]


@pytest.fixture
def shop(environment: dict[str, str]) -> Shop:
    assert environment
    return make_shop("apart", products=2, lots=1, stock=20)


def find(page: Page, label: str, words: str) -> None:
    page.get_by_label(label).fill(words)
    page.locator(".lookup-list [role=option]").first.wait_for()
    page.keyboard.press("Enter")


def test_goods_are_put_apart_and_decided_about(open_window, interface, shop, troubles):
    page = enter(open_window(), interface, shop, "storekeeper", "/stock/quarantine")
    expect(page.get_by_text("Nothing waits for a decision")).to_be_visible()
    page.get_by_role("link", name="Put goods apart").first.click()
    find(page, "Add a lot", "arnica 1")
    page.get_by_label("Apart", exact=True).fill("5")
    page.get_by_label("Reason").select_option("suspected")
    page.get_by_role("button", name="Review").click()
    page.get_by_role("dialog").get_by_role("button", name="Put apart").click()
    row = page.get_by_role("row", name=re.compile("Arnica 1"))
    expect(row).to_contain_text("Suspected")
    expect(page.get_by_role("button", name="Decide")).to_have_count(0)

    page = enter(open_window(), interface, shop, "manager", "/stock/quarantine")
    page.get_by_role("button", name="Decide").click()
    page.get_by_label("What becomes of them").select_option("released")
    page.get_by_label("Units").fill("3")
    page.get_by_role("dialog").get_by_label("Why").fill("Checked with the maker")
    page.get_by_role("button", name="Decide", exact=True).last.click()
    expect(page.get_by_role("row", name=re.compile("3 released"))).to_be_visible()
    assert shop.on_hand(shop.variant_ids[0]) == 18
    assert broken_promises() == []
    assert troubles == []


def test_packs_are_made_and_their_label_is_printed(open_window, interface, shop, troubles):
    page = enter(open_window(), interface, shop, "storekeeper", "/stock/dispensing/new")
    expect(page.locator("[name=place]")).to_contain_text("Main")
    find(page, "What is made", "SKU2")
    find(page, "Add a lot", "arnica 1")
    page.get_by_label("Used in all").fill("2")
    page.get_by_label("Packs*", exact=True).fill("4")
    page.get_by_label("MRP of a pack").fill("60")
    page.get_by_role("button", name="Review").click()
    page.get_by_role("dialog").get_by_role("button", name="Make packs").click()
    row = page.get_by_role("row", name=re.compile("DP.*Arnica 2.*2 BTL of Arnica 1"))
    expect(row).to_be_visible()
    with page.expect_download() as paper:
        page.get_by_role("link", name="Label").click()
    assert paper.value.suggested_filename.endswith("label.pdf")
    row.get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Dispensed here")).to_be_visible()
    assert shop.on_hand(shop.variant_ids[1]) == 24
    assert broken_promises() == []
    assert troubles == []


def test_a_warehouse_is_given_its_rules(open_window, interface, shop):
    page = enter(open_window(), interface, shop, "manager", "/warehouses")
    expect(page.get_by_role("row", name=re.compile("First to expire"))).to_be_visible()
    page.get_by_role("button", name="Rules").click()
    page.get_by_label("Which lot leaves first").select_option("fifo")
    page.get_by_label(re.compile("Keep what customers bring back")).check()
    page.get_by_role("button", name="Save").click()
    expect(
        page.get_by_role("row", name=re.compile("First that came.*To quarantine"))
    ).to_be_visible()
    (warehouse,) = shop.run("inventory.list_warehouses").rows
    assert (warehouse.removal, warehouse.quarantines_returns) == ("fifo", True)
