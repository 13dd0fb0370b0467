"""The viewer on the running product, over pictures whose every value is known."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from erp.embedded.programs import PROJECT
from tests.browser.offices import SIZES, expect_to_fit
from tests.browser.phantoms import EDGE
from tests.fixtures.product import Product

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("product")]
Open = Callable[..., Page]
Point = tuple[float, float]


@pytest.fixture(scope="module")
def phantoms(product: Product) -> dict[str, Any]:
    """A clinic whose device has delivered phantoms: its technician, and sessions by name."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.browser.phantoms"],
        cwd=PROJECT,
        env=dict(os.environ) | dict(product.environment),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.fixture
def opened(product: Product, phantoms: dict[str, Any], browser_window: BrowserContext) -> Open:
    """Open a session by its phantom's name."""

    def open_one(name: str, window: BrowserContext = browser_window) -> Page:
        return open_session(product, phantoms, window, name)

    return open_one


def open_session(
    product: Product, phantoms: dict[str, Any], window: BrowserContext, name: str
) -> Page:
    page = window.new_page()
    address = f"{product.url}/imaging/sessions/{phantoms['sessions'][name]}"
    page.goto(address)
    if page.get_by_label("User name").is_visible():
        page.get_by_label("User name").fill(phantoms["login"])
        page.get_by_label("Password").fill(phantoms["password"])
        page.get_by_role("button", name="Sign in").click()
        page.locator(".avatar").wait_for()
        page.goto(address)
    shown(page)
    return page


def shown(page: Page) -> Locator:
    """Return the viewer once it shows an image."""
    found = page.get_by_label("Image viewer")
    expect(found).to_have_attribute("data-state", "shown", timeout=30_000)
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


def listed(page: Page) -> Locator:
    return page.locator(".card", has_text="Measurements").locator(".imaging-rows li")


def numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", text)]


def color(page: Page, number: int = 0) -> tuple[int, int, int]:
    """Return the colour in the middle of what a pane's canvas shows."""
    found = page.evaluate(
        """async (number) => {
          const canvas = document.querySelector(`[data-pane="${number}"] canvas`);
          await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
          const copy = document.createElement("canvas");
          [copy.width, copy.height] = [canvas.width, canvas.height];
          const pen = copy.getContext("2d");
          pen.drawImage(canvas, 0, 0);
          return [...pen.getImageData(copy.width / 2 | 0, copy.height / 2 | 0, 1, 1).data];
        }""",
        number,
    )
    return (found[0], found[1], found[2])


def expect_color(page: Page, wanted: tuple[int, int, int]) -> None:
    for _ in range(60):
        if all(abs(a - b) <= 2 for a, b in zip(color(page), wanted, strict=True)):
            return
        page.wait_for_timeout(50)
    assert color(page) == wanted


def test_each_tool_measures_what_is_there(opened, troubles):
    page = opened("block")
    viewer = shown(page)
    viewer.press("m")
    drag(page, (16, 24), (48, 24))
    viewer.press("b")
    drag(page, (20, 28), (40, 44))
    viewer.press("e")
    drag(page, (2, 2), (12, 12))
    viewer.press("a")
    drag(page, (50, 62), (50, 50))
    page.mouse.move(*at(page, (60, 50)), steps=3)
    page.mouse.click(*at(page, (62, 50)))
    viewer.press("d")
    drag(page, (60, 10), (50, 20))
    page.keyboard.type("Edge")
    page.keyboard.press("Enter")
    viewer.press("t")
    page.mouse.click(*at(page, (4, 56)))
    page.keyboard.type("Phantom")
    page.keyboard.press("Enter")
    expect(listed(page)).to_have_count(6)
    saved(page)
    expect(listed(page).filter(has_text="not checked yet")).to_have_count(0, timeout=30_000)
    texts = listed(page).all_inner_texts()
    length, rectangle, ellipse, angle, arrow, text = texts
    assert numbers(length)[0] == pytest.approx(16, abs=0.1)
    assert "pixel spacing" in length
    assert "Tara Sen" in length
    assert numbers(rectangle)[0] == pytest.approx(80, rel=0.02)
    assert "mean 100.0 HU, SD 0.0, 100 to 100" in rectangle
    assert numbers(ellipse)[0] == pytest.approx(19.6, rel=0.03)
    assert "mean 0.0 HU" in ellipse
    assert numbers(angle)[0] == pytest.approx(90, abs=1)
    assert ("Edge" in arrow, "Phantom" in text) == (True, True)
    expect_the_same_after_opening_again(page, texts)
    assert troubles == []


