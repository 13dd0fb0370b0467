"""What a later return corrects of an advance for a service: tables 11A and 11B amended."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from erp.models.base import INSTANT, MONEY, PERCENT, TenantRow, belongs_to, created_at


class ServiceAdvanceAmendment(TenantRow, table=True):
    """An advance, or a step of it, as a return should have stated it; neither changes itself.

    It may be withdrawn until its own return is filed, or the advance is moved as it is amended.

    Attributes:
        step_id: Of a step, that step; none of the advance itself. follows_id: Of a step, the advance's amendment.
        booked_on: Day in the books, which decides the return that corrects.
        stated_on: Day of the month that should have stated it; a step keeps its own.
        igst, cgst, sgst: Its tax, as it should have been.
    """

    __tablename__ = "service_advance_amendment"
    __table_args__ = (
        belongs_to("company_id", "company"),
        belongs_to("branch_id", "branch"),
        belongs_to("advance_id", "service_advance"),
        belongs_to("step_id", "service_advance_step"),
        belongs_to("follows_id", "service_advance_amendment"),
        CheckConstraint(
            "(withdrawn_at is null) = (withdrawn_by is null) and (withdrawn_at is null) = (withdraw_reason = '')",
            name="withdrawn",
        ),
        CheckConstraint("(step_id is null) = (follows_id is null)", name="follows"),
        CheckConstraint("least(igst, cgst, sgst) >= 0 and rate > 0", name="not_negative"),
        CheckConstraint("case when is_inter then cgst + sgst = 0 else igst = 0 end", name="heads"),
        Index(
            "uq_service_advance_amendment_advance",
            "tenant_id",
            "advance_id",
            unique=True,
            postgresql_where=text("step_id is null and withdrawn_at is null"),
        ),
        Index(
            "uq_service_advance_amendment_step",
            "tenant_id",
            "step_id",
            unique=True,
            postgresql_where=text("step_id is not null and withdrawn_at is null"),
        ),
        Index("ix_service_advance_amendment_follows", "tenant_id", "follows_id"),
        Index("ix_service_advance_amendment_day", "tenant_id", "branch_id", "booked_on"),
    )

    company_id: UUID
    branch_id: UUID
    advance_id: UUID
    step_id: UUID | None = None
    follows_id: UUID | None = None
    booked_on: date
    stated_on: date
    place_of_supply: str
    is_inter: bool
    rate: Decimal = Field(sa_type=PERCENT)
    igst: Decimal = Field(sa_type=MONEY)
    cgst: Decimal = Field(sa_type=MONEY)
    sgst: Decimal = Field(sa_type=MONEY)
    reason: str
    user_id: UUID
    recorded_at: datetime = created_at()
    withdrawn_at: datetime | None = Field(default=None, sa_type=INSTANT)
    withdrawn_by: UUID | None = None
    withdraw_reason: str = ""
