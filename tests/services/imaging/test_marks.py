"""Marks on pictures: sized by the server, superseded and never changed, counted from the pixels."""

import math

import numpy as np
import pytest
from psycopg.errors import CheckViolation
from pydantic import ValidationError

from erp.adapters.object_storage import object_storage
from erp.core import db
from erp.core.errors import InvalidInput, NotFound
from erp.core.ids import new_id
from erp.services import imaging, platform
from erp.services.documents import blob_key
from erp.services.imaging.gauging import Scale, gauge
from jobs.imaging_figures import count_figures
from tests.dicom.enhanced import enhanced, groups
from tests.dicom.objects import good

FIGURES = {"pixels": 4, "mean": 2.0, "deviation": 1.0, "minimum": 1.0, "maximum": 3.0}


@pytest.fixture
def picture(line):
    """A picture of 16 by 16 pixels, 0.5 mm between rows and 0.25 between columns."""
    line.start()
    line.deliver(good())
    return line.rows("select id, session_id from dicom_instance")[0]


def draw(line, picture, tool, *points, **more):
    given = {"instance_id": picture["id"], "frame": 1, "tool": tool, "points_px": points} | more
    return line.ask("imaging.record_measurement", **given).id


def marks(line, picture):
    return line.ask("imaging.list_marks", session_id=picture["session_id"]).marks


@pytest.mark.parametrize(
    ("tool", "points", "value", "unit"),
    [
        ("length", [(2, 2), (10, 2)], 2.0, "mm"),
        ("length", [(2, 2), (2, 10)], 4.0, "mm"),
        ("angle", [(10, 4), (2, 4), (2, 12)], 90.0, "deg"),
        ("angle", [(10, 4), (2, 4), (10, 8)], 45.0, "deg"),
        ("rectangle", [(10, 8), (2, 4)], 4.0, "mm2"),
        ("ellipse", [(2, 4), (10, 8)], math.pi, "mm2"),
        ("arrow", [(2, 2), (8, 8)], None, ""),
    ],
)
def test_a_mark_is_sized_from_its_points(line, picture, tool, points, value, unit):
    draw(line, picture, tool, *points)
    [mark] = marks(line, picture)
    assert mark.value == (None if value is None else pytest.approx(value))
    assert (mark.unit, mark.author_name) == (unit, line.owner.user_name)
    assert mark.spacing_source == ("pixel_spacing" if unit.startswith("mm") else "none")


def test_without_a_spacing_sizes_are_in_pixels(line):
    line.start()
    line.deliver(good(PixelSpacing=None))
    [picture] = line.rows("select id, session_id from dicom_instance")
    draw(line, picture, "length", (1, 1), (4, 5))
    draw(line, picture, "rectangle", (1, 1), (4, 5))
    found = [(mark.value, mark.unit, mark.spacing_source) for mark in marks(line, picture)]
    assert found == [(5.0, "px", "none"), (12.0, "px2", "none")]


def test_outside_the_calibrated_region_sizes_are_in_pixels():
    scale = Scale((0.1, 0.1), (2, 2, 8, 8))
    inside = gauge("length", [(2, 2), (8, 2)], scale)
    across = gauge("length", [(2, 2), (9, 2)], scale)
    assert (round(inside.value, 6), inside.unit) == (0.6, "mm")
    assert (across.value, across.unit) == (7.0, "px")


@pytest.mark.parametrize(
    ("tool", "points", "more", "field"),
    [
        ("length", [(1, 1)], {}, "points_px"),
        ("angle", [(1, 1), (2, 2)], {}, "points_px"),
        ("key", [(1, 1)], {}, "points_px"),
        ("length", [(1, 1), (1, 1)], {}, "points_px"),
        ("rectangle", [(1, 1), (9, 1)], {}, "points_px"),
        ("length", [(1, 1), (40, 1)], {}, "points_px"),
        ("text", [(1, 1)], {}, "label"),
        ("length", [(1, 1), (5, 1)], {"statistics": FIGURES}, "statistics"),
    ],
)
def test_what_no_hand_drew_is_refused(line, picture, tool, points, more, field):
    before = line.snapshot()
    with pytest.raises(InvalidInput) as refusal:
        draw(line, picture, tool, *points, **more)
    assert list(refusal.value.fields) == [field]
    assert line.snapshot() == before


@pytest.mark.parametrize(
    "wrong",
    [{"mean": 9.0}, {"deviation": -1.0}, {"deviation": 5.0}, {"pixels": 0}, {"mean": math.nan}],
)
def test_figures_that_cannot_be_are_refused(line, picture, wrong):
    with pytest.raises(ValidationError):
        draw(line, picture, "rectangle", (1, 1), (5, 5), statistics=FIGURES | wrong)
    assert line.count("annotation") == 0


