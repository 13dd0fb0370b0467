"""What is said about one DICOM object: its facts, or why it was refused.

These models cross the border of the sandbox as JSON, so they are closed and bounded:
a child process that a hostile file took over can say nothing but such a sentence.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Text = Annotated[str, Field(max_length=1024)]
Uid = Annotated[str, Field(pattern=r"^[0-9]+(\.[0-9]+)*$", max_length=64)]
Count = Annotated[int, Field(ge=0)]


class Closed(BaseModel):
    """Base of the models: immutable, no unknown field."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Reason(StrEnum):
    """Why an object is refused; the fixed list that the quarantine shows."""

    EMPTY = "empty"
    """No byte arrived."""
    NOT_DICOM = "not_dicom"
    """Neither the DICM mark nor anything that looks like a data set."""
    NO_META = "no_meta"
    """A data set without preamble, file meta information or transfer syntax."""
    TRUNCATED = "truncated"
    """An element reaches beyond the end of the object."""
    SYNTAX_MISMATCH = "syntax_mismatch"
    """The data set is not encoded as the file meta information says."""
    TOO_DEEP = "too_deep"
    """Sequences are nested deeper than any real object."""
    TOO_COMPLEX = "too_complex"
    """More elements than any real object has."""
    EXPANSION = "expansion"
    """The deflated data set grows beyond the limits of bytes or ratio."""
    MISSING_UID = "missing_uid"
    """One of the SOP, study or series identifiers is absent or empty."""
    BAD_UID = "bad_uid"
    """An identifier is not a DICOM UID (PS3.5 section 9)."""
    UID_MISMATCH = "uid_mismatch"
    """File meta information and data set name different objects."""
    BAD_VALUE = "bad_value"
    """The patient identifier holds control characters, several values or too much text."""
    BAD_PIXEL_MODULE = "bad_pixel_module"
    """The image pixel description is absent or impossible."""
    SIZE_MISMATCH = "size_mismatch"
    """The pixel description promises more than the object holds."""
    RESOURCE_LIMIT = "resource_limit"
    """Reading it exceeded the limits of memory or time."""
    UNREADABLE = "unreadable"
    """The reader failed or its process died; only this object is affected."""


class Quarantine(Closed):
    """An object that is not taken into the archive.

    Attributes:
        reason_code: From the fixed list.
        detail: One sentence for the technician; never a stack trace.
        keep_bytes: False where nothing worth a second look arrived (empty, JSON):
            the receipt then says `rejected` instead of `quarantined`.
    """

    kind: Literal["quarantine"] = "quarantine"
    reason_code: Reason
    detail: Text
    keep_bytes: bool = True


class SpacingSource(StrEnum):
    """Where a millimetre comes from; shown beside every measurement."""

    PIXEL_SPACING = "pixel_spacing"
    """Pixel Spacing: in the patient (cross-sectional) or calibrated."""
    CALIBRATED = "pixel_spacing_calibrated"
    """Pixel Spacing with a calibration type of its own (PS3.3 10.7)."""
    IMAGER = "imager_pixel_spacing"
    """At the detector plane: magnification is not corrected."""
    NOMINAL = "nominal_scanned_pixel_spacing"
    """Of a scanned film or a captured page."""
    PIXEL_MEASURES = "pixel_measures"
    """Shared functional group of an enhanced multi-frame object."""
    ULTRASOUND_REGION = "ultrasound_region"
    """The only calibrated region of an ultrasound image; valid inside it."""
    INVALID = "invalid"
    """A spacing was sent and cannot be true (zero, negative, not a number)."""
    NONE = "none"
    """No spacing: lengths are in pixels."""


class Window(Closed):
    """One window of the VOI LUT module: centre and width in rescaled values."""

    center: float
    width: float = Field(gt=0)
    label: Text = ""


class Rescale(Closed):
    """Modality LUT as a line: output = stored value x slope + intercept."""

    slope: float
    intercept: float
    unit: Text = ""


class Pixels(Closed):
    """The image pixel module, checked against the bytes that are really there.

    Attributes:
        pixel_vr: Value representation of native pixel data; decides byte order of bytes.
        pixel_at: Offset of the pixel data element; what precedes it is the head.
        frame_bytes: Size of one decoded frame in bytes.
        frame_at: Native data: offset of frame 0, when frames can be read by range.
        spans: Encapsulated data: (offset, length) of each frame, starting at the
            item tag of its first fragment; empty when frames cannot be told apart.
    """

    rows: Count
    columns: Count
    frames: Count
    samples: Count
    bits_allocated: Count
    bits_stored: Count
    is_signed: bool
    photometric: Text
    pixel_vr: Literal["OB", "OW", "OF", "OD"] = "OW"
    pixel_at: Count
    frame_bytes: Count
    frame_at: Count | None = None
    spans: tuple[tuple[Count, Count], ...] = ()


