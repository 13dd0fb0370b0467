"""Lots: what expiry, MRP and cost belong to."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from erp.models.base import MONEY, UNIT_PRICE, TenantRow, belongs_to, created_at, one_of


class LotStatus(StrEnum):
    """Whether a lot may be sold."""

    AVAILABLE = "available"
    HOLD = "hold"
    QUARANTINE = "quarantine"
    RECALLED = "recalled"


class Lot(TenantRow, table=True):
    """Units of a variant made together.

    Attributes:
        mrp: Maximum retail price of one base unit, tax included; no sale exceeds it.
        ptr: Price to retailer, tax excluded. pts: price to stockist, tax excluded.
        unit_cost: Purchase cost of one base unit when first received, for reference;
            the value of stock is kept on balances and moves.
        received_at: When its first units came to the business, however late that was learnt;
            first receipt first out goes by it.
    """

    __tablename__ = "lot"
    __table_args__ = (
        belongs_to("variant_id", "variant"),
        belongs_to("supplier_id", "party"),
        UniqueConstraint(
            "tenant_id",
            "variant_id",
            "lot_number",
            "maker",
            "expires_on",
            postgresql_nulls_not_distinct=True,
        ),
        one_of("status", LotStatus),
        CheckConstraint("mrp > 0", name="mrp"),
        CheckConstraint("unit_cost >= 0", name="unit_cost"),
        Index("ix_lot_expiry", "tenant_id", "expires_on"),
    )

    variant_id: UUID
    lot_number: str
    maker: str = ""
    manufactured_on: date | None = None
    expires_on: date | None = None
    mrp: Decimal = Field(sa_type=MONEY)
    ptr: Decimal | None = Field(default=None, sa_type=UNIT_PRICE)
    pts: Decimal | None = Field(default=None, sa_type=UNIT_PRICE)
    unit_cost: Decimal = Field(sa_type=UNIT_PRICE)
    supplier_id: UUID | None = None
    status: str = LotStatus.AVAILABLE
    status_reason: str = ""
    received_at: datetime = created_at()
    created_at: datetime = created_at()
