"""The till in a browser: from a key to the changed cart on the screen."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import BrowserContext, Page, sync_playwright

from bench.loading import LOGIN, PASSWORD, Shop
from bench.measuring import Figure, figure
from erp.services import platform

LINES = 40
PRESSES = 100
TYPING_MS = 70
"""Between two keys of a person who types."""
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
LISTEN = """window.addEventListener("keydown", (event) => {
  if (event.key === window.awaited) window.pressed = event.timeStamp;
}, true);"""
"""Runs before the page's own scripts, which keep keys to themselves."""
WATCH = """() => {
  window.took = [];
  const shown = () => requestAnimationFrame(() => setTimeout(() => {
    if (window.pressed) { window.took.push(performance.now() - window.pressed); window.pressed = 0; }
  }));
  const total = document.querySelector(".bill-foot .grand-total");
  new MutationObserver(shown).observe(total, { subtree: true, childList: true, characterData: true });
}"""
"""A change counts once the frame that shows it was drawn."""
NOTED = """(selector) => {
  window.noted = [];
  const note = () => window.noted.push(performance.timeOrigin + performance.now());
  const text = document.querySelector(selector);
  new MutationObserver(note).observe(text, { subtree: true, childList: true, characterData: true });
}"""


@contextmanager
def browser_window() -> Iterator[BrowserContext]:
    """A browser whose pages note when a key was pressed."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        window = browser.new_context(viewport={"width": 1440, "height": 900})
        window.add_init_script(LISTEN)
        yield window
        browser.close()


def till_figures(window: BrowserContext, address: str, codes: list[str]) -> Iterator[Figure]:
    """Measure keys with a cart of forty lines, then a whole bill of ten lines without the mouse."""
    page = window.new_page()
    sign_in(page, address)
    for code in codes:
        scan(page, code)
        page.wait_for_function(f"document.querySelectorAll('.line').length > {codes.index(code)}")
    page.evaluate(WATCH)
    cart = f"cart of {LINES} lines"
    yield figure(
        f"W14 quantity key, {cart}", pressed(page, "+", lambda _: page.keyboard.press("+"))
    )
    at = iter(codes * PRESSES)
    yield figure(f"W14 scan, {cart}", pressed(page, "Enter", lambda _: scan(page, next(at))))
    yield figure(f"W14 Enter on a result, {cart}", pressed(page, "Enter", lambda _: choose(page)))
    yield figure("W14 customer's display, behind the till", _display_lag(page, address))
    page.get_by_role("button", name="Clear this bill").click()
    page.wait_for_function("document.querySelectorAll('.line').length === 0")
    yield figure("W14 bill of ten lines, keyboard alone", [_whole_bill(page, codes)])
    page.close()


def pressed(page: Page, key: str, press: Callable[[int], None]) -> list[float]:
    """Return what each press took, from its key to the frame that shows another total."""
    page.evaluate("(key) => { window.awaited = key; window.pressed = 0; window.took = []; }", key)
    for number in range(PRESSES):
        press(number)
        page.wait_for_function(f"window.took.length > {number}", polling=10)
    times: list[float] = page.evaluate("window.took")
    return times


def _display_lag(page: Page, address: str) -> list[float]:
    """Return how long after the till's total the one on the customer's display changes."""
    display = page.context.new_page()
    path = page.get_by_role("link", name="Customer display").get_attribute("href")
    display.goto(f"{address}{path}")
    display.locator(".display-due b").wait_for()
    page.evaluate(NOTED, ".bill-foot .grand-total")
    display.evaluate(NOTED, ".display-due b")
    for number in range(PRESSES):
        page.keyboard.press("+")
        for each in (page, display):
            each.wait_for_function(f"window.noted.length > {number}", polling=10)
    own, shown = page.evaluate("window.noted"), display.evaluate("window.noted")
    display.close()
    return [later - earlier for earlier, later in zip(own, shown, strict=True)]


def scan(page: Page, code: str) -> None:
    """Type a code as a scanner does."""
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def choose(page: Page) -> None:
    """Search by three letters and take the first result."""
    page.keyboard.type("nux")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("Enter")


def _whole_bill(page: Page, codes: list[str]) -> float:
    """Return the milliseconds of five searched and five scanned lines, paid in cash."""
    started = time.perf_counter()
    for number, words in enumerate(("arn 30", "bell", "bry", "calc", "sulph")):
        page.keyboard.type(words, delay=TYPING_MS)
        page.get_by_role("option").first.wait_for()
        page.keyboard.press("Enter")
        page.wait_for_function(f"document.querySelectorAll('.line').length > {2 * number}")
        scan(page, codes[-1 - number])
        page.wait_for_function(f"document.querySelectorAll('.line').length > {2 * number + 1}")
    page.keyboard.press("F10")
    page.get_by_role("dialog").get_by_text("To pay").wait_for()
    page.keyboard.press("Enter")
    page.locator("#sold-number").wait_for()
    return (time.perf_counter() - started) * 1000


def sign_in(page: Page, address: str) -> None:
    """Sign the cashier in at the till and join its shift."""
    page.goto(f"{address}/till")
    page.get_by_label("User name").fill(LOGIN)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    finder = page.locator("[data-finder]")
    join = page.get_by_role("button", name="Work on this shift")
    finder.or_(join).first.wait_for()
    if join.count():
        join.click()
    finder.wait_for()


def barcodes(shop: Shop) -> list[str]:
    """Give forty products a code each."""
    codes = [_gtin(number) for number in range(LINES)]
    for variant_id, code in zip(shop.variants, codes, strict=False):
        platform.run("catalog.add_barcode", shop.ctx, {"variant_id": variant_id, "code": code})
    return codes


def _gtin(number: int) -> str:
    body = f"200{number:09d}"
    total = sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(body))
    return f"{body}{-total % 10}"


def chromium() -> str:
    """Return the browser's program.

    Raises:
        RuntimeError: There is none.
    """
    program = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
    if program is None:
        message = "Install Chromium to measure the till (Debian: apt-get install chromium)."
        raise RuntimeError(message)
    return program
