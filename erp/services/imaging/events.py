"""What happens in imaging, for other domains, integrators and open pages."""

from typing import ClassVar
from uuid import UUID

from erp.services.platform import DomainEvent


class DeviceRegistered(DomainEvent):
    """A device may speak to the suite; the aggregate is the device."""

    name: ClassVar[str] = "imaging.device_registered.v1"

    device_id: UUID
    site: str
    code: str


class DeviceChanged(DomainEvent):
    """A device came, went, was retired or got a new password."""

    name: ClassVar[str] = "imaging.device_changed.v1"

    device_id: UUID
    state: str
    is_active: bool


class SessionChanged(DomainEvent):
    """A session appeared or the device moved it on."""

    name: ClassVar[str] = "imaging.session_changed.v1"

    session_id: UUID
    number: str
    state: str


class SessionCompleted(DomainEvent):
    """Everything the device's manifest lists is stored or held."""

    name: ClassVar[str] = "imaging.session_completed.v1"

    session_id: UUID
    number: str
    stored: int
    quarantined: int


class ObjectStored(DomainEvent):
    """An object is in the archive; the aggregate is its session."""

    name: ClassVar[str] = "imaging.object_stored.v1"

    instance_id: UUID
    session_id: UUID
    sop_uid: str
    sha256: str


class ObjectHeld(DomainEvent):
    """An object or a message waits in quarantine."""

    name: ClassVar[str] = "imaging.object_held.v1"

    quarantine_id: UUID
    reason_code: str


class RetryRequested(DomainEvent):
    """Someone wants something held to be looked at again."""

    name: ClassVar[str] = "imaging.retry_requested.v1"

    quarantine_id: UUID


class HeldDecided(DomainEvent):
    """Something left quarantine: released or discarded."""

    name: ClassVar[str] = "imaging.held_decided.v1"

    quarantine_id: UUID
    status: str


class SessionReviewed(DomainEvent):
    """A person decided about a session."""

    name: ClassVar[str] = "imaging.session_reviewed.v1"

    session_id: UUID
    from_state: str
    to_state: str
    reason_code: str


class PatientAssigned(DomainEvent):
    """A session got its patient."""

    name: ClassVar[str] = "imaging.patient_assigned.v1"

    session_id: UUID
    patient_id: UUID | None


class ReportRequested(DomainEvent):
    """A report is to be made."""

    name: ClassVar[str] = "imaging.report_requested.v1"

    report_id: UUID
    session_id: UUID


class ReportFinished(DomainEvent):
    """A report is ready, or failed."""

    name: ClassVar[str] = "imaging.report_finished.v1"

    report_id: UUID
    session_id: UUID
    status: str


class MeasurementRecorded(DomainEvent):
    """A measurement was made or taken back."""

    name: ClassVar[str] = "imaging.measurement_recorded.v1"

    annotation_id: UUID
    session_id: UUID


class FiguresCounted(DomainEvent):
    """The server counted what a rectangle or ellipse encloses."""

    name: ClassVar[str] = "imaging.figures_counted.v1"

    annotation_id: UUID
    session_id: UUID
