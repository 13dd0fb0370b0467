"""Quarantine: goods that are kept apart with a reason, and what was decided about them."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Computed, Index, text
from sqlmodel import Field

from erp.models.base import INSTANT, MONEY, TenantRow, belongs_to, one_of


class QuarantineReason(StrEnum):
    """Why goods are kept apart."""

    RECALL_NOTICE = "recall_notice"
    DAMAGED = "damaged"
    SUSPECTED = "suspected"
    CUSTOMER_RETURN = "customer_return"
    FAILED_CHECK = "failed_check"
    """A point that had to hold did not when the goods came."""


class QuarantineOutcome(StrEnum):
    """What was decided about goods that were kept apart."""

    RELEASED = "released"
    """Back on the shelf."""
    RETURNED = "returned"
    """Back to the supplier."""
    WRITTEN_OFF = "written_off"


class StockQuarantine(TenantRow, table=True):
    """Base units of a lot that were put apart at once; nobody sells them.

    Attributes:
        location_id: The quarantine they are in. from_location_id: where released units go.
        waiting: Units about which nothing is decided yet.
    """

    __tablename__ = "stock_quarantine"
    __table_args__ = (
        belongs_to("location_id", "location"),
        belongs_to("from_location_id", "location"),
        belongs_to("variant_id", "variant"),
        belongs_to("lot_id", "lot"),
        one_of("reason_code", QuarantineReason),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint(
            "released >= 0 and returned >= 0 and written_off >= 0"
            " and released + returned + written_off <= quantity",
            name="decided",
        ),
        Index(
            "ix_stock_quarantine_waiting",
            "tenant_id",
            "location_id",
            "id",
            postgresql_where=text("waiting > 0"),
        ),
        Index("ix_stock_quarantine_lot", "tenant_id", "lot_id"),
    )

    location_id: UUID
    from_location_id: UUID
    variant_id: UUID
    lot_id: UUID
    quantity: int = Field(sa_type=BigInteger)
    reason_code: str
    note: str = ""
    put_at: datetime = Field(sa_type=INSTANT)
    put_by: UUID
    released: int = Field(default=0, sa_type=BigInteger)
    returned: int = Field(default=0, sa_type=BigInteger)
    written_off: int = Field(default=0, sa_type=BigInteger)
    waiting: int = Field(
        default=0,
        sa_column=Column(
            BigInteger, Computed("quantity - released - returned - written_off", persisted=True)
        ),
    )


class StockQuarantineDecision(TenantRow, table=True):
    """What somebody decided about units that were kept apart; never changed.

    Attributes:
        value: Cost of the units, as the books moved it.
    """

    __tablename__ = "stock_quarantine_decision"
    __table_args__ = (
        belongs_to("quarantine_id", "stock_quarantine"),
        one_of("outcome", QuarantineOutcome),
        CheckConstraint("quantity > 0 and value >= 0 and reason <> ''", name="quantity"),
        Index("ix_stock_quarantine_decision_of", "tenant_id", "quarantine_id", "id"),
    )

    quarantine_id: UUID
    outcome: str
    quantity: int = Field(sa_type=BigInteger)
    value: Decimal = Field(sa_type=MONEY)
    reason: str
    decided_at: datetime = Field(sa_type=INSTANT)
    decided_by: UUID
