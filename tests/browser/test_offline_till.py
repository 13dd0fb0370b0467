"""The till in a real browser whose server dies: it sells on, survives closed tabs, and sends each bill once."""

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
    page.evaluate("window.print = () => { window.printed = true; }")
    page.get_by_role("button", name="Print receipt").click()
    page.wait_for_function("window.printed")
    paper = (page.locator(".paper").text_content() or "").replace("\u20b9", "")
    missing = [
        words
        for words in (
            number, "GSTIN", "Tax Invoice", "Batch L1", "HSN 30049014", "MRP 105.00", "Place of supply",
            "CGST", "2.5% + 2.5%", "Rupees Two Hundred Ten Only", "Change290.00",
        )
        if words not in paper
    ]  # fmt: skip
    assert missing == []


def drains_and_hands_in(counter: Counter, server: Server) -> None:
    page = counter.page
    expect(page.locator("#unsent")).to_have_attribute("data-count", "0")
    expect(page.locator("#unsent")).to_have_attribute("data-waiting", "1")
    page.get_by_role("button", name="Hand in").click()
    page.get_by_role("dialog").get_by_role("button", name="Hand in").click()
    expect(page).to_have_url(f"{server.url}/till")
