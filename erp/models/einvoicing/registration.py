"""Which registrations of a company report their invoices, and since when."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from erp.models.base import INSTANT, TenantRow, belongs_to, created_at


class EInvoiceRegistration(TenantRow, table=True):
    """A GSTIN whose documents go to the portal, and whether the portal answers.

    Attributes:
        starts_on: Documents from this day on are reported; None while it is switched off.
        reports_in_days: Turnover is 10 crore or more, so that the portal takes no older document.
        failing_since: First failure of the present row of them; None while the portal answers.
        failures: Failures in this row. paused_until: Nobody asks the portal before.
    """

    __tablename__ = "einvoice_registration"
    __table_args__ = (
        belongs_to("company_id", "company"),
        UniqueConstraint("tenant_id", "company_id", "gstin"),
        CheckConstraint("(failing_since is null) = (paused_until is null)", name="paused"),
    )

    company_id: UUID
    gstin: str
    starts_on: date | None = None
    reports_in_days: bool = False
    failing_since: datetime | None = Field(default=None, sa_type=INSTANT)
    failures: int = 0
    paused_until: datetime | None = Field(default=None, sa_type=INSTANT)
    last_problem: str = ""
    user_id: UUID
    created_at: datetime = created_at()
