"""Every page of the product with the demo's data in it: it is reached by a link, and it fits."""

import re
from dataclasses import dataclass, field, replace

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from erp import erp
from erp.seed.demo import PHARMACY, seed_tenant
from erp.state.screens import list_screens
from tests.browser.offices import SIZES, expect_to_fit
from tests.browser.rarities import RARE, make_rarities
from tests.browser.signing_in import signed_in
from tests.factories import PASSWORD, make_shop
from tests.gate.serving import Server
from tests.services.einvoicing.portals import portal

__all__ = ["portal"]
Owner = tuple[str, str]

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("interface")]

assert erp.app, "importing the composition root registers every page"
ID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
NOT_PAGES = {"404", "/no-permission"}
"""What is shown in place of a page."""
RECORDS_OF_A_KIND = 4
"""Records that are looked at for a way to pages that not each of them leads to."""

FAULTS = """() => {
  const isSeen = (e) => e.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const nameOf = (e) => (e.getAttribute('aria-label') || e.innerText || e.id || '').trim();
  const controls = [...document.querySelectorAll(
    'button, a[href], input:not([type=hidden]), select, textarea')]
    .filter((e) => isSeen(e) && !e.closest('[aria-hidden=true]'));
  const unnamed = controls.filter((e) => !(nameOf(e) || e.labels?.length || e.title
    || e.placeholder || e.querySelector('img[alt]:not([alt=""])')));
  const shown = (e) => {
    const box = e.getBoundingClientRect();
    const seen = { left: box.left, top: box.top, right: box.right, bottom: box.bottom };
    for (let above = e.parentElement; above; above = above.parentElement) {
      if (getComputedStyle(above).overflow === 'visible') continue;
      const edge = above.getBoundingClientRect();
      seen.left = Math.max(seen.left, edge.left);
      seen.top = Math.max(seen.top, edge.top);
      seen.right = Math.min(seen.right, edge.right);
      seen.bottom = Math.min(seen.bottom, edge.bottom);
    }
    return seen;
  };
  const boxes = controls.filter((e) => e.closest('main') && !e.closest('.day-input button')).map((e) => [e, shown(e)])
    .filter(([, box]) => box.right - box.left > 2 && box.bottom - box.top > 2);
  const lap = (a, b) => Math.min(
    Math.min(a.right, b.right) - Math.max(a.left, b.left),
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top));
  const covered = boxes.filter(([e, box], place) => boxes.slice(place + 1).some(([other, its]) =>
    lap(box, its) > 2 && !e.contains(other) && !other.contains(e)));
  const cut = [...document.querySelectorAll('button, th, h1, h2, h3, label')].filter((e) =>
    isSeen(e) && e.innerText.trim() && getComputedStyle(e).overflowX === 'hidden'
    && getComputedStyle(e).textOverflow !== 'ellipsis' && !e.closest('.sr-only')
    && e.scrollWidth > e.clientWidth + 1);
  return [
    ...unnamed.map((e) => `no name: ${e.outerHTML.slice(0, 120)}`),
    ...covered.map(([e]) => `covered: ${nameOf(e).slice(0, 60)}`),
    ...cut.map((e) => `cut: ${nameOf(e).slice(0, 60)}`),
  ].slice(0, 5);
}"""
SHIFTS = """
window.shifted = { most: 0, what: '' };
new PerformanceObserver((list) => {
  for (const { value, hadRecentInput, sources } of list.getEntries()) {
    if (hadRecentInput) continue;
    shifted.most += value;
    shifted.what += sources.map(({ node, previousRect: was, currentRect: is }) =>
      `${node?.className || node?.nodeName} ${was.y | 0} to ${is.y | 0}`).join(', ') + '; ';
  }
}).observe({ type: 'layout-shift', buffered: true });
"""
STILL = 0.1
"""What a page may jump while it loads: the most that counts as good by https://web.dev/articles/cls."""
LINKS = "[...document.querySelectorAll('a[href]')].map((each) => each.getAttribute('href'))"


@dataclass
class Walk:
    """A person who opens every page that a link leads to."""

    page: Page
    server: Server
    troubles: list[str]
    faults: list[str] = field(default_factory=list)

    def opens(self, path: str) -> list[str]:
        """Open a page, keep what is wrong with it in any size, and return where it leads to."""
        self.page.set_viewport_size({"width": SIZES[0][0], "height": SIZES[0][1]})
        self.page.goto(f"{self.server.url}{path}")
        expect(self.page.locator("h1")).to_have_count(1)
        expect(self.page.locator(".bone, [aria-busy=true]")).to_have_count(0)
        jump = self.page.evaluate("shifted")
        if jump["most"] > STILL:
            self.faults.append(f"{path} jumps by {jump['most']:.2f}: {jump['what'][:300]}")
        for width, height in SIZES:
            self.page.set_viewport_size({"width": width, "height": height})
            expect_to_fit(self.page)
            self.faults += [f"{path} at {width}: {each}" for each in self.page.evaluate(FAULTS)]
        self.faults += [f"{path}: {each}" for each in self.troubles]
        self.troubles.clear()
        return [each.partition("#")[0] for each in self.page.evaluate(LINKS)]


def walk(window: BrowserContext, server: Server, troubles: list[str], owner: Owner) -> Walk:
    """Sign the owner of an organisation in."""
    window.add_init_script(SHIFTS)
    return Walk(signed_in(window, server.url, *owner, "/"), server, troubles)


@pytest.mark.timeout(900)
def test_every_page_is_reached_and_fits(browser_window, interface, troubles):
    """The owner of a shop with a month of trade finds each page but the rare ones by its links."""
    seeded = seed_tenant(replace(PHARMACY, slug="every-page"), has_history=True)
    owner = seeded.logins[0]
    walker = walk(browser_window, interface, troubles, (owner.login, owner.password))
    routes = {screen.route for screen in list_screens()} - NOT_PAGES
    shapes = {each: shape_of(each) for each in routes if "[" in each}
    waiting: list[str] = sorted(routes - shapes.keys())
    found: dict[str, set[str]] = {route: set() for route in shapes}
    while waiting:
        for path in walker.opens(waiting.pop(0)):
            for route in [each for each, shape in shapes.items() if shape.match(path)]:
                if path not in found[route] and len(found[route]) < wanted(route, found):
                    found[route].add(path)
                    waiting.append(path)
    assert walker.faults == [], "\n".join(walker.faults)
    assert {route for route, paths in found.items() if not paths} <= RARE


def test_rare_pages_fit(open_window, interface, troubles, portal):
    assert portal
    shop = make_shop("rarities")
    paths = make_rarities(shop)
    assert paths.keys() == RARE
    owner = (f"owner@{shop.slug}.example", PASSWORD)
    walker = walk(open_window(), interface, troubles, owner)
    for path in paths.values():
        walker.opens(path)
    assert walker.faults == [], "\n".join(walker.faults)


def wanted(route: str, found: dict[str, set[str]]) -> int:
    """Return how many records of a kind are to be opened: more while a page below it is missing."""
    below = [each for each in found if each.startswith(f"{route}/")]
    return 1 if all(found[each] or each in RARE for each in below) else RECORDS_OF_A_KIND


def shape_of(route: str) -> re.Pattern[str]:
    """Return what addresses of a record's page look like."""
    return re.compile(re.sub(r"\\\[\w+\\\]", ID, re.escape(route)) + r"(\?|$)")
