"""Favourites at the till by finger: pictures, their categories, and a line for each touch."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from erp.adapters.object_storage import object_storage
from tests.browser.conftest import PATIENCE, OpenWindow
from tests.browser.signing_in import signed_in
from tests.factories import PASSWORD, Shop, make_shop
from tests.gate.serving import Server

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("interface")]

SMALL = """() => [...document.querySelectorAll('.till-left :is(button, a, input)')]
  .map((each) => [each.getAttribute('aria-label') || each.textContent, each.getBoundingClientRect()])
  .filter(([, box]) => box.width && box.height && Math.min(box.width, box.height) < 43.5)
  .map(([name, box]) => `${name}: ${box.width} x ${box.height}`)"""


@pytest.fixture
def tablet(browser: Browser, troubles: list[str]) -> Iterator[BrowserContext]:
    """A tablet of 1024 x 768 without mouse or keyboard."""
    window = browser.new_context(
        viewport={"width": 1024, "height": 768}, has_touch=True, is_mobile=True
    )
    window.set_default_timeout(PATIENCE)
    window.on("weberror", lambda error: troubles.append(str(error.error)))
    yield window
    window.close()


def ointment(shop: Shop) -> Any:
    """Add an ointment that is on the shelf; return its product and pack."""
    given = {
        "name": "Calendula",
        "form": "ointment",
        "brand": "SBL",
        "hsn": "30049014",
        "tax_class": "GST5",
    }
    product = shop.run("catalog.create_product", given).id
    pack = {"product_id": product, "pack_quantity": 25, "pack_unit": "g"}
    variant = shop.run("catalog.create_variant", pack).id
    shop.receive(variant, 20, mrp="64.00")
    return product, variant


def show_picture(window: BrowserContext, url: str, product: Any) -> None:
    """Send a picture as the product's page does."""
    out = io.BytesIO()
    Image.new("RGB", (300, 200), "teal").save(out, "PNG")
    answer = window.request.post(
        f"{url}/api/erp/products/{product}/picture",
        data=out.getvalue(),
        headers={"content-type": "application/octet-stream", "origin": url},
    )
    assert answer.status == 201, answer.text()


def arrange(shop: Shop, window: BrowserContext, server: Server) -> None:
    """Choose three favourites of two categories, one of them with a picture."""
    object_storage().ensure_bucket()
    product, variant = ointment(shop)
    signed_in(window, server.url, f"owner@{shop.slug}.example", PASSWORD, "/")
    show_picture(window, server.url, product)
    chosen = [*shop.variant_ids[:2], variant]
    shop.run("pos.set_favourites", {"goods": [{"variant_id": each} for each in chosen]})


@pytest.fixture
def till(tablet: BrowserContext, open_window: OpenWindow, interface: Server) -> Page:
    """The selling screen of a shop with favourites, on a tablet."""
    shop = make_shop("fingers")
    arrange(shop, open_window(), interface)
    page = signed_in(tablet, interface.url, f"cashier@{shop.slug}.example", PASSWORD, "/till")
    page.get_by_role("button", name="Work on this shift").tap()
    expect(page.get_by_role("heading", name="Favourites")).to_be_visible()
    return page


def tiles(page: Page) -> Any:
    return page.locator(".best-tile")


def choose(page: Page, category: str, count: int) -> None:
    button = page.get_by_role("group", name="Category").get_by_role("button", name=category)
    button.tap()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(tiles(page)).to_have_count(count)


def test_favourites_are_found_by_category_and_sold_by_touch(till, troubles):
    expect(tiles(till)).to_have_count(3)
    choose(till, "Ointment", 1)
    calendula = tiles(till).filter(has_text="Calendula")
    calendula.tap()
    expect(till.locator(".line")).to_have_count(1)
    expect(till.locator(".line").first).to_contain_text("Calendula")
    calendula.tap()
    expect(till.locator(".bill-foot .grand-total")).to_have_text("₹128.00")
    choose(till, "Dilution", 2)
    tiles(till).filter(has_text="Arnica 2").tap()
    expect(till.locator(".line")).to_have_count(2)
    expect(till.locator(".bill-foot .grand-total")).to_have_text("₹233.00")
    choose(till, "All", 3)
    assert troubles == []


def test_pictures_are_drawn_and_goods_without_one_show_initials(till):
    picture = tiles(till).filter(has_text="Calendula").locator("img.best-picture")
    expect(picture).to_be_visible()
    till.wait_for_function("() => document.querySelector('img.best-picture').naturalWidth > 0")
    plain = tiles(till).filter(has_text="Arnica 1")
    expect(plain.locator("img")).to_have_count(0)
    expect(plain.locator("i.best-picture")).to_have_text("A1")


def test_fingers_find_every_target_and_nothing_overflows(till):
    assert till.evaluate(SMALL) == []
    assert till.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    for box in [each.bounding_box() for each in tiles(till).all()]:
        assert box["width"] >= 44
        assert 0 <= box["y"] <= 768 - box["height"]
