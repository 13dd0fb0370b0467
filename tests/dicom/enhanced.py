"""Enhanced objects, which say what they say in functional groups."""

import numpy as np
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import EnhancedCTImageStorage

from tests.dicom.objects import dataset, encode


def groups(**macros: dict[str, object]) -> Dataset:
    """Return an item of functional groups: macros by name, each with its attributes."""
    item = Dataset()
    for macro, attributes in macros.items():
        group = Dataset()
        for keyword, value in attributes.items():
            setattr(group, keyword, value)
        setattr(item, f"{macro}Sequence", Sequence([group]))
    return item


def enhanced(shared: Dataset, frames: list[Dataset], **changes: object) -> bytes:
    """Return an enhanced CT of two frames or more, which says of itself only what its groups say."""
    ramp = np.arange(256, dtype="<u2")
    said = {
        "SOPClassUID": EnhancedCTImageStorage,
        "NumberOfFrames": len(frames),
        "SharedFunctionalGroupsSequence": Sequence([shared]),
        "PerFrameFunctionalGroupsSequence": Sequence(frames),
        "PixelData": b"".join((ramp + 900 * (at % 4)).tobytes() for at in range(len(frames))),
    }
    nothing = dict.fromkeys(
        ("PixelSpacing", "WindowCenter", "WindowWidth", "RescaleSlope", "RescaleIntercept")
    )
    return encode(dataset(**(nothing | said | changes)))
