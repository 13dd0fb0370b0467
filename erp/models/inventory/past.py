"""Stock of past days, written down so that no later question adds up all moves again."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from erp.models.base import INSTANT, MONEY, TenantRow, belongs_to, created_at


class StockSnapshot(TenantRow, table=True):
    """What the moves of before an instant add up to, as far as they were recorded before another; never changed.

    One that is old is retired where others lie close before and after it, and deleted later.

    What it covers is over when it is written, so that it stays true: what is recorded later, however far back it
    belongs, is no part of it.

    Attributes:
        until: The first instant it leaves out: the end of a business day.
        known_until: The first instant of recording it leaves out; a day after the other at least.
        base_id: The snapshot it was made from, by adding the moves that it covers more; once that is
            deleted, the one that it was made from.
        retired_at: From when no question begins with it.
    """

    __tablename__ = "stock_snapshot"
    __table_args__ = (
        belongs_to("base_id", "stock_snapshot"),
        UniqueConstraint("tenant_id", "until", "known_until"),
        CheckConstraint("known_until >= until + interval '24 hours'", name="known_until"),
        CheckConstraint("taken_at > known_until", name="taken_at"),
        CheckConstraint("base_id <> id", name="base_id"),
    )

    until: datetime = Field(sa_type=INSTANT)
    known_until: datetime = Field(sa_type=INSTANT)
    base_id: UUID | None = None
    taken_at: datetime = created_at()
    retired_at: datetime | None = Field(default=None, sa_type=INSTANT)


class StockSnapshotLine(SQLModel, table=True):
    """Units and value of a variant in a place, in a snapshot; where both are nothing there is no line.

    Attributes:
        quantity, value: Below zero where goods left before the delivery that brought them was recorded.
    """

    __tablename__ = "stock_snapshot_line"
    __table_args__ = (
        belongs_to("snapshot_id", "stock_snapshot", ondelete="CASCADE"),
        belongs_to("location_id", "location"),
        belongs_to("variant_id", "variant"),
        CheckConstraint("quantity <> 0 or value <> 0", name="something"),
    )

    tenant_id: UUID = Field(primary_key=True)
    snapshot_id: UUID = Field(primary_key=True)
    location_id: UUID = Field(primary_key=True)
    variant_id: UUID = Field(primary_key=True)
    quantity: int = Field(sa_type=BigInteger)
    value: Decimal = Field(sa_type=MONEY)
