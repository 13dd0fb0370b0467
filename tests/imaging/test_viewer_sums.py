"""The viewer's own sums, run as JavaScript, say what the server says."""

import itertools
import json
import math
import random
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from erp.adapters.dicom.counting import _mask
from erp.services.imaging.gauging import AREAS, Scale, gauge, is_drawn, laid, size_text
from erp.services.imaging.key_pictures import SOURCES, mark_lines
from erp.services.imaging.ports import Look

PARTS = Path(__file__).parents[2] / "erp/components/viewer"
BOX = {"width": 640, "height": 400}
PICTURE = {"columns": 200, "rows": 100, "spacing_mm": [0.5, 0.25], "frames": 1}
AXIAL = {
    **PICTURE,
    "positions": [[0, 0, 10]],
    "orientation": [1, 0, 0, 0, 1, 0],
    "frame_of_reference": "1.2",
}
CORONAL = AXIAL | {"positions": [[0, 20, 30]], "orientation": [1, 0, 0, 0, 0, -1]}


@pytest.fixture
def run(tmp_path):
    """Run an expression over `given` with the viewer's maths as `m` and its panes as `p`."""
    for part in PARTS.glob("*.js"):
        (tmp_path / part.name).write_text(part.read_text())
    (tmp_path / "package.json").write_text('{"type": "module"}')

    def answer(expression: str, given: Any = None) -> Any:
        (tmp_path / "script.js").write_text(
            "import * as m from './viewer_maths.js'; import * as p from './viewer_panes.js';"
            " import * as w from './viewer_presets.js'; import * as g from './viewer_greys.js';"
            " import * as words from './viewer_words.js';\n"
            "const given = JSON.parse((await import('node:fs')).readFileSync(0, 'utf8'));\n"
            f"process.stdout.write(JSON.stringify({expression}));"
        )
        done = subprocess.run(
            [f"{sysconfig.get_path('scripts')}/node", tmp_path / "script.js"],
            input=json.dumps(given), capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return answer


def shapes() -> list[dict[str, Any]]:
    """Marks at random, some of them outside a region whose spacing is known."""
    some = random.Random(11)  # noqa: S311  the same marks every time
    counts = {"length": 2, "angle": 3, "rectangle": 2, "ellipse": 2}
    made = []
    for n in range(200):
        tool = some.choice(list(counts))
        points = [[some.uniform(0, 200), some.uniform(0, 100)] for _ in range(counts[tool])]
        spacing = None if n % 3 == 0 else [some.uniform(0.05, 2), some.uniform(0.05, 2)]
        region = [20, 20, 160, 80] if n % 5 == 0 else None
        picture = PICTURE | {"spacing_mm": spacing, "spacing_region": region}
        made.append({"tool": tool, "points": points, "picture": picture})
    return made


def test_sizes_are_those_of_the_server(run):
    made = shapes()
    script = (
        "given.map((s) => { const g = m.gauged(s.tool, s.points, s.picture);"
        " return [g.value, g.unit, m.sizeText(g.value, g.unit)]; })"
    )
    for shape, (value, unit, text) in zip(made, run(script, made), strict=True):
        spacing, region = shape["picture"]["spacing_mm"], shape["picture"]["spacing_region"]
        own = gauge(shape["tool"], [tuple(p) for p in shape["points"]], Scale(spacing, region))
        assert (own.unit, own.value) == (unit, pytest.approx(value, rel=1e-12))
        assert size_text(own.value, own.unit) == text


def test_what_is_large_enough_for_a_hand_is_so_for_the_server(run):
    places = [(0.0, 0.0), (0.0, 3.0), (3.0, 0.0), (5.0, 0.0), (0.0, 5.0), (6.0, 6.0)]
    counts = {"length": 2, "arrow": 2, "angle": 3, "rectangle": 2, "ellipse": 2, "text": 1}
    made = [
        (tool, list(points))
        for tool, count in counts.items()
        for points in itertools.product(places, repeat=count)
    ]
    large = run("given.map(([tool, points]) => m.isLarge(tool, points))", made)
    assert 0 < sum(large) < len(made)
    for (tool, points), is_large in zip(made, large, strict=True):
        assert is_drawn(tool, points) or not is_large
        if tool in AREAS and is_large:
            assert all(abs(points[0][n] - points[1][n]) >= 4 for n in (0, 1))


def test_a_mark_moves_as_far_as_all_of_it_stays_in_the_picture(run):
    moved = run(
        "[[500, -500], [-500, 500], [3, 4]].map((s) => m.movedWithin([[10, 20], [30, 25]], s, given))",
        PICTURE,
    )
    assert moved == [
        [[180, 0], [200, 5]],
        [[0, 95], [20, 100]],
        [[13, 24], [33, 29]],
    ]


def test_figures_are_those_of_the_server(run):
    some = np.random.default_rng(3)
    values = some.integers(-1000, 3000, size=(40, 60))
    made = [
        {"tool": tool, "points": some.uniform(0, 40, size=(2, 2)).tolist()}
        for tool in ("rectangle", "ellipse")
        for _ in range(40)
    ]
    picture = {"values": values.reshape(-1).tolist(), "columns": 60, "rows": 40, "unit": "HU"}
    given = {"made": made, "picture": picture}
    found = run("given.made.map((s) => m.counted(s.tool, s.points, given.picture))", given)
    for shape, figures in zip(made, found, strict=True):
        inside = values[_mask(values.shape, shape["tool"], shape["points"])]
        if inside.size == 0:
            assert figures is None
            continue
        assert figures["pixels"] == inside.size
        assert figures["mean"] == pytest.approx(inside.mean(), rel=1e-9, abs=1e-9)
        assert figures["deviation"] == pytest.approx(inside.std(), rel=1e-9, abs=1e-9)
        assert (figures["minimum"], figures["maximum"]) == (inside.min(), inside.max())


TURNS = ["rotateRight", "flipHorizontal", "rotateLeft", "flipVertical", "rotateRight"]


def test_points_go_to_the_screen_and_back_however_it_is_turned(run):
    script = """given.turns.map((_, n) => {
      const plain = { ...m.PLAIN_LOOK, zoom: 1.5, pan: [30, -20] };
      const look = given.turns.slice(0, n).reduce((l, act) => m.turned(l, act), plain);
      const map = m.mapping(given.box, given.picture, look);
      return [map.toPicture(map.toScreen([37, 81])), map.toScreen([0, 0]), map.toScreen([200, 0]), map.scale];
    })"""
    for back, origin, corner, scale in run(
        script, {"turns": TURNS, "box": BOX, "picture": PICTURE}
    ):
        assert back == pytest.approx([37, 81])
        assert math.dist(origin, corner) == pytest.approx(50 * scale)


def test_the_camera_sees_what_the_lines_are_drawn_over(run):
    script = """given.turns.map((_, n) => {
      const plain = { ...m.PLAIN_LOOK, zoom: 2, pan: [11, 7] };
      const look = given.turns.slice(0, n).reduce((l, act) => m.turned(l, act), plain);
      const c = m.cameraOver(given.box, given.picture, look);
      const map = m.mapping(given.box, given.picture, look);
      return { c, at: map.toScreen([10, 20]), middle: map.toPicture([320, 200]) };
    })"""
    for found in run(script, {"turns": TURNS, "box": BOX, "picture": PICTURE}):
        camera = found["c"]
        focus = [(camera["focalPoint"][0] / 0.25) + 0.5, (camera["focalPoint"][1] / 0.5) + 0.5]
        assert focus == pytest.approx(found["middle"])
        up, normal = camera["viewUp"], camera["viewPlaneNormal"]
        right = np.cross(up, normal)
        off = np.array([(10 - 0.5) * 0.25, (20 - 0.5) * 0.5, 0]) - np.array(camera["focalPoint"])
        scale = BOX["height"] / 2 / camera["parallelScale"]
        seen = [320 + scale * np.dot(off, right), 200 - scale * np.dot(off, up)]
        assert seen == pytest.approx(found["at"])


def test_zooming_keeps_the_point_under_the_pointer(run):
    script = """(() => { const look = { ...m.PLAIN_LOOK, pan: [5, 9] }, at = [60, -40];
      const before = m.mapping(given.box, given.picture, look).toPicture([at[0] + 320, at[1] + 200]);
      const after = m.mapping(given.box, given.picture, m.zoomedAt(look, 3, at)).toPicture([at[0] + 320, at[1] + 200]);
      return [before, after]; })()"""
    before, after = run(script, {"box": BOX, "picture": PICTURE})
    assert before == pytest.approx(after)


def at(picture, frame=1):
    return {"frame": frame, "instance": picture}


def test_frames_of_one_object_are_cut_and_followed_each_at_its_own_place(run):
    heights = AXIAL | {"frames": 3, "positions": [[0, 0, 2], [0, 0, 6], [0, 0, 10]]}
    frames = [at(heights, frame) for frame in (1, 2, 3)]
    lines = [run("m.cutLine(given[0], given[1])", [one, at(CORONAL)]) for one in frames]
    alone = [run("m.cutLine(given[0], given[1])", [*places([z]), at(CORONAL)]) for z in (2, 6, 10)]
    assert lines == alone
    assert run("m.beside(given[0][0], given[1])", [places([5]), frames]) == {"index": 1}


def test_a_picture_cuts_another_where_they_meet(run):
    line = run("m.cutLine(given[0], given[1])", [at(CORONAL), at(AXIAL)])
    rows = {round(end[1], 6) for end in line}
    assert rows == {40.5}
    assert sorted(end[0] for end in line) == pytest.approx([0, 200])


@pytest.mark.parametrize(
    "changes",
    [
        {"frame_of_reference": "9.9"},
        {"frame_of_reference": ""},
        {"positions": None},
        {"positions": []},
        {"orientation": [1, 0, 0, 1, 0, 0]},
        {"orientation": AXIAL["orientation"]},
        {"spacing_mm": None},
    ],
)
def test_pictures_that_say_no_common_place_are_not_cut(run, changes):
    assert run("m.cutLine(given[0], given[1])", [at(CORONAL | changes), at(AXIAL)]) is None


def places(heights, **changes):
    return [at(AXIAL | {"positions": [[0, 0, z]]} | changes) for z in heights]


def test_a_linked_stack_goes_to_the_nearest_slice(run):
    given = [places([0, 2, 4, 6]), places([1, 3, 5, 7, 9])]
    assert run("m.beside(given[0][3], given[1])", given) == {"index": 2}
    foreign = [places([0, 2]), places([0, 2], frame_of_reference="7.7")]
    assert run("m.beside(given[0][1], given[1])", foreign) == {"why": "another frame of reference"}
    across = [places([0, 2]), places([0], orientation=CORONAL["orientation"])]
    assert run("m.beside(given[0][1], given[1])", across) == {"why": "another direction"}


def test_a_slice_too_far_away_does_not_stand_for_another(run):
    """Beyond the step of its own slices a stack shows nothing of that place."""
    stacks = [places([0, 40]), places([0, 2, 4]), places([3])]
    assert run("m.beside(given[0][1], given[1])", stacks) == {"far": 36}
    assert run("m.beside(given[0][1], given[2])", stacks) == {"far": 37}
    assert run("m.beside(given[0][0], given[2])", stacks) == {"index": 0}
    uneven = [places([14]), places([0, 2, 14, 16])]
    assert run("m.beside(given[0][0], given[1])", uneven) == {"index": 2}


def test_a_linked_pane_stays_where_it_has_no_slice_near(run):
    given = [stack("a", [0, 2, 40]), stack("b", [0, 2, 4])]
    script = """(() => {
      let s = p.laidOut(p.filled(p.START, given, ""), "1x2");
      s = p.gone(p.linked(p.activated(s, 0), true), 0, 1, given);
      const near = s.panes[1].index;
      s = p.gone(s, 0, 2, given);
      return [near, s.panes[1].index, p.following(s, 1, given).far];
    })()"""
    assert run(script, given) == [1, 1, 36]


def stack(name, heights, **changes):
    return {"id": name, "instances": [place["instance"] for place in places(heights, **changes)]}


def test_linked_panes_page_zoom_and_keep_step(run):
    given = [stack("a", [0, 2, 4, 6]), stack("b", [1, 3, 5, 7], frame_of_reference="7.7")]
    script = """(() => {
      let s = p.laidOut(p.filled(p.START, given, ""), "1x2");
      s = p.gone(s, 1, 1, given); s = p.linked(p.activated(s, 0), true);
      s = p.gone(s, 0, 2, given); s = p.looked(s, 0, { zoom: 3 });
      const one = s.panes.map((pane) => [pane.stack, pane.index, pane.look.zoom]);
      s = p.looked(p.gone(p.linked(s, false), 0, 0, given), 0, { zoom: 1 });
      return [one, s.panes.map((pane) => [pane.stack, pane.index, pane.look.zoom]), p.following(s, 1, given).why];
    })()"""
    linked, apart, why = run(script, given)
    assert linked[:2] == [["a", 2, 3], ["b", 3, 3]]
    assert apart[:2] == [["a", 0, 1], ["b", 3, 3]]
    assert why == "another frame of reference"


def test_frames_ahead_come_first(run):
    assert run("m.loadOrder(5, 20, 1, 8)") == [5, 6, 7, 8, 4, 9, 10, 11]
    assert run("m.loadOrder(5, 20, -1, 5)") == [5, 4, 3, 2, 6]
    for start in (0, 3, 8):
        assert sorted(run(f"m.loadOrder({start}, 9, 1, 99)")) == list(range(9))


def test_windows_belong_to_the_kind_of_picture(run):
    said = {"windows": [{"center": 40, "width": 80}], "minimum": 0, "maximum": 100, "samples": 1}
    given = {
        "place": {"instance": {"windows": []}, "description": said},
        "presets": [{"label": "Lung", "center": -600, "width": 1500, "modality": "CT"}],
    }
    labels = "w.presetsOf(given.place, %s, given.presets).map((one) => one.label)"
    assert run(labels % "'CT'", given) == ["Default", "Lung", "Whole range"]
    assert run(labels % "'MR'", given) == ["Default", "Whole range", "Middle half"]
    given = {"place": {"instance": {"windows": []}, "description": said | {"samples": 3}}}
    assert run(labels % "'OP'", given) == []


def test_a_key_image_keeps_what_is_on_the_screen(run):
    own = {"windows": [{"center": 40, "width": 80, "label": "Own"}], "samples": 1}
    said = own | {"table_length": 0, "voi_function": "SIGMOID"}
    look = {"window": None, "isInverted": True}
    moved = look | {"window": {"center": 7, "width": 9}, "isInverted": False}
    given = [
        [look, said],
        [moved, said],
        [look, said | {"windows": [], "table_length": 4}],
        [look, said | {"samples": 3}],
        [moved, None],
        [look, None],
    ]
    found = run("given.map(([look, said]) => g.seenBy(look, said))", given)
    assert [Look.model_validate(one).model_dump() for one in found] == found
    assert [(one["window"], one["function"], one["is_inverted"]) for one in found] == [
        ({"center": 40, "width": 80}, "SIGMOID", True),
        ({"center": 7, "width": 9}, "SIGMOID", False),
        (None, "SIGMOID", True),
        (None, "", True),
        ({"center": 7, "width": 9}, "", False),
        (None, "", True),
    ]


def test_words_on_paper_are_those_of_the_screen(run):
    figures = {"mean": -896.5, "deviation": 36.66, "minimum": -956.0, "maximum": 1837.2}
    counted = {**figures, "unit": "HU"}
    made = [
        {"tool": "length", "value": 23.671, "unit": "mm", "spacing_source": source}
        for source in ("pixel_spacing", *SOURCES)
        if source not in {"none", "invalid"}
    ]
    made += [
        {"tool": "length", "value": 23.6, "unit": "px", "spacing_source": source}
        for source in ("none", "invalid")
    ]
    made += [
        {"tool": "angle", "value": 74.24, "unit": "deg", "spacing_source": "none"},
        {"tool": "arrow", "value": None, "unit": "", "spacing_source": "none", "label": "Edge"},
        {"tool": "ellipse", "value": 8, "unit": "mm2", "spacing_source": "pixel_measures"}
        | {"statistics": counted, "counted": counted, "counted_by": "server", "label": "Cyst"},
        {"tool": "ellipse", "value": 8, "unit": "px2", "spacing_source": "none"}
        | {"statistics": counted, "counted": None, "counted_by": "unchecked"},
    ]
    plain = {"label": "", "statistics": None, "counted": None, "counted_by": ""}
    full = [plain | mark for mark in made]
    told = run("given.map((mark) => words.linesOf(mark))", full)
    assert told == [list(mark_lines(mark)) for mark in full]


def test_a_picture_on_paper_has_the_shape_of_that_on_the_screen(run):
    given: list[dict[str, Any]] = [PICTURE, PICTURE | {"spacing_mm": None}]
    for picture, size in zip(given, run("given.map((p) => m.sizeOf(p))", given), strict=True):
        [shape] = laid([(picture["columns"], picture["rows"])], picture["spacing_mm"])
        assert shape == (size["width"], size["height"])
