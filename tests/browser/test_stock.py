"""A storekeeper's work in a real browser: deliveries, lots, counts, expiry."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from erp.core.formatting import expiry_text
from tests.browser.offices import enter, scan
from tests.browser.tills import open_counter
from tests.factories import Shop, broken_promises, make_shop, receipt_line
from tests.services.trading import rows

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("interface")]

GTIN = "04006381333931"


@pytest.fixture
def shop(environment: dict[str, str]) -> Shop:
    assert environment
    return make_shop("stores")


@pytest.fixture
def storekeeper(browser_window, interface, shop):
    """Open a page as the shop's storekeeper."""
    return lambda path: enter(browser_window, interface, shop, "storekeeper", path)


def stock_of(shop: Shop) -> dict[str, int]:
    return {row.lot_number: row.on_hand for row in shop.run("inventory.stock_by_lot").rows}


def add_product(page: Page, words: str) -> None:
    page.get_by_label("Add a product").fill(words)
    page.locator(".lookup-list [role=option]").first.wait_for()
    page.keyboard.press("Enter")


def review(page: Page) -> None:
    page.get_by_role("button", name="Review").click()


def test_a_click_on_a_head_sorts_and_the_next_turns_it_round(storekeeper, shop, troubles):
    known = shop.run("inventory.stock_by_lot").rows
    page = storekeeper("/stock")
    table = page.get_by_role("table", name="Stock by lot")
    expect(table.locator("tbody tr")).to_have_count(len(known))
    expect(page.get_by_role("status").filter(has_text=f"{len(known)} rows")).to_be_visible()
    head = table.get_by_role("columnheader", name="Expiry")
    expect(head).to_have_attribute("aria-sort", "none")
    for sort, direction in (("expires_on", "ascending"), ("-expires_on", "descending")):
        head.get_by_role("button").click()
        expect(head).to_have_attribute("aria-sort", direction)
        expect(page).to_have_url(re.compile(f"sort={sort}$"))
        wanted = [row.lot_number for row in shop.run("inventory.stock_by_lot", {"sort": sort}).rows]
        expect(table.locator("tbody tr")).to_contain_text(wanted)
    page.reload()
    expect(head).to_have_attribute("aria-sort", "descending")
    expect(table.locator("tbody tr")).to_contain_text(wanted)
    assert troubles == []


def test_a_bad_line_is_refused_at_its_field_and_a_good_one_becomes_stock(
    storekeeper, shop, troubles
):
    before = stock_of(shop)
    page = storekeeper("/receiving/new")
    add_product(page, "arnica 1")
    lot = page.get_by_label("Lot")
    expect(lot).to_be_focused()
    expect(page.get_by_label("MRP")).to_have_value("105")  # from the newest lot
    page.get_by_label("Expiry").fill("13/2030")
    page.get_by_label("Quantity").fill("12")
    review(page)
    expect(page.get_by_label("Expiry")).to_have_accessible_description(
        "Type month and year as on the pack, such as 03/2027."
    )
    page.get_by_label("Expiry").fill("0330")
    review(page)
    expect(lot).to_have_attribute("aria-invalid", "true")
    expect(lot).to_be_focused()
    assert stock_of(shop) == before

    lot.fill("ab12")
    page.get_by_label("Free").fill("2")
    review(page)
    dialog = page.get_by_role("dialog", name="Receive these goods?")
    expect(dialog.get_by_role("row", name="Arnica 1 30C 30 ml SBL")).to_contain_text("+14")
    expect(dialog.get_by_role("row", name="Goods received, not billed yet")).to_contain_text(
        "₹720.00"
    )
    assert stock_of(shop) == before
    dialog.get_by_role("button", name="Receive goods").click()
    expect(page.get_by_role("dialog", name="Delivery taken in")).to_contain_text(
        "14 units of 1 lot"
    )
    assert stock_of(shop) == before | {"AB12": 14}

    page.get_by_role("link", name="See the lots").click()
    expect(page.get_by_role("row", name="AB12")).to_contain_text("Received")
    page.goto(page.url.partition("/stock")[0] + "/stock?search=ab12")
    expect(page.get_by_role("row", name="Lot AB12")).to_contain_text("03/2030")
    assert broken_promises() == []
    assert troubles == []


def test_goods_with_little_life_left_need_a_persons_word(storekeeper, shop):
    soon = shop.ctx.today + timedelta(days=40)
    page = storekeeper("/receiving/new")
    add_product(page, "arnica 1")
    page.get_by_label("Lot").fill("SHORT1")
    page.get_by_label("Expiry").fill(soon.strftime("%d-%m-%Y"))
    page.get_by_label("Quantity").fill("3")
    review(page)
    question = page.get_by_role("alertdialog")
    expect(question).to_contain_text(f"good until {expiry_text(soon)}, less than 90 days")
    question.get_by_role("button", name="Cancel").click()
    assert "SHORT1" not in stock_of(shop)
    review(page)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("dialog").get_by_role("button", name="Receive goods").click()
    expect(page.get_by_text("Delivery taken in").first).to_be_visible()
    assert stock_of(shop)["SHORT1"] == 3


def test_a_scanned_code_brings_product_lot_and_expiry_and_counts_up(storekeeper, shop):
    shop.run("catalog.add_barcode", {"variant_id": shop.variant_ids[0], "code": GTIN})
    page = storekeeper("/receiving/new")
    page.get_by_text("Scan the first pack").wait_for()
    for _ in range(3):
        scan(page, f"(01){GTIN}(17)300331(10)SC77")
        page.wait_for_timeout(400)
    expect(page.locator(".goods > li")).to_have_count(1)
    expect(page.get_by_label("Lot")).to_have_value("SC77")
    expect(page.get_by_label("Expiry")).to_have_value("03/2030")
    expect(page.get_by_label("Quantity")).to_have_value("3")
    scan(page, "5012345678900")
    expect(page.get_by_text("No product has this code")).to_be_visible()
    expect(page.locator(".goods > li")).to_have_count(1)


