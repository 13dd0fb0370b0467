"""Biomarkers: figures that programs work out of pictures, with model, version and what they came from."""

from erp.services.biomarkers.events import RunRecorded
from erp.services.biomarkers.importing import (
    FigureFile,
    FiguresImported,
    ImportFigures,
    ReadFigureFile,
    import_figures,
    read_file,
)
from erp.services.biomarkers.listing import (
    FigureRow,
    FigureRows,
    PatientFigure,
    RunsOf,
    list_figures,
    patient_figures,
)
from erp.services.biomarkers.printing import figure_lines
from erp.services.biomarkers.reading_files import LARGEST_FILE, NEEDED, Part
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
    "LARGEST_FILE",
    "NEEDED",
    "FigureFile",
    "FigureRow",
    "FigureRows",
    "FiguresImported",
    "Found",
    "ImportFigures",
    "Part",
    "PatientFigure",
    "ReadFigureFile",
    "RecordRun",
    "RunKept",
    "RunRecorded",
    "RunReused",
    "RunTold",
    "RunsOf",
    "figure_lines",
    "import_figures",
    "list_figures",
    "patient_figures",
    "read_file",
    "record_by_call",
    "record_run",
]
