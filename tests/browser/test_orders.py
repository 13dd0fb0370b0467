"""Buying in a real browser: a storekeeper orders, a manager approves, the goods come in parts."""

import pytest
from playwright.sync_api import Page, expect
from redis import Redis

from erp.core.live_channel import live_channel
from tests.browser.offices import enter, scan
from tests.factories import Shop, broken_promises, make_shop
from tests.services.purchasing.ordering import known_supplier, line, place, supplier

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("interface")]

GTIN = "04006381333931"


@pytest.fixture
def shop(environment: dict[str, str]) -> Shop:
    assert environment
    made = make_shop("orders")
    supplier(made)
    return made


@pytest.fixture
def acting(open_window, interface, shop):
    """Open a page in a window of its own as a member with a role."""
    return lambda role, path: enter(open_window(), interface, shop, role, path)


@pytest.fixture
def tell_pages(shop, redis_url):
    """Tell open pages that something happened in buying, as the relay does."""

    def tell() -> None:
        with Redis.from_url(redis_url) as redis:
            assert redis.publish(live_channel(shop.tenant_id, "purchasing"), "") >= 1

    return tell


def order_of(shop: Shop):
    return shop.run("purchasing.list_orders").rows[0]


def add_product(page: Page, words: str) -> None:
    page.get_by_label("Add a product").fill(words)
    page.locator(".lookup-list [role=option]").first.wait_for()
    page.keyboard.press("Enter")


def choose_supplier(page: Page) -> None:
    page.get_by_label("Supplier*", exact=True).fill("SBL")
    page.locator(".lookup-list [role=option]").first.wait_for()
    page.keyboard.press("Enter")


def test_an_order_is_made_approved_and_received_in_parts(acting, shop, tell_pages, troubles):
    page = acting("storekeeper", "/purchases/new")
    choose_supplier(page)
    add_product(page, "arnica 1")
    expect(page.get_by_label("Unit cost")).to_have_value("60")  # as it came last
    page.get_by_role("button", name="Place order").click()
    expect(page.get_by_label("Quantity")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Quantity").fill("1000")
    page.get_by_label("Unit cost").focus()
    expect(page.get_by_role("status").filter(has_text="without GST")).to_contain_text("₹60,000.00")
    page.get_by_role("button", name="Place order").click()
    expect(page.get_by_text("This order waits for an approval.")).to_be_visible()
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)
    expect(page.get_by_role("button", name="Withdraw")).to_be_visible()

    desk = acting("manager", "/inbox")
    asked = desk.get_by_role("row", name=f"Order {order_of(shop).number} waits for your approval")
    asked.get_by_role("button", name="Open").click()
    expect(desk.get_by_text("₹63,000.00, tax included")).to_be_visible()
    desk.get_by_role("button", name="Approve").click()
    expect(desk.get_by_role("cell", name="Approved")).to_be_visible()
    tell_pages()
    expect(page.get_by_role("link", name="Receive goods")).to_be_visible()

    page.get_by_role("link", name="Receive goods").click()
    page.get_by_role("button", name="Everything came").click()
    page.get_by_label("Lot").fill("ord1")
    page.get_by_label("Expiry").fill("0330")
    page.get_by_label("Quantity").fill("400")
    page.get_by_role("button", name="Review").click()
    dialog = page.get_by_role("dialog", name="Receive these goods?")
    expect(dialog.get_by_role("row", name="Arnica 1 30C 30 ml SBL")).to_contain_text("+400")
    dialog.get_by_role("button", name="Receive goods").click()
    expect(page.get_by_text("600 BTL to come")).to_be_visible()
    assert [row.on_hand for row in stock(shop, "ORD1")] == [400]
    assert order_of(shop).arrived == 40
    assert broken_promises() == []
    assert troubles == []


def stock(shop: Shop, lot_number: str):
    rows = shop.run("inventory.stock_by_lot").rows
    return [row for row in rows if row.lot_number == lot_number]


