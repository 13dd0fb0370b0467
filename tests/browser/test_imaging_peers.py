"""The technician lets a DICOM peer in, calls it, and plans an examination for it."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from erp.embedded.credentials import free_port
from tests.browser.offices import SIZES, expect_to_fit
from tests.browser.test_imaging import open_queue, technician
from tests.fixtures.product import Product
from tests.ingest.conftest import until
from tests.peers.conftest import tool

__all__ = ["technician"]
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("product")]


@pytest.fixture
def modality(tmp_path: Path) -> Iterator[tuple[str, int]]:
    """A real storescp that answers a C-ECHO."""
    title, port = f"CT{uuid4().hex[:6].upper()}", free_port()
    process = subprocess.Popen(
        ["/usr/bin/storescp", "-aet", title, "-od", str(tmp_path), str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until(lambda: tool("echoscu", "-aec", title, "127.0.0.1", port).returncode == 0)
    yield title, port
    process.terminate()
    process.wait()


def in_dialog(page: Page) -> None:
    """Wait until the dialog's form has its key: what is typed before is lost."""
    expect(page.locator("[role=dialog] input[name=idempotency_key]")).not_to_have_value("")


def test_a_peer_is_let_in_called_and_planned_for(
    product: Product,
    technician: dict[str, str],
    browser_window: BrowserContext,
    modality: tuple[str, int],
) -> None:
    title, port = modality
    page = open_queue(product, technician, browser_window)
    page.goto(f"{product.url}/imaging/peers")
    own = f"V{uuid4().hex[:8].upper()}"
    page.get_by_role("button", name="Add title").click()
    in_dialog(page)
    page.get_by_role("textbox", name="AE title").fill(own)
    page.get_by_role("dialog").get_by_role("button", name="Add title").click()
    expect(page.locator(".title-chips", has_text=own)).to_be_visible()

    page.get_by_role("button", name="Add peer").first.click()
    in_dialog(page)
    page.get_by_role("textbox", name="AE title").fill(title)
    page.get_by_role("dialog").locator("input[name=name]").fill("CT in room 2")
    page.get_by_label("Let in from").fill("somewhere")
    page.get_by_role("dialog").get_by_role("button", name="Add peer").click()
    expect(page.get_by_text("is no address or network")).to_be_visible()
    page.get_by_label("Let in from").fill("127.0.0.1")
    page.get_by_label("Host we call").fill("127.0.0.1")
    page.get_by_label("Port we call").fill(str(port))
    page.get_by_label("Read the worklist").check()
    page.get_by_role("dialog").get_by_role("button", name="Add peer").click()
    row = page.locator("tbody tr", has_text=title)
    expect(row).to_contain_text("send, worklist")

    row.get_by_role("button", name="Echo").click()
    expect(row).to_contain_text("It answered.", timeout=20_000)

    change(page, row)
    plan(page, product, title)


def change(page: Page, row: Locator) -> None:
    """Give a peer other terms; what was not touched stays, and what is wrong is said."""
    row.get_by_role("button", name="Edit").click()
    in_dialog(page)
    expect(page.get_by_label("Host we call")).to_have_value("127.0.0.1")
    page.get_by_label("Search the archive").check()
    page.get_by_label("Serial number").fill("S-17")
    page.get_by_label("Its certificate").fill("AB:CD")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_text("is no SHA-256 fingerprint")).to_be_visible()
    page.get_by_label("Its certificate").fill(":".join(["AB"] * 32))
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_text("is called over TLS; say so")).to_be_visible()
    page.get_by_label("We call it over TLS").check()
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(row).to_contain_text("send, search, worklist")
    row.get_by_role("button", name="Edit").click()
    in_dialog(page)
    expect(page.get_by_label("Its certificate")).to_have_value("ab" * 32)
    expect(page.get_by_label("Serial number")).to_have_value("S-17")
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()


def plan(page: Page, product: Product, title: str) -> None:
    """Put an examination on the worklist, and take it off again."""
    page.goto(f"{product.url}/imaging/worklist")
    page.get_by_role("button", name="Schedule examination").first.click()
    in_dialog(page)
    what = f"Fundus {uuid4().hex[:6]}"
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Examination").fill(what)
    dialog.get_by_label("Device", exact=True).select_option(label=f"CT in room 2 ({title})")
    dialog.get_by_label("Patient").press_sequentially("Asha")
    page.locator(".lookup-list [role=option]").first.click()
    dialog.get_by_role("button", name="Schedule").click()
    row = page.locator("tbody tr", has_text=what)
    expect(row).to_contain_text("Scheduled")
    row.get_by_role("button", name="Take off the worklist").click()
    expect(row).to_contain_text("Cancelled")


@pytest.mark.parametrize("size", SIZES, ids=[f"{w}x{h}" for w, h in SIZES])
def test_peers_and_worklist_fit_every_screen(
    product: Product, technician: dict[str, str], browser: Browser, size: tuple[int, int]
) -> None:
    width, height = size
    window = browser.new_context(viewport={"width": width, "height": height})
    page = open_queue(product, technician, window)
    for place in ("/imaging/peers", "/imaging/worklist"):
        page.goto(f"{product.url}{place}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect_to_fit(page)
    window.close()
