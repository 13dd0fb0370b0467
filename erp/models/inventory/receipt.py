"""Deliveries as they were taken in."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from erp.models.base import COUNT_OF_UNITS, INSTANT, MONEY, UNIT_PRICE, TenantRow, belongs_to


class GoodsReceipt(TenantRow, table=True):
    """A delivery; never changed. It is the origin of the moves that put the goods on hand.

    Attributes:
        supplier_id: None where nobody was named.
        reference: The supplier's document that came with the goods.
        value: Cost of the goods, tax excluded, as it was expected then.
    """

    __tablename__ = "goods_receipt"
    __table_args__ = (
        belongs_to("branch_id", "branch"),
        belongs_to("location_id", "location"),
        belongs_to("supplier_id", "party"),
        Index("ix_goods_receipt_branch", "tenant_id", "branch_id", "id"),
        Index("ix_goods_receipt_supplier", "tenant_id", "supplier_id", "id"),
    )

    branch_id: UUID
    location_id: UUID
    supplier_id: UUID | None = None
    reference: str = ""
    received_on: date
    value: Decimal = Field(sa_type=MONEY)
    received_by: UUID
    received_at: datetime = Field(sa_type=INSTANT)


class GoodsReceiptLine(TenantRow, table=True):
    """Goods of one lot on a delivery; never changed.

    Attributes:
        quantity: In `unit`, to be paid for; free_quantity: on top, not to be paid for.
        paid, free: The same in base units.
        unit_cost: Price of one `unit`, tax excluded, free units not counted.
        value: Cost of all units.
    """

    __tablename__ = "goods_receipt_line"
    __table_args__ = (
        belongs_to("receipt_id", "goods_receipt"),
        belongs_to("variant_id", "variant"),
        belongs_to("lot_id", "lot"),
        UniqueConstraint("tenant_id", "receipt_id", "line_no"),
        CheckConstraint("paid >= 0 and free >= 0 and paid + free > 0", name="units"),
        CheckConstraint("value >= 0 and (paid > 0 or value = 0)", name="value"),
        Index("ix_goods_receipt_line_variant", "tenant_id", "variant_id"),
    )

    receipt_id: UUID
    line_no: int
    variant_id: UUID
    lot_id: UUID
    unit: str
    quantity: Decimal = Field(sa_type=COUNT_OF_UNITS)
    free_quantity: Decimal = Field(sa_type=COUNT_OF_UNITS)
    paid: int = Field(sa_type=BigInteger)
    free: int = Field(sa_type=BigInteger)
    unit_cost: Decimal = Field(sa_type=UNIT_PRICE)
    value: Decimal = Field(sa_type=MONEY)
