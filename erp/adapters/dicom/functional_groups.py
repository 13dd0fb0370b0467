"""What an enhanced object says of each of its frames, beside what it says of itself."""

from typing import Final

from pydicom.dataset import Dataset

from erp.adapters.dicom.facts import FramePlaces
from erp.adapters.dicom.values import Values

SHARED: Final = "SharedFunctionalGroupsSequence"
PER_FRAME: Final = "PerFrameFunctionalGroupsSequence"
PER_FRAME_TAG: Final = 0x52009230
MOST_PLACES: Final = 5000
MACROS: Final = (
    "PixelValueTransformationSequence",
    "FrameVOILUTSequence",
    "PixelMeasuresSequence",
    "PlanePositionSequence",
    "PlaneOrientationSequence",
)
"""The functional groups that are read: values, windows, millimetres, place and direction."""


def values_of_frame(values: Values, frame: int) -> Values:
    """Return what an object says of one frame (from 0): its own groups, else the shared ones, else the object.

    Source:
        PS3.3 C.7.6.16 (multi-frame functional groups).
    """
    said = [*values.items(SHARED)[:1], *values.items(PER_FRAME)[frame : frame + 1]]
    if not said:
        return values
    merged = Dataset()
    merged.update(values.dataset)
    for groups in said:
        for macro in MACROS:
            for group in groups.items(macro)[:1]:
                merged.update(group.dataset)
    return Values(merged, values.flags)


def places_of_frames(values: Values) -> FramePlaces | None:
    """Return where the frames lie; nothing unless each says it and all look in one direction."""
    count = len(values.items(PER_FRAME))
    planes = [
        group.numbers("ImagePositionPatient")
        for group in macros_of(values, "PlanePositionSequence")
    ]
    turns = [
        group.numbers("ImageOrientationPatient")
        for group in macros_of(values, "PlaneOrientationSequence")
    ]
    if not (1 < count <= MOST_PLACES and len(planes) == count and turns):
        return None
    is_whole = all(len(plane) == 3 for plane in planes) and len(turns[0]) == 6  # noqa: PLR2004
    if not is_whole or any(turn != turns[0] for turn in turns):
        return None
    return FramePlaces(
        positions=tuple((round(x, 4), round(y, 4), round(z, 4)) for x, y, z in planes),
        orientation=(turns[0][0], turns[0][1], turns[0][2], turns[0][3], turns[0][4], turns[0][5]),
    )


def macros_of(values: Values, macro: str) -> list[Values]:
    """Return one functional group as the object gives it: once for all frames, or for each of them."""
    shared = [group for item in values.items(SHARED)[:1] for group in item.items(macro)[:1]]
    own = [group for item in values.items(PER_FRAME) for group in item.items(macro)[:1]]
    return own or shared