def expect_the_same_after_opening_again(page: Page, texts: list[str]) -> None:
    drawn = page.locator("[data-mark] .vv-words").all_inner_texts()
    page.reload()
    shown(page)
    expect(page.locator("[data-mark]")).to_have_count(6)
    assert page.locator("[data-mark] .vv-words").all_inner_texts() == drawn
    assert listed(page).all_inner_texts() == texts


def test_acts_are_undone_and_done_again(opened, troubles):
    page = opened("later")
    viewer = shown(page)
    viewer.press("m")
    drag(page, (10, 30), (30, 30))
    expect(listed(page)).to_have_count(1)
    saved(page)
    before = listed(page).locator(".numeric").first.inner_text()
    drag(page, (30, 30), (50, 30))
    expect(listed(page).locator(".numeric").first).not_to_have_text(before)
    saved(page)
    viewer.press("Control+z")
    expect(listed(page).locator(".numeric").first).to_have_text(before)
    viewer.press("Control+z")
    expect(listed(page)).to_have_count(0)
    expect(page.locator("[data-mark]")).to_have_count(0)
    viewer.press("Control+y")
    expect(listed(page).locator(".numeric").first).to_have_text(before)
    viewer.press("Control+y")
    expect(listed(page).locator(".numeric").first).not_to_have_text(before)
    expect(page.get_by_label("Redo (Ctrl+y)")).to_be_disabled()
    page.get_by_label("Take back").click()
    expect(listed(page)).to_have_count(0)
    viewer.press("Control+z")
    expect(listed(page)).to_have_count(1)
    page.get_by_label("Take back").click()
    expect(listed(page)).to_have_count(0)
    assert troubles == []


def test_what_somebody_else_changed_is_not_undone(opened, open_window):
    page = opened("foreign")
    shown(page).press("m")
    drag(page, (10, 12), (30, 12))
    expect(listed(page)).to_have_count(1)
    other = opened("foreign", open_window())
    expect(other.locator("[data-mark]")).to_have_count(1)
    other.get_by_label("Take back").click()
    expect(other.locator("[data-mark]")).to_have_count(0)
    expect(page.locator("[data-mark]")).to_have_count(0)
    shown(page).press("Control+z")
    expect(page.get_by_text("Somebody changed this mark meanwhile")).to_be_visible()
    expect(page.locator("[data-mark]")).to_have_count(0)


def test_key_images_are_listed_and_lead_to_their_picture(opened, troubles):
    page = opened("block")
    viewer = shown(page)
    viewer.press("End")
    expect(viewer).to_have_attribute("data-index", "11")
    expect(viewer).to_have_attribute("data-state", "shown")
    viewer.press("k")
    keys = page.locator(".imaging-keys li")
    expect(keys).to_have_count(1)
    expect(pane(page)).to_contain_text("Key image")
    viewer.press("Home")
    expect(viewer).to_have_attribute("data-index", "0")
    keys.get_by_role("button").first.click()
    expect(viewer).to_have_attribute("data-index", "11")
    saved(page)
    shown(page).press("k")
    expect(keys).to_have_count(0)
    assert troubles == []


def test_two_sessions_are_compared_side_by_side(opened, troubles):
    page = opened("block")
    choice = page.get_by_label("Compare with")
    options = choice.locator("option").all_inner_texts()
    assert len(options) == 4
    later = page.evaluate("() => location.pathname.split('/').pop()")
    assert later
    lay_beside(page, "later")
    viewer = shown(page)
    expect(viewer).to_have_attribute("data-layout", "1x2")
    expect(pane(page, 1)).to_have_attribute("data-state", "shown")
    viewer.press("End")
    expect(pane(page, 0)).to_have_attribute("data-index", "11")
    expect(pane(page, 1)).to_have_attribute("data-index", "9")
    expect(pane(page, 1)).to_contain_text("Linked by position")
    page.get_by_label("Zoom in (+)").click()
    expect(pane(page, 1).locator(".vv-br")).to_contain_text("125%")
    viewer.press("o")
    viewer.press("ArrowUp")
    expect(pane(page, 0)).to_have_attribute("data-index", "10")
    expect(pane(page, 1)).to_have_attribute("data-index", "9")
    lay_beside(page, "foreign")
    expect(pane(page, 1)).to_contain_text("Linked by image number: another frame of reference")
    expect(pane(page, 1)).to_have_attribute("data-index", "0")
    viewer.press("ArrowUp")
    viewer.press("ArrowDown")
    viewer.press("ArrowDown")
    expect(pane(page, 1)).to_have_attribute("data-index", "1")
    assert troubles == []


