"""A day at the till in a real browser, by keyboard, by scanner and by finger."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.tills import Counter, open_counter, pdf_text
from tests.factories import PIN, broken_promises
from tests.services.trading import rows

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("interface")]

SIZES = [(1440, 900), (1024, 768), (390, 844)]
TARGETS = """() => [...document.querySelectorAll(
    ['button', 'a', 'input', 'select', 'textarea'].flatMap(
      (each) => ['.till', '.return', 'dialog[open]', '[role=dialog]'].map((in_) => `${in_} ${each}`)))]
  .filter((each) => each.checkVisibility({ opacityProperty: true, visibilityProperty: true })
    && !each.closest('[aria-hidden=true]'))
  .map((each) => [each, (/checkbox|radio/.test(each.type) ? each.closest('label') ?? each : each)
    .getBoundingClientRect()])
  .filter(([, box]) => box.width > 2 && box.height > 2 && (box.height < 43.5 || box.width < 43.5))
  .map(([each, box]) => `${each.getAttribute('aria-label') || each.textContent || each.name}: `
    + `${box.width} x ${box.height}`)"""
"""What a finger could miss on the till, the page of returns and in their dialogs."""


def finds_everything(page: Page) -> None:
    """Fail where something to be touched is smaller than a fingertip (WCAG 2.5.5: 44 px)."""
    page.wait_for_function(
        "[...document.querySelectorAll('[role=dialog]')].every((e) => !e.getAnimations().length)"
    )
    assert page.evaluate(TARGETS) == []


@pytest.fixture
def counter(browser_window, interface) -> Counter:
    return open_counter(browser_window, interface)


def test_a_day_at_the_till(browser_window, interface, troubles):
    counter = open_counter(browser_window, interface, is_open=False)
    opens_with_a_counted_float(counter)
    fills_the_cart(counter)
    gets_a_discount_approved(counter)
    number = takes_cash_upi_and_card(counter)
    note = takes_one_unit_back(counter, number)
    closes_by_a_blind_count(counter, note)
    paid = rows(counter.shop, "select method, amount from tender order by sale_id, line_no")
    assert [(row["method"], row["amount"]) for row in paid] == [
        ("cash", Decimal(100)),
        ("upi", Decimal(63)),
        ("card", Decimal(100)),
        ("cash", Decimal("79.20")),
    ]
    assert broken_promises() == []
    assert troubles == []


def opens_with_a_counted_float(counter: Counter) -> None:
    page = counter.page
    expect(page.get_by_text("The last shift left ₹500.00")).to_be_visible()
    page.get_by_label("Number of ₹100", exact=True).fill("5")
    finds_everything(page)
    page.get_by_role("button", name="Open the shift").click()
    counter.ready()


def fills_the_cart(counter: Counter) -> None:
    page = counter.page
    counter.scan()
    expect(counter.lines()).to_have_count(1)
    expect(counter.lines().first).to_contain_text("Lot L1")
    counter.look_for("ars alb 30")
    expect(page.get_by_role("option").first).to_contain_text("Arsenicum Album 30C")
    expect(page.get_by_role("option").first).to_contain_text("₹88.00")
    page.keyboard.press("Enter")
    expect(counter.lines()).to_have_count(2)
    expect(counter.lines().nth(1)).to_contain_text("Lot ARS1")
    page.keyboard.press("+")
    expect(counter.total()).to_have_text("₹281.00")


def gets_a_discount_approved(counter: Counter) -> None:
    page, dialog = counter.page, counter.page.get_by_role("dialog")
    page.keyboard.press("F6")
    page.keyboard.type("10")
    page.keyboard.press("Enter")
    expect(counter.total()).to_have_text("₹263.00")
    page.keyboard.press("F10")
    expect(dialog).to_contain_text("A discount of 10% is above the ceiling")
    finds_everything(page)
    dialog.get_by_label("Who approves").select_option(index=0)
    dialog.get_by_label("Reason").fill("Regular customer")
    dialog.get_by_label("Manager's PIN").fill("0000")
    dialog.get_by_role("button", name="Approve").click()
    expect(dialog.get_by_role("alert")).to_have_text("That PIN is not right.")
    dialog.get_by_label("Manager's PIN").fill(PIN)
    dialog.get_by_role("button", name="Approve").click()
    expect(dialog).to_contain_text("To pay: ₹263.00")
    finds_everything(page)


def takes_cash_upi_and_card(counter: Counter) -> str:
    page, dialog = counter.page, counter.page.get_by_role("dialog")
    page.keyboard.type("100")
    page.keyboard.press("Enter")
    expect(dialog.get_by_alt_text("UPI code for ₹163.00")).to_be_visible()
    page.keyboard.type("63")
    expect(dialog.get_by_alt_text("UPI code for ₹63.00")).to_be_visible()
    finds_everything(page)
    page.keyboard.press("Enter")
    page.keyboard.press("k")
    expect(dialog.get_by_role("radio", name="Card")).to_be_checked()
    page.keyboard.press("Enter")
    number = page.locator("#sold-number").inner_text()
    finds_everything(page)
    assert number in pdf_text(page, "Print receipt")
    assert number in pdf_text(page, "A4 invoice")
    page.keyboard.press("Enter")
    counter.ready()
    expect(counter.lines()).to_have_count(0)
    return number


def takes_one_unit_back(counter: Counter, number: str) -> str:
    page = counter.page
    page.get_by_role("link", name="Return").click()
    page.get_by_placeholder("Bill number").fill(number)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=number)).to_be_visible()
    page.get_by_role("button", name="One more").nth(1).click()
    page.get_by_role("button", name="Seal broken").click()
    expect(page.locator(".return-bill .grand-total")).to_have_text("₹79.20")
    finds_everything(page)
    page.get_by_role("button", name="Refund").click()
    expect(page.get_by_role("button", name="Complete return")).to_be_visible()
    finds_everything(page)
    page.get_by_role("button", name="Complete return").click()
    note = page.locator("#returned-number").inner_text()
    finds_everything(page)
    assert note in pdf_text(page, "Print receipt")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Back to the till").click()
    counter.ready()
    return note


def closes_by_a_blind_count(counter: Counter, note: str) -> None:
    """500 and 100 less 79.20 are expected, and nowhere to be read before the count."""
    page, dialog = counter.page, counter.page.get_by_role("dialog")
    page.get_by_role("button", name="Close shift").click()
    expect(dialog).to_be_visible()
    assert "520.80" not in page.content()
    dialog.get_by_label("Total counted").fill("520")
    finds_everything(page)
    dialog.get_by_label("Stays in the drawer").fill("500")
    dialog.get_by_role("button", name="Close the shift").click()
    expect(dialog).to_contain_text("Cash short")
    expect(dialog).to_contain_text("₹0.80")
    expect(dialog).to_contain_text("₹520.80")
    finds_everything(page)
    dialog.get_by_role("link", name="Z report").click()
    expect(page.get_by_role("heading", name=re.compile("Z report"))).to_be_visible()
    expect(page.get_by_role("table", name="Bills of the shift")).to_contain_text(note)


def test_a_double_click_on_complete_posts_one_sale(counter):
    page = counter.page
    counter.scan()
    expect(counter.lines()).to_have_count(1)
    page.keyboard.press("F10")
    button = page.get_by_role("button", name="Complete sale")
    button.evaluate("(each) => { each.click(); each.click(); each.click(); }")
    expect(page.locator("#sold-number")).to_be_visible()
    assert counter.shop.count("sale") == 1


def test_ten_lines_without_the_mouse(counter):
    page, shop = counter.page, counter.shop
    for units in range(10):
        if units % 2:
            counter.scan()
        else:
            counter.look_for("arnica 2")
            expect(page.get_by_role("option").first).to_contain_text("Arnica 2")
            page.keyboard.press("Enter")
        expect(page.get_by_text(f"{units + 1} unit")).to_be_visible()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Delete")
    expect(counter.lines()).to_have_count(1)
    page.keyboard.press("-")
    expect(page.get_by_text("4 units")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("dialog")).to_contain_text("To pay")
    page.keyboard.press("Enter")
    expect(page.locator("#sold-number")).to_be_visible()
    page.keyboard.press("Enter")
    counter.ready()
    assert shop.count("sale") == 1


def test_a_reload_keeps_the_bill(counter):
    counter.scan()
    expect(counter.lines()).to_have_count(1)
    counter.page.reload()
    expect(counter.lines()).to_have_count(1)
    expect(counter.total()).to_have_text("₹105.00")


def test_a_tab_whose_state_is_gone_keeps_the_bill(counter):
    counter.scan()
    expect(counter.lines()).to_have_count(1)
    counter.page.evaluate("sessionStorage.removeItem('token')")
    counter.page.reload()
    counter.page.get_by_role("button", name="Work on this shift").click()
    expect(counter.lines()).to_have_count(1)


def test_what_cannot_be_sold_is_said_at_its_line(counter):
    page = counter.page
    counter.scan()
    expect(counter.lines()).to_have_count(1)
    counter.lines().locator('[data-box="quantity"]').fill("999")
    page.keyboard.press("Enter")
    expect(counter.lines().get_by_role("alert")).to_contain_text("Only 200 of")
    expect(page.get_by_role("button", name=re.compile("^Pay"))).to_be_disabled()
    counter.lines().locator('[data-box="quantity"]').fill("2")
    page.keyboard.press("Enter")
    expect(counter.total()).to_have_text("₹210.00")
    expect(counter.lines().get_by_role("alert")).to_have_count(0)


def test_an_unknown_code_is_said_and_nothing_is_added(counter):
    counter.scan("5901234123457")
    expect(counter.page.get_by_text("No product has the code 5901234123457")).to_be_visible()
    expect(counter.lines()).to_have_count(0)


def test_a_parked_bill_is_taken_up_again(counter):
    page = counter.page
    counter.scan()
    expect(counter.lines()).to_have_count(1)
    page.keyboard.press("F8")
    page.get_by_label("Name it").fill("Blue shirt")
    finds_everything(page)
    page.keyboard.press("Enter")
    expect(counter.lines()).to_have_count(0)
    page.keyboard.press("F9")
    page.get_by_role("button", name="Blue shirt").click()
    expect(counter.lines()).to_have_count(1)


def test_a_customer_is_added_at_the_till(counter):
    page = counter.page
    page.keyboard.press("F4")
    page.get_by_role("button", name="New customer").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Name", exact=True).fill("Asha Kale")
    dialog.get_by_role("textbox", name="Phone", exact=True).fill("+91 98000 00001")
    finds_everything(page)
    dialog.get_by_role("button", name="Add customer").click()
    expect(page.get_by_role("button", name="Customer: Asha Kale")).to_be_visible()


def test_a_scan_changes_no_bill_behind_a_question_and_a_pin_is_no_code(counter):
    page, dialog = counter.page, counter.page.get_by_role("dialog")
    counter.scan()
    expect(counter.lines()).to_have_count(1)
    page.keyboard.press("F6")
    page.keyboard.type("10")
    page.keyboard.press("Enter")
    before = "₹95.00"
    expect(counter.total()).to_have_text(before)
    page.keyboard.press("F10")
    dialog.get_by_label("Reason").focus()
    counter.scan()
    dialog.get_by_label("Reason").fill("Regular customer")
    dialog.get_by_label("Manager's PIN").focus()
    counter.scan(PIN)
    expect(dialog).to_contain_text(f"To pay: {before}")
    expect(page.get_by_text("No product has the code")).to_have_count(0)


def test_the_keys_are_listed(counter):
    counter.page.keyboard.press("?")
    expect(counter.page.get_by_role("dialog", name="Keys of the till")).to_contain_text("F10")
    counter.page.keyboard.press("Escape")
    expect(counter.page.get_by_role("dialog", name="Keys of the till")).to_have_count(0)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_what_is_found_covers_the_best_sellers_until_the_search_ends(counter, size):
    page = counter.page
    page.set_viewport_size({"width": size[0], "height": size[1]})
    counter.shop.sell({counter.scanned: 1})
    page.reload()
    tile = page.locator(".best-tile").first
    expect(tile).to_be_visible()
    counter.look_for("ars alb")
    option = page.get_by_role("option").first
    expect(option).to_be_visible()
    box = option.bounding_box()
    assert box is not None
    spot = {"x": box["x"] + 12, "y": box["y"] + box["height"] / 2}
    assert page.evaluate(
        "({x, y}) => Boolean(document.elementFromPoint(x, y).closest('[role=option]'))", spot
    )
    expect(page.locator(".best-place")).to_have_attribute("inert", "")
    page.keyboard.press("Escape")
    expect(page.get_by_role("option")).to_have_count(0)
    tile.click()
    expect(counter.lines()).to_have_count(1)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_nothing_overflows_and_fingers_find_everything(counter, size):
    page = counter.page
    page.set_viewport_size({"width": size[0], "height": size[1]})
    counter.scan()
    expect(counter.lines()).to_have_count(1)
    expect(page.get_by_role("heading", name="Till", level=1, exact=True)).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    finds_everything(page)
    pay = page.get_by_role("button", name=re.compile("^Pay"))
    box = pay.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= size[1]


def with_points(shop) -> None:
    """Add Asha Kale, who has fifty points that pay a rupee each."""
    terms = {"is_active": True, "points_per_rupee": "0.1", "worth": "1.00"}
    shop.run("loyalty.set_programme", terms)
    person = {"name": "Asha Kale", "kind": "patient", "state_code": "27"}
    asha = shop.run("party.create_party", person).id
    shop.run("loyalty.adjust_points", {"party_id": asha, "points": 50, "reason": "Welcome"})


def prescribe(page: Page) -> None:
    page.keyboard.press("F3")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Doctor")).to_be_focused()
    dialog.get_by_label("Doctor").fill("Dr Meera Joshi")
    dialog.get_by_label("Registration no.").fill("MH-12345")
    finds_everything(page)
    dialog.get_by_role("button", name="Put on the bill").click()
    expect(page.locator(".prescription-note")).to_contain_text("Dr Meera Joshi for Asha Kale")


def take_advance(page: Page) -> None:
    page.keyboard.press("F4")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("50 points")).to_be_visible()
    dialog.get_by_role("button", name="Take an advance").click()
    dialog.get_by_label("Amount").fill("40")
    finds_everything(page)
    page.keyboard.press("Enter")
    expect(dialog.get_by_text(re.compile("Taken: voucher RV/"))).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_two_customers_with_points_advance_and_prescription(counter):
    page, shop = counter.page, counter.shop
    with_points(shop)
    counter.scan()
    page.keyboard.press("F4")
    page.get_by_label("Name, phone or GSTIN").fill("Asha Kale")
    page.get_by_role("option", name=re.compile("Asha Kale")).first.click()
    expect(page.get_by_role("button", name="Customer: Asha Kale")).to_be_visible()
    page.keyboard.press("F7")
    expect(counter.lines()).to_have_count(0)
    counter.scan()
    expect(counter.lines()).to_have_count(1)
    page.reload()
    expect(page.get_by_role("tab")).to_have_count(2)
    page.keyboard.press("F7")
    expect(page.get_by_role("button", name="Customer: Asha Kale")).to_be_visible()
    prescribe(page)
    take_advance(page)
    page.keyboard.press("F10")
    for key in ("p", "Enter", "v", "Enter", "c", "Enter"):
        expect(page.locator(".pay-amount input")).to_be_focused()
        page.keyboard.press(key)
    expect(page.locator("#sold-number")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("tab")).to_have_count(0)
    expect(counter.lines()).to_have_count(1)
    sold = shop.run("pos.list_prescriptions").rows
    assert [row.patient_name for row in sold] == ["Asha Kale"]
    paid = shop.run("pos.get_sale", {"sale_id": sold[0].sale_id}).tenders
    assert {(row.method, row.amount) for row in paid} == {
        ("points", 50),
        ("advance", 40),
        ("cash", 15),
    }
