"""What happens with laboratory results, for other domains, integrators and open pages."""

from typing import ClassVar
from uuid import UUID

from erp.services.platform import DomainEvent


class LaboratoryChanged(DomainEvent):
    """A laboratory was added or changed."""

    name: ClassVar[str] = "laboratory.laboratory_changed.v1"

    laboratory_id: UUID


class AnalyteChanged(DomainEvent):
    """An analyte was added or changed."""

    name: ClassVar[str] = "laboratory.analyte_changed.v1"

    analyte_id: UUID


class FileTaken(DomainEvent):
    """A laboratory's file was taken in, or a person settled rows of it; the aggregate is the file."""

    name: ClassVar[str] = "laboratory.file_taken.v1"

    file_id: UUID
    taken: int
    waiting: int


class ResultsRecorded(DomainEvent):
    """A patient's report has results it had not, or they are another patient's."""

    name: ClassVar[str] = "laboratory.results_recorded.v1"

    report_id: UUID
    patient_id: UUID
    version: int
