"""A storekeeper counts, a manager approves: by keyboard and scanner, nothing lost on a reload."""

import re
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from tests.browser.offices import enter, expect_to_fit_everywhere
from tests.factories import Shop, broken_promises, make_shop
from tests.services.inventory.counts import look, on_hand, record, start, submit

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("interface")]

GTIN = "04006381333931"
SLOWER_THAN_A_SCAN_MS = 100


@pytest.fixture
def shop(environment: dict[str, str]) -> Shop:
    assert environment
    made = make_shop("counted", products=2, lots=2, stock=20)
    made.run("catalog.add_barcode", {"variant_id": made.variant_ids[1], "code": GTIN})
    return made


def box(page: Page, number: int, lot: str):
    return page.get_by_label(f"Units of lot {lot}, Arnica {number} 30C 30 ml SBL")


def scan(page: Page, code: str) -> None:
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def scan_slowly(page: Page, code: str) -> None:
    """Type as a scanner on a busy machine: pauses before the last two keys and before Enter."""
    page.keyboard.type(code[:-2])
    page.wait_for_timeout(SLOWER_THAN_A_SCAN_MS)
    page.keyboard.type(code[-2:])
    page.wait_for_timeout(SLOWER_THAN_A_SCAN_MS)
    page.keyboard.press("Enter")


def test_shelves_are_counted_handed_in_reviewed_and_posted(open_window, interface, shop, troubles):
    lots = [lot for variant in shop.variant_ids for lot in shop.lot_ids[variant]]
    page = enter(open_window(), interface, shop, "storekeeper", "/stock/counts")
    expect(page.get_by_text("Nothing was counted yet")).to_be_visible()
    page.get_by_role("link", name="Start a count").first.click()
    page.get_by_label("Note").fill("Monthly")
    page.get_by_role("button", name="Start counting").click()
    expect(page.get_by_text("0 of 4 lots")).to_be_visible()
    count_id = shop.run("inventory.list_counts").rows[0].id
    count_by_keyboard(page, shop, count_id)
    count_by_scanner(page)
    type_and_reload(page, shop, count_id)
    hand_in(page)
    page = enter(open_window(), interface, shop, "manager", f"/stock/counts/{count_id}")
    expect(page.get_by_role("row", name="Arnica 1")).to_contain_text("\N{MINUS SIGN}3")
    expect(page.get_by_role("row", name="Arnica 2")).to_contain_text("+3")
    assert on_hand(shop, lots[0]) == 20
    shop.sell({shop.variant_ids[0]: 2})  # while the manager looks
    approve(page)
    assert [on_hand(shop, lot) for lot in lots] == [15, 20, 23, 20]
    page.get_by_role("link", name="Posted moves").click()
    expect(page.get_by_role("row", name=re.compile("Counted"))).to_have_count(2)
    assert broken_promises() == []
    assert troubles == []


def count_by_keyboard(page: Page, shop: Shop, count_id: UUID) -> None:
    first = box(page, 1, "L1")
    first.fill("x")
    first.press("Enter")
    expect(first).to_have_accessible_description("Type a whole number, 0 if none is there.")
    first.fill("17")
    first.press("Enter")
    expect(box(page, 1, "L2")).to_be_focused()
    page.keyboard.type("20")
    expect(page.get_by_text("2 of 4 lots")).to_be_visible()  # saved when the typing paused
    assert [row.counted for row in look(shop, count_id).rows] == [17, 20, None, None]


def count_by_scanner(page: Page) -> None:
    page.keyboard.press("Enter")
    for times, read in (("1", scan), ("2", scan), ("3", scan_slowly)):
        read(page, f"(01){GTIN}(10)L1")
        expect(page.get_by_label("Counted so far")).to_have_text(times)
        expect(box(page, 2, "L1")).to_have_value(times)
    scan(page, GTIN)
    expect(page.get_by_text("has several lots: L1, L2")).to_be_visible()
    expect(page.locator(".sheet > li")).to_have_count(2)  # the lots of that product
    page.get_by_placeholder("Product or lot", exact=True).fill("")
    expect(box(page, 1, "L1")).to_have_value("17")


