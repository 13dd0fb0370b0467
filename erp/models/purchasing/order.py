"""Orders to suppliers: an order is amended by a new version, never by an edit."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel

from erp.models.base import (
    COUNT_OF_UNITS,
    INSTANT,
    MONEY,
    PERCENT,
    UNIT_PRICE,
    TenantRow,
    belongs_to,
    created_at,
    one_of,
)


class OrderStatus(StrEnum):
    """How far an order is."""

    AWAITING = "awaiting"
    """Its first version waits for an approval."""
    PLACED = "placed"
    """A version is in force and goods may come."""
    CLOSED = "closed"
    """Everything came, or the rest is given up."""
    REFUSED = "refused"
    """Its first version was not approved."""
    CANCELLED = "cancelled"
    """Given up before anything came."""


class Outcome(StrEnum):
    """What was decided about a version."""

    APPROVED = "approved"
    REFUSED = "refused"


class PurchaseOrder(TenantRow, table=True):
    """An order to a supplier.

    Attributes:
        location_id: Where the goods are to be put.
        version: The version in force; zero while none is.
        waiting_version: The version that waits for an approval.
    """

    __tablename__ = "purchase_order"
    __table_args__ = (
        belongs_to("company_id", "company"),
        belongs_to("branch_id", "branch"),
        belongs_to("supplier_id", "party"),
        belongs_to("location_id", "location"),
        UniqueConstraint("tenant_id", "number"),
        one_of("status", OrderStatus),
        CheckConstraint("version >= 0", name="version"),
        CheckConstraint("waiting_version > version", name="waiting_version"),
        CheckConstraint("(status = 'awaiting') = (version = 0 and waiting_version is not null)", name="awaiting"),
        CheckConstraint(
            "status not in ('closed', 'refused', 'cancelled')"
            " or (waiting_version is null and ended_at is not null)",
            name="ended",
        ),
        Index("ix_purchase_order_supplier", "tenant_id", "supplier_id", "id"),
        Index("ix_purchase_order_list", "tenant_id", "branch_id", "id"),
        Index(
            "ix_purchase_order_live",
            "tenant_id",
            "branch_id",
            "id",
            postgresql_where=text("status in ('awaiting', 'placed')"),
        ),
    )  # fmt: skip

    company_id: UUID
    branch_id: UUID
    supplier_id: UUID
    location_id: UUID
    number: str
    status: str
    version: int = 0
    waiting_version: int | None = None
    ended_at: datetime | None = Field(default=None, sa_type=INSTANT)
    ended_by: UUID | None = None
    end_reason: str = ""
    created_at: datetime = created_at()


class PurchaseOrderVersion(TenantRow, table=True):
    """What was asked of the supplier at one time; never changed.

    Attributes:
        taxable: Sum of the lines, tax excluded. tax: GST on it as expected today.
        reason: Why the order was amended; empty for the first version.
    """

    __tablename__ = "purchase_order_version"
    __table_args__ = (
        belongs_to("order_id", "purchase_order"),
        UniqueConstraint("tenant_id", "order_id", "version"),
        CheckConstraint("version > 0", name="version"),
        CheckConstraint("version = 1 or reason <> ''", name="reason"),
        CheckConstraint("taxable >= 0 and tax >= 0", name="value"),
    )

    order_id: UUID
    version: int
    expected_on: date | None = None
    note: str = ""
    reason: str = ""
    taxable: Decimal = Field(sa_type=MONEY)
    tax: Decimal = Field(sa_type=MONEY)
    asked_by: UUID
    asked_at: datetime = Field(sa_type=INSTANT)


class PurchaseOrderDecision(TenantRow, table=True):
    """Who let a version go out, or did not; never changed."""

    __tablename__ = "purchase_order_decision"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "order_id", "version"],
            [
                "purchase_order_version.tenant_id",
                "purchase_order_version.order_id",
                "purchase_order_version.version",
            ],
        ),
        UniqueConstraint("tenant_id", "order_id", "version"),
        one_of("outcome", Outcome),
        CheckConstraint("outcome = 'approved' or note <> ''", name="note"),
    )

    order_id: UUID
    version: int
    outcome: str
    note: str = ""
    decided_by: UUID
    decided_at: datetime = Field(sa_type=INSTANT)


class PurchaseOrderLine(TenantRow, table=True):
    """Goods asked for in a version; never changed.

    Attributes:
        line_no: Names the line through all versions of the order.
        quantity: In `unit`, to be paid for; free_quantity: on top, not to be paid for.
        base_quantity, base_free: The same in base units.
        unit_cost: Price of one `unit`, tax excluded, free units not counted.
        gst_rate: Percent, as it was when the version was made.
    """

    __tablename__ = "purchase_order_line"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "order_id", "version"],
            [
                "purchase_order_version.tenant_id",
                "purchase_order_version.order_id",
                "purchase_order_version.version",
            ],
        ),
        belongs_to("variant_id", "variant"),
        UniqueConstraint("tenant_id", "order_id", "version", "line_no"),
        UniqueConstraint("tenant_id", "order_id", "version", "variant_id"),
        CheckConstraint("line_no > 0", name="line_no"),
        CheckConstraint("quantity > 0 and free_quantity >= 0", name="quantity"),
        CheckConstraint("base_quantity > 0 and base_free >= 0", name="base_quantity"),
        CheckConstraint("unit_cost >= 0", name="unit_cost"),
        Index("ix_purchase_order_line_variant", "tenant_id", "variant_id"),
    )

    order_id: UUID
    version: int
    line_no: int
    variant_id: UUID
    quantity: Decimal = Field(sa_type=COUNT_OF_UNITS)
    free_quantity: Decimal = Field(sa_type=COUNT_OF_UNITS)
    unit: str
    base_quantity: int
    base_free: int
    unit_cost: Decimal = Field(sa_type=UNIT_PRICE)
    gst_rate: Decimal = Field(sa_type=PERCENT)
    value: Decimal = Field(sa_type=MONEY)


class PurchaseOrderProgress(SQLModel, table=True):
    """How much of a line has come, in base units, over all versions."""

    __tablename__ = "purchase_order_progress"
    __table_args__ = (
        belongs_to("order_id", "purchase_order"),
        belongs_to("variant_id", "variant"),
        UniqueConstraint("tenant_id", "order_id", "variant_id"),
        CheckConstraint("received >= 0 and free_received >= 0", name="received"),
    )

    tenant_id: UUID = Field(primary_key=True)
    order_id: UUID = Field(primary_key=True)
    line_no: int = Field(primary_key=True)
    variant_id: UUID
    received: int = 0
    free_received: int = 0


class PurchaseOrderReceipt(TenantRow, table=True):
    """Goods of one lot that came against a line; never changed.

    Attributes:
        receipt_id: The delivery, which is the origin of its stock moves.
        received, free_received: Base units.
        value: Cost of them all, tax excluded.
    """

    __tablename__ = "purchase_order_receipt"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "order_id", "line_no"],
            [
                "purchase_order_progress.tenant_id",
                "purchase_order_progress.order_id",
                "purchase_order_progress.line_no",
            ],
        ),
        belongs_to("lot_id", "lot"),
        UniqueConstraint("tenant_id", "receipt_id", "receipt_line_no"),
        CheckConstraint("received >= 0 and free_received >= 0", name="received"),
        CheckConstraint("received + free_received > 0", name="something"),
        Index("ix_purchase_order_receipt_order", "tenant_id", "order_id"),
    )

    order_id: UUID
    line_no: int
    receipt_id: UUID
    receipt_line_no: int
    lot_id: UUID
    received: int
    free_received: int
    value: Decimal = Field(sa_type=MONEY)
    received_on: date
    received_by: UUID
    received_at: datetime = Field(sa_type=INSTANT)
