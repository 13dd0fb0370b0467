"""Tills and the shifts worked on them."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from erp.models.base import INSTANT, MONEY, TenantRow, belongs_to, created_at, one_of


class Register(TenantRow, table=True):
    """A till: sells from one location under its own number series."""

    __tablename__ = "register"
    __table_args__ = (
        belongs_to("branch_id", "branch"),
        belongs_to("location_id", "location"),
        UniqueConstraint("tenant_id", "code"),
        CheckConstraint("code ~ '^[A-Z][A-Z0-9]{0,3}$'", name="code"),
    )

    branch_id: UUID
    location_id: UUID
    code: str
    name: str
    is_active: bool = True


class ShiftStatus(StrEnum):
    """Whether a shift takes sales."""

    OPEN = "open"
    CLOSED = "closed"


class RegisterShift(TenantRow, table=True):
    """One cashier's stretch at a till, between two counts of the drawer.

    Shifts of a register form a chain: each but the first follows exactly one other.

    Attributes:
        expected_cash: Opening float + cash sales + cash in - cash out - cash refunds, at closing.
        counted_cash: What the cashier counted without seeing the expected amount.
        float_left: What stays in the drawer for the next shift; the rest goes to the safe.
        z_number: Of the Z report; the shift before has the number before.
    """

    __tablename__ = "register_shift"
    __table_args__ = (
        belongs_to("register_id", "register"),
        belongs_to("previous_shift_id", "register_shift"),
        UniqueConstraint("tenant_id", "previous_shift_id"),
        UniqueConstraint("tenant_id", "register_id", "z_number"),
        CheckConstraint("(status = 'closed') = (z_number is not null)", name="z_number"),
        Index(
            "uq_register_shift_open",
            "tenant_id",
            "register_id",
            unique=True,
            postgresql_where=text("status = 'open'"),
        ),
        Index(
            "uq_register_shift_first",
            "tenant_id",
            "register_id",
            unique=True,
            postgresql_where=text("previous_shift_id is null"),
        ),
        one_of("status", ShiftStatus),
        CheckConstraint("opening_float >= 0", name="opening_float"),
        CheckConstraint(
            "(status = 'open') = (closed_at is null) and (closed_at is null) = (counted_cash is null)"
            " and (closed_at is null) = (expected_cash is null) and (closed_at is null) = (float_left is null)",
            name="closed",
        ),
    )

    register_id: UUID
    previous_shift_id: UUID | None = None
    status: str = ShiftStatus.OPEN
    opened_by: UUID
    opened_at: datetime = Field(sa_type=INSTANT)
    opening_float: Decimal = Field(sa_type=MONEY)
    closed_by: UUID | None = None
    closed_at: datetime | None = Field(default=None, sa_type=INSTANT)
    counted_cash: Decimal | None = Field(default=None, sa_type=MONEY)
    expected_cash: Decimal | None = Field(default=None, sa_type=MONEY)
    float_left: Decimal | None = Field(default=None, sa_type=MONEY)
    difference_reason: str = ""
    z_number: int | None = None


class CashMovement(TenantRow, table=True):
    """Cash put into or taken out of a drawer other than by a sale."""

    __tablename__ = "cash_movement"
    __table_args__ = (
        belongs_to("shift_id", "register_shift"),
        CheckConstraint("amount <> 0", name="amount"),
        Index("ix_cash_movement_shift", "tenant_id", "shift_id"),
    )

    shift_id: UUID
    amount: Decimal = Field(sa_type=MONEY)
    reason: str
    user_id: UUID
    created_at: datetime = created_at()
