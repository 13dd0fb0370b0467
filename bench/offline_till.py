"""The till in a browser without its server: from a key to the changed cart, and search among 50,000 products."""

from collections.abc import Iterator

from playwright.sync_api import BrowserContext, Page

from bench.measuring import Figure, figure
from bench.till import LINES, PRESSES, WATCH, choose, pressed, scan

PRODUCTS = 50_000
SETTLED_MS = 300
"""After which what was typed before is shown."""
IS_READY = "() => localStorage.getItem('vantage.till.ready') && navigator.serviceWorker.controller !== null"
MULTIPLY = """async (wanted) => {
  const name = `vantage.till.of.${localStorage.getItem("vantage.till.ready")}`;
  const db = await new Promise((done) => { indexedDB.open(name).onsuccess = (e) => done(e.target.result); });
  const store = (mode) => db.transaction("goods", mode).objectStore("goods");
  const rows = await new Promise((done) => { store("readonly").getAll().onsuccess = (e) => done(e.target.result); });
  const into = store("readwrite");
  for (let at = 0; at < wanted - rows.length; at += 1) {
    const row = rows[at % rows.length];
    const named = { id: `${row.id}-${at}`, label: `${row.label} ${at}`, words: `${row.words} copy${at}` };
    into.put({ ...row, ...named, codes: [] });
  }
  await new Promise((done) => { into.transaction.oncomplete = done; });
  return Math.max(wanted, rows.length);
}"""
SHOWN = """() => {
  window.took = [];
  const shown = () => requestAnimationFrame(() => setTimeout(() => {
    if (window.pressed) { window.took.push(performance.now() - window.pressed); window.pressed = 0; }
  }));
  new MutationObserver(shown).observe(document.querySelector(".finder"), { subtree: true, childList: true });
}"""


def offline_figures(window: BrowserContext, address: str, codes: list[str]) -> Iterator[Figure]:
    """Measure keys with a cart of forty lines, then letters typed among fifty thousand products.

    The window is one whose cashier is signed in and works on a shift: it alone holds the lease.
    """
    page = window.new_page()
    page.goto(f"{address}/till")
    page.wait_for_function(IS_READY, timeout=120_000)
    window.set_offline(True)
    page.goto(f"{address}/till")
    page.locator("[data-finder]").wait_for()
    for place, code in enumerate(codes):
        scan(page, code)
        page.wait_for_function(f"document.querySelectorAll('.line').length > {place}")
    page.evaluate(WATCH)
    cart = f"offline, cart of {LINES} lines"
    yield figure(
        f"W15 quantity key, {cart}", pressed(page, "+", lambda _: page.keyboard.press("+"))
    )
    at = iter(codes * PRESSES)
    yield figure(f"W15 scan, {cart}", pressed(page, "Enter", lambda _: scan(page, next(at))))
    yield figure(f"W15 Enter on a result, {cart}", pressed(page, "Enter", lambda _: choose(page)))
    yield figure(f"W15 letter of a search, {PRODUCTS:,} products", _letters(page))
    page.close()


def _letters(page: Page) -> list[float]:
    """Return what each letter took, from its key to the frame that shows what it found."""
    page.evaluate(MULTIPLY, PRODUCTS)
    page.reload()
    page.locator("[data-finder]").wait_for()
    page.evaluate(SHOWN)

    def type_one(number: int) -> None:
        page.keyboard.press("Control+a")
        page.keyboard.type(f"copy{number}")
        page.wait_for_timeout(SETTLED_MS)
        page.evaluate("window.took = []; window.pressed = 0; window.awaited = '1'")
        page.keyboard.press("1")
        page.wait_for_function("window.took.length > 0", polling=10)

    times: list[float] = []
    for number in range(PRESSES):
        type_one(number)
        times += page.evaluate("window.took")[:1]
    return times
