"""What a company gives its customers for coming back."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Numeric
from sqlmodel import Field, SQLModel

from erp.models.base import MONEY, belongs_to

POINTS_RATE = Numeric(9, 4)


class LoyaltyProgramme(SQLModel, table=True):
    """The terms of one company; without a row nothing is earned.

    Attributes:
        points_per_rupee: Earned on each rupee paid, rounded down to whole points per bill.
        worth: Rupees a point pays; whole paise, so that points always come to an exact amount.
        minimum_points: Fewer are not spent at once.
        valid_months: After so many months points lapse; empty means never.
    """

    __tablename__ = "loyalty_programme"
    __table_args__ = (
        belongs_to("company_id", "company"),
        CheckConstraint("points_per_rupee > 0", name="points_per_rupee"),
        CheckConstraint("worth > 0", name="worth"),
        CheckConstraint("points_per_rupee * worth <= 1", name="gives_no_more_than_paid"),
        CheckConstraint("minimum_points >= 0", name="minimum_points"),
        CheckConstraint("valid_months between 1 and 120", name="valid_months"),
    )

    tenant_id: UUID = Field(primary_key=True)
    company_id: UUID = Field(primary_key=True)
    is_active: bool
    points_per_rupee: Decimal = Field(sa_type=POINTS_RATE)
    worth: Decimal = Field(sa_type=MONEY)
    minimum_points: int
    valid_months: int | None = None
