"""What one bill charged for bringing in the goods of others, spread over those goods."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field

from erp.models.base import INSTANT, MONEY, TenantRow, belongs_to


class LandedCost(TenantRow, table=True):
    """Part of a bill's expense that goods of other deliveries bear; never changed.

    Attributes:
        number: Our own number of the voucher.
    """

    __tablename__ = "landed_cost"
    __table_args__ = (
        belongs_to("bill_id", "supplier_bill"),
        UniqueConstraint("tenant_id", "number"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("note <> ''", name="note"),
        Index("ix_landed_cost_bill", "tenant_id", "bill_id"),
    )

    bill_id: UUID
    number: str
    amount: Decimal = Field(sa_type=MONEY)
    note: str
    spread_by: UUID
    spread_at: datetime = Field(sa_type=INSTANT)


class LandedCostLine(TenantRow, table=True):
    """Goods of one delivery line with their part of a landed cost; never changed.

    Attributes:
        value: Their part. to_stock: of it, what went to goods on hand; the rest went to the cost
            of what was gone.
        went_back: Units of the lot that had gone back to their supplier by then and bear nothing.
    """

    __tablename__ = "landed_cost_line"
    __table_args__ = (
        belongs_to("landed_cost_id", "landed_cost"),
        belongs_to("lot_id", "lot"),
        ForeignKeyConstraint(
            ["tenant_id", "receipt_id", "receipt_line_no"],
            [
                "goods_receipt_line.tenant_id",
                "goods_receipt_line.receipt_id",
                "goods_receipt_line.line_no",
            ],
        ),
        UniqueConstraint("tenant_id", "landed_cost_id", "line_no"),
        UniqueConstraint(
            "tenant_id",
            "landed_cost_id",
            "receipt_id",
            "receipt_line_no",
            name="uq_landed_cost_line_delivery",
        ),
        CheckConstraint("value > 0 and to_stock between 0 and value", name="value"),
        CheckConstraint("went_back >= 0", name="went_back"),
        Index("ix_landed_cost_line_receipt", "tenant_id", "receipt_id", "receipt_line_no"),
    )

    landed_cost_id: UUID
    line_no: int
    receipt_id: UUID
    receipt_line_no: int
    lot_id: UUID
    value: Decimal = Field(sa_type=MONEY)
    to_stock: Decimal = Field(sa_type=MONEY)
    went_back: int = Field(sa_type=BigInteger)


class LandedCostReversal(TenantRow, table=True):
    """A landed cost that was taken off its goods again, once; never changed."""

    __tablename__ = "landed_cost_reversal"
    __table_args__ = (
        belongs_to("landed_cost_id", "landed_cost"),
        UniqueConstraint("tenant_id", "landed_cost_id", name="uq_landed_cost_reversal_once"),
        CheckConstraint("reason <> ''", name="reason"),
    )

    landed_cost_id: UUID
    reason: str
    reversed_by: UUID
    reversed_at: datetime = Field(sa_type=INSTANT)
