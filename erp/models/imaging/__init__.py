"""Devices, their sessions, the objects they delivered, and what people decided about them."""

from erp.models.imaging.archive import DicomInstance, DicomPatient, DicomSeries, DicomStudy
from erp.models.imaging.device import (
    DeviceFirmware,
    DeviceMaintenance,
    DeviceMessage,
    DeviceState,
    ImagingDevice,
)
from erp.models.imaging.ingest import (
    IngestAttempt,
    IngestSource,
    Quarantine,
    QuarantineStatus,
    Transfer,
    TransferStatus,
)
from erp.models.imaging.quality import (
    ImagingProtocol,
    QaAddendum,
    QaChecklist,
    QaReading,
    QaSignature,
    SecondReader,
)
from erp.models.imaging.review import Annotation, ImagingReport, QaReview, ReportStatus
from erp.models.imaging.session import ImagingSession, QaState, SessionEvent, SessionState

__all__ = [
    "Annotation",
    "DeviceFirmware",
    "DeviceMaintenance",
    "DeviceMessage",
    "DeviceState",
    "DicomInstance",
    "DicomPatient",
    "DicomSeries",
    "DicomStudy",
    "ImagingDevice",
    "ImagingProtocol",
    "ImagingReport",
    "ImagingSession",
    "IngestAttempt",
    "IngestSource",
    "QaAddendum",
    "QaChecklist",
    "QaReading",
    "QaReview",
    "QaSignature",
    "QaState",
    "Quarantine",
    "QuarantineStatus",
    "ReportStatus",
    "SecondReader",
    "SessionEvent",
    "SessionState",
    "Transfer",
    "TransferStatus",
]
