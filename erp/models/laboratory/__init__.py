"""Laboratories, what they measure, their files, and the results of patients."""

from erp.models.laboratory.catalogue import Analyte, AnalyteCode, AnalyteKind, Laboratory
from erp.models.laboratory.file import LabFile, LabFileFormat, LabRow, RowStatus, WaitReason
from erp.models.laboratory.result import (
    Flag,
    LabReport,
    LabReportVersion,
    LabResult,
    RangeSource,
    ResultSource,
    ResultStatus,
)

__all__ = [
    "Analyte",
    "AnalyteCode",
    "AnalyteKind",
    "Flag",
    "LabFile",
    "LabFileFormat",
    "LabReport",
    "LabReportVersion",
    "LabResult",
    "LabRow",
    "Laboratory",
    "RangeSource",
    "ResultSource",
    "ResultStatus",
    "RowStatus",
    "WaitReason",
]
