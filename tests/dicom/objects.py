"""DICOM objects made in code: a good one, and each way in which one can be bad."""

import struct
import zlib
from collections.abc import Callable
from io import BytesIO

import numpy as np
from pydicom import config
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import (
    UID,
    CTImageStorage,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    RLELossless,
)

SOP = "1.2.826.0.1.3680043.10.1.1.1"
STUDY = "1.2.826.0.1.3680043.10.1.2"
SERIES = "1.2.826.0.1.3680043.10.1.3"


def dataset(**changes: object) -> Dataset:
    """Return a small CT slice; a change of None removes the element."""
    slice_ = Dataset()
    values = {
        "SOPClassUID": CTImageStorage,
        "SOPInstanceUID": SOP,
        "StudyInstanceUID": STUDY,
        "SeriesInstanceUID": SERIES,
        "PatientID": "P-100",
        "PatientName": "Rao^Asha",
        "PatientBirthDate": "19800229",
        "PatientSex": "F",
        "StudyDate": "20240131",
        "StudyTime": "101112.5",
        "Modality": "CT",
        "InstanceNumber": 7,
        "SeriesNumber": 2,
        "Rows": 16,
        "Columns": 16,
        "BitsAllocated": 16,
        "BitsStored": 12,
        "HighBit": 11,
        "PixelRepresentation": 0,
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        "PixelSpacing": [0.5, 0.25],
        "WindowCenter": 40,
        "WindowWidth": 400,
        "RescaleSlope": 1,
        "RescaleIntercept": -1024,
        "PixelData": np.arange(256, dtype="<u2").tobytes(),
    } | changes
    with config.disable_value_validation():
        for keyword, value in values.items():
            if value is not None:
                setattr(slice_, keyword, value)
        if "PixelData" in slice_:
            slice_["PixelData"].VR = "OW"
    return slice_


def encode(data: Dataset, syntax: str = ExplicitVRLittleEndian) -> bytes:
    """Return the object's bytes in the given transfer syntax."""
    body = BytesIO()
    with config.disable_value_validation():
        data.file_meta = FileMetaDataset()
        data.file_meta.MediaStorageSOPClassUID = UID(data.get("SOPClassUID", ""))
        data.file_meta.MediaStorageSOPInstanceUID = UID(data.get("SOPInstanceUID") or SOP)
        data.file_meta.TransferSyntaxUID = UID(syntax)
        data.save_as(body, enforce_file_format=True)
    return body.getvalue()


def good(**changes: object) -> bytes:
    """Return an explicit little endian object with some values changed."""
    return encode(dataset(**changes))


def element(group: int, number: int, vr: bytes, value: bytes) -> bytes:
    """Return one short explicit little endian element."""
    return struct.pack("<HH2sH", group, number, vr, len(value)) + value


def file_meta(
    syntax: bytes = b"1.2.840.10008.1.2.1\0",
    sop_uid: str = SOP,
    sop_class: str = CTImageStorage,
) -> bytes:
    """Return preamble, mark and a file meta group naming the syntax and an object."""
    group = (
        element(2, 2, b"UI", sop_class.encode() + b"\0" * (len(sop_class) % 2))
        + element(2, 3, b"UI", sop_uid.encode() + b"\0" * (len(sop_uid) % 2))
        + element(2, 0x10, b"UI", syntax + b"\0" * (len(syntax) % 2))
    )
    return bytes(128) + b"DICM" + element(2, 0, b"UL", struct.pack("<L", len(group))) + group


def body_of(object_bytes: bytes) -> bytes:
    """Return the data set without preamble and file meta information."""
    length = struct.unpack_from("<L", object_bytes, 140)[0]
    return object_bytes[144 + length :]


def nested(depth: int) -> bytes:
    """Return an object with sequences nested `depth` deep, all of undefined length."""
    opening = struct.pack("<HH2sHL", 0x0008, 0x1140, b"SQ", 0, 0xFFFFFFFF) + struct.pack(
        "<HHL", 0xFFFE, 0xE000, 0xFFFFFFFF
    )
    closing = struct.pack("<HHL", 0xFFFE, 0xE00D, 0) + struct.pack("<HHL", 0xFFFE, 0xE0DD, 0)
    return file_meta() + opening * depth + closing * depth


