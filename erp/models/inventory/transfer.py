"""Transfers between warehouses: what was asked for, what is on its way, and what became of it."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Computed, Index, UniqueConstraint, text
from sqlmodel import Field

from erp.models.base import INSTANT, MONEY, TenantRow, belongs_to, one_of


class TransferStatus(StrEnum):
    """How far a transfer is."""

    REQUESTED = "requested"
    """Goods are asked for; nothing moved."""
    ON_ITS_WAY = "on_its_way"
    """Units left the source and nobody has said yet what became of all of them."""
    SETTLED = "settled"
    """Every unit that was sent arrived, came back or is lost."""
    CANCELLED = "cancelled"
    """The request was withdrawn or refused; nothing moved."""


class TransferOutcome(StrEnum):
    """What became of units that were sent."""

    ARRIVED = "arrived"
    DAMAGED = "damaged"
    """At the destination, and not to be sold."""
    RETURNED = "returned"
    """Found back at the source."""
    LOST = "lost"
    """Written off."""


class StockTransfer(TenantRow, table=True):
    """Goods that go from a warehouse to another one of the same GST registration, of a branch of its own or not.

    A trigger keeps its ends in two warehouses.

    Attributes:
        number: The transfer's own; that of the challan where nobody asked for it before.
        challan: Number of the delivery challan, given when the goods leave.
        transit_location_id: Where the goods are while they are on their way; the source's.
        expected_on: When they should be there; later they are overdue.
        transport: Vehicle, carrier or who takes them along.
    """

    __tablename__ = "stock_transfer"
    __table_args__ = (
        belongs_to("from_location_id", "location"),
        belongs_to("to_location_id", "location"),
        belongs_to("transit_location_id", "location"),
        belongs_to("from_branch_id", "branch"),
        belongs_to("to_branch_id", "branch"),
        UniqueConstraint("tenant_id", "number"),
        UniqueConstraint("tenant_id", "challan"),
        one_of("status", TransferStatus),
        CheckConstraint(
            "(status in ('on_its_way', 'settled')) = (challan is not null"
            " and dispatched_at is not null and transit_location_id is not null"
            " and expected_on is not null)",
            name="dispatched",
        ),
        CheckConstraint(
            "(status in ('settled', 'cancelled')) = (closed_at is not null)", name="closed"
        ),
        Index("ix_stock_transfer_from", "tenant_id", "from_branch_id", "id"),
        Index("ix_stock_transfer_to", "tenant_id", "to_branch_id", "id"),
        Index(
            "ix_stock_transfer_underway",
            "tenant_id",
            "expected_on",
            postgresql_where=text("status = 'on_its_way'"),
        ),
    )

    number: str
    challan: str | None = None
    from_location_id: UUID
    to_location_id: UUID
    transit_location_id: UUID | None = None
    from_branch_id: UUID
    to_branch_id: UUID
    status: str
    note: str = ""
    transport: str = ""
    expected_on: date | None = None
    started_at: datetime = Field(sa_type=INSTANT)
    started_by: UUID
    dispatched_at: datetime | None = Field(default=None, sa_type=INSTANT)
    dispatched_by: UUID | None = None
    closed_at: datetime | None = Field(default=None, sa_type=INSTANT)
    closed_by: UUID | None = None


class StockTransferAsked(TenantRow, table=True):
    """Base units of a product that are asked for; never changed."""

    __tablename__ = "stock_transfer_asked"
    __table_args__ = (
        belongs_to("transfer_id", "stock_transfer"),
        belongs_to("variant_id", "variant"),
        UniqueConstraint("tenant_id", "transfer_id", "line_no"),
        CheckConstraint("quantity > 0", name="quantity"),
    )

    transfer_id: UUID
    line_no: int
    variant_id: UUID
    quantity: int = Field(sa_type=BigInteger)


class StockTransferLine(TenantRow, table=True):
    """Base units of a lot that were sent, and what became of them so far.

    Attributes:
        value: Cost of what was sent, as the books moved it.
        under_way: Units of which nobody said yet what became of them.
    """

    __tablename__ = "stock_transfer_line"
    __table_args__ = (
        belongs_to("transfer_id", "stock_transfer"),
        belongs_to("variant_id", "variant"),
        belongs_to("lot_id", "lot"),
        UniqueConstraint("tenant_id", "transfer_id", "line_no"),
        UniqueConstraint("tenant_id", "transfer_id", "lot_id"),
        CheckConstraint("sent > 0 and value >= 0", name="sent"),
        CheckConstraint(
            "arrived >= 0 and damaged >= 0 and returned >= 0 and lost >= 0", name="outcomes"
        ),
        CheckConstraint("arrived + damaged + returned + lost <= sent", name="no_more_than_sent"),
        Index("ix_stock_transfer_line_variant", "tenant_id", "variant_id"),
    )

    transfer_id: UUID
    line_no: int
    variant_id: UUID
    lot_id: UUID
    sent: int = Field(sa_type=BigInteger)
    value: Decimal = Field(sa_type=MONEY)
    arrived: int = Field(default=0, sa_type=BigInteger)
    damaged: int = Field(default=0, sa_type=BigInteger)
    returned: int = Field(default=0, sa_type=BigInteger)
    lost: int = Field(default=0, sa_type=BigInteger)
    under_way: int = Field(
        default=0,
        sa_column=Column(
            BigInteger, Computed("sent - arrived - damaged - returned - lost", persisted=True)
        ),
    )


class StockTransferRecord(TenantRow, table=True):
    """What somebody said became of units that were sent; never changed.

    Attributes:
        step: Counts the times something was recorded on the transfer, from 1.
        value: Cost of the units, as the books moved it.
    """

    __tablename__ = "stock_transfer_record"
    __table_args__ = (
        belongs_to("transfer_id", "stock_transfer"),
        belongs_to("line_id", "stock_transfer_line"),
        one_of("outcome", TransferOutcome),
        UniqueConstraint("tenant_id", "transfer_id", "step", "line_id", "outcome"),
        CheckConstraint("quantity > 0 and value >= 0", name="quantity"),
        CheckConstraint("outcome = 'arrived' or reason <> ''", name="reason"),
    )

    transfer_id: UUID
    line_id: UUID
    step: int
    outcome: str
    quantity: int = Field(sa_type=BigInteger)
    value: Decimal = Field(sa_type=MONEY)
    reason: str = ""
    recorded_at: datetime = Field(sa_type=INSTANT)
    user_id: UUID
