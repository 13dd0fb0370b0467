"""From the viewer to the paper: a key image is printed as it was seen, its marks where they were drawn."""

import io
import os
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser.phantoms import EDGE
from tests.browser.viewing import drag, listed, pane, saved, shown

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("product")]
DOTS_PER_INCH = 200
BAR_PX = 100
"""A row or column of the room has as many black pixels at least, one of letters has fewer."""
SHOTS = os.environ.get("REPORT_SHOTS", "")


def test_a_key_image_is_printed_as_it_was_seen_with_its_marks(opened, troubles, tmp_path):
    """The twelfth slice, 0 HU around 1,200 HU, inverted, seen by a window of the reviewer's own."""
    page = opened("printed")
    viewer = shown(page)
    viewer.press("End")
    expect(viewer).to_have_attribute("data-index", "11")
    shown(page)
    viewer.press("i")
    presets = page.get_by_label("Window preset")
    whole = presets.locator("option", has_text="Whole range").get_attribute("value")
    presets.select_option(value=whole)
    viewer.press("m")
    drag(page, (16, 24), (48, 24))
    viewer.press("d")
    drag(page, (60, 60), (48, 48))
    page.keyboard.type("Corner")
    page.keyboard.press("Enter")
    expect(listed(page)).to_have_count(2)
    viewer.press("k")
    expect(page.locator(".imaging-keys li")).to_have_count(1)
    saved(page)
    window = " ".join(pane(page).locator(".vv-bl").inner_text().split())
    pdf = report_of(page, tmp_path)
    words = "\n".join(one.extract_text() for one in PdfReader(io.BytesIO(pdf)).pages)
    flat = " ".join(words.split())
    for said in ("Axial, image 12 · W 1200 C 600, inverted · marked by Tara Sen", "Corner"):
        assert said in flat
    assert len(re.findall(r"1[56]\.\d\d mm", flat)) == 2
    assert "W 1200 · C 600" in window
    expect_marks(printed(tmp_path))
    assert troubles == []


def report_of(page: Page, folder: Path) -> bytes:
    """Make the report and return it, kept in the folder."""
    page.get_by_role("button", name="Make report").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("input[name=idempotency_key]")).not_to_have_value("")
    dialog.get_by_role("button", name="Make report").click()
    link = page.get_by_role("link", name="Download")
    expect(link).to_be_visible(timeout=60_000)
    with page.expect_download() as waiting:
        link.click()
    path = folder / "report.pdf"
    waiting.value.save_as(path)
    return path.read_bytes()


def printed(folder: Path) -> np.ndarray:
    """Return the picture as it lies on the page, between the black bars of its room."""
    page = ["pdftoppm", "-r", str(DOTS_PER_INCH), "-gray", folder / "report.pdf", folder / "page"]
    subprocess.run(page, check=True, capture_output=True, timeout=60)
    content = next(folder.glob("page*.pgm")).read_bytes()
    _, size, _, pixels = content.split(b"\n", 3)
    width, height = (int(part) for part in size.split())
    seen = np.frombuffer(pixels, np.uint8).reshape(height, width)
    if SHOTS:
        Path(SHOTS, "printed.pgm").write_bytes(content)
    dark = seen < 10
    rows, columns = (np.nonzero(dark.sum(axis=axis) > BAR_PX)[0] for axis in (1, 0))
    room = seen[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    bar = (room.shape[1] - room.shape[0]) // 2
    return room[:, bar : bar + room.shape[0]]


def expect_marks(seen: np.ndarray) -> None:
    """Inverted, the bright square is black and 0 HU white; the line runs over it where it was drawn."""
    scale = seen.shape[0] / EDGE

    def grey(x: float, y: float) -> int:
        return int(seen[round(y * scale), round(x * scale)])

    assert (grey(8, 40), grey(32, 36)) == (255, 0)
    line = seen[:, round(32 * scale)][round(18 * scale) : round(30 * scale)]
    [*lit] = np.nonzero(line > 200)[0] / scale + 18
    assert (min(lit), max(lit)) == (pytest.approx(24, abs=0.5), pytest.approx(24, abs=0.5))
    row = seen[round(24 * scale), round(17 * scale) : round(47 * scale)]
    assert (row > 200).mean() > 0.95
    assert grey(32, 21) == grey(32, 27) == 0