def lay_beside(page: Page, name: str) -> None:
    """Choose a session to compare with; they are listed newest first: kinds, foreign, later."""
    place = {"kinds": 1, "foreign": 2, "later": 3}[name]
    page.get_by_label("Compare with").select_option(index=place)


def test_a_layout_is_kept_and_shows_where_pictures_cut(opened, troubles):
    page = opened("block")
    page.get_by_label("Layout: One pane (G)").click()
    page.get_by_role("menuitemradio", name="Two panes side by side").click()
    viewer = shown(page)
    expect(viewer).to_have_attribute("data-layout", "1x2")
    expect(pane(page, 1)).to_have_attribute("data-state", "shown")
    line = pane(page, 1).locator(".vv-cut")
    expect(line).to_have_count(1)
    before = float(line.get_attribute("y1") or 0)
    viewer.press("End")
    expect(viewer).to_have_attribute("data-index", "11")
    page.wait_for_function(
        """(before) => document.querySelector('[data-pane="1"] .vv-cut').y1.baseVal.value < before - 20""",
        arg=before,
    )
    viewer.press("x")
    expect(line).to_have_count(0)
    page.reload()
    shown(page)
    expect(viewer).to_have_attribute("data-layout", "1x2")
    for name in ("2x1", "2x2", "1x1"):
        viewer.press("g")
        expect(viewer).to_have_attribute("data-layout", name)
    assert troubles == []


def test_cine_runs_at_its_speed_in_a_loop_or_once(opened, troubles):
    page = opened("block")
    viewer = shown(page)
    viewer.press("c")
    speed = page.get_by_label("Images per second")
    speed.fill("30")
    page.wait_for_function(
        """() => { const viewer = document.querySelector('[aria-label="Image viewer"]');
          const seen = (window.seen ??= new Set()); seen.add(viewer.dataset.shown); return seen.size >= 10; }"""
    )
    page.get_by_label("Loop: start again at the end").click()
    expect(speed).to_have_count(0)
    expect(viewer).to_have_attribute("data-index", "11")
    assert troubles == []


CARD = (
    "const own = WebGL2RenderingContext.prototype.getParameter;"
    "WebGL2RenderingContext.prototype.getParameter = function (name) {"
    " return name === 0x9246 ? 'A graphics card' : own.call(this, name); };"
)
"""Chromium here imitates a card, for which the viewer has a painter of its own: this hides it."""


@pytest.mark.parametrize("painter", ["card", "canvas"])
@pytest.mark.parametrize(
    ("series", "wanted"),
    [
        ("Grey", (200, 200, 200)),
        ("Inverse", (255, 255, 255)),
        ("Signed", (128, 128, 128)),
        ("Palette", (200, 30, 60)),
        ("Colour", (10, 150, 240)),
        ("Frames", (20, 20, 20)),
    ],
)
def test_every_kind_of_pixel_has_its_colour(opened, browser_window, painter, series, wanted):
    if painter == "card":
        browser_window.add_init_script(CARD)
    page = opened("kinds")
    expect(page.locator(".vv-paper")).to_have_count(int(painter == "canvas"))
    page.locator(".vv-stack", has_text=series).click()
    shown(page)
    expect(pane(page)).to_contain_text(series)
    expect_color(page, wanted)
    viewer = shown(page)
    if series not in {"Colour", "Palette"}:
        viewer.press("i")
        expect_color(page, tuple(255 - level for level in wanted))
    if series == "Frames":
        viewer.press("i")
        viewer.press("End")
        expect(viewer).to_have_attribute("data-index", "7")
        expect_color(page, (160, 160, 160))


def test_without_a_spacing_lengths_are_in_pixels(opened):
    page = opened("kinds")
    shown(page).press("m")
    drag(page, (16, 24), (48, 24))
    expect(listed(page)).to_have_count(1)
    words = listed(page).inner_text()
    assert numbers(words)[0] == pytest.approx(32, abs=1)
    assert "px" in words
    assert "no spacing" in words
    page.get_by_label("Take back").click()
    expect(listed(page)).to_have_count(0)


def test_an_image_that_fails_never_leaves_another_on_the_screen(opened):
    page = opened("later")
    viewer = shown(page)
    address = re.compile(r"/frames/1$")
    page.route(address, lambda route: route.fulfill(status=422, json={"detail": "It is damaged."}))
    page.reload()
    expect(viewer).to_have_attribute("data-state", "failure")
    expect(pane(page)).to_contain_text("It is damaged.")
    expect(pane(page).locator(".vv-canvas")).not_to_be_visible()
    assert pane(page).get_attribute("data-shown") == ""
    page.unroute(address)
    viewer.press("ArrowDown")
    expect(viewer).to_have_attribute("data-state", "shown")
    expect(pane(page).locator(".vv-canvas")).to_be_visible()


