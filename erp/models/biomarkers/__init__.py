"""Figures that programs work out of pictures: a run of a model, and what it found."""

from erp.models.biomarkers.run import Biomarker, BiomarkerRun, RunSource

__all__ = ["Biomarker", "BiomarkerRun", "RunSource"]