def test_the_database_keeps_units_and_tools_together(line, picture):
    draw(line, picture, "length", (1, 1), (5, 1))
    copy = (
        "insert into annotation select tenant_id, gen_random_uuid(), session_id, instance_id, frame,"
        " tool, points_px, value, 'deg', spacing_source, label, origin, author_id, author_name,"
        " null, false, now(), null, null from annotation"
    )
    with (
        pytest.raises(CheckViolation, match="ck_annotation_unit"),
        db.unit_of_work(line.owner) as s,
    ):
        db.execute(s, copy, ())


def test_a_mark_taken_back_is_brought_back_and_changed_again(line, picture):
    first = draw(line, picture, "length", (1, 1), (5, 1))
    gone = line.ask("imaging.withdraw_measurement", annotation_id=first).id
    assert marks(line, picture) == []
    back = draw(line, picture, "length", (1, 1), (5, 1), supersedes=gone)
    assert [mark.id for mark in marks(line, picture)] == [back]
    with pytest.raises(NotFound):
        draw(line, picture, "length", (1, 1), (7, 1), supersedes=first)
    with pytest.raises(NotFound):
        draw(line, picture, "angle", (1, 1), (7, 1), (7, 7), supersedes=back)
    assert line.count("annotation") == 3


def test_a_picture_is_a_key_image_once(line, picture):
    first = draw(line, picture, "key")
    assert draw(line, picture, "key") == first
    gone = line.ask("imaging.withdraw_measurement", annotation_id=first).id
    assert marks(line, picture) == []
    draw(line, picture, "key", supersedes=gone)
    assert [mark.tool for mark in marks(line, picture)] == ["key"]


def test_the_report_takes_the_pictures_that_people_marked(line):
    contents = [good(SOPInstanceUID=f"1.2.3.{n}", InstanceNumber=n) for n in range(1, 6)]
    line.start()
    for content in contents:
        line.deliver(content)
    rows = line.rows("select id, session_id, number from dicom_instance order by number")
    session_id = rows[0]["session_id"]
    assert len(plan(line, session_id).pictures) == 5
    for row in (rows[3], rows[1]):
        draw(line, row, "key")
    draw(line, rows[0], "text", (4, 4), label="Cyst")
    draw(line, rows[0], "rectangle", (2, 2), (6, 6))
    made = plan(line, session_id)
    assert [picture.caption[-7:] for picture in made.pictures] == ["image 4", "image 2"]
    facts = {fact.name: fact.value for fact in made.report.measurements}
    assert facts["Text (image 1, frame 1)"] == "Cyst"
    assert facts["Rectangle (image 1, frame 1)"].startswith("2.00 mm²")


def plan(line, session_id):
    asked = line.ask("imaging.request_report", session_id=session_id)
    with db.unit_of_work(line.owner) as session:
        made = imaging.plan_report(session, line.owner, asked.id)
        imaging.fail_report(session, line.owner, asked.id, session_id, "only planned")
    return made


def phantom():
    """Stored values 100 and, from column 8, 200; less 1024 as Hounsfield units."""
    values = np.full((16, 16), 100, dtype="<u2")
    values[:, 8:] = 200
    return good(PixelData=values.tobytes())


def count(line):
    """Let the worker do what the latest mark asks for."""
    [told] = line.rows(
        "select id, payload from event where name = 'imaging.measurement_recorded.v1'"
        " order by id desc limit 1"
    )
    delivery = platform.Delivery(
        delivery_id=new_id(),
        subscriber="imaging.count_figures",
        lease_token=new_id(),
        attempts=1,
        event_id=told["id"],
        event_name="imaging.measurement_recorded.v1",
        aggregate_id=new_id(),
        payload=told["payload"],
        occurred_at=line.owner.now,
        user_id=line.owner.user_id,
    )
    with db.unit_of_work(line.owner) as session:
        count_figures(session, line.owner, delivery)


@pytest.fixture
def halves(line):
    """A picture whose left half is dark and whose right half is bright."""
    object_storage().ensure_bucket()
    line.start()
    line.deliver(phantom())
    return line.rows("select id, session_id from dicom_instance")[0]


def test_the_server_counts_what_a_rectangle_encloses(line, halves):
    draw(line, halves, "rectangle", (4, 4), (12, 12))
    [before] = marks(line, halves)
    assert (before.statistics, before.counted_by) == (None, "")
    count(line)
    [mark] = marks(line, halves)
    assert mark.counted_by == "server"
    ends = {"minimum": -924.0, "maximum": -824.0, "unit": "HU"}
    assert mark.statistics == {"pixels": 64, "mean": -874.0, "deviation": 50.0} | ends
    count(line)
    assert line.count("annotation_check") == 1


