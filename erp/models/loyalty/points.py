"""Points: every change is a row, and what is left of each lot is kept by the database."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, text
from sqlmodel import Field

from erp.models.base import INSTANT, MONEY, TenantRow, belongs_to, created_at, one_of


class PointsKind(StrEnum):
    """Why points came or went."""

    EARN = "earn"
    SPEND = "spend"
    REVERSE = "reverse"
    """By a return: spent points come back, earned ones go."""
    EXPIRE = "expire"
    ADJUST = "adjust"
    """By a person with a reason, or bought back with a refund."""


class LoyaltyEntry(TenantRow, table=True):
    """Points of one lot coming or going; never changed.

    Inserting a row changes what is left of its lot in the same statement.

    Attributes:
        lot_id: The entry that opened the lot; its own id where it opens one.
        points: Above zero they come, below zero they go.
        worth: Rupees a point was worth at the time.
        origin_type, origin_id: The sale, return or other document behind it.
        reverses_id: What was earned or spent before and is taken back.
        expires_on: Last day of the lot that it opens; empty means never.
    """

    __tablename__ = "loyalty_entry"
    __table_args__ = (
        belongs_to("company_id", "company"),
        belongs_to("party_id", "party"),
        belongs_to("reverses_id", "loyalty_entry"),
        one_of("kind", PointsKind),
        CheckConstraint("points <> 0", name="points"),
        CheckConstraint(
            "(kind <> 'earn' or points > 0) and (kind not in ('spend', 'expire') or points < 0)",
            name="direction",
        ),
        CheckConstraint("(kind = 'reverse') = (reverses_id is not null)", name="reverses"),
        Index("ix_loyalty_entry_party", "tenant_id", "party_id", "id"),
        Index("ix_loyalty_entry_lot", "tenant_id", "lot_id"),
        Index("ix_loyalty_entry_origin", "tenant_id", "origin_id"),
        Index("ix_loyalty_entry_reverses", "tenant_id", "reverses_id"),
        Index(
            "uq_loyalty_entry_earned",
            "tenant_id",
            "origin_id",
            unique=True,
            postgresql_where=text("kind = 'earn'"),
        ),
    )

    company_id: UUID
    party_id: UUID
    lot_id: UUID
    kind: str
    points: int = Field(sa_type=BigInteger)
    worth: Decimal = Field(sa_type=MONEY)
    origin_type: str
    origin_id: UUID
    reverses_id: UUID | None = None
    expires_on: date | None = None
    reason: str = ""
    user_id: UUID
    effective_at: datetime = Field(sa_type=INSTANT)
    recorded_at: datetime = created_at()


class LoyaltyLot(TenantRow, table=True):
    """What is left of points that came together; kept by the database from their entries."""

    __tablename__ = "loyalty_lot"
    __table_args__ = (
        belongs_to("company_id", "company"),
        belongs_to("party_id", "party"),
        CheckConstraint("remaining >= 0", name="remaining"),
        Index("ix_loyalty_lot_party", "tenant_id", "party_id", "expires_on"),
        Index(
            "ix_loyalty_lot_ends",
            "tenant_id",
            "expires_on",
            postgresql_where=text("remaining > 0"),
        ),
    )

    company_id: UUID
    party_id: UUID
    expires_on: date | None = None
    remaining: int = Field(sa_type=BigInteger)
