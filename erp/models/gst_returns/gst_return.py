"""A prepared return: frozen figures in versions, one of which is filed."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from erp.models.base import INSTANT, Json, TenantRow, belongs_to, one_of


class ReturnForm(StrEnum):
    """Which return it is."""

    GSTR1 = "gstr1"
    GSTR3B = "gstr3b"
    CMP08 = "cmp08"
    """A quarter of a dealer by composition. Source: CGST Rules r.62."""


class ReturnStatus(StrEnum):
    """How far a version has come."""

    PREPARED = "prepared"
    REVIEWED = "reviewed"
    FILED = "filed"
    """Never changed again, and its period takes no more documents of its kind."""


class GstReturn(TenantRow, table=True):
    """One version of a registration's return for a period; its figures are never changed.

    Attributes:
        gstin: The registration.
        portal: The portal's file, as it is downloaded and uploaded. sha256: Of that text.
        figures: Sums by section or cell, as text, for the page.
        problems, differences: What has to be mended before it is exported.
        arn: The portal's acknowledgement number.
        to_be_filed_on: Day for which it was prepared, and later versions with it; none where nobody named one.
    """

    __tablename__ = "gst_return"
    __table_args__ = (
        belongs_to("company_id", "company"),
        UniqueConstraint("tenant_id", "company_id", "gstin", "form", "starts_on", "version"),
        Index(
            "uq_gst_return_filed",
            "tenant_id",
            "company_id",
            "gstin",
            "form",
            "starts_on",
            unique=True,
            postgresql_where=text("status = 'filed'"),
        ),
        one_of("form", ReturnForm),
        one_of("status", ReturnStatus),
        CheckConstraint("ends_on > starts_on", name="period"),
        CheckConstraint(
            "(status = 'filed') = (filed_on is not null) and (status = 'filed') = (arn <> '')",
            name="filed",
        ),
        CheckConstraint("status = 'prepared' or blocking = 0", name="blocking"),
    )

    company_id: UUID
    gstin: str
    form: str
    starts_on: date
    ends_on: date
    version: int = Field(sa_type=SmallInteger)
    status: str
    portal: str
    sha256: str
    figures: Json
    problems: list[dict[str, Any]] = Field(sa_type=JSONB)
    differences: list[dict[str, Any]] = Field(sa_type=JSONB)
    blocking: int = 0
    prepared_by: UUID
    prepared_at: datetime = Field(sa_type=INSTANT)
    to_be_filed_on: date | None = None
    reviewed_by: UUID | None = None
    reviewed_at: datetime | None = Field(default=None, sa_type=INSTANT)
    arn: str = ""
    filed_on: date | None = None
    filed_by: UUID | None = None