class Patient(Closed):
    """The patient as the device wrote it; matching happens elsewhere."""

    patient_id: Annotated[str, Field(max_length=64)] | None
    issuer: Text | None
    name: Text | None
    birth_date: date | None
    sex: Text | None


class Study(Closed):
    """Study level attributes; `started_at` is naive device time where no offset from UTC is told."""

    study_uid: Uid
    accession_number: Text | None
    started_at: datetime | None
    description: Text | None
    referring_physician: Text | None


class Series(Closed):
    """Series level attributes."""

    series_uid: Uid
    modality: Text | None
    number: int | None
    description: Text | None
    body_part: Text | None
    laterality: Text | None
    station: Text | None
    manufacturer: Text | None
    model: Text | None
    protocol: Text | None
    performed_at: datetime | None


class FramePlaces(Closed):
    """Where each frame of an object lies in the patient, in millimetres; all look in one direction.

    Attributes:
        positions: Of the centre of the first pixel, by frame.
        orientation: Direction of the rows, then of the columns.
    """

    positions: tuple[tuple[float, float, float], ...]
    orientation: tuple[float, float, float, float, float, float]


class Instance(Closed):
    """Instance level attributes that viewers, lists and measurements need.

    Attributes:
        spacing_mm: (row spacing, column spacing) in millimetres, or None.
        spacing_region: (left, top, right, bottom) in pixels; the spacing holds only
            inside it. None: it holds everywhere.
        burned_in: Burned In Annotation; None when the object does not say.
        frame_time_ms: Milliseconds per frame for cine, when recorded.
        frame_places: None where one frame says no place, or another direction than the others.
    """

    sop_uid: Uid
    sop_class: Uid
    transfer_syntax: Uid
    number: int | None
    acquired_at: datetime | None
    frame_of_reference: Uid | None
    spacing_mm: tuple[float, float] | None
    spacing_source: SpacingSource
    spacing_region: tuple[int, int, int, int] | None = None
    windows: tuple[Window, ...]
    rescale: Rescale | None
    frame_time_ms: float | None
    frame_places: FramePlaces | None = None
    burned_in: bool | None
    is_lossy: bool


class ObjectClass(StrEnum):
    """What kind of object it is; only images are rendered."""

    IMAGE = "image"
    DIRECTORY = "directory"
    DOCUMENT = "document"
    REPORT = "report"
    WAVEFORM = "waveform"
    VIDEO = "video"
    OTHER = "other"


class Inspected(Closed):
    """Everything the archive's tables need about one accepted object.

    Attributes:
        study: None only for a directory (DICOMDIR), which belongs to no study.
        pixels: None when the object holds no image.
        is_renderable: Whether a picture of it may be asked for.
        flags: Oddities that were accepted, sorted; for instance `study_date_invalid`.
        preamble: `zero`, `tiff` or `other`. A preamble is never served as sent.
        attrs: Public attributes in the DICOM JSON model (PS3.18 annex F), bulk left out.
    """

    kind: Literal["inspected"] = "inspected"
    object_class: ObjectClass
    size: Count
    patient: Patient
    study: Study | None
    series: Series | None
    instance: Instance
    pixels: Pixels | None
    is_renderable: bool
    not_renderable_because: Text | None = None
    flags: tuple[Text, ...] = ()
    preamble: Literal["zero", "tiff", "other"] = "zero"
    attrs: dict[str, Any] = Field(default_factory=dict)


Finding = Annotated[Inspected | Quarantine, Field(discriminator="kind")]


class Refused(Exception):
    """Raised inside the sandbox when an object must be quarantined."""

    def __init__(self, reason: Reason, detail: str, *, keep_bytes: bool = True) -> None:
        super().__init__(detail)
        self.finding = Quarantine(
            reason_code=reason, detail=printable(detail), keep_bytes=keep_bytes
        )


def printable(text: str, limit: int = 1024) -> str:
    """Return text that a log, a JSON column and a PDF can hold: no control character, bounded."""
    clean = "".join(c if c.isprintable() else " " for c in text[: limit * 2])
    return clean.strip()[:limit]
