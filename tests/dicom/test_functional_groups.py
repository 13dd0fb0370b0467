"""What an enhanced object says in functional groups counts as if the object said it itself."""

import numpy as np
import pytest

from erp.adapters.dicom.facts import Rescale, SpacingSource, Window
from erp.adapters.dicom.inspecting import DicomInspector
from erp.adapters.dicom.rendering import FrameParts, FrameRenderer, frame_ranges
from erp.adapters.dicom.sandbox import Sandbox
from tests.dicom.enhanced import enhanced, groups
from tests.dicom.objects import dataset, encode, good
from tests.dicom.test_rendering import plain, shown

HOUNSFIELD = {"RescaleSlope": 1, "RescaleIntercept": -1024, "RescaleType": "HU"}
SOFT = {"WindowCenter": 40, "WindowWidth": 400}
BONE = {"WindowCenter": 300, "WindowWidth": 1500}
WHOLE = [[0, 0], [16, 16]]


@pytest.fixture(scope="module")
def renderer():
    made = FrameRenderer(Sandbox("render", size=1))
    yield made
    made.close()


@pytest.fixture(scope="module")
def inspector():
    made = DicomInspector(Sandbox("inspect", size=1))
    yield made
    made.close()


SHARED = groups(PixelValueTransformation=HOUNSFIELD, FrameVOILUT=SOFT)
PER_FRAME = [
    groups(PixelValueTransformation=HOUNSFIELD, FrameVOILUT=SOFT),
    groups(
        PixelValueTransformation=HOUNSFIELD | {"RescaleSlope": 2},
        FrameVOILUT=BONE | {"VOILUTFunction": "SIGMOID"},
    ),
]
KINDS = {"shared": (SHARED, [groups(), groups()]), "per frame": (groups(), PER_FRAME)}


@pytest.mark.parametrize("kind", KINDS)
def test_values_and_windows_are_those_of_the_frame(renderer, kind):
    source = enhanced(*KINDS[kind])
    first, second = (plain(renderer, source, frame)[1] for frame in (0, 1))
    assert (first.rescale, first.windows, first.unit) == (
        Rescale(slope=1, intercept=-1024, unit="HU"),
        (Window(center=40, width=400),),
        "HU",
    )
    is_own = kind == "per frame"
    assert second.rescale == Rescale(slope=2 if is_own else 1, intercept=-1024, unit="HU")
    assert second.windows == (
        Window(center=300, width=1500) if is_own else Window(center=40, width=400),
    )
    assert second.voi_function == ("SIGMOID" if is_own else "LINEAR")


@pytest.mark.parametrize("kind", KINDS)
def test_a_frame_looks_and_counts_as_a_plain_object_that_says_the_same(renderer, kind):
    shared, frames = KINDS[kind]
    source = enhanced(shared, frames)
    for frame, said in enumerate((SHARED, PER_FRAME[1] if kind == "per frame" else SHARED)):
        values = said.PixelValueTransformationSequence[0], said.FrameVOILUTSequence[0]
        own = {element.keyword: element.value for item in values for element in item}
        ramp = np.arange(256, dtype="<u2") + 900 * frame
        alone = good(PixelData=ramp.astype("<u2").tobytes(), **own)
        assert np.array_equal(shown(renderer, source, frame), shown(renderer, alone))
        of_frame = renderer.figures(source, frame, "rectangle", WHOLE)
        assert of_frame == renderer.figures(alone, 0, "rectangle", WHOLE)


def test_a_frame_is_read_alike_from_two_parts_of_its_object(renderer, inspector):
    source = enhanced(groups(), PER_FRAME)
    pixels = inspector.inspect(source).pixels
    assert pixels is not None
    ranges = frame_ranges(pixels, 1)
    assert ranges is not None
    head, frame = (source[at : at + length] for at, length in (ranges.head, ranges.frame))
    parts = FrameParts(head, frame, pixels)
    assert np.array_equal(shown(renderer, parts, 1), shown(renderer, source, 1))


