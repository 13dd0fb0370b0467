"""Marks, panes and comparison in the viewer, over pictures whose every value is known."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.viewing import at, drag, kept_in_one_pane, listed, numbers, pane, saved, shown

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("product")]
WINDOW = re.compile(r"^W \d+ · C ")


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
    drawn = page.locator("[data-mark] .vv-words").all_text_contents()
    page.reload()
    shown(page)
    expect(page.locator("[data-mark]")).to_have_count(6)
    assert page.locator("[data-mark] .vv-words").all_text_contents() == drawn
    expect(listed(page)).to_have_count(6)
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


@pytest.mark.parametrize(
    ("key", "ends", "onto"),
    [
        ("m", ((36, 40), (56, 40)), (36, 40)),
        ("b", ((40, 44), (52, 54)), (40, 54)),
        ("e", ((34, 6), (44, 14)), (44, 6)),
    ],
)
def test_a_mark_is_never_dragged_to_nothing(opened, troubles, key, ends, onto):
    page = opened("later")
    viewer = shown(page)
    before = page.locator("[data-mark]").count()
    viewer.press(key)
    drag(page, *ends)
    saved(page)
    mark = page.locator("[data-mark]").last
    kept = mark.locator(".vv-outline").inner_html()
    page.mouse.move(*at(page, ends[1]))
    page.mouse.down()
    page.mouse.move(*at(page, onto), steps=6)
    expect(pane(page).get_by_text("Too small to be kept")).to_be_visible()
    page.mouse.up()
    expect(pane(page).get_by_role("status")).to_have_text("Too small: the mark is as it was")
    expect(page.locator("[data-mark]")).to_have_count(before + 1)
    assert mark.locator(".vv-outline").inner_html() == kept
    expect(page.get_by_label("Image viewer")).to_have_attribute("data-unsaved", "0")
    viewer.press("Control+z")
    expect(page.locator("[data-mark]")).to_have_count(before)
    saved(page)
    assert troubles == []


def test_what_is_drawn_too_thin_says_why_it_is_not_kept(opened, troubles):
    page = opened("later")
    before = page.locator("[data-mark]").count()
    shown(page).press("b")
    drag(page, (20, 50), (20.1, 58))
    said = pane(page).get_by_text("Too small to measure: drag further")
    expect(said).to_be_visible()
    expect(page.locator("[data-mark]")).to_have_count(before)
    expect(said).to_have_count(0, timeout=10_000)
    assert troubles == []


def test_escape_gives_up_a_drag(opened, troubles):
    page = opened("later")
    viewer = shown(page)
    before = page.locator("[data-mark]").count()
    viewer.press("m")
    drag(page, (14, 4), (30, 4))
    saved(page)
    outline = page.locator("[data-mark]").last.locator(".vv-outline")
    kept = outline.inner_html()
    page.mouse.move(*at(page, (30, 4)))
    page.mouse.down()
    page.mouse.move(*at(page, (30, 14)), steps=4)
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(page.locator("[data-mark]")).to_have_count(before + 1)
    assert outline.inner_html() == kept
    viewer.press("Control+z")
    expect(page.locator("[data-mark]")).to_have_count(before)
    saved(page)
    assert troubles == []


def test_a_mark_keeps_its_form_at_the_border(opened, troubles):
    page = opened("later")
    viewer = shown(page)
    before = page.locator("[data-mark]").count()
    viewer.press("b")
    drag(page, (44, 24), (54, 34))
    saved(page)
    outline = page.locator("[data-mark]").last.locator(".vv-outline rect")
    width = outline.bounding_box()["width"]
    drag(page, (49, 24), (62, 24))
    drag(page, (59, 24), (64, 24))
    saved(page)
    assert outline.bounding_box()["width"] == pytest.approx(width, abs=0.5)
    for _ in range(3):
        viewer.press("Control+z")
    expect(page.locator("[data-mark]")).to_have_count(before)
    saved(page)
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


def test_key_images_are_listed_and_lead_to_their_picture_as_it_was_seen(opened, troubles):
    page = opened("block")
    viewer = shown(page)
    viewer.press("End")
    viewer.press("2")
    viewer.press("i")
    inverted = page.get_by_role("button", name=re.compile("^Invert"))
    expect(inverted).to_have_attribute("aria-pressed", "true")
    seen = pane(page).get_by_text(WINDOW)
    words = seen.inner_text()
    expect(viewer).to_have_attribute("data-index", "11")
    expect(viewer).to_have_attribute("data-state", "shown")
    viewer.press("k")
    keys = page.locator(".imaging-keys li")
    expect(keys).to_have_count(1)
    expect(pane(page)).to_contain_text("Key image")
    viewer.press("Home")
    viewer.press(" ")
    expect(viewer).to_have_attribute("data-index", "0")
    expect(inverted).to_have_attribute("aria-pressed", "false")
    expect(seen).not_to_have_text(words)
    keys.get_by_role("button").first.click()
    expect(viewer).to_have_attribute("data-index", "11")
    expect(inverted).to_have_attribute("aria-pressed", "true")
    expect(seen).to_have_text(words)
    saved(page)
    shown(page).press("k")
    expect(keys).to_have_count(0)
    assert troubles == []


def test_two_sessions_are_compared_side_by_side(opened, troubles):
    page = opened("block")
    expect(page.get_by_label("Compare with").locator("option")).to_have_count(4)
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
    kept_in_one_pane(page)
    assert troubles == []


def test_no_key_is_lost_however_late_the_page_answers(opened, troubles):
    page = opened("block")
    viewer = shown(page)
    page.get_by_label("Layout:").click()
    page.get_by_role("menuitemradio", name="One pane").click()
    page.evaluate(
        """() => { const viewer = document.querySelector('[aria-label="Image viewer"]'); window.laid = [];
          new MutationObserver(() => window.laid.push(viewer.dataset.layout))
            .observe(viewer, { attributeFilter: ["data-layout"] }); }"""
    )
    viewer.focus()
    for _ in range(7):
        page.keyboard.press("g")
    page.keyboard.press("h")  # "G H" would lead home from elsewhere
    page.wait_for_timeout(1500)  # the page has kept each choice, and said so
    assert page.evaluate("window.laid") == ["1x2", "2x1", "2x2", "1x1", "1x2", "2x1", "2x2"]

    expect(pane(page)).to_have_attribute("data-state", "shown")
    viewer.press("m")
    drag(page, (24, 8), (44, 8))  # where no other test has drawn
    undo = page.get_by_role("button", name="Undo (Ctrl+z)")
    undo.click()
    expect(undo).to_be_disabled()
    page.keyboard.press("g")
    expect(viewer).to_have_attribute("data-layout", "1x1")
    kept_in_one_pane(page)
    assert "/imaging/sessions/" in page.url
    assert troubles == []


def test_full_screen_holds_the_viewer_with_its_keys(opened, troubles):
    page = opened("block")
    viewer = shown(page)
    is_full = """() => document.fullscreenElement?.ariaLabel === 'Image viewer'"""
    viewer.press("f")
    page.wait_for_function(is_full)
    expect(page.get_by_role("button", name="Leave full screen")).to_be_visible()
    assert viewer.bounding_box() == {"x": 0, "y": 0, **(page.viewport_size or {})}
    page.keyboard.press("End")
    expect(viewer).to_have_attribute("data-index", "11")
    page.get_by_role("button", name="Leave full screen").click()
    page.wait_for_function("() => document.fullscreenElement === null")
    expect(page.get_by_role("button", name="Full screen (F)")).to_be_visible()
    page.keyboard.press("Home")
    expect(viewer).to_have_attribute("data-index", "0")
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