def nested_in_item(depth: int) -> bytes:
    """Return a complete object, one of whose sequences is nested `depth` deep."""
    inner = Dataset()
    for _ in range(depth - 1):
        outer = Dataset()
        outer.ReferencedImageSequence = Sequence([inner])
        inner = outer
    data = dataset()
    data.ReferencedImageSequence = Sequence([inner])
    return encode(data)


def deflated_bomb(megabytes: int = 400) -> bytes:
    """Return an object whose data set inflates a thousandfold."""
    stream = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    out = stream.compress(struct.pack("<HH2sHL", 0x0009, 0x1001, b"OB", 0, megabytes << 20))
    block = bytes(1 << 20)
    for _ in range(megabytes):
        out += stream.compress(block)
    return file_meta(b"1.2.840.10008.1.2.1.99") + out + stream.flush()


def encapsulated(frames: list[bytes], syntax: str = RLELossless, **changes: object) -> bytes:
    """Return an object holding these encoded frames."""
    data = dataset(NumberOfFrames=len(frames), **changes)
    data.PixelData = encapsulate(frames) if frames else b""
    data["PixelData"].is_undefined_length = True
    data["PixelData"].VR = "OB"
    return encode(data, syntax)


def raw_encapsulated(items: list[bytes], syntax: bytes, **changes: object) -> bytes:
    """Return an object whose pixel items, offset table included, are exactly these."""
    data = encode(dataset(PixelData=None, **changes))
    pixels = struct.pack("<HH2sHL", 0x7FE0, 0x0010, b"OB", 0, 0xFFFFFFFF)
    for item in items:
        pixels += struct.pack("<HHL", 0xFFFE, 0xE000, len(item)) + item
    return file_meta(syntax) + body_of(data) + pixels + struct.pack("<HHL", 0xFFFE, 0xE0DD, 0)


def element_beyond_the_end() -> bytes:
    """Return an object whose last element promises a megabyte that is not there."""
    private = struct.pack("<HH2sHL", 0x7FE1, 0x1001, b"OB", 0, 1 << 20) + b"x" * 100
    return good() + private


UNENDED = 0xFFFFFFFF


def private(vr: bytes, length: int, value: bytes) -> bytes:
    """Return an object with a private element of a long form, its creator before it."""
    maker = element(0x0009, 0x0010, b"LO", b"MAKER ")
    added = maker + struct.pack("<HH2sHL", 0x0009, 0x1001, vr, 0, length) + value
    return good().replace(b"\x10\0\x10\0PN", added + b"\x10\0\x10\0PN", 1)


def unended_item(content: bytes) -> bytes:
    """Return an item of undefined length and the end of its sequence."""
    opening, closing = struct.pack("<HHL", 0xFFFE, 0xE000, UNENDED), b"\xfe\xff\x0d\xe0" + bytes(4)
    return opening + content + closing + struct.pack("<HHL", 0xFFFE, 0xE0DD, 0)


IMPLICIT = struct.pack("<HHL", 0x0009, 0x1002, 4) + b"abcd"