def test_a_held_lot_is_no_longer_offered_at_the_till(open_window, interface):
    counter = open_counter(open_window(), interface)
    counter.look_for("ars alb 30")
    offered = counter.page.get_by_role("option").first
    expect(offered).to_contain_text("₹88.00")
    page = enter(open_window(), interface, counter.shop, "storekeeper", "/stock?search=ars1")
    page.get_by_role("link", name=re.compile("Arsenicum")).click()
    page.get_by_role("button", name="Hold").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Hold lot").click()
    expect(dialog.get_by_label("Reason")).to_have_accessible_description("Fill this in.")
    assert lot_status(counter.shop, "ARS1") == "available"
    dialog.get_by_label("Reason").fill("Leaking caps")
    dialog.get_by_role("button", name="Hold lot").click()
    expect(page.get_by_text("nothing of this lot can be sold")).to_be_visible()
    assert lot_status(counter.shop, "ARS1") == "hold"

    counter.page.locator("[data-finder]").fill("")
    counter.look_for("ars alb 30")
    expect(offered).to_contain_text("Sold out")
    page.get_by_role("button", name="Release").click()
    page.get_by_role("dialog").get_by_label("Reason").fill("Checked")
    page.get_by_role("button", name="Release lot").click()
    expect(page.get_by_text("20 units can be sold again")).to_be_visible()
    counter.page.locator("[data-finder]").fill("")
    counter.look_for("ars alb 30")
    expect(offered).to_contain_text("₹88.00")


def lot_status(shop: Shop, number: str) -> str:
    (row,) = rows(shop, "select status from lot where lot_number = %s", number)
    return str(row["status"])


def test_a_count_is_reviewed_before_it_is_posted(storekeeper, shop):
    variant = shop.variant_ids[0]
    lot_id = shop.lot_ids[variant][0]
    before = shop.on_hand(variant)
    page = storekeeper(f"/stock/adjust?lot_id={lot_id}&location_id={shop.storage_id}")
    here = int(page.locator(".lot-facts b").inner_text())
    page.get_by_label("On the shelf").fill(str(here))
    page.get_by_label("Reason").select_option("count")
    review(page)
    expect(page.get_by_text("The books say the same")).to_be_visible()
    page.get_by_label("On the shelf").fill(str(here - 3))
    review(page)
    dialog = page.get_by_role("dialog", name="Adjust stock?")
    expect(dialog).to_contain_text("₹180.00")
    dialog.get_by_role("button", name="Keep editing").click()
    assert shop.on_hand(variant) == before
    review(page)
    dialog.get_by_role("button", name="Post the difference").click()
    expect(page).to_have_url(re.compile("/stock/moves"))
    expect(page.get_by_role("row", name="Adjusted").first).to_contain_text("3")
    assert shop.on_hand(variant) == before - 3
    assert broken_promises() == []


def test_more_cannot_be_written_off_than_is_there(storekeeper, shop):
    variant = shop.variant_ids[0]
    before = shop.on_hand(variant)
    lot = f"lot_id={shop.lot_ids[variant][0]}&location_id={shop.storage_id}"
    page = storekeeper(f"/stock/write-off?{lot}")
    page.get_by_label("Write off").fill("100000")
    page.get_by_label("Reason").select_option("damaged")
    review(page)
    expect(page.get_by_label("Write off")).to_have_accessible_description(re.compile("^Only "))
    assert shop.on_hand(variant) == before


def test_the_ladder_leads_to_its_lots_and_tells_people(storekeeper, shop):
    line = receipt_line(shop.ctx, shop.variant_ids[0], 4, lot_number="NEAR1", days=20)
    shop.run("inventory.receive_goods", {"lines": [line]}, confirm=["short_shelf_life"])
    page = storekeeper("/stock/expiry?rung=61-90")
    expect(page.get_by_text("No lot on hand has this many days left")).to_be_visible()
    page.get_by_role("button", name=re.compile("Up to 30 days")).click()
    expect(page.get_by_role("row", name="NEAR1")).to_be_visible()
    expect(page).to_have_url(re.compile("rung=0-30"))
    page.get_by_role("button", name="Alert now").click()
    expect(page.get_by_text(re.compile("Put into the inbox of"))).to_be_visible()
    page.get_by_role("button", name="Alert now").click()
    expect(page.get_by_text("Everyone was told today already")).to_be_visible()


def test_a_cashier_sees_stock_and_changes_none(browser_window, interface, shop):
    page = enter(browser_window, interface, shop, "cashier", "/stock")
    expect(page.get_by_role("row", name="Lot L1").first).to_be_visible()
    expect(page.get_by_role("link", name="Write off")).to_have_count(0)
    page.goto(f"{interface.url}/receiving/new")
    expect(page).to_have_url(f"{interface.url}/no-permission")


def test_the_value_of_stock_is_that_of_the_books(storekeeper, shop):
    page = storekeeper("/stock/valuation")
    value = shop.run("inventory.stock_valuation").value
    assert value > Decimal(0)
    whole = f"{value:,.2f}".split(",")[-1]
    expect(page.locator(".tile").first).to_contain_text(whole)
    expect(page.get_by_text("At the end of a day")).to_be_visible()
