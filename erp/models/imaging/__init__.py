"""Devices, their sessions, the objects they delivered, and what people decided about them."""

from erp.models.imaging.archive import DicomInstance, DicomPatient, DicomSeries, DicomStudy
from erp.models.imaging.device import (
    DeviceFirmware,
    DeviceKind,
    DeviceMaintenance,
    DeviceMessage,
    DeviceReport,
    DeviceState,
    ImagingDevice,
    Standing,
)
from erp.models.imaging.hook import HookCall, HookCallStatus, ImagingHook
from erp.models.imaging.ingest import (
    IngestAttempt,
    IngestSource,
    Quarantine,
    QuarantineStatus,
    Transfer,
    TransferStatus,
)
from erp.models.imaging.keeping import ImagingExport, RetentionRule, StudyHold, StudyRemoval
from erp.models.imaging.order import Attendance, ImagingOrder, ImagingSlot, OrderStatus
from erp.models.imaging.peers import CommitmentStatus, DicomEntity, DicomPeer, StorageCommitment
from erp.models.imaging.performed import PerformedStep, StepState
from erp.models.imaging.quality import (
    ImagingProtocol,
    QaAddendum,
    QaChecklist,
    QaReading,
    QaSignature,
    SecondReader,
)
from erp.models.imaging.reporting import (
    ImagingSummary,
    ImagingTemplate,
    ImagingTemplateTrial,
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
    "Attendance",
    "CommitmentStatus",
    "DeviceFirmware",
    "DeviceKind",
    "DeviceMaintenance",
    "DeviceMessage",
    "DeviceReport",
    "DeviceState",
    "DicomEntity",
    "DicomInstance",
    "DicomPatient",
    "DicomPeer",
    "DicomSeries",
    "DicomStudy",
    "HookCall",
    "HookCallStatus",
    "ImagingDevice",
    "ImagingExport",
    "ImagingHook",
    "ImagingOrder",
    "ImagingProtocol",
    "ImagingReport",
    "ImagingSession",
    "ImagingSlot",
    "ImagingSummary",
    "ImagingTemplate",
    "ImagingTemplateTrial",
    "IngestAttempt",
    "IngestSource",
    "MarkTool",
    "OrderStatus",
    "PerformedStep",
    "QaAddendum",
    "QaChecklist",
    "QaReading",
    "QaReview",
    "QaSignature",
    "QaState",
    "Quarantine",
    "QuarantineStatus",
    "ReportStatus",
    "RetentionRule",
    "SecondReader",
    "SessionEvent",
    "SessionState",
    "Standing",
    "StepState",
    "StorageCommitment",
    "StudyHold",
    "StudyRemoval",
    "Transfer",
    "TransferStatus",
]
