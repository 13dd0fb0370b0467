"""Goods that went back to their supplier."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field

from erp.models.base import INSTANT, MONEY, PERCENT, TenantRow, belongs_to, one_of


class ReturnReason(StrEnum):
    """Why goods go back."""

    EXPIRED = "expired"
    NEAR_EXPIRY = "near_expiry"
    DAMAGED = "damaged"
    RECALLED = "recalled"
    WRONG_GOODS = "wrong_goods"
    """They are not what was ordered."""
    EXCESS = "excess"
    """They are more than will sell."""


class SupplierReturn(TenantRow, table=True):
    """A debit note and delivery challan; never changed.

    Attributes:
        number: Of the debit note.
        supply_nature: `INTRA` or `INTER`, as the bills have it.
        is_credit_taken: The tax of the bills was an input credit; else it was cost.
        taxable, cgst, sgst, igst, total: What was billed for the goods and is asked back.
        released: What goods on no bill had come in at. cost: of all goods, in the books.
        transport: Who takes the goods, vehicle or consignment note.
    """

    __tablename__ = "supplier_return"
    __table_args__ = (
        belongs_to("company_id", "company"),
        belongs_to("branch_id", "branch"),
        belongs_to("supplier_id", "party"),
        UniqueConstraint("tenant_id", "number"),
        CheckConstraint("total = taxable + cgst + sgst + igst", name="total"),
        CheckConstraint("least(taxable, cgst, sgst, igst, released, cost) >= 0", name="value"),
        Index("ix_supplier_return_supplier", "tenant_id", "supplier_id", "id"),
    )

    company_id: UUID
    branch_id: UUID
    supplier_id: UUID
    supplier_gstin: str | None = None
    number: str
    returned_on: date
    supply_nature: str
    is_credit_taken: bool
    taxable: Decimal = Field(sa_type=MONEY)
    cgst: Decimal = Field(sa_type=MONEY)
    sgst: Decimal = Field(sa_type=MONEY)
    igst: Decimal = Field(sa_type=MONEY)
    total: Decimal = Field(sa_type=MONEY)
    released: Decimal = Field(sa_type=MONEY)
    cost: Decimal = Field(sa_type=MONEY)
    transport: str = ""
    note: str = ""
    returned_by: UUID
    returned_at: datetime = Field(sa_type=INSTANT)


class SupplierReturnLine(TenantRow, table=True):
    """Units of one lot that came on one delivery line and stood on one bill, or on none.

    Attributes:
        bill_line_id: The billed line; none where they were on no bill.
        quantity: Base units, free ones counted. unbilled: of them, paid units on no bill.
        taxable, cgst, sgst, igst: What was billed for them and not claimed otherwise.
        released: What they had come in at, where they were on no bill. cost: in the books.
    """

    __tablename__ = "supplier_return_line"
    __table_args__ = (
        belongs_to("return_id", "supplier_return"),
        belongs_to("bill_line_id", "supplier_bill_line"),
        belongs_to("variant_id", "variant"),
        belongs_to("lot_id", "lot"),
        belongs_to("location_id", "location"),
        ForeignKeyConstraint(
            ["tenant_id", "receipt_id", "receipt_line_no"],
            [
                "goods_receipt_line.tenant_id",
                "goods_receipt_line.receipt_id",
                "goods_receipt_line.line_no",
            ],
        ),
        UniqueConstraint("tenant_id", "return_id", "line_no"),
        one_of("reason", ReturnReason),
        CheckConstraint("quantity > 0 and unbilled between 0 and quantity", name="quantity"),
        CheckConstraint("least(taxable, cgst, sgst, igst, released, cost) >= 0", name="value"),
        CheckConstraint(
            "case when bill_line_id is null then taxable + cgst + sgst + igst = 0"
            " else unbilled = 0 and released = 0 end",
            name="billed_or_not",
        ),
        Index("ix_supplier_return_line_receipt", "tenant_id", "receipt_id", "receipt_line_no"),
    )

    return_id: UUID
    line_no: int
    receipt_id: UUID
    receipt_line_no: int
    bill_line_id: UUID | None = None
    variant_id: UUID
    lot_id: UUID
    location_id: UUID
    label: str
    reason: str
    quantity: int = Field(sa_type=BigInteger)
    unbilled: int = Field(sa_type=BigInteger)
    gst_rate: Decimal = Field(sa_type=PERCENT)
    taxable: Decimal = Field(sa_type=MONEY)
    cgst: Decimal = Field(sa_type=MONEY)
    sgst: Decimal = Field(sa_type=MONEY)
    igst: Decimal = Field(sa_type=MONEY)
    released: Decimal = Field(sa_type=MONEY)
    cost: Decimal = Field(sa_type=MONEY)
