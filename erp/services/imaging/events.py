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
    """A device came, went, was corrected or retired, or got a new password."""

    name: ClassVar[str] = "imaging.device_changed.v1"

    device_id: UUID
    state: str
    is_active: bool


class EchoAsked(DomainEvent):
    """Someone wants to know whether a peer answers."""

    name: ClassVar[str] = "imaging.echo_asked.v1"

    device_id: UUID


class OrderChanged(DomainEvent):
    """A planned examination was put on the worklist, taken off, started or done."""

    name: ClassVar[str] = "imaging.order_changed.v1"

    order_id: UUID
    accession: str
    status: str


class SessionChanged(DomainEvent):
    """A session appeared or the device moved it on."""

    name: ClassVar[str] = "imaging.session_changed.v1"

    session_id: UUID
    number: str
    state: str


class StepChanged(DomainEvent):
    """A modality told of a step it performs; the aggregate is the session."""

    name: ClassVar[str] = "imaging.step_changed.v1"

    session_id: UUID
    step_id: UUID
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


class ClaimChanged(DomainEvent):
    """Somebody took a session into their hands, gave it back or was assigned to it."""

    name: ClassVar[str] = "imaging.claim_changed.v1"

    session_id: UUID
    claimed_by: UUID | None


class ReadingRecorded(DomainEvent):
    """A reader gave a verdict that decides nothing yet; which one is not told.

    Attributes:
        awaiting: `second` reader or `resolution`.
    """

    name: ClassVar[str] = "imaging.reading_recorded.v1"

    session_id: UUID
    awaiting: str


class SessionSigned(DomainEvent):
    """A session was signed off."""

    name: ClassVar[str] = "imaging.session_signed.v1"

    session_id: UUID
    signature_id: UUID
    content_hash: str


class AddendumAdded(DomainEvent):
    """Something was added after a sign-off."""

    name: ClassVar[str] = "imaging.addendum_added.v1"

    session_id: UUID
    addendum_id: UUID


class RepeatArrived(DomainEvent):
    """Images that were to be taken again have come; the aggregate is the new session."""

    name: ClassVar[str] = "imaging.repeat_arrived.v1"

    session_id: UUID
    repeat_of: UUID


class ProtocolChanged(DomainEvent):
    """How sessions of a protocol are judged has changed; the aggregate is the protocol."""

    name: ClassVar[str] = "imaging.protocol_changed.v1"

    protocol_id: UUID
    code: str


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


class StudyKept(DomainEvent):
    """A study was put under hold, released, or removed."""

    name: ClassVar[str] = "imaging.study_kept.v1"

    study_id: UUID
    is_held: bool


class RemovalDecided(DomainEvent):
    """Somebody decided whether a study may be removed."""

    name: ClassVar[str] = "imaging.removal_decided.v1"

    removal_id: UUID
    study_id: UUID
    status: str


class ExportRequested(DomainEvent):
    """A de-identified copy of a study is to be made."""

    name: ClassVar[str] = "imaging.export_requested.v1"

    export_id: UUID
    study_id: UUID


class ExportFinished(DomainEvent):
    """An export is ready, or failed."""

    name: ClassVar[str] = "imaging.export_finished.v1"

    export_id: UUID
    study_id: UUID
    status: str


class FiguresCounted(DomainEvent):
    """The server counted what a rectangle or ellipse encloses."""

    name: ClassVar[str] = "imaging.figures_counted.v1"

    annotation_id: UUID
    session_id: UUID


class SummaryWritten(DomainEvent):
    """Somebody wrote a version of a session's summary."""

    name: ClassVar[str] = "imaging.summary_written.v1"

    session_id: UUID
    version: int
