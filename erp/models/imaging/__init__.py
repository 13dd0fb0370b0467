"""Devices, their sessions, the objects they delivered, and what people decided about them."""

from erp.models.imaging.archive import DicomInstance, DicomPatient, DicomSeries, DicomStudy
from erp.models.imaging.device import DeviceMessage, DeviceState, ImagingDevice
from erp.models.imaging.ingest import (
    IngestAttempt,
    IngestSource,
    Quarantine,
    QuarantineStatus,
    Transfer,
    TransferStatus,
)
from erp.models.imaging.review import (
    Annotation,
    AnnotationCheck,
    ImagingReport,
    MarkTool,
    QaReview,
    ReportStatus,
)
from erp.models.imaging.session import ImagingSession, QaState, SessionEvent, SessionState

__all__ = [
    "Annotation",
    "AnnotationCheck",
    "DeviceMessage",
    "DeviceState",
    "DicomInstance",
    "DicomPatient",
    "DicomSeries",
    "DicomStudy",
    "ImagingDevice",
    "ImagingReport",
    "ImagingSession",
    "IngestAttempt",
    "IngestSource",
    "MarkTool",
    "QaReview",
    "QaState",
    "Quarantine",
    "QuarantineStatus",
    "ReportStatus",
    "SessionEvent",
    "SessionState",
    "Transfer",
    "TransferStatus",
]
