"""Collecting what is late: the rule, the reminders that went out, the promises that came back."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from erp.models.base import INSTANT, MONEY, PERCENT, TenantRow, belongs_to, created_at, one_of


class ReminderMethod(StrEnum):
    """How a customer was reminded."""

    EMAIL = "email"
    PHONE = "phone"
    LETTER = "letter"
    SMS = "sms"
    WHATSAPP = "whatsapp"


class ReminderRule(TenantRow, table=True):
    """How a company reminds its customers.

    Attributes:
        levels: Days past due, subject and body of each level, and whether it goes out by itself.
        interest_percent: A year, on what is late; said in reminders, booked by nobody but people.
    """

    __tablename__ = "reminder_rule"
    __table_args__ = (
        belongs_to("company_id", "company"),
        UniqueConstraint("tenant_id", "company_id"),
        CheckConstraint("interest_percent between 0 and 100", name="interest"),
    )

    company_id: UUID
    levels: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    interest_percent: Decimal = Field(sa_type=PERCENT)
    user_id: UUID
    set_at: datetime = Field(sa_type=INSTANT)


class Reminder(TenantRow, table=True):
    """A customer was reminded of what is late; never changed.

    Attributes:
        sms: Words and carrier's facts of a message to a phone; subject and body are those of its e-mail.
        why: Why it went this way, where another was wanted first.
    """

    __tablename__ = "reminder"
    __table_args__ = (
        belongs_to("company_id", "company"),
        belongs_to("branch_id", "branch"),
        belongs_to("party_id", "party"),
        one_of("method", ReminderMethod),
        CheckConstraint("level > 0 and overdue > 0", name="level"),
        Index("ix_reminder_party", "tenant_id", "company_id", "party_id", "id"),
    )

    company_id: UUID
    branch_id: UUID
    party_id: UUID
    level: int
    method: str
    overdue: Decimal = Field(sa_type=MONEY)
    interest: Decimal = Field(sa_type=MONEY)
    oldest_due_on: date
    reminded_on: date
    to_address: str = ""
    subject: str = ""
    body: str = ""
    note: str = ""
    sms: dict[str, str] = Field(
        default_factory=dict, sa_type=JSONB, sa_column_kwargs={"server_default": "{}"}
    )
    why: str = Field(default="", sa_column_kwargs={"server_default": ""})
    user_id: UUID
    user_name: str
    recorded_at: datetime = created_at()


class ReminderItem(TenantRow, table=True):
    """An open item of a reminder; of each level it is reminded once."""

    __tablename__ = "reminder_item"
    __table_args__ = (
        belongs_to("reminder_id", "reminder"),
        belongs_to("item_id", "open_item"),
        UniqueConstraint("tenant_id", "item_id", "level"),
        Index("ix_reminder_item_reminder", "tenant_id", "reminder_id"),
    )

    reminder_id: UUID
    item_id: UUID
    level: int
    open: Decimal = Field(sa_type=MONEY)


class PaymentPromise(TenantRow, table=True):
    """A customer promised to pay, or disputes; until its day nobody reminds them.

    Attributes:
        amount: What was promised; zero for a dispute.
    """

    __tablename__ = "payment_promise"
    __table_args__ = (
        belongs_to("company_id", "company"),
        belongs_to("party_id", "party"),
        CheckConstraint("amount >= 0 and (amount > 0 or note <> '')", name="amount"),
        CheckConstraint("(withdrawn_at is null) = (withdrawn_by is null)", name="withdrawn"),
        Index("ix_payment_promise_party", "tenant_id", "company_id", "party_id", "id"),
    )

    company_id: UUID
    party_id: UUID
    amount: Decimal = Field(sa_type=MONEY)
    promised_on: date
    made_on: date
    note: str = ""
    user_id: UUID
    user_name: str
    withdrawn_by: UUID | None = None
    withdrawn_at: datetime | None = Field(default=None, sa_type=INSTANT)
    recorded_at: datetime = created_at()