def test_figures_of_a_browser_that_are_wrong_are_corrected(line, halves):
    right = {"pixels": 16, "mean": -924.0, "deviation": 0.0, "minimum": -924.0, "maximum": -924.0}
    draw(line, halves, "rectangle", (1, 1), (5, 5), statistics=right | {"unit": "HU"})
    [told] = marks(line, halves)
    assert told.counted_by == "browser"
    count(line)
    draw(line, halves, "rectangle", (1, 1), (5, 5), statistics=FIGURES)
    count(line)
    good_one, bad_one = marks(line, halves)
    assert (good_one.counted_by, bad_one.counted_by) == ("server", "corrected")
    assert bad_one.statistics["mean"] == -924.0


def test_an_ellipse_counts_the_pixels_whose_centres_lie_inside(line, halves):
    draw(line, halves, "ellipse", (0, 4), (8, 12))
    count(line)
    [mark] = marks(line, halves)
    inside = sum(math.hypot(x + 0.5 - 4, y + 0.5 - 8) <= 4 for x in range(8) for y in range(16))
    assert (mark.statistics["pixels"], mark.statistics["deviation"]) == (inside, 0.0)


def test_what_is_smaller_than_a_pixel_has_no_figures(line, halves):
    draw(line, halves, "rectangle", (4.6, 4.6), (4.9, 4.9))
    count(line)
    assert marks(line, halves)[0].statistics is None
    [row] = line.rows("select problem, agrees from annotation_check")
    assert row == {"problem": "No pixel lies inside.", "agrees": True}


def test_figures_that_cannot_be_counted_any_more_say_so_and_are_not_tried_for_ever(line, halves):
    draw(line, halves, "rectangle", (1, 1), (5, 5), statistics=FIGURES)
    [kept] = line.rows("select sha256 from dicom_instance")
    object_storage().remove(blob_key(line.owner.tenant_id, kept["sha256"]))
    count(line)
    assert marks(line, halves)[0].counted_by == "unchecked"
    [row] = line.rows("select problem, agrees from annotation_check")
    assert (row["problem"] != "", row["agrees"]) == (True, False)


def test_sessions_of_the_same_patient_may_be_laid_beside(line):
    line.start("P-100")
    line.deliver(good())
    first = line.session()["id"]
    line.session_id, line.seq = "second-session", 0
    line.start("P-100")
    line.deliver(
        good(SOPInstanceUID="1.2.3.9", SeriesInstanceUID="1.2.3.8", StudyInstanceUID="1.2.3.7")
    )
    second = line.session()["id"]
    line.session_id, line.seq = "third-session1", 0
    line.start("P-200")
    found = line.ask("imaging.list_comparable", session_id=first).sessions
    assert [row.id for row in found] == [second]


def test_pictures_come_with_their_place_in_the_patient(line):
    line.start()
    line.deliver(
        good(
            ImagePositionPatient=[1, 2, 3],
            ImageOrientationPatient=[1, 0, 0, 0, 1, 0],
            FrameOfReferenceUID="1.2.3.4",
            KVP=120,
            SliceThickness=2.5,
        )
    )
    found = line.ask("imaging.list_pictures", session_id=line.session()["id"])
    [stack] = found.stacks
    [instance] = stack.instances
    assert (instance.positions, instance.orientation) == ([[1, 2, 3]], [1, 0, 0, 0, 1, 0])
    assert (instance.frame_of_reference, instance.technique) == ("1.2.3.4", "120 kV · 2.5 mm slice")
    assert (found.subject.patient_code, found.subject.sex) == ("P-100", "F")


def test_frames_come_with_their_places(line):
    line.start()
    frames = [groups(PlanePosition={"ImagePositionPatient": [0, 0, z]}) for z in (1, 2.5)]
    shared = groups(
        PlaneOrientation={"ImageOrientationPatient": [1, 0, 0, 0, 1, 0]},
        PixelMeasures={"PixelSpacing": [0.5, 0.5]},
    )
    line.deliver(enhanced(shared, frames))
    found = line.ask("imaging.list_pictures", session_id=line.session()["id"])
    [instance] = found.stacks[0].instances
    assert (instance.frames, instance.spacing_source) == (2, "pixel_measures")
    assert (instance.positions, instance.orientation) == (
        [[0, 0, 1], [0, 0, 2.5]],
        [1, 0, 0, 0, 1, 0],
    )
