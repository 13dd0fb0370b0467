"""Suppliers' bills in a real browser: recorded from the paper, held, decided and credited."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.offices import enter, expect_to_fit_everywhere
from tests.factories import Shop, broken_promises, make_shop
from tests.services.billing.bills.billing import bill, billed, came, decide, goods, registered
from tests.services.billing.files.filing import as_csv
from tests.services.books import balance

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("interface")]


@pytest.fixture
def shop(environment: dict[str, str]) -> Shop:
    assert environment
    made = make_shop("bills", lots=0)
    registered(made, credit_days=30)
    return made


@pytest.fixture
def acting(open_window, interface, shop):
    """Open a page in a window of its own as a member with a role."""
    return lambda role, path: enter(open_window(), interface, shop, role, path)


def sum_of(page: Page) -> Locator:
    return page.get_by_role("status").filter(has_text="GST")


def test_a_bill_is_recorded_from_what_came(acting, shop, troubles):
    came(shop, goods(shop, 10), goods(shop, 5, at=1), reference="CH-7")
    page = acting("accountant", "/bills")
    page.get_by_role("link", name="Not billed yet").click()
    expect(page.get_by_text("Goods worth ₹900.00")).to_be_visible()
    page.get_by_role("link", name="SBL Agencies").first.click()

    expect(page.get_by_label("Supplier*", exact=True)).to_have_value("SBL Agencies")
    expect(page.get_by_text("CH-7").first).to_be_visible()
    page.get_by_role("button", name="All of it").click()
    expect(sum_of(page)).to_contain_text("₹945.00", timeout=15_000)
    page.get_by_role("button", name="Review").click()
    expect(page.get_by_label("Bill number")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Bill number").fill("SBL/117")
    page.get_by_label("Total of the bill").fill("900")
    page.get_by_role("button", name="Review").click()
    expect(page.locator("#total-error")).to_contain_text("The lines add up to ₹945.00")
    page.get_by_label("Total of the bill").fill("945.00")
    page.get_by_role("button", name="Review").click()
    dialog = page.get_by_role("dialog", name="Record this bill?")
    expect(dialog.get_by_role("row", name="Creditors")).to_contain_text("₹945.00")
    dialog.get_by_role("button", name="Record bill").click()

    expect(page.get_by_role("heading", name="Bill SBL/117")).to_be_visible()
    expect(page.get_by_role("row", name="Arnica 1 30C 30 ml SBL")).to_contain_text("Matches")
    assert balance(shop, "grni") == 0
    assert broken_promises() == []
    assert troubles == []


def test_a_bill_that_differs_waits_is_claimed_and_credited(acting, shop, troubles):
    came(shop, goods(shop, 10))
    page = acting("accountant", "/bills/new")
    page.get_by_label("Supplier*", exact=True).fill("SBL")
    page.locator(".lookup-list [role=option]").first.wait_for()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Put on bill").click()
    page.get_by_label("Billed").fill("12")
    page.get_by_label("Rate", exact=True).focus()
    page.get_by_role("button", name="Add a charge").click()
    page.get_by_label("What for").fill("Freight")
    page.get_by_label("Amount").fill("30")
    page.get_by_label("GST %").last.fill("5")
    page.get_by_label("Bill number").focus()
    expect(sum_of(page)).to_contain_text("₹787.50", timeout=15_000)
    page.get_by_label("Bill number").fill("SBL/118")
    page.get_by_label("Total of the bill").fill("787.50")
    page.get_by_role("button", name="Review").click()
    dialog = page.get_by_role("dialog", name="Record this bill?")
    expect(dialog.get_by_text("waits for a decision")).to_be_visible()
    dialog.get_by_role("button", name="Record bill").click()
    expect(page.get_by_text("2 more than came")).to_be_visible()
    expect(page.get_by_role("button", name="Accept")).to_have_count(0)

    desk = acting("manager", "/inbox")
    desk.get_by_role("row", name="does not match").get_by_role("button", name="Open").click()
    expect(desk.get_by_role("button", name="Refuse")).to_be_visible()
    expect(desk.get_by_role("button", name="Accept")).to_have_count(0)
    desk.get_by_role("button", name="Claim the difference").click()
    desk.get_by_role("dialog").get_by_label("Why").fill("Two were broken")
    desk.get_by_role("dialog").get_by_role("button", name="Claim").click()
    expect(desk.get_by_text("The credit note is still to come.")).to_be_visible()
    desk.get_by_role("button", name="Record credit note").click()
    credit = desk.get_by_role("dialog")
    expect(credit.get_by_label("Value credited")).to_have_value("120")
    credit.get_by_label("Credit note").fill("CN-9")
    credit.get_by_role("button", name="Record").click()
    expect(desk.get_by_text("Credit note CN-9 gave ₹120.00")).to_be_visible()
    assert balance(shop, "inventory") == 630
    assert balance(shop, "supplier_claims") == 0
    assert broken_promises() == []
    assert troubles == []


def test_a_bill_is_made_from_a_file(acting, shop, troubles):
    came(shop, goods(shop, 4, lot_number="B1", mrp="105.00"))
    rows = (
        ("Arnica 1", "SKU1", "B1", "", "105", "4", "0", "60", "0", "5"),
        ("arnica 2 30c", "", "C1", "03/2035", "105", "ten", "0", "60", "0", "5"),
    )
    file = {"name": "bill.csv", "mimeType": "text/csv", "buffer": as_csv(*rows)}
    page = acting("manager", "/bills/import")
    page.get_by_label("Supplier*", exact=True).fill("SBL")
    page.locator(".lookup-list [role=option]").first.wait_for()
    page.keyboard.press("Enter")
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_text("Qty: This cell says “ten”.")).to_be_visible(timeout=15_000)
    page.get_by_role("button", name="Arnica 2 30C 30 ml SBL").click()
    page.get_by_label("Billed").last.fill("10")
    page.get_by_label("Bill number").fill("SBL/7")
    page.get_by_label("Total of the bill").fill("882.00")
    page.get_by_role("button", name="Review").click()
    expect(page.get_by_text("10 of 10 did not come").first).to_be_visible()
    page.get_by_label("Take in with this bill").check()
    page.get_by_role("button", name="Review").click()
    dialog = page.get_by_role("dialog", name="Record this bill?")
    expect(dialog.get_by_role("row", name="Creditors")).to_contain_text("₹882.00")
    dialog.get_by_role("button", name="Record bill").click()
    expect(page.get_by_role("heading", name="Bill SBL/7")).to_be_visible()
    assert shop.on_hand(shop.variant_ids[1]) == 10

    page.goto(page.url.partition("/bills")[0] + "/bills/import")
    page.get_by_label("Supplier*", exact=True).fill("SBL")
    page.locator(".lookup-list [role=option]").first.wait_for()
    page.keyboard.press("Enter")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("link", name="Open that bill").click()
    expect(page.get_by_role("heading", name="Bill SBL/7")).to_be_visible()
    assert broken_promises() == []
    assert troubles == []


def test_the_pages_of_bills_fit_every_screen(acting, shop, interface):
    receipt = came(shop, goods(shop, 10), goods(shop, 5, at=1))
    held = bill(shop, "756.00", billed(receipt, 12, "60"))
    claimed = bill(
        shop,
        "420.00",
        billed(receipt, 5, "80", receipt_line_no=2),
        bill_number="SBL/2",
    )
    decide(shop, claimed, "claimed")
    came(shop, goods(shop, 10))
    page = acting("owner", "/bills")
    page.get_by_role("button", name="Tolerances").click()
    expect(page.get_by_role("dialog").locator("[name=price_percent]")).to_have_value("1")
    paths = [
        "/bills",
        "/bills/unbilled",
        "/bills/new",
        "/bills/import",
        f"/bills/{held.id}",
        f"/bills/{claimed.id}",
    ]
    expect_to_fit_everywhere(page, interface, paths)