@pytest.mark.parametrize("painter", ["card", "canvas"])
def test_turned_and_flipped_pictures_measure_the_same(opened, browser_window, painter):
    if painter == "card":
        browser_window.add_init_script(CARD)
    page = opened("later")
    viewer = shown(page)
    viewer.press("r")
    viewer.press("h")
    viewer.press("m")
    drag(page, (24, 16), (24, 48))
    expect(listed(page)).to_have_count(1)
    assert numbers(listed(page).inner_text())[0] == pytest.approx(16, abs=0.1)
    page.get_by_label("Take back").click()
    expect(listed(page)).to_have_count(0)


@pytest.fixture
def phone(browser: Browser, troubles: list[str]) -> Iterator[BrowserContext]:
    """A telephone."""
    assert troubles == []
    window = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    window.set_default_timeout(15_000)
    yield window
    window.close()


def touch(page: Page, *steps: list[Point]) -> None:
    """Put fingers on the screen, move them, and lift them."""
    session = page.context.new_cdp_session(page)
    for number, points in enumerate(steps):
        kind = "touchStart" if number == 0 else "touchMove"
        fingers = [{"x": x, "y": y, "id": n} for n, (x, y) in enumerate(points)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})
        page.wait_for_timeout(30)
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_one_finger_measures_and_two_zoom(opened, phone):
    page = opened("later", phone)
    expect_to_fit(page)
    page.get_by_label("Length (M)").tap()
    (x, y), (right, _) = at(page, (16, 24)), at(page, (48, 24))
    touch(page, [(x, y)], [((x + right) / 2, y)], [(right, y)])
    expect(listed(page)).to_have_count(1)
    assert numbers(listed(page).inner_text())[0] == pytest.approx(16, abs=0.4)
    x, y = at(page, (32, 32))
    apart = [[(x - d, y), (x + d, y)] for d in (40, 55, 70, 80)]
    touch(page, *apart)
    expect(pane(page).locator(".vv-br")).to_contain_text("200%")
    expect(page.locator("[data-mark]")).to_have_count(1)
    page.get_by_label("Take back").tap()
    expect(listed(page)).to_have_count(0)


@pytest.fixture
def plain_window(browser: Browser) -> Iterator[BrowserContext]:
    """A browser without WebGL."""
    window = browser.new_context(viewport={"width": 1440, "height": 900})
    window.set_default_timeout(15_000)
    window.add_init_script(
        "HTMLCanvasElement.prototype.getContext = new Proxy("
        "HTMLCanvasElement.prototype.getContext, { apply: (own, it, given) =>"
        " String(given[0]).startsWith('webgl') ? null : own.apply(it, given) })"
    )
    yield window
    window.close()


def test_a_browser_without_webgl_gets_pictures_from_the_server(opened, plain_window):
    page = opened("block", plain_window)
    viewer = shown(page)
    expect(pane(page)).to_contain_text("Simplified view")
    picture = pane(page).locator("img")
    assert picture.evaluate("image => image.naturalWidth") == EDGE
    before = picture.get_attribute("src") or ""
    viewer.press("ArrowDown")
    expect(picture).not_to_have_attribute("src", before)
    for act in ("Brighter", "More contrast"):
        before = picture.get_attribute("src") or ""
        page.get_by_role("button", name=act).click()
        expect(picture).not_to_have_attribute("src", before)
    page.get_by_label("Window preset").select_option(index=1)
    expect(picture).to_have_attribute("src", re.compile("width="))
    shown(page).press("b")
    drag(page, (20, 20), (40, 40))
    figures = listed(page).filter(has_text="mean 200.0 HU")
    expect(figures).to_have_count(1, timeout=30_000)
    figures.get_by_label("Take back").click()
    expect(figures).to_have_count(0)


def test_keys_and_help_say_the_same_and_the_viewer_fits(opened, troubles):
    page = opened("block")
    viewer = shown(page)
    viewer.press("?")
    card = page.get_by_role("dialog", name="Keys of the viewer")
    expect(card).to_contain_text("Ellipse with figures")
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    viewer.press("f")
    page.wait_for_function("() => document.fullscreenElement !== null")
    viewer.press("f")
    page.wait_for_function("() => document.fullscreenElement === null")
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        expect_to_fit(page)
    assert troubles == []
