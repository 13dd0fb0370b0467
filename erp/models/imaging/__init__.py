"""Devices, their sessions, the objects they delivered, and what people decided about them."""

from erp.models.imaging.archive import DicomInstance, DicomPatient, DicomSeries, DicomStudy
from erp.models.imaging.device import DeviceKind, DeviceMessage, DeviceState, ImagingDevice
from erp.models.imaging.ingest import (
    IngestAttempt,
    IngestSource,
    Quarantine,
    QuarantineStatus,
    Transfer,
    TransferStatus,
)
from erp.models.imaging.keeping import (
    ImagingExport,
    RetentionRule,
    StudyHold,
    StudyRemoval,
)
from erp.models.imaging.review import Annotation, ImagingReport, QaReview, ReportStatus
from erp.models.imaging.session import ImagingSession, QaState, SessionEvent, SessionState

__all__ = [
    "Annotation",
    "DeviceKind",
    "DeviceMessage",
    "DeviceState",
    "DicomInstance",
    "DicomPatient",
    "DicomSeries",
    "DicomStudy",
    "ImagingDevice",
    "ImagingExport",
    "ImagingReport",
    "ImagingSession",
    "IngestAttempt",
    "IngestSource",
    "QaReview",
    "QaState",
    "Quarantine",
    "QuarantineStatus",
    "ReportStatus",
    "RetentionRule",
    "SessionEvent",
    "SessionState",
    "StudyHold",
    "StudyRemoval",
    "Transfer",
    "TransferStatus",
]
