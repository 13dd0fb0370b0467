"""Reports and results of patients: only added to, each correction a row of its own."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, UniqueConstraint
from sqlmodel import Field

from erp.models.base import INSTANT, TenantRow, belongs_to, created_at, one_of

VALUE = Numeric(24, 8)


class ResultStatus(StrEnum):
    """How sure a laboratory is."""

    PRELIMINARY = "preliminary"
    FINAL = "final"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"


class ResultSource(StrEnum):
    """How a version of a report came."""

    CSV = "csv"
    HL7 = "hl7"
    MANUAL = "manual"


class Flag(StrEnum):
    """How a result stands to its reference range."""

    NONE = ""
    NORMAL = "normal"
    LOW = "low"
    HIGH = "high"
    VERY_LOW = "very_low"
    VERY_HIGH = "very_high"
    ABNORMAL = "abnormal"


class RangeSource(StrEnum):
    """Whose reference range a result was held against."""

    NONE = ""
    TOLD = "told"
    OWN = "own"


class LabReport(TenantRow, table=True):
    """A laboratory's report under its number; what it says stands in its versions."""

    __tablename__ = "lab_report"
    __table_args__ = (
        belongs_to("laboratory_id", "laboratory"),
        UniqueConstraint("tenant_id", "laboratory_id", "number"),
    )

    laboratory_id: UUID
    number: str
    created_at: datetime = created_at()


class LabReportVersion(TenantRow, table=True):
    """What changed in a report at once: results that came, were corrected, or another patient.

    Attributes:
        patient_id: Whose report it is from this version on.
        patient_key: How the laboratory named them.
        note: Why a person changed something.
    """

    __tablename__ = "lab_report_version"
    __table_args__ = (
        belongs_to("report_id", "lab_report"),
        belongs_to("patient_id", "party"),
        belongs_to("file_id", "lab_file"),
        UniqueConstraint("tenant_id", "report_id", "version"),
        one_of("source", ResultSource),
        CheckConstraint("version > 0", name="version"),
        Index("ix_lab_report_version_patient", "tenant_id", "patient_id"),
    )

    report_id: UUID
    version: int
    patient_id: UUID
    patient_key: str
    source: str
    file_id: UUID | None = None
    reported_at: datetime | None = Field(default=None, sa_type=INSTANT)
    note: str = ""
    recorded_by: UUID
    recorded_by_name: str
    recorded_at: datetime = Field(sa_type=INSTANT)


class LabResult(TenantRow, table=True):
    """One result; a later one supersedes it, none is changed.

    Attributes:
        sub_id: Tells results of one analyte in one report apart.
        collected_at: When the sample was taken. is_time_known: whether more than the day is known.
        told_value, told_unit, told_range: As the laboratory wrote them.
        comparator: `<` or `>` where the value is only a bound.
        value: In the analyte's unit; none where `text` is the result.
        low, high: The range it was held against, in the analyte's unit.
        is_flag_told: The laboratory flagged it; otherwise the range did.
    """

    __tablename__ = "lab_result"
    __table_args__ = (
        belongs_to("report_id", "lab_report"),
        belongs_to("version_id", "lab_report_version"),
        belongs_to("analyte_id", "analyte"),
        belongs_to("supersedes_id", "lab_result"),
        UniqueConstraint("tenant_id", "supersedes_id"),
        one_of("status", ResultStatus),
        one_of("flag", Flag),
        one_of("range_source", RangeSource),
        CheckConstraint("comparator in ('', '<', '<=', '>', '>=')", name="comparator"),
        CheckConstraint("(value is null) = (text <> '')", name="value"),
        Index(
            "ix_lab_result_first",
            "tenant_id",
            "report_id",
            "analyte_id",
            "sub_id",
            unique=True,
            postgresql_where="supersedes_id is null",
        ),
        Index("ix_lab_result_version", "tenant_id", "version_id"),
    )

    report_id: UUID
    version_id: UUID
    analyte_id: UUID
    sub_id: str = ""
    collected_at: datetime = Field(sa_type=INSTANT)
    is_time_known: bool
    told_value: str
    told_unit: str = ""
    told_range: str = ""
    comparator: str = ""
    value: Decimal | None = Field(default=None, sa_type=VALUE)
    text: str = ""
    low: Decimal | None = Field(default=None, sa_type=VALUE)
    high: Decimal | None = Field(default=None, sa_type=VALUE)
    range_source: str = RangeSource.NONE
    flag: str = Flag.NONE
    is_flag_told: bool = False
    status: str
    note: str = ""
    supersedes_id: UUID | None = None
    recorded_at: datetime = created_at()
