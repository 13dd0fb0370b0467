"""Laboratories, what is measured, and what laboratories call it."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from erp.models.base import Json, TenantRow, belongs_to, created_at, one_of


class AnalyteKind(StrEnum):
    """What a result of an analyte is."""

    NUMBER = "number"
    TEXT = "text"


class Laboratory(TenantRow, table=True):
    """A laboratory whose results come here, the own one included.

    Attributes:
        facility: How its HL7 messages name it (MSH-4); empty where that is not held against them.
        reading: How its CSV is read: `columns`, a header by part, and `date_order`.
    """

    __tablename__ = "laboratory"
    __table_args__ = (UniqueConstraint("tenant_id", "name"),)

    name: str
    facility: str = ""
    reading: Json
    is_active: bool = True
    opened_by: UUID
    opened_at: datetime = created_at()


class Analyte(TenantRow, table=True):
    """Something that is measured, in one unit whatever laboratories write.

    Attributes:
        panel: The group it is shown in.
        loinc: Its LOINC code; empty where it has none.
        decimals: Places that are shown; values are kept as exactly as they were told.
        ranges: Reference ranges by sex and age in years, used where a laboratory tells none.
    """

    __tablename__ = "analyte"
    __table_args__ = (
        UniqueConstraint("tenant_id", "code"),
        one_of("kind", AnalyteKind),
        CheckConstraint("decimals between 0 and 4", name="decimals"),
        Index("ix_analyte_loinc", "tenant_id", "loinc"),
    )

    code: str
    name: str
    panel: str
    loinc: str = ""
    kind: str = AnalyteKind.NUMBER
    unit: str = ""
    decimals: int = 1
    ranges: list[Any] = Field(sa_type=JSONB)
    is_active: bool = True
    changed_at: datetime = created_at()


class AnalyteCode(TenantRow, table=True):
    """What a laboratory calls an analyte, as a person once said.

    Attributes:
        told_key: The laboratory's code where it has one, else its name, in small letters.
        is_active: Rows that come are read by it; ended, they wait for a person.
    """

    __tablename__ = "analyte_code"
    __table_args__ = (
        belongs_to("laboratory_id", "laboratory"),
        belongs_to("analyte_id", "analyte"),
        UniqueConstraint("tenant_id", "laboratory_id", "told_key"),
    )

    laboratory_id: UUID
    told_key: str
    told_name: str = ""
    analyte_id: UUID
    is_active: bool = Field(default=True, sa_column_kwargs={"server_default": text("true")})
    mapped_by: UUID
    mapped_at: datetime = created_at()
