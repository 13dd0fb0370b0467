"""Warehouses, places and tills are set up by people, and goods are asked for by a pasted list."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.offices import enter, expect_to_fit
from tests.factories import make_shop

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("interface")]


@pytest.fixture
def shop(environment):
    assert environment
    return make_shop("settingup")


def test_a_warehouse_a_shelf_and_a_till_are_set_up(open_window, interface, shop, troubles):
    page = enter(open_window(), interface, shop, "owner", "/warehouses")
    page.get_by_role("button", name="New warehouse").click()
    dialog = page.get_by_role("dialog", name="New warehouse")
    dialog.get_by_role("button", name="Open the warehouse").click()
    expect(dialog.get_by_label("Code")).to_have_accessible_description("Fill this in.")
    dialog.get_by_label("Name").fill("Annexe")
    dialog.get_by_label("Code").fill("anx")
    dialog.get_by_role("button", name="Open the warehouse").click()
    expect(page.get_by_role("row", name=re.compile("Annexe.*ANX-QRN.*Quarantine"))).to_be_visible()

    page.get_by_role("row", name=re.compile("Annexe.*First to expire")).get_by_role(
        "button", name="Add a place"
    ).click()
    dialog = page.get_by_role("dialog", name="Add a place")
    dialog.get_by_label("Name").fill("Top shelf")
    dialog.get_by_label("Code").fill("anx-top")
    dialog.get_by_label("Part of").select_option(label="Annexe (For sale)")
    dialog.get_by_role("button", name="Add the place").click()
    shelf = page.get_by_role("row", name=re.compile("Top shelf.*ANX-TOP.*For sale"))
    expect(shelf).to_be_visible()
    expect(shelf.locator(".tree-place")).to_have_attribute("data-depth", "1")

    page.goto(f"{interface.url}/till/registers")
    page.get_by_role("button", name="New till").click()
    dialog = page.get_by_role("dialog", name="New till")
    dialog.get_by_label("Name").fill("Annexe counter")
    dialog.get_by_label("Code").fill("anx1")
    place = dialog.locator("option", has_text="Top shelf").get_attribute("value")
    dialog.get_by_label("Sells from").select_option(place)
    dialog.get_by_role("button", name="Set up the till").click()
    row = page.get_by_role("row", name=re.compile("Annexe counter.*ANX1.*Top shelf"))
    expect(row).to_be_visible()
    row.get_by_role("button", name="Change").click()
    dialog = page.get_by_role("dialog", name="Change this till")
    dialog.get_by_label("In use").uncheck()
    dialog.get_by_role("button", name="Save").click()
    expect(row).to_contain_text("Out of use")
    assert troubles == []


def test_a_shelf_is_named_anew_closed_and_opened_again(open_window, interface, shop, troubles):
    (house,) = shop.run("inventory.list_warehouses").rows
    about = {"warehouse_id": house.id, "code": "TOPP", "name": "Topp"}
    shelf = shop.run("inventory.create_location", about | {"parent_id": shop.storage_id}).id
    line = {"lot_id": shop.lot_ids[shop.variant_ids[0]][0], "quantity": 2}
    there = {"from_location_id": shop.storage_id, "to_location_id": shelf}
    shop.run("inventory.transfer_stock", there | {"lines": [line]})
    page = enter(open_window(), interface, shop, "owner", "/warehouses")
    page.get_by_role("button", name="Change Topp").click()
    dialog = page.get_by_role("dialog", name="Change the place")
    expect(dialog.get_by_label("Name")).to_have_value("Topp")
    expect(dialog.get_by_label("Part of")).to_have_value(str(shop.storage_id))
    dialog.get_by_label("Name").fill("Top shelf")
    dialog.get_by_label("Code").fill("top")
    dialog.get_by_label("Part of").select_option("")
    dialog.get_by_role("button", name="Save").click()
    row = page.get_by_role("row", name=re.compile("Top shelf.*TOP.*For sale"))
    expect(row.locator(".tree-place")).to_have_attribute("data-depth", "0")

    row.get_by_role("button", name="Close Top shelf").click()
    dialog = page.get_by_role("dialog", name="Close this place?")
    dialog.get_by_role("button", name="Close the place").click()
    expect(dialog).to_contain_text("It is needed: 2 units of 1 lot are in Top shelf.")
    back = {"from_location_id": shelf, "to_location_id": shop.storage_id}
    shop.run("inventory.transfer_stock", back | {"lines": [line]})
    dialog.get_by_label("Why").fill("Taken down")
    dialog.get_by_role("button", name="Close the place").click()
    expect(row).to_have_count(0)
    page.get_by_role("button", name="Show 1 closed place").click()
    expect(row).to_contain_text("Closed")
    expect_to_fit(page)
    row.get_by_role("button", name="Open Top shelf again").click()
    expect(row.get_by_role("button", name="Close Top shelf")).to_be_visible()
    expect(page.get_by_role("button", name="Show 1 closed place")).to_have_count(0)
    assert troubles == []


def test_a_pasted_list_is_asked_for(open_window, interface, shop, troubles):
    page = enter(open_window(), interface, shop, "storekeeper", "/purchases/requisitions/new")
    page.get_by_role("button", name="Paste a list").click()
    dialog = page.get_by_role("dialog", name="Paste a list")
    dialog.get_by_label("The list").fill("SKU1 - 7\nSKU2 x 3")
    dialog.get_by_role("button", name="Add these").click()
    expect(page.locator(".goods > li")).to_have_count(2)
    expect(page.get_by_label("Quantity").first).to_have_value("7")
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_role("heading", name=re.compile("RQ|PR"))).to_be_visible(timeout=15_000)
    assert troubles == []


def test_an_order_counts_in_boxes(open_window, interface, shop, troubles):
    variant = shop.variant_ids[0]
    shop.run("catalog.define_unit", {"variant_id": variant, "code": "BOX", "numerator": 6})
    page = enter(open_window(), interface, shop, "manager", "/orders/new")
    page.get_by_label("Add a product").fill("SKU1")
    page.locator(".lookup-list [role=option]").first.wait_for()
    page.keyboard.press("Enter")
    page.get_by_label("Quantity").fill("2")
    page.keyboard.press("Tab")
    page.get_by_label("Unit", exact=True).select_option("BOX")
    expect(page.locator(".goods-told")).to_contain_text("12 BTL at ₹105.00")
    assert troubles == []
