"""The technician lets another program say that studies of a peer were sent in full."""

import re
from datetime import UTC, datetime

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect
from standardwebhooks import Webhook

from tests.browser.test_imaging import open_queue, technician
from tests.fixtures.product import Product

__all__ = ["technician"]
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("product")]
UID = "1.2.826.0.1.3680043.10.1.99"


def test_a_program_is_let_say_that_a_study_is_whole(
    product: Product, technician: dict[str, str], browser_window: BrowserContext
) -> None:
    page = open_queue(product, technician, browser_window)
    page.goto(f"{product.url}/imaging/devices")
    page.locator("tbody tr", has_text="dcmtk").locator(".row-link").click()
    expect(page.get_by_text("VANTAGE_DEMO")).to_be_visible()
    secret, address = opened(page)
    assert secret not in page.content()
    assert call(product, address, secret) == 404
    page.reload()
    expect(page.get_by_text("Refused: There is no such session.")).to_be_visible()

    page.get_by_role("button", name="New secret").click()
    renewed = made(page)
    assert renewed != secret
    assert call(product, address, secret) == 401
    page.get_by_role("button", name="Close", exact=True).click()
    page.get_by_role("alertdialog").get_by_role("button", name="Close").click()
    expect(page.get_by_text("Closed. Calls are refused")).to_be_visible()
    assert call(product, address, renewed) == 401


def opened(page: Page) -> tuple[str, str]:
    """Open the address; return its secret, shown this once, and where it is."""
    page.get_by_role("button", name="Open", exact=True).click()
    secret = made(page)
    return secret, page.locator(".hook .secret").inner_text()


def made(page: Page) -> str:
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("input[name=idempotency_key]")).not_to_have_value("")
    dialog.get_by_role("button", name="Make a secret").click()
    shown = dialog.locator("#issued-secret")
    expect(shown).to_have_text(re.compile("whsec_.+"))
    secret = shown.inner_text()
    dialog.get_by_role("button", name="I have kept it").click()
    expect(dialog).to_have_count(0)
    return secret


def call(product: Product, address: str, secret: str) -> int:
    """Call as the page says, about a study that never came."""
    at, place = datetime.now(UTC), f"/api/imaging/sessions/{UID}/complete"
    hook = address.partition("?hook=")[2]
    headers = {
        "webhook-id": "morning-1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign("morning-1", at, f"POST {place}\n{{}}"),
        "content-type": "application/json",
    }
    given = httpx.post(f"{product.url}{place}?hook={hook}", content=b"{}", headers=headers)
    return given.status_code
