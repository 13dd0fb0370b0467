"""Moves, the balances they add up to, and reservations."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from erp.models.base import INSTANT, MONEY, TenantRow, belongs_to, created_at


class StockMove(TenantRow, table=True):
    """Goods of one lot leaving one location for another; never changed.

    Inserting a move changes the balances of both places in the same statement.

    Attributes:
        quantity: Base units, always positive; direction is given by the locations.
        value: Cost of the goods moved, written once. Stock value is the sum of these.
        effective_at: When it happened. recorded_at: when we learnt it.
        origin_type, origin_id: The document that moved the goods.
        reason: Why, where a person decided: an adjustment, an override of the allocator.
    """

    __tablename__ = "stock_move"
    __table_args__ = (
        belongs_to("variant_id", "variant"),
        belongs_to("lot_id", "lot"),
        belongs_to("from_location_id", "location"),
        belongs_to("to_location_id", "location"),
        belongs_to("reverses_move_id", "stock_move"),
        UniqueConstraint("tenant_id", "reverses_move_id"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("value >= 0", name="value"),
        CheckConstraint("from_location_id <> to_location_id", name="locations_differ"),
        Index("ix_stock_move_lot", "tenant_id", "lot_id", "effective_at"),
        Index("ix_stock_move_variant", "tenant_id", "variant_id", "effective_at"),
        Index("ix_stock_move_day", "tenant_id", "effective_at"),
        Index(
            "ix_stock_move_late",
            "tenant_id",
            "recorded_at",
            "effective_at",
            postgresql_where=text("recorded_at - effective_at > interval '1 day'"),
        ),
        Index(
            "ix_stock_move_ahead",
            "tenant_id",
            "effective_at",
            postgresql_where=text("recorded_at - effective_at < interval '-1 day'"),
        ),
        Index("ix_stock_move_origin", "tenant_id", "origin_id"),
        Index(
            "ix_stock_move_receipt",
            "tenant_id",
            "origin_id",
            postgresql_where=text("origin_type = 'goods_receipt'"),
        ),
    )

    variant_id: UUID
    lot_id: UUID
    from_location_id: UUID
    to_location_id: UUID
    quantity: int = Field(sa_type=BigInteger)
    value: Decimal = Field(sa_type=MONEY)
    effective_at: datetime = Field(sa_type=INSTANT)
    recorded_at: datetime = created_at()
    origin_type: str
    origin_id: UUID
    origin_line_no: int = 0
    reverses_move_id: UUID | None = None
    reason: str = ""
    user_id: UUID


class StockRevaluation(TenantRow, table=True):
    """Value that a lot in a place of ours gained or lost while no goods moved; never changed.

    Inserting one changes the balance in the same statement.

    Attributes:
        value: Positive where the goods turned out to cost more.
        origin_type, origin_id: The document that says so, such as the supplier's bill.
    """

    __tablename__ = "stock_revaluation"
    __table_args__ = (
        belongs_to("variant_id", "variant"),
        belongs_to("lot_id", "lot"),
        belongs_to("location_id", "location"),
        CheckConstraint("value <> 0", name="value"),
        Index("ix_stock_revaluation_lot", "tenant_id", "lot_id", "effective_at"),
        Index("ix_stock_revaluation_origin", "tenant_id", "origin_id"),
        Index("ix_stock_revaluation_day", "tenant_id", "effective_at"),
    )

    variant_id: UUID
    lot_id: UUID
    location_id: UUID
    value: Decimal = Field(sa_type=MONEY)
    effective_at: datetime = Field(sa_type=INSTANT)
    recorded_at: datetime = created_at()
    origin_type: str
    origin_id: UUID
    origin_line_no: int = 0
    user_id: UUID


class StockBalance(SQLModel, table=True):
    """Units and value of a lot in a place we own: the sum of its moves and revaluations, always.

    Changed only by the database as those arrive; `reserved` by reservations.
    """

    __tablename__ = "stock_balance"
    __table_args__ = (
        belongs_to("variant_id", "variant"),
        belongs_to("lot_id", "lot"),
        belongs_to("location_id", "location"),
        CheckConstraint("on_hand >= 0", name="on_hand"),
        CheckConstraint("reserved between 0 and on_hand", name="reserved"),
        CheckConstraint("value >= 0 and (on_hand > 0 or value = 0)", name="value"),
        Index("ix_stock_balance_lot", "tenant_id", "lot_id"),
    )

    tenant_id: UUID = Field(primary_key=True)
    location_id: UUID = Field(primary_key=True)
    variant_id: UUID = Field(primary_key=True)
    lot_id: UUID = Field(primary_key=True)
    on_hand: int = Field(sa_type=BigInteger)
    reserved: int = Field(default=0, sa_type=BigInteger)
    value: Decimal = Field(sa_type=MONEY)


class StockReservation(TenantRow, table=True):
    """Units of a lot promised to a document line until they are issued or it expires."""

    __tablename__ = "stock_reservation"
    __table_args__ = (
        belongs_to("lot_id", "lot"),
        belongs_to("location_id", "location"),
        CheckConstraint("quantity > 0", name="quantity"),
        Index("ix_stock_reservation_origin", "tenant_id", "origin_id"),
    )

    variant_id: UUID
    lot_id: UUID
    location_id: UUID
    quantity: int = Field(sa_type=BigInteger)
    origin_type: str
    origin_id: UUID
    origin_line_no: int
    expires_at: datetime = Field(sa_type=INSTANT)
    created_at: datetime = created_at()
