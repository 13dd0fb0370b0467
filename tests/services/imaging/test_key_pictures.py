"""Key images of a report: as they were seen when somebody marked them, with the marks of their frame."""

import io
import json
from typing import Any

import numpy as np
import pytest
from PIL import Image
from psycopg.errors import CheckViolation
from pydantic import ValidationError

from erp.adapters.dicom.object_inspector import key_images
from erp.adapters.object_storage import object_storage
from erp.core import db
from erp.core.errors import InvalidInput
from erp.services import imaging
from tests.dicom.objects import good
from tests.services.imaging.test_marks import count, draw, marks, plan

LOOK = {"window": {"center": -896, "width": 257}, "function": "LINEAR", "is_inverted": False}


def ramp(**changes: Any) -> bytes:
    """Stored values 0 to 255, less 1024 as Hounsfield units; pixels of 0.5 by 0.25 mm."""
    values = np.arange(256, dtype="<u2").reshape(16, 16)
    return good(PixelData=values.tobytes(), **changes)


@pytest.fixture
def picture(line):
    object_storage().ensure_bucket()
    line.start()
    line.deliver(ramp(SeriesDescription="Ramp", InstanceNumber=1))
    return line.rows("select id, session_id from dicom_instance")[0]


def printed(line, picture):
    """The first picture of the report, drawn."""
    [chosen, *_] = plan(line, picture["session_id"]).pictures
    return imaging.draw_picture(chosen, object_storage(), key_images())


def greys(image):
    with Image.open(io.BytesIO(image.png)) as opened:
        return np.array(opened).astype(int).reshape(-1)


def test_a_key_image_is_printed_as_whoever_marked_it_saw_it(line, picture):
    """A window over all values of the ramp gives each value a grey of its own."""
    draw(line, picture, "key", look=LOOK)
    wide = printed(line, picture)
    assert abs(greys(wide) - np.arange(256)).max() <= 1
    assert wide.caption.startswith("Ramp, image 1 · W 257 C -896 · marked by ")
    assert line.owner.user_name in wide.caption


@pytest.mark.parametrize(
    ("change", "least", "most", "words"),
    [
        ({"window": {"center": -896, "width": 129}}, 0, 255, "W 129 C -896 ·"),
        ({"is_inverted": True}, 255, 0, "W 257 C -896, inverted ·"),
        ({"function": "SIGMOID"}, 0, 255, "W 257 C -896, sigmoid ·"),
    ],
)
def test_its_window_and_inversion_are_those_of_the_mark(line, picture, change, least, most, words):
    draw(line, picture, "key", look=LOOK | change)
    image = printed(line, picture)
    found = greys(image)
    assert (found[0], found[-1]) == (pytest.approx(least, abs=1), pytest.approx(most, abs=1))
    assert words in image.caption
    narrow = np.unique(found).size < 140
    assert narrow == ("window" in change)


def test_without_a_look_the_window_is_the_objects_own_and_said(line, picture):
    draw(line, picture, "key")
    image = printed(line, picture)
    assert "· W " in image.caption
    assert "marked by" in image.caption
    line.ask("imaging.withdraw_measurement", annotation_id=marks(line, picture)[0].id)
    assert "marked by" not in printed(line, picture).caption


def test_the_marks_of_the_frame_are_drawn_over_it_in_millimetres(line, picture):
    draw(line, picture, "key", look=LOOK)
    draw(line, picture, "length", (2, 2), (10, 2))
    draw(line, picture, "rectangle", (4, 4), (12, 12))
    count(line)
    draw(line, picture, "arrow", (3, 3), (8, 8), label="Edge")
    image = printed(line, picture)
    assert image.size == (4.0, 8.0)
    length, rectangle, arrow = image.marks
    assert (length.points, length.lines) == (((0.5, 1.0), (2.5, 1.0)), ("2.00 mm",))
    assert rectangle.points == ((1.0, 2.0), (3.0, 6.0))
    assert rectangle.lines == (
        "8.00 mm²",
        "mean -896.5 HU  SD 36.7",
        "min -956  max -837 HU",
    )
    assert (arrow.tool, arrow.lines) == ("arrow", ("Edge",))


def test_marks_of_other_pictures_and_those_taken_back_are_not_drawn(line, picture):
    line.deliver(ramp(SOPInstanceUID="1.2.3.99", InstanceNumber=2))
    [other] = line.rows("select id from dicom_instance where number = 2")
    draw(line, picture, "key")
    draw(line, other, "length", (2, 2), (10, 2))
    gone = draw(line, picture, "length", (2, 2), (10, 2))
    line.ask("imaging.withdraw_measurement", annotation_id=gone)
    assert printed(line, picture).marks == ()


def test_the_look_stays_with_the_mark_through_taking_back_and_bringing_back(line, picture):
    first = draw(line, picture, "key", look=LOOK)
    gone = line.ask("imaging.withdraw_measurement", annotation_id=first).id
    draw(line, picture, "key", supersedes=gone, look=LOOK)
    [mark] = marks(line, picture)
    assert mark.look == LOOK
    kept = line.rows("select look, is_deleted from annotation order by id")
    assert [row["look"] for row in kept] == [LOOK] * 3
    assert [row["is_deleted"] for row in kept] == [False, True, False]


def test_only_a_key_image_keeps_a_look(line, picture):
    with pytest.raises(InvalidInput) as refused:
        draw(line, picture, "length", (1, 1), (5, 1), look=LOOK)
    assert list(refused.value.fields) == ["look"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"window": {"center": 0, "width": 0}},
        {"window": {"center": float("nan"), "width": 1}},
        {"window": {"center": 0}},
        {"function": "CUBIC"},
        {"zoom": 2},
    ],
)
def test_a_look_that_cannot_be_is_refused(line, picture, wrong):
    with pytest.raises(ValidationError):
        draw(line, picture, "key", look=LOOK | wrong)
    assert line.count("annotation") == 0


@pytest.mark.parametrize(
    ("tool", "look"),
    [
        ("text", LOOK),
        ("key", LOOK | {"window": {"center": 0, "width": 0}}),
        ("key", LOOK | {"window": {"width": 5}}),
        ("key", {"window": None}),
        ("key", []),
    ],
)
def test_the_database_keeps_looks_whole_and_with_key_images(line, picture, tool, look):
    draw(line, picture, "key", look=LOOK)
    columns = [
        row["column_name"]
        for row in line.rows(
            "select column_name from information_schema.columns"
            " where table_name = 'annotation' and table_schema = 'public'"
        )
    ]
    changed = {
        "id": "gen_random_uuid()",
        "tool": f"'{tool}'",
        "label": "'x'",
        "points_px": "'[[1, 1]]'::jsonb" if tool == "text" else "points_px",
        "look": f"'{json.dumps(look)}'::jsonb",
    }
    wanted = ", ".join(changed.get(name, f'"{name}"') for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    copy = f"insert into annotation ({names}) select {wanted} from annotation"  # noqa: S608
    with (
        pytest.raises(CheckViolation, match="ck_annotation_look"),
        db.unit_of_work(line.owner) as session,
    ):
        db.execute(session, copy, ())
