"""What the viewer shows: every kind of pixel, failures, turns, fingers, and no WebGL."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.offices import SIZES, expect_to_fit
from tests.browser.phantoms import EDGE
from tests.browser.viewing import Point, at, drag, listed, numbers, pane, shown

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("product")]


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


CARD = (
    "const own = WebGL2RenderingContext.prototype.getParameter;"
    "WebGL2RenderingContext.prototype.getParameter = function (name) {"
    " if (name === 0x0D33 && window.largest) return window.largest;"
    " return name === 0x9246 ? 'A graphics card' : own.call(this, name); };"
)
"""Chromium here imitates a card, for which the viewer has a painter of its own: this hides it."""
KEPT_CONTEXTS = (
    "window.kept = [];"
    "const open = HTMLCanvasElement.prototype.getContext;"
    "HTMLCanvasElement.prototype.getContext = function (...given) {"
    " const made = open.apply(this, given);"
    " if (made && given[0] === 'webgl2' && !window.kept.includes(made)) window.kept.push(made);"
    " return made; };"
)
"""Every drawing context of a card that the page opens, so that a test can take it away."""
LOSE = (
    "() => window.kept.filter((one) => !one.isContextLost())"
    ".forEach((one) => one.getExtension('WEBGL_lose_context').loseContext())"
)


KINDS = {
    "Grey": (200, 200, 200),
    "Inverse": (255, 255, 255),
    "Signed": (128, 128, 128),
    "Palette": (200, 30, 60),
    "Colour": (10, 150, 240),
    "Frames": (20, 20, 20),
    "Modality": (55, 55, 55),
    "Table": (55, 55, 55),
    "Sigmoid": (225, 225, 225),
}
"""The middle of each kind of picture, as a conforming display shows it."""


@pytest.mark.parametrize("painter", ["card", "canvas"])
def test_every_kind_of_pixel_has_its_colour(opened, browser_window, painter):
    if painter == "card":
        browser_window.add_init_script(CARD)
    page = opened("kinds")
    expect(page.locator(".vv-paper")).to_have_count(int(painter == "canvas"))
    for series, wanted in KINDS.items():
        page.locator(".vv-stack", has_text=series).click()
        expect(pane(page)).to_contain_text(series)
        viewer = shown(page)
        expect_color(page, wanted)
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


def test_the_viewer_fills_the_screen_and_gives_it_back(opened):
    page = opened("later")
    is_full = "() => document.fullscreenElement?.classList.contains('vv') ?? false"
    pane(page).click()
    page.keyboard.press("f")
    page.wait_for_function(is_full)
    screen = page.evaluate("[screen.width, screen.height]")
    seen = page.locator(".vv").bounding_box()
    assert [seen["width"], seen["height"]] == screen
    page.keyboard.press("ArrowDown")
    expect(pane(page)).to_have_attribute("data-state", "shown")
    page.keyboard.press("f")
    page.wait_for_function("() => document.fullscreenElement === null")
    expect(pane(page)).to_have_attribute("data-state", "shown")


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


def test_a_card_that_is_lost_leaves_pictures_of_the_server(opened, browser_window):
    """What is drawn is measured and marked on as before; the next picture comes too."""
    browser_window.add_init_script(CARD + KEPT_CONTEXTS)
    page = opened("later")
    shown(page)
    expect(pane(page)).not_to_contain_text("Simplified view")
    page.evaluate(LOSE)
    expect(pane(page)).to_contain_text("Simplified view")
    picture = pane(page).locator("img")
    assert picture.evaluate("image => image.naturalWidth") == EDGE
    before = picture.get_attribute("src") or ""
    viewer = shown(page)
    viewer.press("ArrowDown")
    expect(picture).not_to_have_attribute("src", before)
    shown(page).press("m")
    drag(page, (16, 24), (48, 24))
    expect(listed(page)).to_have_count(1)
    assert numbers(listed(page).inner_text())[0] == pytest.approx(16, abs=0.1)
    page.get_by_label("Take back").click()
    expect(listed(page)).to_have_count(0)


def test_a_picture_larger_than_the_card_holds_is_drawn_on_paper(opened, browser_window):
    browser_window.add_init_script(CARD + f"window.largest = {EDGE - 1};")
    page = opened("kinds")
    shown(page)
    expect(page.locator(".vv-paper")).to_have_count(1)
    expect(pane(page)).not_to_contain_text("Simplified view")
    expect_color(page, (200, 200, 200))


@pytest.mark.parametrize("act", ["throw new RangeError('Too large')", "undefined"])
def test_what_no_painter_of_the_browser_draws_comes_from_the_server(opened, browser_window, act):
    """Of a canvas beyond its limits a browser says so, or leaves it empty."""
    browser_window.add_init_script(
        f"CanvasRenderingContext2D.prototype.putImageData = () => {{ {act}; }}"
    )
    page = opened("kinds")
    viewer = shown(page)
    expect(pane(page)).to_contain_text("Simplified view")
    assert pane(page).locator("img").evaluate("image => image.naturalWidth") == EDGE
    viewer.press("ArrowDown")
    shown(page)


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
