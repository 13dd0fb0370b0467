"""Pictures whose every value is known, delivered to a running product as a device would.

Run with the product's settings; prints a login and the sessions by name, as JSON.
"""

import json
import sys
from collections.abc import Iterable
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from erp.core.ids import new_id
from erp.services import catalogue_of_actions, platform
from tests.dicom.objects import dataset, encode
from tests.factories import PASSWORD
from tests.fixtures.clinics import open_clinic
from tests.services.imaging.line import Line, make_line

EDGE = 64
SLICES = 12
AXIAL = [1, 0, 0, 0, 1, 0]
CORONAL = [1, 0, 0, 0, 0, -1]
__all__ = ["catalogue_of_actions"]
STUDY = [generate_uid()]
"""The study that pictures are made for now."""


def picture(number: int, series: str, values: NDArray[np.generic], **changes: object) -> bytes:
    """Return one object of `EDGE` by `EDGE` pixels, 0.5 mm each."""
    own = {
        "SOPInstanceUID": generate_uid(),
        "SeriesInstanceUID": series,
        "StudyInstanceUID": STUDY[0],
        "SeriesNumber": 1,
        "InstanceNumber": number,
        "Rows": EDGE,
        "Columns": EDGE,
        "PixelSpacing": [0.5, 0.5],
        "WindowCenter": 500,
        "WindowWidth": 1000,
        "PixelData": values.tobytes(),
    }
    return encode(dataset(**own | changes))


def block(bright: int = 1000) -> NDArray[np.uint16]:
    """Return 0 HU, and a square of another value from column and row 16 to 48."""
    values = np.full((EDGE, EDGE), 1024, dtype="<u2")
    values[16:48, 16:48] = 1024 + bright
    return values


def slices(frame: str, first_mm: float = 0.0, label: str = "Axial") -> Iterable[bytes]:
    """Yield axial slices 2 mm apart whose square is the brighter the further up."""
    series = generate_uid()
    for number in range(SLICES):
        yield picture(
            number + 1,
            series,
            block(100 * (number + 1)),
            SeriesDescription=label,
            FrameOfReferenceUID=frame,
            ImagePositionPatient=[0, 0, first_mm + 2 * number],
            ImageOrientationPatient=AXIAL,
        )


def coronal(frame: str) -> bytes:
    """Return one picture that stands across all slices, in the middle of them."""
    return picture(
        1,
        generate_uid(),
        block(),
        SeriesNumber=2,
        SeriesDescription="Coronal",
        FrameOfReferenceUID=frame,
        ImagePositionPatient=[0, 16, 24],
        ImageOrientationPatient=CORONAL,
    )


