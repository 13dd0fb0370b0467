"""Key images on paper: every mark lies where it was drawn, told by the pixels of the printed page."""

import io
import subprocess
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from erp.adapters.pdf import PdfPrinter
from erp.adapters.pdf.session_report import HALF, IMAGE_SHAPE
from erp.services.imaging.printing import KeyImage, Layout, PrintedMark, PrintedSection
from tests.pdf.documents import report, text

DOTS_PER_INCH = 200
GREY = 128
PIXELS = 160
ROOM = (860, 660)
"""A picture that fills its room: words have no other place than on it."""
LETTERS_HAVE = 40
"""Pixels of that grey in a row of letters, at most."""
LINES = ("12.50 mm", "mean 40.0 HU SD 2.5")


def image(*marks, shape=(PIXELS, PIXELS), size=None):
    """A picture of one grey, so that whatever is lighter or darker was drawn over it."""
    made = io.BytesIO()
    Image.new("L", shape, GREY).save(made, "PNG")
    return KeyImage(made.getvalue(), "Image 1", size or shape, marks=marks)


def printed(one, tmp_path):
    """The picture's part of the page and millimetres of it, as an array of greys."""
    file = tmp_path / "report.pdf"
    plain = replace(
        report(images=0, decision=None),
        images=(one,),
        layout=Layout("Report", (PrintedSection("images"),)),
    )
    file.write_bytes(PdfPrinter().session_report(plain))
    page = ["pdftoppm", "-r", str(DOTS_PER_INCH), "-gray", "-png", file, tmp_path / "page"]
    subprocess.run(page, check=True, capture_output=True, timeout=60)
    with Image.open(next(tmp_path.glob("page*.png"))) as opened:
        seen = np.array(opened.convert("L"))
    grey = abs(seen.astype(int) - GREY) <= 1
    rows, columns = (np.nonzero(grey.sum(axis=axis) > LETTERS_HAVE)[0] for axis in (1, 0))
    return seen[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def light(seen):
    """Where light lines lie, in parts of the picture's width and height."""
    rows, columns = np.nonzero(seen > 200)
    return (columns + 0.5) / seen.shape[1], (rows + 0.5) / seen.shape[0]


def mark(tool, *points, lines=()):
    return PrintedMark(tool, points, lines)


def veiled(marks, tmp_path):
    """How many dots the words of marks take of the picture, their outlines apart."""
    bare = [replace(one, lines=()) for one in marks]
    with_words, without = (
        (printed(image(*shown, shape=ROOM), tmp_path) < 100).sum() for shown in (marks, bare)
    )
    return int(with_words) - int(without)


def near(value):
    return pytest.approx(value, abs=0.012)


def test_a_picture_without_marks_has_nothing_over_it(tmp_path):
    assert set(np.unique(printed(image(), tmp_path))) == {GREY}


def test_a_length_runs_between_its_ends(tmp_path):
    x, y = light(printed(image(mark("length", (40, 20), (120, 80))), tmp_path))
    assert (x.min(), x.max()) == (near(0.25), near(0.75))
    assert (y.min(), y.max()) == (near(0.125), near(0.5))
    assert abs(y - (0.125 + (x - 0.25) * 0.75)).max() < 0.012


def test_a_rectangle_and_an_ellipse_fill_their_corners(tmp_path):
    for tool in ("rectangle", "ellipse"):
        x, y = light(printed(image(mark(tool, (130, 100), (30, 60))), tmp_path))
        assert (x.min(), x.max()) == (near(30 / 160), near(130 / 160))
        assert (y.min(), y.max()) == (near(60 / 160), near(100 / 160))
        off = ((x - 0.5) / (50 / 160)) ** 2 + ((y - 0.5) / (20 / 160)) ** 2
        assert (abs(off - 1).max() < 0.2) == (tool == "ellipse")


def test_an_angle_bends_at_its_vertex(tmp_path):
    x, y = light(printed(image(mark("angle", (40, 40), (40, 120), (120, 120))), tmp_path))
    assert all((abs(x - 0.25) < 0.012) | (abs(y - 0.75) < 0.012))
    assert (y.min(), x.max()) == (near(0.25), near(0.75))


def test_an_arrow_has_its_head_at_what_it_points_at(tmp_path):
    x, y = light(printed(image(mark("arrow", (40, 80), (120, 80))), tmp_path))
    assert (x.min(), x.max()) == (near(0.25), near(0.75))
    near_tip, near_tail = (y[abs(x - at) < 0.02] for at in (0.27, 0.73))
    assert np.ptp(near_tip) > 3 * np.ptp(near_tail)


def test_words_stand_beside_their_mark_and_not_over_those_of_another(tmp_path):
    two = [mark("length", (300, 300 + n), (400, 300 + n), lines=LINES) for n in (0, 20)]
    one_alone, both = (veiled(two[:count], tmp_path) for count in (1, 2))
    assert one_alone > 4000
    assert both == pytest.approx(2 * one_alone, rel=0.05)
    shown = text(PdfPrinter().session_report(replace(report(images=0), images=(image(*two),))))
    assert [shown.count(line) for line in LINES] == [2, 2]


def test_words_at_the_border_stay_on_the_picture(tmp_path):
    corner = mark("text", (859, 659), lines=("At the corner",))
    seen = printed(image(corner, shape=ROOM), tmp_path)
    columns = np.nonzero(seen < 100)[1] / seen.shape[1]
    assert columns.min() == pytest.approx(0.8, abs=0.05)


def test_pixels_that_are_not_square_are_printed_as_they_are_seen(tmp_path):
    """Rows twice as far apart as columns: 40 columns by 40 rows are half as wide as high."""
    tall = image(mark("length", (0, 10), (20, 10)), shape=(40, 40), size=(20, 40))
    seen = printed(tall, tmp_path)
    assert seen.shape[0] / seen.shape[1] == pytest.approx(2, abs=0.03)
    x, y = light(seen)
    assert (x.min(), x.max(), y.mean()) == (near(0), near(1), near(0.25))


def test_a_picture_is_as_large_as_its_column_lets_it_be(tmp_path):
    seen = printed(image(), tmp_path)
    side = HALF * IMAGE_SHAPE / 25.4 * DOTS_PER_INCH
    assert seen.shape == (pytest.approx(side, abs=2), pytest.approx(side, abs=2))
