"""The till in a real browser whose server dies: it sells on, survives closed tabs, and sends each bill once."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from erp.embedded.credentials import free_port
from erp.embedded.frontend import build_if_changed
from erp.embedded.programs import PROJECT
from tests.browser.tills import Counter, open_counter
from tests.factories import broken_promises
from tests.gate.serving import Server, serving
from tests.services.trading import rows

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("interface")]

IS_READY = "() => localStorage.getItem('vantage.till.ready') && navigator.serviceWorker.controller !== null"
KNOWS_BOXES = """async () => {
  const name = `vantage.till.of.${localStorage.getItem("vantage.till.ready")}`;
  const db = await new Promise((done) => { indexedDB.open(name).onsuccess = (e) => done(e.target.result); });
  const rows = await new Promise((done) => {
    db.transaction("goods").objectStore("goods").getAll().onsuccess = (e) => done(e.target.result);
  });
  db.close();
  return rows.some((row) => row.units.some((unit) => unit.code === "BOX"));
}"""
TARGETS = """() => [...document.querySelectorAll('.offline-till :is(button, a, input, select)')]
  .map((each) => [each.getAttribute('aria-label') || each.textContent, each.getBoundingClientRect()])
  .filter(([, box]) => box.width && box.height && box.height < 43.5).map(([name]) => name)"""


def test_the_till_goes_on_without_its_server(browser_window, environment, tmp_path):
    build_if_changed(PROJECT, tmp_path / "build.log", print)
    port = free_port()
    with serving(environment, tmp_path / "first.log", with_pages=True, port=port) as server:
        counter = open_counter(browser_window, server)
        sells_online(counter)
        counter.page.wait_for_function(IS_READY)
    counter.page.close()
    shop, page = counter.shop, browser_window.new_page()
    page.goto(f"{server.url}/till")  # the server is dead
    counter.page = page
    sells_three(counter)
    shop.sell({counter.spoken: 20})  # another till takes the last units, which the third bill names
    page.close()
    counter.page = browser_window.new_page()
    counter.page.goto(f"{server.url}/till/offline/")
    expect(counter.page.locator("#unsent")).to_have_text("3 bills to send")
    expect(counter.page.get_by_role("heading", name="Offline till", level=1)).to_have_count(1)
    with serving(environment, tmp_path / "second.log", with_pages=True, port=port) as again:
        drains_and_hands_in(counter, again)
    lent = rows(shop, "select status from till_lease order by id limit 1")
    assert lent == [{"status": "handed_in"}]
    came = rows(shop, "select number, status, code from offline_sale order by number")
    assert [(row["number"][-4:], row["status"], row["code"]) for row in came] == [
        ("0001", "posted", ""),
        ("0002", "posted", ""),
        ("0003", "waiting", "insufficient_stock"),
    ]
    assert shop.count("sale") == 4  # one online, another till's, two of the three
    assert broken_promises() == []


def sells_online(counter: Counter) -> None:
    page = counter.page
    counter.scan()
    expect(counter.lines()).to_have_count(1)
    page.keyboard.press("F10")
    page.get_by_role("button", name="Complete sale").click()
    page.get_by_role("button", name="New sale").click()


def sells_three(counter: Counter) -> None:
    page = counter.page
    expect(page).to_have_url(f"{counter.server.url}/till/offline/")
    expect(page.get_by_role("status").first).to_contain_text("No connection")
    counter.ready()
    counter.scan()
    expect(counter.lines().first).to_contain_text("Lot L1")
    page.keyboard.press("+")
    expect(counter.total()).to_have_text("₹210.00")
    assert page.evaluate(TARGETS) == []
    number = pays(page, given="500", prints_too=True)
    assert number.startswith("FPOS1/")
    counter.scan()
    pays(page, method="UPI")
    counter.look_for("ars alb 30")
    page.keyboard.press("Enter")
    expect(counter.lines().first).to_contain_text("Lot ARS1")
    last = pays(page)
    assert int(last[-4:]) == int(number[-4:]) + 2


def pays(page: Page, *, method: str = "Cash", given: str = "", prints_too: bool = False) -> str:
    page.keyboard.press("F10")
    page.get_by_role("radio", name=method).click()
    page.keyboard.type(given)
    page.get_by_role("button", name="Complete sale").click()
    number = page.locator("#sold-number").inner_text()
    if prints_too:
        expect(page.locator(".sold-big")).to_contain_text("₹290.00")
        prints(page, number)
    page.get_by_role("button", name="New sale").click()
    return number


def prints(page: Page, number: str) -> None:
    prints_words(
        page, number, "GSTIN", "Tax Invoice", "Batch L1", "HSN 30049014", "MRP 105.00", "Place of supply",
        "CGST", "2.5% + 2.5%", "Rupees Two Hundred Ten Only", "Change290.00",
    )  # fmt: skip


def prints_words(page: Page, *words: str) -> None:
    page.evaluate("window.print = () => { window.printed = true; }")
    page.get_by_role("button", name="Print receipt").click()
    page.wait_for_function("window.printed")
    paper = (page.locator(".paper").text_content() or "").replace("\u20b9", "")
    assert [each for each in words if each not in paper] == []


def drains_and_hands_in(counter: Counter, server: Server) -> None:
    page = counter.page
    expect(page.locator("#unsent")).to_have_attribute("data-count", "0")
    expect(page.locator("#unsent")).to_have_attribute("data-waiting", "1")
    page.get_by_role("button", name="Hand in").click()
    page.get_by_role("dialog").get_by_role("button", name="Hand in").click()
    expect(page).to_have_url(f"{server.url}/till")


def test_boxes_and_a_discount_are_sold_without_the_server(browser_window, environment, tmp_path):
    build_if_changed(PROJECT, tmp_path / "build.log", print)
    port = free_port()
    with serving(environment, tmp_path / "first.log", with_pages=True, port=port) as server:
        counter = open_counter(browser_window, server)
        box = {"variant_id": counter.scanned, "code": "BOX", "numerator": 12, "denominator": 1}
        counter.shop.run("catalog.define_unit", box)
        counter.page.reload()
        counter.page.wait_for_function(IS_READY)
        counter.page.wait_for_function(KNOWS_BOXES)
    counter.page.close()
    counter.page = browser_window.new_page()
    counter.page.goto(f"{server.url}/till")  # the server is dead
    sells_a_box(counter)
    with serving(environment, tmp_path / "second.log", with_pages=True, port=port):
        expect(counter.page.locator("#unsent")).to_have_attribute("data-count", "0")
    sold = rows(
        counter.shop,
        "select i.total, l.sold_unit, l.sold_quantity, l.quantity, l.line_discount, l.bill_discount"
        " from invoice i join invoice_line l on l.invoice_id = i.id",
    )
    assert [tuple(row.values()) for row in sold] == [
        (1197, "BOX", 1, 12, Decimal("61.74"), Decimal("1.00"))
    ]
    came = rows(counter.shop, "select status, code from offline_sale")
    assert came == [{"status": "posted", "code": ""}]
    assert broken_promises() == []


def sells_a_box(counter: Counter) -> None:
    page = counter.page
    counter.ready()
    counter.scan()
    expect(counter.total()).to_have_text("₹105.00")
    page.keyboard.press("*")
    expect(page.get_by_label(re.compile("^Unit of "))).to_have_value("BOX")
    expect(counter.total()).to_have_text("₹1,260.00")
    page.keyboard.press("F6")
    page.keyboard.type("50")
    page.keyboard.press("Enter")
    pay = page.get_by_role("button", name=re.compile("^Pay"))
    expect(page.get_by_role("alert")).to_contain_text("Without the server you may give 5%")
    expect(pay).to_be_disabled()
    page.keyboard.press("F6")
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    expect(counter.total()).to_have_text("₹1,197.00")
    page.keyboard.press("Shift+F6")
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Without the server you may give 5%")
    page.keyboard.press("F6")
    page.keyboard.type("4.9")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_count(0)
    assert page.evaluate(TARGETS) == []
    page.keyboard.press("F10")
    page.get_by_role("button", name="Complete sale").click()
    prints_words(page, "(1 BOX = 12 ", "less discount 62.74", "Gross1,260.00", "Discount-62.74")
    page.get_by_role("button", name="New sale").click()
