"""Images a simulated device acquires: generated ones, and those that ship with pydicom."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pydicom import config, dcmread
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import (
    UID,
    CTImageStorage,
    ExplicitVRLittleEndian,
    OphthalmicPhotography8BitImageStorage,
    generate_uid,
)

from erp.simulate.kinds import Kind

EDGE: Final = 512
SKULL: Final = 0.92
IRIS: Final = 0.78
LESION: Final = 0.07
GLINT: Final = 0.045
HOUNSFIELD_OFFSET: Final = 1024
BUNDLED: Final = (
    "CT_small.dcm",
    "MR_small.dcm",
    "MR_small_RLE.dcm",
    "MR_small_jp2klossless.dcm",
    "examples_rgb_color.dcm",
    "examples_ybr_color.dcm",
    "examples_palette.dcm",
    "examples_jpeg2k.dcm",
    "examples_overlay.dcm",
    "JPEG2000.dcm",
    "693_J2KI.dcm",
    "SC_rgb_jpeg_dcmtk.dcm",
)


class Acquisition:
    """The identity that every image of one session shares.

    Identifiers follow from `seed`, so the same session makes the same objects again.

    Attributes:
        edge: Rows and columns of generated images.
    """

    def __init__(
        self, seed: str, patient_id: str, patient_name: str, started: str, edge: int = EDGE
    ) -> None:
        self.seed = seed
        self.patient_id = patient_id
        self.patient_name = patient_name
        self.started = started
        self.edge = edge
        self.study_uid = self.uid("study")

    def uid(self, *parts: object) -> UID:
        """Return the identifier of a part of this session."""
        return generate_uid(entropy_srcs=[self.seed, *(str(part) for part in parts)])

    def pictures(self, kind: Kind, count: int, first: int = 0) -> Iterator[bytes]:
        """Yield `count` objects of a kind, one at a time, from `first` on."""
        maker = {Kind.CT: self._ct, Kind.IRIS: self._iris, Kind.PYDICOM: self._bundled}[kind]
        for number in range(first, count):
            yield _encoded(maker(number, count))

    def _ct(self, number: int, count: int) -> Dataset:
        data = self._base("CT", number, CTImageStorage)
        data.SeriesDescription = "Simulated axial slices"
        data.BodyPartExamined = "HEAD"
        data.FrameOfReferenceUID = self.uid("frame of reference")
        data.ImagePositionPatient = [-128.0, -128.0, float(number * 3)]
        data.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
        data.SliceThickness = 3
        data.SliceLocation = number * 3
        data.PixelSpacing = [0.5, 0.5]
        data.RescaleIntercept = -HOUNSFIELD_OFFSET
        data.RescaleSlope = 1
        data.RescaleType = "HU"
        data.WindowCenter = [40, 400]
        data.WindowWidth = [120, 1800]
        data.WindowCenterWidthExplanation = ["BRAIN", "BONE"]
        _grey(data, _head_slice(number, count, self.edge))
        return data

    def _iris(self, number: int, count: int) -> Dataset:
        data = self._base("OP", number, OphthalmicPhotography8BitImageStorage)
        data.SeriesDescription = "Simulated iris photographs"
        data.ImageLaterality = "R" if number % 2 == 0 else "L"
        data.BurnedInAnnotation = "NO"
        _color(data, _iris_photograph(number, count, self.edge))
        return data

    def _bundled(self, number: int, _count: int) -> Dataset:
        name = BUNDLED[number % len(BUNDLED)]
        path = get_testdata_file(name)
        if not isinstance(path, str):
            raise FileNotFoundError(name)
        data = dcmread(Path(path))
        own = self._base(str(data.get("Modality", "OT")), number, data.SOPClassUID)
        own.SeriesInstanceUID = self.uid("series", name)
        own.SeriesDescription = name
        data.update(own)
        return data

    def _base(self, modality: str, number: int, sop_class: UID) -> Dataset:
        data = Dataset()
        data.SpecificCharacterSet = "ISO_IR 192"
        data.SOPClassUID = sop_class
        data.SOPInstanceUID = self.uid("object", number)
        data.StudyInstanceUID = self.study_uid
        data.SeriesInstanceUID = self.uid("series", modality)
        data.PatientID = self.patient_id
        data.PatientName = self.patient_name
        data.Modality = modality
        data.Manufacturer = "Vantage"
        data.ManufacturerModelName = "Simulated device"
        data.StudyDescription = "Simulated session"
        data.StudyDate = data.SeriesDate = data.AcquisitionDate = self.started[:8]
        data.StudyTime = data.SeriesTime = data.AcquisitionTime = self.started[8:14]
        data.TimezoneOffsetFromUTC = "+0000"
        data.SeriesNumber = 1
        data.InstanceNumber = number + 1
        return data


def altered(content: bytes) -> bytes:
    """Return the object with the same identity and other pixels."""
    data = dcmread(BytesIO(content))
    pixels = bytearray(data.PixelData)
    pixels[-2] ^= 0x01
    data.PixelData = bytes(pixels)
    return _encoded(data)


def _grey(data: Dataset, values: NDArray[np.uint16]) -> None:
    data.SamplesPerPixel = 1
    data.PhotometricInterpretation = "MONOCHROME2"
    data.Rows, data.Columns = values.shape
    data.BitsAllocated = data.BitsStored = 16
    data.HighBit = 15
    data.PixelRepresentation = 0
    data.PixelData = values.tobytes()
    data["PixelData"].VR = "OW"


def _color(data: Dataset, values: NDArray[np.uint8]) -> None:
    data.SamplesPerPixel = 3
    data.PhotometricInterpretation = "RGB"
    data.PlanarConfiguration = 0
    data.Rows, data.Columns = values.shape[:2]
    data.BitsAllocated = data.BitsStored = 8
    data.HighBit = 7
    data.PixelRepresentation = 0
    data.PixelData = values.tobytes()
    data["PixelData"].VR = "OB"


def _head_slice(number: int, count: int, edge: int) -> NDArray[np.uint16]:
    """Return (edge, edge) values of Hounsfield units + 1024: skull, brain, a moving lesion."""
    y, x = np.mgrid[-1 : 1 : edge * 1j, -1 : 1 : edge * 1j]
    depth = (number + 0.5) / count * 2 - 1
    size = 0.45 + 0.45 * np.sqrt(max(0.05, 1 - depth**2))
    radius = np.hypot(x / (0.72 * size), y / (0.9 * size))
    values = np.full((edge, edge), -1000.0)
    values[radius < 1] = 30
    values[(radius < 1) & (radius > SKULL)] = 900
    brain = radius < SKULL
    values[brain] += 8 * np.sin(14 * x[brain] + 3 * depth) * np.cos(11 * y[brain])
    values[np.hypot(np.abs(x) - 0.12 * size, y + 0.05) < 0.1 * size] = 5
    turn = 2 * np.pi * number / count
    values[np.hypot(x - 0.3 * np.cos(turn), y - 0.3 * np.sin(turn)) < LESION] = 75
    noise = np.random.default_rng(number).normal(0, 4, values.shape)
    return np.clip(values + noise + HOUNSFIELD_OFFSET, 0, 4095).astype("<u2")


def _iris_photograph(number: int, count: int, edge: int) -> NDArray[np.uint8]:
    """Return (edge, edge, 3) of an eye whose pupil widens over the series."""
    y, x = np.mgrid[-1 : 1 : edge * 1j, -1 : 1 : edge * 1j]
    radius, angle = np.hypot(x, y), np.arctan2(y, x)
    pupil = 0.16 + 0.14 * number / max(1, count - 1)
    fibres = 0.5 + 0.5 * np.sin(60 * angle + 6 * np.sin(9 * radius)) * np.cos(23 * angle)
    image = np.empty((edge, edge, 3))
    image[:] = (226, 208, 200)
    iris = radius < IRIS
    brown = np.array([[96.0, 62.0, 30.0]]) + fibres[iris][:, None] * np.array([[92.0, 66.0, 34.0]])
    ring = 0.65 + 0.35 * np.clip((IRIS - radius[iris]) / 0.12, 0, 1)
    image[iris] = brown * ring[:, None]
    image[radius < pupil] = (12, 10, 12)
    image[np.hypot(x + 0.12, y + 0.14) < GLINT] = (250, 250, 252)
    image += np.random.default_rng(number).normal(0, 3, image.shape)
    photograph: NDArray[np.uint8] = np.clip(image, 0, 255).astype(np.uint8)
    return photograph


def _encoded(data: Dataset) -> bytes:
    content = BytesIO()
    with config.disable_value_validation():
        if not hasattr(data, "file_meta"):
            data.file_meta = FileMetaDataset()
            data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        data.file_meta.MediaStorageSOPClassUID = data.SOPClassUID
        data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID
        data.preamble = bytes(128)
        data.save_as(content, enforce_file_format=True)
    return content.getvalue()
