"""Selling prices in a real browser: a list is made, filled, checked and imported; a coupon reaches the till."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.offices import SIZES, enter, expect_to_fit
from tests.factories import Shop, broken_promises, make_shop
from tests.services.sales.pricing import make_list, price_of, set_price
from tests.services.trading import add_customer, rows

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("interface")]

CODE = "8901234567890"


@pytest.fixture
def shop(environment: dict[str, str]) -> Shop:
    assert environment
    made = make_shop("prices")
    made.run("catalog.add_barcode", {"variant_id": made.variant_ids[0], "code": CODE})
    add_customer(made, kind="retailer", name="Nirmala Stores")
    return made


@pytest.fixture
def acting(open_window, interface, shop):
    """Open a page in a window of its own as a member with a role."""
    return lambda role, path: enter(open_window(), interface, shop, role, path)


def pick(page: Page, label: str, words: str) -> None:
    page.get_by_label(label, exact=True).fill(words)
    page.locator(".lookup-list [role=option]").first.wait_for()
    page.keyboard.press("Enter")


def begin_list(page: Page) -> None:
    """Open the form and wait until it is the page's own."""
    page.get_by_role("link", name="New list").click()
    page.wait_for_function("document.querySelector('[name=idempotency_key]')?.value")


def test_a_contract_is_made_priced_checked_and_ended(acting, troubles):
    page = acting("manager", "/prices")
    page.get_by_role("button", name="Make the usual lists").first.click()
    expect(page.get_by_role("row", name="Retailers, at PTR")).to_contain_text("In force")

    begin_list(page)
    page.get_by_label("Name").fill("Nirmala 2026")
    page.get_by_label("Code").fill("nirmala")
    page.get_by_label("For", exact=True).select_option("customer")
    pick(page, "Customer*", "nirm")
    page.get_by_role("button", name="Make list").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nirmala 2026")

    page.get_by_role("button", name="Set price").first.click()
    dialog = page.get_by_role("dialog", name="Set a price")
    dialog.get_by_role("button", name="Set price").click()
    expect(dialog.get_by_text("Name the goods")).to_be_visible()
    pick(page, "Goods*", "arnica 1")
    dialog.get_by_label("Price from").select_option("mrp")
    dialog.get_by_label("Percent", exact=True).fill("10")
    dialog.get_by_label("From so many units").fill("6")
    dialog.get_by_label("Why").fill("Agreed in Pune")
    dialog.get_by_role("button", name="Set price").click()
    row = page.get_by_role("row", name="Arnica 1")
    expect(row).to_contain_text("MRP less 10% from 6 units")
    expect(row).to_contain_text("Agreed in Pune")

    page.get_by_role("tab", name="Schemes").click()
    page.get_by_role("button", name="Set scheme").first.click()
    dialog = page.get_by_role("dialog", name="Set a scheme")
    dialog.get_by_label("For", exact=True).select_option("all")
    dialog.get_by_label("Paid units").fill("10")
    dialog.get_by_label("Free units").fill("1")
    dialog.get_by_role("button", name="Set scheme").click()
    expect(page.get_by_role("row", name="All goods")).to_contain_text("10 + 1 free")

    checks_it(page)
    page.get_by_role("link", name="Nirmala 2026").click()
    page.get_by_role("row", name="Arnica 1").get_by_role("button", name="End").click()
    page.get_by_role("dialog").get_by_role("button", name="End it").click()
    expect(page.get_by_text("No price on this list")).to_be_visible()
    page.get_by_label("Time").select_option("true")
    expect(page.get_by_role("row", name="Ended from 6 units")).to_contain_text("Past")
    assert broken_promises() == []
    assert troubles == []


def checks_it(page: Page) -> None:
    """Ask what the customer would pay before they do."""
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Prices").click()
    pick(page, "Goods*", "arnica 1")
    pick(page, "Customer", "nirm")
    page.get_by_label("Units", exact=True).fill("12")
    page.get_by_role("button", name="Tell me").click()
    answer = page.get_by_role("table", name="Price by lot")
    expect(answer.get_by_role("row", name="L1")).to_contain_text("₹94.50")
    expect(answer).to_contain_text("MRP ₹105.00 less 10% (list NIRMALA), from 6 units")
    expect(page.get_by_text("+ 1 free Arnica 1")).to_be_visible()
    expect(page.get_by_text("₹1,134.00")).to_be_visible()


