"""What imaging needs of the outside: a reader of strangers' files, frames, broker accounts."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

Edge = Annotated[float, Field(ge=-1e12, le=1e12, allow_inf_nan=False)]
Width = Annotated[float, Field(gt=0, le=1e12, allow_inf_nan=False)]


class Facts(BaseModel):
    """Base of what a reader says about an object; it may know more than is kept."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class PatientFacts(Facts):
    """The patient as the device wrote it."""

    patient_id: str | None = None
    issuer: str | None = None
    name: str | None = None
    birth_date: date | None = None
    sex: str | None = None


class StudyFacts(Facts):
    """Study level; `started_at` is the device's local time without zone."""

    study_uid: str
    accession_number: str | None = None
    started_at: datetime | None = None
    description: str | None = None
    referring_physician: str | None = None


class SeriesFacts(Facts):
    """Series level."""

    series_uid: str
    modality: str | None = None
    number: int | None = None
    description: str | None = None
    body_part: str | None = None
    laterality: str | None = None
    station: str | None = None
    manufacturer: str | None = None
    model: str | None = None
    protocol: str | None = None


class FramePlaces(Facts):
    """Where each frame lies in the patient, in millimetres: positions by frame, one direction for all."""

    positions: tuple[tuple[float, float, float], ...]
    orientation: tuple[float, ...]


class InstanceFacts(Facts):
    """Instance level; spacing in millimetres."""

    sop_uid: str
    sop_class: str
    transfer_syntax: str
    number: int | None = None
    acquired_at: datetime | None = None
    frame_of_reference: str | None = None
    spacing_mm: tuple[float, float] | None = None
    spacing_source: str = "none"
    spacing_region: tuple[int, int, int, int] | None = None
    windows: tuple[dict[str, Any], ...] = ()
    frame_time_ms: float | None = None
    frame_places: FramePlaces | None = None
    burned_in: bool | None = None
    is_lossy: bool = False


class ObjectFacts(Facts):
    """An object that may enter the archive.

    Attributes:
        study: None for a directory (DICOMDIR), which belongs to no study.
        pixels: The pixel description with the place of every frame, as JSON.
    """

    kind: Literal["inspected"] = "inspected"
    object_class: str
    patient: PatientFacts
    study: StudyFacts | None
    series: SeriesFacts | None
    instance: InstanceFacts
    pixels: dict[str, Any] | None = None
    is_renderable: bool = False
    not_renderable_because: str | None = None
    flags: tuple[str, ...] = ()
    preamble: str = "zero"
    attrs: dict[str, Any] = {}


class RefusedObject(Facts):
    """An object that may not.

    Attributes:
        keep_bytes: False where nothing worth a second look arrived.
    """

    kind: Literal["quarantine"] = "quarantine"
    reason_code: str
    detail: str
    keep_bytes: bool = True


class ObjectInspector(Protocol):
    """Reads one object that a stranger sent, within limits; whatever the bytes, it returns."""

    def inspect(self, source: bytes | Path) -> ObjectFacts | RefusedObject:
        """Return the facts of an object or why it is refused.

        Raises:
            Unavailable: The reader itself does not start; nothing is known of the object.
        """
        ...


class SeenWindow(BaseModel):
    """A window in rescaled values."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    center: Edge
    width: Width


class Look(BaseModel):
    """What a picture looked like.

    Attributes:
        window: The one it was seen by; nothing for colours and for a table of the object's own.
        function: How the window runs from black to white; empty where the viewer does not know.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    window: SeenWindow | None = None
    function: Literal["", "LINEAR", "LINEAR_EXACT", "SIGMOID"] = ""
    is_inverted: bool = False


@dataclass(frozen=True, slots=True)
class DrawnFrame:
    """A frame as PNG bytes, and the window it was drawn with: none for colours and tables."""

    png: bytes
    window: SeenWindow | None


class KeyImageMaker(Protocol):
    """Turns a frame of a stored object into a picture for print."""

    def key_image(self, content: bytes, frame: int, look: Look) -> DrawnFrame | None:
        """Return a frame (from 1) as it was seen; None where no picture can be made."""
        ...


class BrokerAccounts(Protocol):
    """Accounts of devices at the broker."""

    def set_password(self, site: str, code: str, password: str) -> None:
        """Let a device sign in as `site/code` with this password and no other."""
        ...

    def close(self, site: str, code: str) -> None:
        """Let nobody sign in as `site/code`."""
        ...


class DeviceAccount(BaseModel):
    """A device as the broker must know it."""

    model_config = ConfigDict(frozen=True)

    tenant_id: UUID
    device_id: UUID
    branch_id: UUID
    company_id: UUID
    time_zone: str
    site: str
    code: str
    is_active: bool
    credential_version: int
