"""A shop whose back office works in a browser."""

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.signing_in import signed_in
from tests.factories import PASSWORD, Shop
from tests.gate.serving import Server


def enter(window: BrowserContext, server: Server, shop: Shop, role: str, path: str = "/") -> Page:
    """Sign in as a role of the shop at a page and wait until the frame is there."""
    page = signed_in(window, server.url, f"{role}@{shop.slug}.example", PASSWORD, path)
    page.locator(".avatar", has_text=role[0].upper()).wait_for()
    return page


SCAN = """code => {
  const press = key => (document.activeElement ?? document.body).dispatchEvent(
    new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  for (const key of code) if (press(key)) document.execCommand("insertText", false, key);
  press("Enter");
}"""


def scan(page: Page, code: str) -> None:
    """Read a code as a scanner does: all keys at once, however busy this machine is."""
    page.evaluate(SCAN, code)


SIZES = ((1440, 900), (1024, 768), (390, 844))


def expect_to_fit_everywhere(page: Page, server: Server, paths: list[str]) -> None:
    """Open pages in every size of window and wait until each fits."""
    for path in paths:
        page.goto(f"{server.url}{path}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            expect_to_fit(page)


def expect_to_fit(page: Page) -> None:
    """Wait until nothing hangs out of the window sideways; charts redraw after a resize."""
    root = "document.documentElement"
    page.wait_for_function(f"() => {root}.scrollWidth <= {root}.clientWidth")