REFUSED: list[tuple[str, Callable[[], bytes], str]] = [
    ("1 empty body", lambda: b"", "empty"),
    ("2 random bytes", lambda: np.random.default_rng(1).bytes(5000), "not_dicom"),
    ("3 JSON where DICOM is due", lambda: b'{"patient": "P-100"}', "not_dicom"),
    ("4 cut inside pixel data", lambda: good()[:-100], "truncated"),
    ("5 cut inside file meta", lambda: good()[:200], "truncated"),
    ("5b cut inside the group length", lambda: good()[:140], "truncated"),
    ("5c cut after the file meta", file_meta, "truncated"),
    ("6 no preamble or meta", lambda: body_of(good()), "no_meta"),
    ("6b meta without transfer syntax", lambda: file_meta(b"") + body_of(good()), "no_meta"),
    ("7 no SOP UID", lambda: good(SOPInstanceUID=None), "missing_uid"),
    ("8 no study UID", lambda: good(StudyInstanceUID=None), "missing_uid"),
    ("9 empty series UID", lambda: good(SeriesInstanceUID=""), "missing_uid"),
    ("10 UID of 70 characters", lambda: good(StudyInstanceUID="1." + "2" * 68), "bad_uid"),
    ("11 UID that is a path", lambda: good(SeriesInstanceUID="../../etc/passwd"), "bad_uid"),
    ("11b SOP UID that is a path", lambda: good(SOPInstanceUID="../../etc/passwd"), "bad_uid"),
    ("11c UID with a NUL inside", lambda: good(StudyInstanceUID="1.2\x003.4"), "bad_uid"),
    ("16 NUL and newline in PatientID", lambda: good(PatientID="P\x00\n1"), "bad_value"),
    ("16b two PatientIDs", lambda: good(PatientID="P1\\P2"), "bad_value"),
    ("17 65535 x 65535 of 2 KB", lambda: good(Rows=65535, Columns=65535), "size_mismatch"),
    (
        "17b 65535 x 65535 compressed",
        lambda: encapsulated([b"x" * 2048], Rows=65535, Columns=65535),
        "size_mismatch",
    ),
    ("18 a billion frames", lambda: good(NumberOfFrames=1_000_000_000), "size_mismatch"),
    (
        "18b a billion compressed frames",
        lambda: raw_encapsulated([b"", b"xx"], b"1.2.840.10008.1.2.5", NumberOfFrames=10**9),
        "size_mismatch",
    ),
    ("18c minus one frame", lambda: good(NumberOfFrames=-1), "bad_pixel_module"),
    ("19 no rows", lambda: good(Rows=0), "bad_pixel_module"),
    ("19b no samples", lambda: good(SamplesPerPixel=0), "bad_pixel_module"),
    ("19c rows missing", lambda: good(Rows=None), "bad_pixel_module"),
    ("20 nested 200 deep", lambda: nested(200), "too_deep"),
    ("20b nested 33 deep", lambda: nested_in_item(33), "too_deep"),
    ("21 nested 20,000 deep", lambda: nested(20_000), "too_deep"),
    (
        "23 says implicit, is explicit",
        lambda: file_meta(b"1.2.840.10008.1.2\0") + body_of(good()),
        "syntax_mismatch",
    ),
    (
        "23b says explicit, is implicit",
        lambda: file_meta() + body_of(encode(dataset(), ImplicitVRLittleEndian)),
        "syntax_mismatch",
    ),
    ("24 deflated bomb", deflated_bomb, "expansion"),
    (
        "24b damaged deflate",
        lambda: file_meta(b"1.2.840.10008.1.2.1.99") + b"\xff" * 500,
        "truncated",
    ),
    (
        "24c cut deflate",
        lambda: encode(dataset(), DeflatedExplicitVRLittleEndian)[:-200],
        "truncated",
    ),
    (
        "30 meta names another object",
        lambda: file_meta(sop_uid="1.2.3") + body_of(good()),
        "uid_mismatch",
    ),
    (
        "30b meta names another class",
        lambda: file_meta(sop_class="1.2.3") + body_of(good()),
        "uid_mismatch",
    ),
    ("33 element longer than the file", element_beyond_the_end, "truncated"),
    ("33b private unended UN", lambda: private(b"UN", UNENDED, IMPLICIT), "syntax_mismatch"),
    (
        "33c private bytes of undefined length",
        lambda: private(b"OB", UNENDED, struct.pack("<HHL", 0xFFFE, 0xE000, 4) + b"abcd"),
        "truncated",
    ),
    ("33d private VR that is none", lambda: private(b"ZZ", 4, b"abcd"), "syntax_mismatch"),
]

LATIN_NAME = dataset(SpecificCharacterSet="ISO_IR 192", PatientName="Mu^X")