def test_an_order_begins_on_the_suppliers_page(acting, shop):
    page = acting("storekeeper", f"/parties/{known_supplier(shop)}")
    page.get_by_role("link", name="New order").click()
    expect(page.get_by_label("Supplier*", exact=True)).to_have_value("SBL Agencies")
    add_product(page, "arnica 2")
    page.get_by_label("Quantity").fill("3")
    page.get_by_role("button", name="Place order").click()
    expect(page.get_by_text("is placed.")).to_be_visible()
    expect(page.get_by_role("heading", name=order_of(shop).number)).to_be_visible()
    assert order_of(shop).supplier == "SBL Agencies"


def test_a_scan_brings_goods_of_the_order_and_nothing_else(acting, shop):
    shop.run("catalog.add_barcode", {"variant_id": shop.variant_ids[0], "code": GTIN})
    shop.run("catalog.add_barcode", {"variant_id": shop.variant_ids[1], "code": "8901234567890"})
    order = place(shop, line(shop, 10))
    page = acting("storekeeper", f"/purchases/{order.id}/receive")
    page.get_by_text("Scan the first pack").wait_for()
    scan(page, "8901234567890")
    expect(page.get_by_text("This product is not on the order.")).to_be_visible()
    scan(page, f"(01){GTIN}(17)300331(10)SC88")
    expect(page.get_by_label("Lot")).to_have_value("SC88")
    expect(page.get_by_label("Expiry")).to_have_value("03/2030")
    expect(page.get_by_label("Unit cost")).to_have_value("60")


def test_more_than_ordered_is_asked_about_before_anything_happens(acting, shop):
    order = place(shop, line(shop, 10))
    page = acting("storekeeper", f"/purchases/{order.id}/receive")
    page.get_by_role("button", name="Add a lot").click()
    page.get_by_label("Lot").fill("over1")
    page.get_by_label("Expiry").fill("0330")
    page.get_by_label("Quantity").fill("12")
    page.get_by_role("button", name="Review").click()
    question = page.get_by_role("alertdialog")
    expect(question).to_contain_text("12 of Arnica 1 30C 30 ml SBL came and 10 were still to come.")
    assert stock(shop, "OVER1") == []
    question.get_by_role("button", name="Go on").click()
    page.get_by_role("dialog").get_by_role("button", name="Receive goods").click()
    expect(page.get_by_text("Everything came; the order is closed.")).to_be_visible()
    assert [row.on_hand for row in stock(shop, "OVER1")] == [12]


def test_an_amendment_is_refused_with_a_reason_and_an_order_ended(acting, shop, tell_pages):
    order = place(shop, line(shop, 10), by=shop.acting_as("storekeeper"))
    page = acting("storekeeper", f"/purchases/{order.id}/amend")
    page.get_by_label("Why it changes").fill("They have plenty")
    page.get_by_label("Quantity").fill("2000")
    page.get_by_role("button", name="Save version").click()
    expect(page.get_by_text("Version 2 waits for an approval:")).to_be_visible()

    desk = acting("manager", f"/purchases/{order.id}")
    expect(desk.get_by_role("table", name="Lines of the amendment")).to_contain_text("2,000")
    desk.get_by_role("button", name="Refuse").click()
    asked = desk.get_by_role("dialog", name="Refuse this version")
    asked.get_by_role("button", name="Refuse").click()
    expect(asked.get_by_label("Why")).to_have_accessible_description(
        "Say why, so that the asker knows what to change."
    )
    asked.get_by_label("Why").fill("Too much")
    asked.get_by_role("button", name="Refuse").click()
    expect(desk.get_by_role("row", name="They have plenty")).to_contain_text("Too much")
    tell_pages()
    expect(page.locator(".waiting")).to_have_count(0)

    page.get_by_role("button", name="End order").click()
    page.get_by_label("Reason").fill("The maker has stopped it")
    page.get_by_role("dialog").get_by_role("button", name="End order").click()
    expect(page.get_by_text("Cancelled on")).to_contain_text("The maker has stopped it")
