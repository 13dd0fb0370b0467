"""An invoice that was cancelled: its number stays, nothing else of it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from erp.models.base import INSTANT, TenantRow, belongs_to


class InvoiceCancellation(TenantRow, table=True):
    """Why, when and by whom an order's invoice was cancelled; never changed, never taken back.

    The database refuses it where the invoice must be met by a credit note instead, and afterwards refuses
    notes, registrations and way bills of the invoice (`alembic/sql/0043_cancelled_invoices.sql`).

    Attributes:
        cancelled_on: The day of the entry that takes the sale back.
    """

    __tablename__ = "invoice_cancellation"
    __table_args__ = (
        belongs_to("company_id", "company"),
        belongs_to("branch_id", "branch"),
        belongs_to("invoice_id", "invoice"),
        UniqueConstraint("tenant_id", "invoice_id"),
        CheckConstraint("reason <> ''", name="reason"),
    )

    company_id: UUID
    branch_id: UUID
    invoice_id: UUID
    reason: str
    cancelled_on: date
    cancelled_at: datetime = Field(sa_type=INSTANT)
    user_id: UUID
