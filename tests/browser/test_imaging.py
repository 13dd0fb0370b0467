"""The technician's journey on the whole running product: a camera delivers, a person decides."""

import re
import time
from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect
from pypdf import PdfReader

from tests.browser.offices import SIZES, expect_to_fit
from tests.browser.signing_in import signed_in
from tests.browser.viewing import WHOLE
from tests.crash.places import away, frozen
from tests.fixtures.product import Product

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("product")]
CAMERA = ("simulate", "device", "--site", "demo_PUNE", "--device", "CAM01")


def password_of(product: Product, login: str) -> str:
    """Return the password that the demo printed for a login."""
    line = next(line for line in product.run("seed").splitlines() if f" {login} " in line)
    return line.split(login)[1].split()[0]


@pytest.fixture(scope="module")
def technician(product: Product) -> dict[str, str]:
    """The fields of the sign-in form."""
    login = "technician@demo.example"
    return {"login": login, "password": password_of(product, login)}


@pytest.fixture
def queue(product: Product, technician: dict[str, str], browser_window: BrowserContext) -> Page:
    """The queue as the technician sees it after signing in."""
    return open_queue(product, technician, browser_window)


def open_queue(product: Product, technician: dict[str, str], window: BrowserContext) -> Page:
    page = signed_in(window, product.url, technician["login"], technician["password"], "/imaging")
    expect(page.get_by_role("heading", level=1)).to_have_text("Imaging")
    expect(page.locator("tbody tr").first).to_be_visible()
    return page


def acquire(product: Product, patient: str, *options: str) -> None:
    """Let the camera take and deliver a session of a patient."""
    name = ("--patient-id", f"ID-{patient}", "--patient-name", f"{patient}^Test")
    product.run(*CAMERA, *name, *options)


def session_of(page: Page, patient: str) -> None:
    """Open the session of a patient once it has come by itself."""
    row = page.locator("tbody tr", has_text=patient)
    expect(row).to_be_visible(timeout=30_000)
    expect(row).to_contain_text(WHOLE, timeout=30_000)
    row.locator(".row-link").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(patient)


def viewer(page: Page) -> Locator:
    """Return the viewer once it shows an image."""
    found = page.get_by_label("Image viewer")
    expect(found).to_have_attribute("data-state", "shown", timeout=30_000)
    return found


def pixels(page: Page) -> str:
    """Return a digest of what the viewer's canvas really shows."""
    digest: str = page.evaluate(
        """async () => {
          const canvas = document.querySelector(".vv-canvas canvas");
          await new Promise(requestAnimationFrame);
          const copy = document.createElement("canvas");
          [copy.width, copy.height] = [canvas.width, canvas.height];
          const pen = copy.getContext("2d");
          pen.drawImage(canvas, 0, 0);
          const bytes = pen.getImageData(0, 0, copy.width, copy.height).data;
          const hash = await crypto.subtle.digest("SHA-256", bytes);
          return Array.from(new Uint8Array(hash)).join();
        }"""
    )
    return digest


def claims(page: Page) -> str:
    """Return what the viewer says about the picture: frame, state, window, zoom."""
    shown = page.get_by_label("Image viewer")
    said = [f"{name}={shown.get_attribute(name)}" for name in ("data-index", "data-state")]
    return " | ".join([*said, *page.locator(".vv-bl, .vv-br, .vv-tr").all_inner_texts()])


def expect_other_pixels(page: Page, before: str) -> str:
    """Wait until the canvas shows something else, and return its digest."""
    deadline = time.monotonic() + 20
    while (now := pixels(page)) == before:
        assert time.monotonic() < deadline, f"the same picture, {claims(page)}"
        page.wait_for_timeout(50)
    return now


def test_a_session_arrives_live_is_looked_through_accepted_and_reported(
    product, queue, troubles, tmp_path
):
    acquire(product, "Kulkarni", "--count", "4")
    session_of(queue, "Kulkarni")
    shown = viewer(queue)
    look_through(queue, shown)
    queue.get_by_role("button", name="Accept").click()
    expect(queue.locator(".badge", has_text="Accepted").first).to_be_visible()
    words = make_report(product, queue, tmp_path)
    assert "Kulkarni" in words
    assert "No abnormality seen" in words
    queue.goto(f"{product.url}/imaging")
    expect(queue.get_by_role("heading", level=1)).to_have_text("Imaging")
    expect(queue.locator("tbody tr").first).to_be_visible()
    expect(queue.locator("tbody tr", has_text="Kulkarni")).to_have_count(0)
    assert troubles == []