ACCEPTED: list[tuple[str, Callable[[], bytes], dict[str, object]]] = [
    ("good", good, {"is_renderable": True, "flags": ()}),
    (
        "33e private UN of undefined length",
        lambda: private(b"UN", UNENDED, unended_item(IMPLICIT)),
        {"is_renderable": True, "flags": ()},
    ),
    (
        "33f private SQ of undefined length",
        lambda: private(b"SQ", UNENDED, unended_item(element(0x0009, 0x1002, b"LO", b"abcd"))),
        {"is_renderable": True, "flags": ()},
    ),
    ("14 no PatientID", lambda: good(PatientID=None), {"patient.patient_id": None}),
    (
        "15 script in the name",
        lambda: good(PatientName="<script>alert(1)</script>"),
        {"patient.name": "<script>alert(1)</script>"},
    ),
    ("16c padded PatientID", lambda: good(PatientID="P1\x00"), {"patient.patient_id": "P1"}),
    (
        "20c nested 32 deep",
        lambda: nested_in_item(32),
        {"is_renderable": True},
    ),
    (
        "22 unknown transfer syntax",
        lambda: file_meta(b"1.2.3.4.5\0") + body_of(good()),
        {"is_renderable": False, "instance.transfer_syntax": "1.2.3.4.5"},
    ),
    (
        "25 pixel spacing 0",
        lambda: good(PixelSpacing=[0, 0]),
        {"instance.spacing_mm": None, "instance.spacing_source": "invalid"},
    ),
    (
        "25b one pixel spacing",
        lambda: good(PixelSpacing=[0.5]),
        {"instance.spacing_mm": None, "instance.spacing_source": "invalid"},
    ),
    (
        "26 window width 0",
        lambda: good(WindowWidth=0),
        {"instance.windows": (), "flags": ("window_invalid",), "is_renderable": True},
    ),
    (
        "27 rescale slope 0",
        lambda: good(RescaleSlope=0),
        {"instance.rescale": None, "flags": ("rescale_slope_invalid",), "is_renderable": True},
    ),
    (
        "28 bits stored 20 of 16",
        lambda: good(BitsStored=20),
        {"is_renderable": False, "flags": ("bits_stored_invalid",)},
    ),
    (
        "29 empty pixel data",
        lambda: good(PixelData=b""),
        {"is_renderable": False, "flags": ("pixel_data_empty",)},
    ),
    (
        "29b empty encapsulated pixel data",
        lambda: raw_encapsulated([b""], b"1.2.840.10008.1.2.5"),
        {"is_renderable": False, "flags": ("pixel_data_empty",)},
    ),
    (
        "31 study date 20241399",
        lambda: good(StudyDate="20241399"),
        {"study.started_at": None, "flags": ("study_date_invalid",)},
    ),
    (
        "32 UTF-8 said, Latin-1 sent",
        lambda: encode(LATIN_NAME).replace(b"Mu^X", b"M\xfc^X"),
        {"patient.name": "M\ufffd^X", "flags": ("charset_invalid",)},
    ),
    (
        "32b unknown character set",
        lambda: encode(LATIN_NAME).replace(b"ISO_IR 192", b"ISO_IR 999"),
        {"flags": ("charset_unknown",)},
    ),
    (
        "big endian",
        lambda: encode(dataset(), ExplicitVRBigEndian),
        {"is_renderable": True, "pixels.rows": 16},
    ),
    (
        "deflated",
        lambda: encode(dataset(), DeflatedExplicitVRLittleEndian),
        {"is_renderable": True, "pixels.frame_at": None},
    ),
    (
        "hostile preamble",
        lambda: b"MZ<script>".ljust(128, b"\x90") + good()[128:],
        {"preamble": "other", "flags": ("preamble_other",)},
    ),
    (
        "NUL in a text",
        lambda: good(StudyDescription="a\x00b"),
        {"study.description": "a b", "flags": ("study_description_cleaned",)},
    ),
    (
        "39 an empty fragment between frames",
        lambda: raw_encapsulated(
            [b"", b"aa", b"", b"bb"], b"1.2.840.10008.1.2.5", NumberOfFrames=2
        ),
        {"flags": ("empty_fragment",), "is_renderable": True},
    ),
    (
        "39b wrong basic offset table",
        lambda: raw_encapsulated(
            [struct.pack("<LL", 0, 999), b"aa", b"bb"], b"1.2.840.10008.1.2.5", NumberOfFrames=2
        ),
        {"flags": ("offset_table_wrong",), "is_renderable": True},
    ),
    (
        "39c frames in fragments, no offset table",
        lambda: raw_encapsulated(
            [b"", b"\xff\xd8aa", b"aaaa", b"\xff\xd8bb"],
            b"1.2.840.10008.1.2.4.50",
            NumberOfFrames=2,
        ),
        {"is_renderable": True, "flags": ()},
    ),
    (
        "39d frames that cannot be told apart",
        lambda: raw_encapsulated(
            [b"", b"aa", b"aa", b"bb"], b"1.2.840.10008.1.2.4.50", NumberOfFrames=2
        ),
        {"is_renderable": False},
    ),
]


def case_id(value):
    """Name a parameter alike in every test process: a function's address is not its name."""
    return str(value)[:40] if not callable(value) else "object"
