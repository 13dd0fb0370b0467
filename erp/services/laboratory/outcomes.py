"""What can become of an observation, and what is known while that is decided."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from erp.models.laboratory import WaitReason


@dataclass(frozen=True, slots=True)
class Waits:
    """A person must settle it: why, which cell, and what to do."""

    reason: WaitReason
    field: str
    problem: str


@dataclass(frozen=True, slots=True)
class Same:
    """It is known already."""

    result_id: UUID


@dataclass(frozen=True, slots=True)
class Nothing:
    """The laboratory says itself that there is no result."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """A new result; `supersedes` is the one it takes the place of."""

    patient_id: UUID
    analyte_id: UUID
    sub_id: str
    measured: Mapping[str, Any]
    supersedes: UUID | None


@dataclass
class KnownReport:
    """A report as it stands, the rows that were decided before this one included.

    Attributes:
        known_at: `reported_at` before any of these rows: what came with them is newer as a whole.
    """

    id: UUID
    patient_id: UUID
    patient_key: str
    reported_at: datetime | None
    is_new: bool = False
    version: int = 0
    version_id: UUID | None = None
    results: dict[tuple[UUID, str], dict[str, Any]] = field(default_factory=dict)
    history: set[tuple[Any, ...]] = field(default_factory=set)
    known_at: datetime | None = None

    def remember(self, analyte_id: UUID, sub_id: str, row: Mapping[str, Any]) -> None:
        """Note what was told once, so that telling it again brings it back to no life."""
        self.history.add(_told_as(analyte_id, sub_id, row))

    def was_told(self, analyte_id: UUID, sub_id: str, row: Mapping[str, Any]) -> bool:
        """Tell whether a result was told before, whatever became of it."""
        return _told_as(analyte_id, sub_id, row) in self.history


def _told_as(analyte_id: UUID, sub_id: str, row: Mapping[str, Any]) -> tuple[Any, ...]:
    told = (row["told_value"], row["told_unit"], row["collected_at"])
    return (analyte_id, sub_id, *told, *held_against(row))


def held_against(row: Mapping[str, Any]) -> tuple[str, str]:
    """Return the range and the flag that a laboratory told; what followed from them it did not tell."""
    flag = str(row["flag"]) if row["is_flag_told"] else ""
    return "".join(row["told_range"].split()), flag


@dataclass(frozen=True)
class Knowledge:
    """What is known while rows are decided.

    Attributes:
        by_loinc, by_told: Analytes by LOINC, and by what the laboratory calls them.
        patients: By code. chosen: the patient a person chose, by `patient_key`.
    """

    now: datetime
    time_zone: str
    file_id: UUID | None
    by_loinc: Mapping[str, Mapping[str, Any]]
    by_told: Mapping[str, Mapping[str, Any]]
    patients: Mapping[str, Mapping[str, Any]]
    people: Mapping[UUID, Mapping[str, Any]]
    chosen: Mapping[str, UUID]
    reports: dict[str, KnownReport]