def look_through(page: Page, shown: Locator) -> None:
    """Page by key, button and slider; change the window by hand and by preset; zoom and reset."""
    expect(shown).to_have_attribute("data-index", "0")
    first = pixels(page)
    shown.press("ArrowDown")
    expect(shown).to_have_attribute("data-index", "1")
    second = expect_other_pixels(page, first)
    shown.press("End")
    expect(shown).to_have_attribute("data-index", "3")
    shown.press("Home")
    expect(shown).to_have_attribute("data-index", "0")
    shown.press("ArrowDown")
    expect(shown).to_have_attribute("data-index", "1")
    expect(shown).to_have_attribute("data-state", "shown")
    expect_other_pixels(page, first)
    change_window(page)
    darker = expect_other_pixels(page, second)
    page.get_by_label("Zoom in (+)").click()
    expect(page.locator(".vv-br")).to_contain_text("125%")
    expect_other_pixels(page, darker)
    shown.press(" ")
    expect(page.locator(".vv-br")).to_contain_text("100%")


def change_window(page: Page) -> None:
    """Drag over the picture; the numbers in the corner follow."""
    corner = page.locator(".vv-bl")
    before = corner.inner_text()
    drag(page, (0, 0), (120, 40))
    page.wait_for_function(
        "([before]) => document.querySelector('.vv-bl').innerText !== before", arg=[before]
    )


def make_report(product: Product, page: Page, directory: Path) -> str:
    """Ask for the report, watch it being made, download it and return its words."""
    bar = page.get_by_role("progressbar")
    page.get_by_role("button", name="Make report").first.click()
    page.get_by_label("Comments").fill("No abnormality seen.")
    link = page.get_by_role("link", name="Download")
    with frozen(product.processes["worker"]):
        page.get_by_role("dialog").get_by_role("button", name="Make report").click()
        expect(bar).to_be_visible()
        expect(link).to_have_count(0)
    expect(link).to_be_visible(timeout=60_000)
    expect(bar).to_have_count(0)
    with page.expect_download() as waiting:
        link.click()
    path = directory / "report.pdf"
    waiting.value.save_as(path)
    pages = PdfReader(BytesIO(path.read_bytes())).pages
    return "\n".join(one.extract_text() for one in pages)


def test_a_repeat_is_asked_for_with_a_reason(product, queue, troubles):
    acquire(product, "Deshpande", "--count", "2", "--source", "iris")
    session_of(queue, "Deshpande")
    viewer(queue)
    queue.get_by_role("button", name="Request repeat").click()
    dialog = queue.get_by_role("dialog")
    dialog.get_by_role("button", name="Request repeat").click()
    expect(dialog.locator(".error").first).to_be_visible()
    dialog.get_by_label("Reason").select_option(index=1)
    dialog.get_by_role("button", name="Request repeat").click()
    expect(queue.locator(".badge", has_text="Repeat requested").first).to_be_visible()
    assert troubles == []


def test_who_waits_for_devices_is_told_while_none_can_be_heard(product, queue, troubles):
    deaf = queue.get_by_text("Devices cannot be heard just now")
    expect(deaf).to_have_count(0)
    for server in (product.processes["listener"], product.stack.mqtt):
        with away(server):
            expect(deaf).to_be_visible()
            for width, height in SIZES:
                queue.set_viewport_size({"width": width, "height": height})
                expect_to_fit(queue)
        expect(deaf).to_have_count(0)
    acquire(product, "Sathe", "--count", "1")
    expect(queue.locator("tbody tr", has_text="Sathe")).to_be_visible(timeout=30_000)
    assert troubles == []


def test_a_length_is_drawn_kept_moved_and_deleted(product, queue, troubles):
    acquire(product, "Joshi", "--count", "2")
    session_of(queue, "Joshi")
    viewer(queue).press("m")
    drag(queue, (-80, 0), (80, 0))
    kept = queue.locator(".card", has_text="Measurements").locator(".imaging-rows li")
    expect(kept).to_have_count(1)
    length = kept.locator(".numeric").first
    before = length.inner_text()
    queue.reload()
    viewer(queue)
    expect(queue.locator("[data-mark]")).to_have_count(1)
    drag(queue, (80, 0), (80, 90))
    expect(length).not_to_have_text(before)
    expect(kept).to_have_count(1)
    expect(queue.get_by_label("Image viewer")).to_have_attribute("data-unsaved", "0")
    drag(queue, (0, 45), (0, 45))
    queue.get_by_label("Image viewer").press("Delete")
    expect(kept).to_have_count(0)
    expect(queue.locator("[data-mark]")).to_have_count(0)
    assert troubles == []


