"""Biomarkers: figures that programs work out of pictures, with model, version and what they came from."""

from erp.services.biomarkers.events import RunRecorded
from erp.services.biomarkers.listing import (
    FigureRow,
    FigureRows,
    PatientFigure,
    RunsOf,
    list_figures,
    patient_figures,
)
from erp.services.biomarkers.recording import (
    Found,
    RecordRun,
    RunKept,
    RunReused,
    RunTold,
    record_by_call,
    record_run,
)

__all__ = [
    "FigureRow",
    "FigureRows",
    "Found",
    "PatientFigure",
    "RecordRun",
    "RunKept",
    "RunRecorded",
    "RunReused",
    "RunTold",
    "RunsOf",
    "list_figures",
    "patient_figures",
    "record_by_call",
    "record_run",
]
