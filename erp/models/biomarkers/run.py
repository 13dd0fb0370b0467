"""Runs of models over a session's pictures, and their figures: only added to, never changed."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, UniqueConstraint
from sqlmodel import Field

from erp.models.base import INSTANT, TenantRow, belongs_to, created_at, one_of

FIGURE = Numeric(24, 8)


class RunSource(StrEnum):
    """By which way a run came."""

    PERSON = "person"
    PROGRAM = "program"
    HOOK = "hook"


class BiomarkerRun(TenantRow, table=True):
    """One run of one version of a model over the pictures of a session.

    Attributes:
        run_name: What the program calls the run; told again it is the same one.
        content_digest: Of everything that was told, so that another content under the name is seen.
    """

    __tablename__ = "biomarker_run"
    __table_args__ = (
        belongs_to("session_id", "imaging_session"),
        UniqueConstraint("tenant_id", "session_id", "model", "model_version", "run_name"),
        one_of("source", RunSource),
        CheckConstraint("model <> '' and model_version <> '' and run_name <> ''", name="named"),
    )

    session_id: UUID
    model: str
    model_version: str
    run_name: str
    source: str
    content_digest: str
    computed_at: datetime = Field(sa_type=INSTANT)
    recorded_by: UUID
    recorded_by_name: str
    recorded_at: datetime = created_at()


class Biomarker(TenantRow, table=True):
    """A figure of a run, with the series it was worked out of.

    Attributes:
        series_id: None where the whole session was looked at.
        low, high: The interval the program is sure of, in the unit of `value`.
        input_digest: Of the objects that were there: other objects since make it out of date.
    """

    __tablename__ = "biomarker"
    __table_args__ = (
        belongs_to("run_id", "biomarker_run"),
        belongs_to("series_id", "dicom_series"),
        Index(
            "ix_biomarker_once",
            "tenant_id",
            "run_id",
            "name",
            "series_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("name <> ''", name="named"),
        CheckConstraint("(low is null) = (high is null)", name="interval"),
        CheckConstraint("low is null or (low <= value and value <= high)", name="within"),
    )

    run_id: UUID
    series_id: UUID | None = None
    name: str
    value: Decimal = Field(sa_type=FIGURE)
    unit: str = ""
    low: Decimal | None = Field(default=None, sa_type=FIGURE)
    high: Decimal | None = Field(default=None, sa_type=FIGURE)
    input_digest: str