def drag(page: Page, start: tuple[int, int], end: tuple[int, int]) -> None:
    """Press, move and let go; both ends are counted from the middle of the picture."""
    box = page.locator(".vv-canvas").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x + start[0], y + start[1])
    page.mouse.down()
    page.mouse.move(x + end[0], y + end[1], steps=8)
    page.mouse.up()


def test_an_overtaken_decision_is_refused(product, queue):
    acquire(product, "Bhat", "--count", "1")
    session_of(queue, "Bhat")
    viewer(queue)
    queue.get_by_role("button", name="Request repeat").click()
    dialog = queue.get_by_role("dialog")
    dialog.get_by_label("Reason").select_option(index=1)
    other = queue.context.new_page()
    other.goto(queue.url)
    other.get_by_role("button", name="Accept").click()
    expect(other.locator(".badge", has_text="Accepted").first).to_be_visible()
    dialog.get_by_role("button", name="Request repeat").click()
    expect(dialog).to_contain_text("meanwhile")


def test_what_arrives_meanwhile_is_offered_and_shown(product, queue, tmp_path):
    spool = ("--count", "30", "--spool", str(tmp_path))
    acquire_part(product, "Gokhale", *spool)
    row = queue.locator("tbody tr", has_text="Gokhale")
    expect(row).to_be_visible(timeout=30_000)
    row.locator(".row-link").click()
    viewer(queue)
    acquire(product, "Gokhale", *spool)
    expect(queue.get_by_text("30 of 30")).to_be_visible(timeout=30_000)
    more = queue.get_by_text("more objects have arrived.")
    assert int(more.inner_text().split()[0]) + pictures_in(viewer(queue)) == 30
    offer = queue.get_by_role("button", name="Show", exact=True)
    offer.click()
    expect(offer).to_have_count(0)
    shown = viewer(queue)
    expect(shown.locator(".vv-count")).to_have_text(re.compile(r"/ 30$"))
    shown.press("End")
    expect(shown).to_have_attribute("data-index", "29")


def pictures_in(shown: Locator) -> int:
    """Return how many images the viewer has been given."""
    return int(shown.locator(".vv-count").inner_text().rpartition("/")[2])


def acquire_part(product: Product, patient: str, *options: str) -> None:
    """Let the camera break off once one object has arrived."""
    acquire(product, patient, *options, "--stop-after", "1")


def test_a_device_is_corrected_on_its_page(product, queue):
    queue.goto(f"{product.url}/imaging/devices")
    queue.locator("tbody tr", has_text="CAM01").locator(".row-link").click()
    queue.get_by_role("button", name="Change", exact=True).click()
    dialog = queue.get_by_role("dialog")
    expect(dialog.locator("input[name=idempotency_key]")).not_to_have_value("")
    name = dialog.locator("input[name=name]")
    before = name.input_value()
    name.fill("")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.locator(".error").first).to_be_visible()
    name.fill(f"{before} (left)")
    dialog.locator("input[name=serial]").fill("S-17")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    expect(queue.get_by_role("heading", level=1)).to_contain_text(f"{before} (left)")
    expect(queue.locator(".device-facts")).to_contain_text("S-17")
    expect(queue.get_by_text("demo_PUNE/CAM01").first).to_be_visible()


@pytest.mark.parametrize("path", ["", "/sessions", "/quarantine", "/devices"])
def test_the_pages_fit_every_screen(product, queue, path):
    queue.goto(f"{product.url}/imaging{path}")
    expect(queue.locator("tbody tr").first).to_be_visible()
    for width, height in SIZES:
        queue.set_viewport_size({"width": width, "height": height})
        expect_to_fit(queue)


def test_a_session_fits_every_screen(queue):
    queue.locator("tbody tr .row-link").first.click()
    viewer(queue)
    expect(queue).to_have_url(re.compile("/imaging/sessions/"))
    for width, height in SIZES:
        queue.set_viewport_size({"width": width, "height": height})
        expect_to_fit(queue)
