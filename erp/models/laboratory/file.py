"""Files of laboratories, and the rows of them that wait for a person."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from erp.models.base import INSTANT, Json, TenantRow, belongs_to, one_of


class LabFileFormat(StrEnum):
    """What a laboratory's file is."""

    CSV = "csv"
    HL7 = "hl7"


class RowStatus(StrEnum):
    """What became of a row of a file."""

    WAITING = "waiting"
    TAKEN = "taken"
    KNOWN = "known"
    DISCARDED = "discarded"


class WaitReason(StrEnum):
    """Why a row waits."""

    NONE = ""
    UNREADABLE = "unreadable"
    PATIENT = "patient"
    CONFLICT = "conflict"
    TEST = "test"
    VALUE = "value"
    UNIT = "unit"


class LabFile(TenantRow, table=True):
    """A file as it came.

    Attributes:
        cells: The rows of a CSV as texts, headers first; what an HL7 file tells, observation by
            observation.
        imported_at: When its rows were taken in; none while it is only looked at.
    """

    __tablename__ = "lab_file"
    __table_args__ = (
        belongs_to("laboratory_id", "laboratory"),
        UniqueConstraint("tenant_id", "laboratory_id", "sha256"),
        one_of("format", LabFileFormat),
        Index("ix_lab_file_uploaded", "tenant_id", "uploaded_at", "id"),
    )

    laboratory_id: UUID
    file_name: str
    sha256: str
    format: str
    cells: list[Any] = Field(sa_type=JSONB)
    uploaded_by: UUID
    uploaded_by_name: str
    uploaded_at: datetime = Field(sa_type=INSTANT)
    imported_at: datetime | None = Field(default=None, sa_type=INSTANT)


class LabRow(TenantRow, table=True):
    """An observation of a file, and what became of it.

    Attributes:
        label: Where it stands, as a person finds it: `Row 5`, `Message 2, OBX 3`.
        test_key: What the laboratory calls the test. patient_key: how it names the patient.
        patient_id: Who a person said it is.
        told: Everything the file says of it.
        field: Which cell is at fault, where one is. problem: what is wrong and what to do.
        result_id: What it became or already was.
    """

    __tablename__ = "lab_row"
    __table_args__ = (
        belongs_to("laboratory_id", "laboratory"),
        belongs_to("file_id", "lab_file"),
        belongs_to("patient_id", "party"),
        belongs_to("result_id", "lab_result"),
        UniqueConstraint("tenant_id", "file_id", "place"),
        one_of("status", RowStatus),
        one_of("reason", WaitReason),
        CheckConstraint("(status = 'waiting') = (reason <> '')", name="waits"),
        CheckConstraint("(status in ('taken', 'known')) = (result_id is not null)", name="result"),
        Index(
            "ix_lab_row_waiting",
            "tenant_id",
            "laboratory_id",
            "id",
            postgresql_where="status = 'waiting'",
        ),
    )

    laboratory_id: UUID
    file_id: UUID
    place: int
    label: str
    report_number: str = ""
    test_key: str = ""
    patient_key: str = ""
    patient_id: UUID | None = None
    told: Json
    status: str
    reason: str = WaitReason.NONE
    field: str = ""
    problem: str = ""
    result_id: UUID | None = None
    decided_by: UUID | None = None
    decision: str = ""
