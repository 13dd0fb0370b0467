"""What a later return corrects of an earlier one: tables 9A, 9C and 10 of GSTR-1."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from erp.models.base import INSTANT, MONEY, TenantRow, belongs_to, created_at


class GstAmendment(TenantRow, table=True):
    """A document as a return should have stated it; the document itself never changes.

    It may be withdrawn until its own return is filed. Amounts are what it changes of output tax.

    Attributes:
        booked_on: Day in the books, which decides the return that corrects.
        gstin: The recipient's, as it should have been; empty for an unregistered one.
        place_of_supply: As it should have been. is_sez: To a special economic zone.
        follows_id: Of a note, the amendment of its invoice that brought this one; both are withdrawn together.
        igst, cgst, sgst: Added to output tax, below zero where taken off.
    """

    __tablename__ = "gst_amendment"
    __table_args__ = (
        belongs_to("company_id", "company"),
        belongs_to("branch_id", "branch"),
        belongs_to("invoice_id", "invoice"),
        belongs_to("follows_id", "gst_amendment"),
        Index(
            "uq_gst_amendment_standing",
            "tenant_id",
            "invoice_id",
            unique=True,
            postgresql_where=text("withdrawn_at is null"),
        ),
        CheckConstraint(
            "(withdrawn_at is null) = (withdrawn_by is null) and (withdrawn_at is null) = (withdraw_reason = '')",
            name="withdrawn",
        ),
        CheckConstraint(
            "(port_code = '') = (shipping_bill = '') and (shipping_bill = '') = (shipped_on is null)",
            name="shipping",
        ),
        Index(
            "ix_gst_amendment_follows",
            "tenant_id",
            "follows_id",
            postgresql_where=text("follows_id is not null"),
        ),
        Index("ix_gst_amendment_day", "tenant_id", "branch_id", "booked_on"),
    )

    company_id: UUID
    branch_id: UUID
    invoice_id: UUID
    follows_id: UUID | None = None
    booked_on: date
    gstin: str
    recipient: str
    place_of_supply: str
    is_sez: bool
    port_code: str = ""
    shipping_bill: str = ""
    shipped_on: date | None = None
    igst: Decimal = Field(sa_type=MONEY)
    cgst: Decimal = Field(sa_type=MONEY)
    sgst: Decimal = Field(sa_type=MONEY)
    reason: str
    user_id: UUID
    recorded_at: datetime = created_at()
    withdrawn_at: datetime | None = Field(default=None, sa_type=INSTANT)
    withdrawn_by: UUID | None = None
    withdraw_reason: str = ""