def test_prices_of_a_file_are_seen_before_they_are_set(acting, shop, troubles):
    every = make_list(shop, "ALL", name="Everyone")
    page = acting("manager", f"/prices/{every}")
    page.get_by_role("link", name="Import").click()
    wrong = f"barcode,price\n{CODE},=1+1\nNONE,95"
    page.get_by_label("Choose a CSV or XLSX file").set_input_files(
        {"name": "july.csv", "mimeType": "text/csv", "buffer": wrong.encode()}
    )
    faults = page.get_by_role("table", name="What is wrong")
    expect(faults.get_by_role("row", name="2 price")).to_contain_text("Put in its value")
    expect(page.get_by_text("nothing was changed")).to_be_visible()
    page.get_by_label("Or paste lines").fill(
        f"barcode,price,min_quantity\n{CODE},95,1\n{CODE},90,12"
    )
    page.get_by_role("button", name="Check").click()
    changes = page.get_by_role("table", name="What changes")
    expect(changes.get_by_role("row", name="₹90.00 from 12")).to_contain_text("New")
    assert price_of(shop, shop.variant_ids[0]) == 105
    page.get_by_role("button", name="Set these prices").click()
    expect(page.get_by_role("row", name="₹90.00 from 12 units")).to_be_visible()
    assert price_of(shop, shop.variant_ids[0]) == 95
    assert troubles == []


def take_back(shop: Shop, sold: dict[str, Any]) -> None:
    """Return the one unit of a bill."""
    line, refund = {"line_no": 1, "quantity": 1}, {"method": "cash", "amount": sold.pop("total")}
    back = {"lines": [line], "tenders": [refund], "reason": "Not wanted"}
    shop.run("pos.post_return", sold | back)


def test_a_coupon_is_made_used_at_the_till_given_back_and_stopped(acting, shop, troubles):
    page = acting("manager", "/coupons/new")
    page.get_by_label("Code").fill("diwali-10")
    page.get_by_label("Name").fill("Diwali")
    page.get_by_label("Percent").fill("10")
    page.get_by_role("button", name="Make coupon").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("DIWALI-10")

    till = acting("cashier", "/till")
    till.get_by_role("button", name="Work on this shift").click()
    till.locator("[data-finder]").fill("arnica 1")
    till.locator(".found [role=option]").first.click()
    expect(till.locator(".grand-total")).to_have_text("₹105.00")
    field = till.get_by_label("Coupon code")
    field.fill("nosuch")
    field.press("Enter")
    expect(till.get_by_text("There is no coupon NOSUCH")).to_be_visible()
    expect(till.get_by_role("button", name="Pay")).to_be_enabled()
    field.fill("diwali-10")
    field.press("Enter")
    expect(till.locator(".coupon-sum")).to_contain_text("-₹10.50")
    expect(till.get_by_text("There is no coupon")).to_have_count(0)
    till.set_viewport_size({"width": 390, "height": 844})
    expect(till.locator(".coupon-sum")).to_be_visible()
    till.set_viewport_size({"width": 1440, "height": 900})
    till.keyboard.press("F10")
    till.get_by_role("button", name="Complete sale").click()
    expect(till.locator("#sold-number")).to_be_visible()

    page.reload()
    use = page.get_by_role("row", name="Walk-in customer")
    expect(use).to_contain_text("₹10.50")
    take_back(shop, *rows(shop, "select id as sale_id, shift_id, total from sale"))
    page.reload()
    expect(use).to_contain_text("Given back")
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("button", name="Let it be used again")).to_be_visible()
    assert broken_promises() == []
    assert troubles == []


def test_a_customers_page_leads_to_their_prices(acting, shop):
    shop.run("sales.make_standard_lists")
    buyer = shop.run("party.list_parties", {"search": "nirmala"}).rows[0].id
    page = acting("manager", f"/parties/{buyer}")
    page.get_by_role("link", name="New contract").click()
    expect(page.get_by_label("Customer*")).to_have_value("Nirmala Stores")
    page.go_back()
    page.get_by_role("link", name="Retailers, at PTR").click()
    expect(page.get_by_role("row", name="All goods")).to_contain_text("PTR")
    page.goto(page.url.split("/prices")[0] + f"/parties/{buyer}/edit")
    expect(page.get_by_label("Price list")).to_have_value("RETAILER_PTR")


def test_who_may_only_look_is_offered_nothing_else(acting, shop):
    every = make_list(shop, "ALL", name="Everyone")
    set_price(shop, every, amount="95")
    page = acting("cashier", f"/prices/{every}")
    expect(page.get_by_role("row", name="All goods")).to_contain_text("₹95.00")
    for name in ("Set price", "Stop", "Edit", "End"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)


def test_a_ceiling_of_goods_is_set(acting, troubles):
    page = acting("manager", "/prices/ceilings")
    page.get_by_role("button", name="Set a ceiling").click()
    dialog = page.get_by_role("dialog", name="Set a ceiling")
    dialog.get_by_role("button", name="Set ceiling").click()
    expect(dialog.get_by_label("Brand*")).to_have_attribute("aria-invalid", "true")
    dialog.get_by_label("Brand*").select_option("SBL")
    dialog.get_by_label("At most, in percent").fill("2")
    dialog.get_by_role("button", name="Set ceiling").click()
    expect(page.get_by_role("row", name="SBL")).to_contain_text("2%")

    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        expect_to_fit(page)
    assert troubles == []
