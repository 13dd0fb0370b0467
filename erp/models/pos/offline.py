"""Tills that sell without their server: what they were lent, and what they handed in."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from erp.models.base import INSTANT, MONEY, Json, TenantRow, belongs_to, one_of


class LeaseStatus(StrEnum):
    """Whether a device may still sell under a lease."""

    OPEN = "open"
    HANDED_IN = "handed_in"
    ENDED = "ended"
    """By a manager, without the device."""


class TillLease(TenantRow, table=True):
    """What one device needs to sell alone: a block of numbers, for one register, shift and cashier.

    Attributes:
        device_digest: SHA-256 in hex of the secret that the device made; it proves which one it is.
        prefix, width: How a number of the block is written.
        used_until: Last number the device gave, once it handed in; the rest was not used.
        until_day: Last business day on which it sells.
        reason: Why a manager ended it; numbers that nobody handed in are void for this reason.
    """

    __tablename__ = "till_lease"
    __table_args__ = (
        belongs_to("register_id", "register"),
        belongs_to("shift_id", "register_shift"),
        one_of("status", LeaseStatus),
        CheckConstraint("first_number >= 1 and last_number >= first_number", name="block"),
        CheckConstraint(
            "used_until is null or used_until between first_number - 1 and last_number",
            name="used_until",
        ),
        CheckConstraint("(status = 'handed_in') = (used_until is not null)", name="handed_in"),
        CheckConstraint("(status = 'ended') = (reason <> '')", name="ended"),
        Index(
            "uq_till_lease_open",
            "tenant_id",
            "register_id",
            unique=True,
            postgresql_where=text("status = 'open'"),
        ),
        Index("ix_till_lease_register", "tenant_id", "register_id", "id"),
        Index("ix_till_lease_shift", "tenant_id", "shift_id"),
    )

    register_id: UUID
    shift_id: UUID
    user_id: UUID
    device_digest: str
    device_name: str
    fiscal_year: str
    prefix: str
    width: int
    first_number: int
    last_number: int
    used_until: int | None = None
    status: str = LeaseStatus.OPEN
    taken_at: datetime = Field(sa_type=INSTANT)
    until_day: date
    ended_at: datetime | None = Field(default=None, sa_type=INSTANT)
    ended_by: UUID | None = None
    reason: str = ""


class OfflineStatus(StrEnum):
    """What became of a sale that a device handed in."""

    POSTED = "posted"
    WAITING = "waiting"
    DISCARDED = "discarded"


class OfflineSale(TenantRow, table=True):
    """A sale that happened without the server, as the device tells it; its id is the sale's.

    Attributes:
        number: As printed. place: The running number in it.
        body: Lines, tenders and totals as the device sent them.
        code, reason: Why it was not posted as it came.
        differences: Lines whose price was another by then, for whoever looks at exceptions.
    """

    __tablename__ = "offline_sale"
    __table_args__ = (
        belongs_to("lease_id", "till_lease"),
        belongs_to("branch_id", "branch"),
        one_of("status", OfflineStatus),
        CheckConstraint("(settled_at is null) = (settled_by is null)", name="settled"),
        Index("ix_offline_sale_lease", "tenant_id", "lease_id", "place"),
        Index("ix_offline_sale_branch", "tenant_id", "branch_id", "received_at", "id"),
    )

    lease_id: UUID
    branch_id: UUID
    number: str
    place: int
    sold_at: datetime = Field(sa_type=INSTANT)
    total: Decimal = Field(sa_type=MONEY)
    body: Json
    status: str
    code: str = ""
    reason: str = ""
    differences: list[dict[str, Any]] = Field(sa_type=JSONB)
    received_at: datetime = Field(sa_type=INSTANT)
    received_by: UUID
    settled_at: datetime | None = Field(default=None, sa_type=INSTANT)
    settled_by: UUID | None = None
    answer: str = ""
