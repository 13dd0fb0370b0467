"""Hands and eyes at the viewer, over phantoms."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.phantoms import EDGE
from tests.browser.signing_in import signed_in
from tests.fixtures.product import Product

Open = Callable[..., Page]
Point = tuple[float, float]
WHOLE = re.compile(r"Complete\D*(\d+) of \1(?!\d)")
"""What the queue says of a session whose objects have all come: before that, a verdict is too early."""


def open_session(
    product: Product, phantoms: dict[str, Any], window: BrowserContext, name: str
) -> Page:
    path = f"/imaging/sessions/{phantoms['sessions'][name]}"
    page = signed_in(window, product.url, phantoms["login"], phantoms["password"], path)
    shown(page)
    return page


def shown(page: Page) -> Locator:
    """Return the viewer once it shows an image."""
    found = page.get_by_label("Image viewer")
    expect(found).to_have_attribute("data-state", "shown", timeout=30_000)
    expect(found).to_have_attribute("data-filled", "yes", timeout=30_000)
    return found


def pane(page: Page, number: int = 0) -> Locator:
    return page.locator(f'[data-pane="{number}"]')


def at(page: Page, point: Point, number: int = 0) -> Point:
    """Return where a point of the unzoomed phantom lies on the page."""
    box = pane(page, number).bounding_box()
    assert box is not None
    scale = min(box["width"], box["height"]) / EDGE
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    return middle[0] + (point[0] - EDGE / 2) * scale, middle[1] + (point[1] - EDGE / 2) * scale


def drag(page: Page, start: Point, end: Point, number: int = 0) -> None:
    """Press at one point of the picture and let go at another."""
    page.mouse.move(*at(page, start, number))
    page.mouse.down()
    page.mouse.move(*at(page, end, number), steps=6)
    page.mouse.up()


def saved(page: Page) -> None:
    """Wait until everything that was drawn is saved."""
    expect(page.get_by_label("Image viewer")).to_have_attribute("data-unsaved", "0")


def kept_in_one_pane(page: Page) -> None:
    """Wait until the person's next session opens in one pane, as every test finds it."""
    address = page.url.split("/imaging")[0] + "/api/erp/views?screen=imaging.viewer"
    for _ in range(100):
        views = page.request.get(address).json()["rows"]
        if [view["filters"]["layout"] for view in views] == ["1x1"]:
            return
        page.wait_for_timeout(100)
    raise AssertionError(views)


def listed(page: Page) -> Locator:
    return page.locator(".card", has_text="Measurements").locator(".imaging-rows li")


def numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", text)]
