"""A customer's screen, goods by the box, and an exchange, in a real browser and without the mouse."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.tills import Counter, open_counter, pdf_text
from tests.factories import broken_promises

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("interface")]

HEARD = """() => new Promise((heard) => {
  const till = new URLSearchParams(location.search).get("till");
  const channel = new BroadcastChannel(`vantage.display.${till}`);
  channel.onmessage = ({ data }) => data.bill && heard(JSON.stringify(data));
  channel.postMessage({ hello: true });
})"""
"""All that the till tells the display."""


def test_a_customer_watches_buys_and_exchanges(browser_window, interface, troubles):
    counter = open_counter(browser_window, interface)
    display = opens_the_display(counter)
    sells_a_box(counter, display)
    number = is_paid_by_upi_and_cash(counter, display)
    exchanges_a_unit(counter, display, number)
    counts = {
        variant: counter.shop.on_hand(variant) for variant in (counter.scanned, counter.spoken)
    }
    assert counts == {counter.scanned: 200 - 12 + 1, counter.spoken: 19}
    assert broken_promises() == []
    assert troubles == []


def opens_the_display(counter: Counter) -> Page:
    box = {"variant_id": counter.scanned, "code": "BOX", "numerator": 12}
    counter.shop.run("catalog.define_unit", box)
    href = counter.page.get_by_role("link", name="Customer display").get_attribute("href")
    display = counter.page.context.new_page()
    display.set_viewport_size({"width": 800, "height": 480})
    display.goto(counter.server.url + (href or ""))
    expect(display.get_by_text("Welcome.")).to_be_visible()
    expect(display.get_by_role("navigation")).to_have_count(0)
    return display


def sells_a_box(counter: Counter, display: Page) -> None:
    page = counter.page
    counter.scan()
    expect(display.get_by_role("listitem")).to_contain_text("₹105.00")
    page.keyboard.press("*")
    expect(page.get_by_label("Unit of Arnica 1")).to_have_value("BOX")
    expect(counter.total()).to_have_text("₹1,260.00")
    expect(display.get_by_role("listitem")).to_contain_text("1 BOX × ₹1,260.00")  # noqa: RUF001
    expect(display.locator(".display-due")).to_contain_text("₹1,260.00")
    told = display.evaluate(HEARD)
    assert "1,260.00" in told
    assert [word for word in ("lot", "cost", str(counter.scanned)) if word in told] == []


def is_paid_by_upi_and_cash(counter: Counter, display: Page) -> str:
    page = counter.page
    page.keyboard.press("F10")
    page.get_by_role("dialog").get_by_text("To pay").wait_for()
    page.keyboard.press("u")
    page.keyboard.type("260")
    expect(display.get_by_alt_text("UPI code for ₹260.00")).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("c")
    page.keyboard.type("1050")
    expect(display.locator(".display-due")).to_contain_text("₹50.00")
    page.keyboard.press("Enter")
    number = page.locator("#sold-number").inner_text()
    expect(display.get_by_role("heading", name="Thank you")).to_be_visible()
    expect(display.get_by_role("status")).to_contain_text("₹50.00")
    receipt = pdf_text(page, "Print receipt").replace("\n", " ")
    assert "(1 BOX = 12 BTL)" in receipt
    assert "DUPLICATE" not in receipt
    assert "DUPLICATE" in pdf_text(page, "Print receipt")
    page.keyboard.press("Enter")
    expect(display.get_by_text("Welcome.")).to_be_visible()
    return number


def exchanges_a_unit(counter: Counter, display: Page, number: str) -> None:
    page = counter.page
    page.keyboard.press("Shift+F9")
    page.get_by_placeholder("Bill number").fill(number)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="One more").click()
    page.get_by_role("button", name="Wrong potency").click()
    expect(page.locator(".return-bill .grand-total")).to_have_text("₹105.00")
    page.keyboard.press("F8")
    counter.ready()
    expect(page.get_by_text(f"Exchange of bill {number}")).to_be_visible()
    page.reload()
    expect(page.get_by_text(f"Exchange of bill {number}")).to_be_visible()
    counter.ready()
    counter.look_for("ars alb")
    page.keyboard.press("Enter")
    expect(counter.total()).to_have_text("₹17.00")
    expect(display.locator(".display-due")).to_contain_text("To refund")
    page.keyboard.press("F10")
    expect(page.get_by_role("dialog")).to_contain_text("To refund: ₹17.00")
    page.get_by_role("button", name="Complete exchange").click()
    note = page.locator("#note-number").inner_text()
    bill = page.locator("#sold-number").inner_text()
    assert note in pdf_text(page, "Print receipt")
    assert bill in pdf_text(page, "Credit note")
    done = page.get_by_role("dialog", name="Exchange complete")
    expect(done).to_contain_text(re.compile("Refunded.*₹17.00", re.DOTALL))
