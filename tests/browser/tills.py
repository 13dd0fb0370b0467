"""A shop whose cashier works in a browser."""

import io
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect
from pypdf import PdfReader

from tests.browser.signing_in import signed_in
from tests.factories import PASSWORD, Shop, make_shop
from tests.gate.serving import Server

CODE = "4006381333931"


@dataclass
class Counter:
    """A till in a window.

    Attributes:
        scanned: Variant with the barcode `CODE`. spoken: found by "ars alb 30".
    """

    page: Page
    shop: Shop
    server: Server
    scanned: Any
    spoken: Any

    def scan(self, code: str = CODE) -> None:
        """Type as a scanner does: fast, ended by Enter."""
        self.page.keyboard.type(code)
        self.page.keyboard.press("Enter")

    def look_for(self, words: str) -> None:
        """Type as a person does."""
        self.page.keyboard.type(words, delay=70)

    def lines(self) -> Any:
        return self.page.locator(".line")

    def total(self) -> Any:
        return self.page.locator(".bill-foot .grand-total")

    def ready(self) -> None:
        """Wait for the selling screen with the keyboard on the search."""
        expect(self.page.locator("[data-finder]")).to_be_focused()


def open_counter(window: BrowserContext, server: Server, *, is_open: bool = True) -> Counter:
    """Sign a cashier in at the till of a new shop."""
    shop = make_shop("counter")
    shop.run("catalog.add_barcode", {"variant_id": shop.variant_ids[0], "code": CODE})
    spoken = _arsenicum(shop)
    if not is_open:
        counted = {"counted_cash": "500.00", "float_left": "500.00"}
        shop.run("pos.close_shift", counted | {"shift_id": shop.shift_id})
    page = signed_in(window, server.url, f"cashier@{shop.slug}.example", PASSWORD, "/till")
    counter = Counter(page, shop, server, shop.variant_ids[0], spoken)
    if is_open:
        page.get_by_role("button", name="Work on this shift").click()
        counter.ready()
    return counter


def pdf_text(page: Page, link: str) -> str:
    """Return the words of the document behind a link, as the browser's session gets it."""
    href = page.get_by_role("link", name=link).get_attribute("href")
    answer = page.request.get(page.url.split("/till")[0] + (href or ""))
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(answer.body())).pages
    return "".join(page.extract_text() for page in pages).replace("\u2010", "-")


def _arsenicum(shop: Shop) -> Any:
    product = shop.run(
        "catalog.create_product",
        {
            "name": "Arsenicum Album",
            "form": "dilution",
            "brand": "Lords",
            "hsn": "30049014",
            "tax_class": "GST5",
            "remedy": {"name": "Arsenicum Album", "abbreviations": ["Ars. Alb."]},
        },
    )
    pack = {"product_id": product.id, "potency": "30C", "pack_quantity": 30, "pack_unit": "ml"}
    variant = shop.run("catalog.create_variant", pack)
    shop.receive(variant.id, 20, mrp="88.00", lot_number="ARS1")
    return variant.id