def test_an_object_says_what_its_first_frame_says(inspector):
    said = inspector.inspect(enhanced(groups(), PER_FRAME)).instance
    assert said.windows == (Window(center=40, width=400),)
    assert said.rescale == Rescale(slope=1, intercept=-1024, unit="HU")


@pytest.mark.parametrize(
    ("shared", "frames", "expected"),
    [
        ([0.5, 0.25], [None, None], (0.5, 0.25)),
        (None, [[0.5, 0.25], [0.5, 0.25]], (0.5, 0.25)),
        (None, [[0.5, 0.25], [0.7, 0.7]], None),
    ],
)
def test_millimetres_are_those_of_all_frames_or_none(inspector, shared, frames, expected):
    """A length belongs to the object: where frames differ in size it is in pixels, and a flag says so."""
    found = inspector.inspect(enhanced(measured(shared), [measured(each) for each in frames]))
    assert found.instance.spacing_mm == expected
    source = SpacingSource.PIXEL_MEASURES if expected else SpacingSource.NONE
    assert found.instance.spacing_source is source
    assert ("spacing_differs_by_frame" in found.flags) == (expected is None)


def measured(spacing):
    return groups(PixelMeasures={"PixelSpacing": spacing}) if spacing else groups()


def test_many_groups_are_kept(renderer):
    """A thousand frames say more than half a megabyte of themselves."""
    long = {"FrameComments": "x" * 700}
    frames = [
        groups(PixelValueTransformation=HOUNSFIELD | {"RescaleSlope": 1 + at}, FrameContent=long)
        for at in range(1000)
    ]
    pixels = bytes(1000)
    source = enhanced(
        groups(), frames, PixelData=pixels, Rows=1, Columns=1,
        BitsAllocated=8, BitsStored=8, HighBit=7,
    )  # fmt: skip
    rescale = plain(renderer, source, 998)[1].rescale
    assert rescale is not None
    assert rescale.slope == 999


@pytest.mark.parametrize(
    ("said", "milliseconds"),
    [
        ({"FrameTimeVector": [0, 40, 40, 80]}, 40),
        ({"FrameTime": 33, "FrameTimeVector": [0, 40, 40, 80]}, 33),
        ({"FrameTimeVector": [0], "CineRate": 20}, 50),
    ],
)
def test_the_time_between_frames_is_the_usual_one(inspector, said, milliseconds):
    found = inspector.inspect(encode(dataset(**said)))
    assert found.instance.frame_time_ms == milliseconds


AXIAL = {"ImageOrientationPatient": [1, 0, 0, 0, 1, 0]}
HIGHER = [groups(PlanePosition={"ImagePositionPatient": [1, 2, z]}) for z in (3, 8.5)]


def test_each_frame_says_where_it_lies(inspector):
    found = inspector.inspect(
        enhanced(groups(PlaneOrientation=AXIAL), HIGHER)
    ).instance.frame_places
    assert found.positions == ((1, 2, 3), (1, 2, 8.5))
    assert found.orientation == (1, 0, 0, 0, 1, 0)


@pytest.mark.parametrize(
    ("shared", "frames"),
    [
        (groups(), HIGHER),
        (groups(PlaneOrientation=AXIAL), [HIGHER[0], groups()]),
        (groups(PlaneOrientation=AXIAL), [HIGHER[0]]),
        (
            groups(),
            [
                groups(PlanePosition={"ImagePositionPatient": [0, 0, 1]}, PlaneOrientation=turn)
                for turn in (AXIAL, {"ImageOrientationPatient": [1, 0, 0, 0, 0, -1]})
            ],
        ),
    ],
)
def test_no_place_is_guessed(inspector, shared, frames):
    assert inspector.inspect(enhanced(shared, frames)).instance.frame_places is None
