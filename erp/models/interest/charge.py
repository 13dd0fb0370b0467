"""Interest that was billed for days that an open item was late."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from erp.models.base import MONEY, PERCENT, TenantRow, belongs_to, created_at


class InterestCharge(TenantRow, table=True):
    """Interest on an open item for some days, billed once; only its reversal is added later.

    Attributes:
        invoice_id: The invoice that was paid late. note_id: the debit note that bills the interest.
        from_day, to_day: The late days, both of them within; no two charges in force have a day in common.
        percent: A year. amount: before tax.
        reversal_note_id: The credit note that took it back.
    """

    __tablename__ = "interest_charge"
    __table_args__ = (
        belongs_to("company_id", "company"),
        belongs_to("party_id", "party"),
        belongs_to("item_id", "open_item"),
        belongs_to("invoice_id", "invoice"),
        belongs_to("note_id", "invoice"),
        belongs_to("reversal_note_id", "invoice"),
        CheckConstraint("from_day <= to_day", name="days"),
        CheckConstraint("amount > 0 and percent > 0", name="amount"),
        CheckConstraint(
            "(reversed_on is null) = (reversal_note_id is null)"
            " and (reversed_on is null) = (reversal_reason = '')",
            name="reversal",
        ),
        Index(
            "uq_interest_charge_begin",
            "tenant_id",
            "item_id",
            "from_day",
            unique=True,
            postgresql_where=text("reversed_on is null"),
        ),
        Index("ix_interest_charge_note", "tenant_id", "note_id"),
        Index("ix_interest_charge_party", "tenant_id", "party_id", "to_day"),
    )

    company_id: UUID
    party_id: UUID
    item_id: UUID
    invoice_id: UUID
    note_id: UUID
    from_day: date
    to_day: date
    percent: Decimal = Field(sa_type=PERCENT)
    amount: Decimal = Field(sa_type=MONEY)
    user_id: UUID
    recorded_at: datetime = created_at()
    reversed_on: date | None = None
    reversal_note_id: UUID | None = None
    reversal_reason: str = Field(default="", sa_column_kwargs={"server_default": ""})