def type_and_reload(page: Page, shop: Shop, count_id: UUID) -> None:
    """Leave the page before the pause after typing has passed."""
    box(page, 2, "L1").fill("23")
    page.reload()
    expect(box(page, 2, "L1")).to_have_value("23")
    expect(page.get_by_text("3 of 4 lots")).to_be_visible()
    waiting = "Object.keys(localStorage).some((key) => key.startsWith('count:'))"
    page.wait_for_function(f"() => !{waiting}")
    assert look(shop, count_id, show="counted").rows[2].counted == 23


def hand_in(page: Page) -> None:
    page.get_by_role("button", name="Not counted", exact=True).click()
    expect(page.locator(".sheet > li")).to_have_count(1)
    page.get_by_role("button", name="Hand in").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Hand in").click()
    expect(dialog).to_contain_text("1 lot not counted: Arnica 2 30C 30 ml SBL, lot L2")
    dialog.get_by_label("Leave them alone").check()
    dialog.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("This is a blind count.")).to_be_visible()
    expect(page.get_by_text("Losses at cost")).to_have_count(0)


def approve(page: Page) -> None:
    page.get_by_role("button", name="Approve and post").click()
    dialog = page.get_by_role("dialog", name="Post the differences?")
    expect(dialog).to_contain_text("₹180.00")
    dialog.get_by_role("button", name="Approve and post").click()
    expect(page.get_by_role("link", name="Posted moves")).to_be_visible()


def test_a_lot_sent_back_reaches_the_counters_open_sheet(open_window, interface, shop):
    keeper, lots = shop.acting_as("storekeeper"), shop.lot_ids[shop.variant_ids[0]]
    count_id = start(shop, by=keeper).count_id
    record(shop, count_id, {lots[0]: 11, lots[1]: 20}, by=keeper)
    submit(shop, count_id, rest="not_counted", by=keeper)
    page = enter(open_window(), interface, shop, "manager", f"/stock/counts/{count_id}")
    row = page.get_by_role("row", name="Arnica 1")
    expect(row).to_have_count(1)  # the differences come first
    row.get_by_role("checkbox").click()
    expect(row.get_by_role("checkbox")).to_be_checked(timeout=15_000)
    page.get_by_role("button", name="Have them counted again").click()
    expect(page.get_by_text("1 lot to count again")).to_be_visible()
    page.get_by_role("link", name="Go on counting").click()
    expect(page.get_by_text("Count again", exact=True)).to_be_visible()
    expect(box(page, 1, "L1")).to_have_value("")
    record(shop, count_id, {lots[0]: 19}, by=keeper)
    assert line_status(shop, count_id) == "counted"


def line_status(shop: Shop, count_id) -> str:
    status: str = look(shop, count_id).rows[0].status
    return status


def test_a_found_lot_is_added_by_name(open_window, interface, shop):
    count_id = start(shop, location_id=shop.expired_store_id).count_id
    page = enter(open_window(), interface, shop, "storekeeper", f"/stock/counts/sheet/{count_id}")
    expect(page.get_by_text("No lot is expected here")).to_be_visible()
    page.get_by_label("Found a lot that is not listed?").fill("arnica 2")
    page.locator(".lookup-list [role=option]").first.wait_for()
    page.keyboard.press("Enter")
    extra = page.locator("[data-count-box]")
    expect(extra).to_be_focused()
    page.keyboard.type("4")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 of 1 lot")).to_be_visible()
    assert look(shop, count_id).rows[0].counted == 4


def test_counting_fits_every_window(open_window, interface, shop):
    count_id = start(shop).count_id
    page = enter(open_window(), interface, shop, "manager", "/stock/counts")
    paths = ["", "/new", f"/{count_id}", f"/sheet/{count_id}"]
    expect_to_fit_everywhere(page, interface, [f"/stock/counts{path}" for path in paths])
    field = page.locator("[data-count-box]").first.bounding_box()
    assert field
    assert field["height"] >= 44
    assert field["width"] >= 44
