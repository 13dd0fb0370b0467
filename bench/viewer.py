"""The viewer in Chromium: the first image, and a series of 200 scrolled image by image (W21)."""

import time
from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID

from playwright.sync_api import Page, sync_playwright

from bench.dicomweb import Archive, made_study
from bench.loading import PASSWORD, api_token, tenant
from bench.measuring import Figure, figure
from bench.till import FLAGS, chromium
from erp.core import db

SLICES: Final = 200
OPENINGS: Final = 6
LOGIN: Final = "viewer@bench.example"
STEP: Final = """async ([key, steps]) => {
  const root = document.querySelector(".vv"), pane = document.querySelector('[data-pane="0"]');
  const took = [];
  for (let step = 0; step < steps; step += 1) {
    const before = pane.dataset.shown, began = performance.now();
    root.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    await new Promise((seen) => {
      const look = () => (pane.dataset.shown !== before && pane.dataset.state === "shown"
        ? setTimeout(seen) : requestAnimationFrame(look));
      requestAnimationFrame(look);
    });
    took.push(performance.now() - began);
  }
  return took;
}"""
"""Asks for the next image as soon as the one before was painted: the task after the screen's own frame."""


def viewer_figures(address: str) -> Iterator[Figure]:
    """Open a session of 200 slices from the list several times, then scroll through it."""
    ctx = tenant("viewer", "27ZZZFZ0005Z1ZR")
    token = {"Authorization": f"Bearer {api_token(ctx, LOGIN)}"}
    archive = Archive(address, "/api/dicom-web", token, "W21")
    slices = made_study(512, SLICES)
    for at in range(0, SLICES, 10):
        archive.store(slices[at : at + 10])
    with db.unit_of_work(ctx) as session:
        [row] = db.fetch_all(session, "select id from imaging_session")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        _sign_in(page, address)
        yield figure(
            f"W21 from the list to the first image of {SLICES}", _opened(page, address, row["id"])
        )
        yield figure("W21 next image, while they load", _scrolled(page, "ArrowDown"))
        yield figure("W21 next image, all loaded", _scrolled(page, "ArrowUp"))
        browser.close()


def _sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}/imaging/sessions")
    page.get_by_label("User name").fill(LOGIN)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.locator(".avatar").wait_for()


def _opened(page: Page, address: str, session_id: UUID) -> list[float]:
    """Return what each opening took, from the click on the list to the image on the screen."""
    took = []
    for _ in range(OPENINGS):
        page.goto(f"{address}/imaging/sessions")
        link = page.locator(f'a[href*="{session_id}"]').first
        link.wait_for()
        page.wait_for_load_state("networkidle")
        started = time.perf_counter()
        link.click()
        page.locator('[data-pane="0"][data-state="shown"]').wait_for(timeout=60_000)
        took.append((time.perf_counter() - started) * 1000)
    return took


def _scrolled(page: Page, key: str) -> list[float]:
    times: Any = page.evaluate(STEP, [key, SLICES - 1])
    return [float(one) for one in times]