def kinds() -> Iterable[bytes]:
    """Yield a series of each kind of pixel; the middle of each has a known colour."""
    flat = np.zeros((EDGE, EDGE), dtype=np.uint8)
    grey = {
        "PixelSpacing": None,
        "BitsAllocated": 8,
        "BitsStored": 8,
        "HighBit": 7,
        "RescaleSlope": None,
        "RescaleIntercept": None,
        "Modality": "OT",
        "WindowCenter": 127.5,
        "WindowWidth": 256,
    }
    none = {"WindowCenter": None, "WindowWidth": None}
    yield picture(1, generate_uid(), flat + 200, **grey, SeriesDescription="Grey")
    inverse = {"PhotometricInterpretation": "MONOCHROME1"}
    yield picture(
        1, generate_uid(), flat, **grey | inverse, SeriesNumber=2, SeriesDescription="Inverse"
    )
    signed = np.full((EDGE, EDGE), -300, dtype="<i2")
    wide = {"BitsAllocated": 16, "BitsStored": 16, "HighBit": 15, "PixelRepresentation": 1}
    window = {"WindowCenter": -300, "WindowWidth": 200}
    yield picture(
        1,
        generate_uid(),
        signed,
        **grey | wide | window,
        SeriesNumber=3,
        SeriesDescription="Signed",
    )
    table = np.zeros(256, dtype="<u2")
    tables = {}
    for name, level in (("Red", 200), ("Green", 30), ("Blue", 60)):
        levels = table.copy()
        levels[1] = level << 8
        tables[f"{name}PaletteColorLookupTableDescriptor"] = [256, 0, 16]
        tables[f"{name}PaletteColorLookupTableData"] = levels.tobytes()
    palette = {"PhotometricInterpretation": "PALETTE COLOR"}
    yield picture(
        1,
        generate_uid(),
        flat + 1,
        **grey | none | palette | tables,
        SeriesNumber=4,
        SeriesDescription="Palette",
    )
    colour = np.zeros((EDGE, EDGE, 3), dtype=np.uint8)
    colour[:] = (10, 150, 240)
    rgb = {"PhotometricInterpretation": "RGB", "SamplesPerPixel": 3, "PlanarConfiguration": 0}
    yield picture(
        1, generate_uid(), colour, **grey | none | rgb, SeriesNumber=5, SeriesDescription="Colour"
    )
    yield from shaded(flat, grey)
    frames = np.stack([flat + 20 * n for n in range(1, 9)])
    many = {"NumberOfFrames": 8, "FrameTime": 50}
    yield picture(
        1, generate_uid(), frames, **grey | many, SeriesNumber=6, SeriesDescription="Frames"
    )


def turning(**more: str) -> Dataset:
    """Return the item of a table that turns 8-bit values round."""
    item = Dataset()
    item.LUTDescriptor = [256, 0, 8]
    item.LUTData = (255 - np.arange(256)).astype("<u2").tobytes()
    item["LUTData"].VR = "OW"
    for name, value in more.items():
        setattr(item, name, value)
    return item


def shaded(flat: NDArray[np.uint8], grey: dict[str, object]) -> Iterable[bytes]:
    """Yield pictures whose values a table, a curve or a mark changes on the way to the screen."""
    unwindowed = {"WindowCenter": None, "WindowWidth": None}
    sigmoid = {"VOILUTFunction": "SIGMOID", "WindowCenter": 100, "WindowWidth": 200}
    shapes: dict[str, dict[str, object]] = {
        "Modality": {"ModalityLUTSequence": [turning(ModalityLUTType="US")]},
        "Table": unwindowed | {"VOILUTSequence": [turning()]},
        "Sigmoid": sigmoid,
    }
    for number, (label, own) in enumerate(shapes.items()):
        more = {"SeriesNumber": 7 + number, "SeriesDescription": label}
        yield picture(1, generate_uid(), flat + 200, **grey | own | more)


def deliver(line: Line, contents: Iterable[bytes], patient: str = "P-100") -> str:
    """Deliver a session and return its id."""
    STUDY[0] = generate_uid()
    line.session_id, line.seq = f"S{uuid4().hex[:16]}", 0
    line.start(patient)
    for content in contents:
        receipt = line.deliver(content)
        assert receipt["status"] == "stored", receipt
    return str(line.session()["id"])


def main() -> None:
    """Deliver everything to a clinic of its own."""
    owner = open_clinic("phantoms")
    login = f"phantom.{new_id().hex[-8:]}"
    person = {"login": login, "display_name": "Tara Sen", "password": PASSWORD}
    platform.run("identity.create_user", owner, person | {"roles": ["technician"]})
    line = make_line(owner)
    frame, other = generate_uid(), generate_uid()
    sessions = {
        "block": deliver(line, [*slices(frame), coronal(frame)]),
        "later": deliver(line, slices(frame, first_mm=4)),
        "foreign": deliver(line, slices(other)),
        "kinds": deliver(line, kinds()),
        "printed": deliver(line, slices(generate_uid()), "P-200"),
    }
    told = {"login": login, "password": PASSWORD, "sessions": sessions}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
