"""When the annual return of a registration was filed, which ends the credit of its year."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from erp.models.base import TenantRow, belongs_to, created_at


class GstAnnualReturn(TenantRow, table=True):
    """GSTR-9 of a financial year as it was filed; never changed, the newest row of a year counts.

    Attributes:
        year_from: First day of the financial year.
        filed_on: None where the year's annual return was not filed after all; then it has no ARN.
    """

    __tablename__ = "gst_annual_return"
    __table_args__ = (
        belongs_to("company_id", "company"),
        CheckConstraint(
            "extract(month from year_from) = 4 and extract(day from year_from) = 1", name="year"
        ),
        CheckConstraint("filed_on >= year_from + interval '1 year'", name="filed_on"),
        CheckConstraint("(filed_on is null) = (arn = '')", name="arn"),
        Index("ix_gst_annual_return_year", "tenant_id", "company_id", "gstin", "year_from"),
    )

    company_id: UUID
    gstin: str
    year_from: date
    filed_on: date | None = None
    arn: str = Field(default="")
    user_id: UUID
    recorded_at: datetime = created_at()
