"""Petty cash: a float per branch and what moved it."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from erp.models.base import INSTANT, MONEY, TenantRow, belongs_to, created_at, one_of


class PettyMoveKind(StrEnum):
    """What changed a float."""

    TOP_UP = "top_up"
    SPENT = "spent"
    GIVEN_BACK = "given_back"
    """A voucher was taken back and its cash is in the box again."""
    COUNTED = "counted"
    """What was counted less what the book said."""


class PettyFloat(TenantRow, table=True):
    """A branch's small cash, kept at a fixed amount.

    Attributes:
        amount: What a top-up brings it back to.
        balance: What is in the box; follows the moves and nothing else, never below zero.
    """

    __tablename__ = "petty_float"
    __table_args__ = (
        belongs_to("company_id", "company"),
        belongs_to("branch_id", "branch"),
        UniqueConstraint("tenant_id", "branch_id"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("balance >= 0", name="balance"),
    )

    company_id: UUID
    branch_id: UUID
    custodian_id: UUID
    amount: Decimal = Field(sa_type=MONEY)
    balance: Decimal = Field(default=Decimal(0), sa_type=MONEY)
    opened_at: datetime = created_at()


class PettyMove(TenantRow, table=True):
    """One line of a float's book; never changed.

    Attributes:
        amount: Added to the float; below zero where it went out.
        counted: What was found in the box, of a count.
    """

    __tablename__ = "petty_move"
    __table_args__ = (
        belongs_to("float_id", "petty_float"),
        belongs_to("claim_id", "expense_claim"),
        UniqueConstraint("tenant_id", "claim_id", "kind"),
        one_of("kind", PettyMoveKind),
        CheckConstraint(
            "case kind when 'spent' then amount < 0 when 'counted' then true else amount > 0 end",
            name="amount",
        ),
        CheckConstraint("(kind in ('spent', 'given_back')) = (claim_id is not null)", name="claim"),
        CheckConstraint("(kind = 'counted') = (counted is not null)", name="counted"),
        Index("ix_petty_move_book", "tenant_id", "float_id", "moved_on", "id"),
    )

    float_id: UUID
    kind: str
    amount: Decimal = Field(sa_type=MONEY)
    counted: Decimal | None = Field(default=None, sa_type=MONEY)
    moved_on: date
    claim_id: UUID | None = None
    note: str = ""
    user_id: UUID
    recorded_at: datetime = Field(sa_type=INSTANT)
