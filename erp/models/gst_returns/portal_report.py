"""What the portal said of a return's file: rows that it refused."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from erp.models.base import TenantRow, belongs_to, created_at


class GstPortalReport(TenantRow, table=True):
    """The portal's error report of a version; never changed, the newest one of a file counts.

    Attributes:
        sha256: Digest of the file that it is about, which another version may have too.
        refusals: Section, number, party, code and message of each row; none where the portal took them all.
    """

    __tablename__ = "gst_portal_report"
    __table_args__ = (
        belongs_to("company_id", "company"),
        belongs_to("return_id", "gst_return"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        CheckConstraint("jsonb_typeof(refusals) = 'array'", name="refusals"),
        Index("ix_gst_portal_report_file", "tenant_id", "company_id", "sha256"),
        Index("ix_gst_portal_report_return", "tenant_id", "return_id"),
    )

    company_id: UUID
    return_id: UUID
    sha256: str
    file_name: str
    refusals: list[dict[str, Any]] = Field(sa_type=JSONB)
    recorded_by: UUID
    recorded_at: datetime = created_at()
