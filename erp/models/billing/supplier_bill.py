"""Bills of suppliers, matched with what was ordered and what came."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlmodel import Field, SQLModel

from erp.models.base import (
    COUNT_OF_UNITS,
    INSTANT,
    MONEY,
    PERCENT,
    UNIT_PRICE,
    TenantRow,
    belongs_to,
    one_of,
)

NOTHING = {"server_default": text("0")}
"""What rows of before have in a new column of numbers."""


class BillStatus(StrEnum):
    """How far a bill is."""

    HELD = "held"
    """It differs from what was ordered or came; somebody decides."""
    POSTED = "posted"
    """It is in the books and owed."""
    REFUSED = "refused"
    """It went back to the supplier; nothing was booked."""


class BillOutcome(StrEnum):
    """What was decided about a held bill."""

    ACCEPTED = "accepted"
    """The goods cost what is billed."""
    CLAIMED = "claimed"
    """It is booked as billed; what is too much is claimed from the supplier."""
    REFUSED = "refused"


class Finding(StrEnum):
    """What does not match on a line of a bill."""

    PRICE = "price"
    QUANTITY = "quantity"
    TAX_RATE = "tax_rate"
    CHARGE = "charge"
    """The charges are more than the goods of the bill let expect."""


class SupplierBill(TenantRow, table=True):
    """A supplier's invoice as it was recorded; only its status changes.

    Attributes:
        number: Our own number of the voucher.
        bill_number: As the supplier prints it. bill_key: what two writings of it have in common.
        booked_on: The day it stands in the books.
        supply_nature: `INTRA` or `INTER`, stored and never worked out again.
        is_credit_taken: The tax is an input credit; else it is cost.
        claimed: Of the taxable value, what is claimed back; zero while it is held.
    """

    __tablename__ = "supplier_bill"
    __table_args__ = (
        belongs_to("company_id", "company"),
        belongs_to("branch_id", "branch"),
        belongs_to("supplier_id", "party"),
        UniqueConstraint("tenant_id", "number"),
        Index(
            "uq_supplier_bill_once",
            "tenant_id",
            "company_id",
            "supplier_id",
            "fiscal_year",
            "bill_key",
            unique=True,
            postgresql_where=text("status <> 'refused'"),
        ),
        one_of("status", BillStatus),
        CheckConstraint("total = taxable + cgst + sgst + igst + round_off", name="total"),
        CheckConstraint("least(taxable, cgst, sgst, igst, total) >= 0", name="not_negative"),
        CheckConstraint("claimed between 0 and taxable", name="claimed"),
        CheckConstraint("bill_key <> ''", name="bill_key"),
        Index("ix_supplier_bill_supplier", "tenant_id", "supplier_id", "id"),
    )

    company_id: UUID
    branch_id: UUID
    supplier_id: UUID
    supplier_gstin: str | None = None
    number: str
    bill_number: str
    bill_key: str
    fiscal_year: str
    billed_on: date
    booked_on: date
    due_on: date
    supply_nature: str
    is_credit_taken: bool
    taxable: Decimal = Field(sa_type=MONEY)
    cgst: Decimal = Field(sa_type=MONEY)
    sgst: Decimal = Field(sa_type=MONEY)
    igst: Decimal = Field(sa_type=MONEY)
    round_off: Decimal = Field(sa_type=MONEY)
    total: Decimal = Field(sa_type=MONEY)
    claimed: Decimal = Field(sa_type=MONEY)
    note: str = ""
    status: str
    recorded_by: UUID
    recorded_at: datetime = Field(sa_type=INSTANT)


class SupplierBillLine(TenantRow, table=True):
    """Goods of one delivery line on a bill, or a charge; never changed.

    Attributes:
        receipt_id, receipt_line_no: The delivery; none for a charge.
        is_cost_of_goods: A charge is spread over the goods of the bill, else it is an expense.
        quantity: In `unit`; base_quantity: the same in base units.
        unit_cost: Price of one `unit`, tax and discount excluded.
        matched: Base units that came and were on no bill before; matched_value: their cost then.
        expected_cost: Price of one `unit` on the order in force, else on the delivery.
        findings: What does not match.
        excess: Of `taxable`, what is beyond what came at the expected price; of a charge, all of
            it where it is beyond the tolerance. excess_tax: of the tax, what is beyond the
            expected rate on the rest.
    """

    __tablename__ = "supplier_bill_line"
    __table_args__ = (
        belongs_to("bill_id", "supplier_bill"),
        belongs_to("variant_id", "variant"),
        belongs_to("lot_id", "lot"),
        ForeignKeyConstraint(
            ["tenant_id", "receipt_id", "receipt_line_no"],
            [
                "goods_receipt_line.tenant_id",
                "goods_receipt_line.receipt_id",
                "goods_receipt_line.line_no",
            ],
        ),
        UniqueConstraint("tenant_id", "bill_id", "line_no"),
        UniqueConstraint(
            "tenant_id",
            "bill_id",
            "receipt_id",
            "receipt_line_no",
            name="uq_supplier_bill_line_delivery",
        ),
        CheckConstraint("(receipt_id is null) = (lot_id is null)", name="goods_or_charge"),
        CheckConstraint("quantity > 0 and unit_cost >= 0", name="quantity"),
        CheckConstraint("matched between 0 and base_quantity", name="matched"),
        CheckConstraint("least(taxable, cgst, sgst, igst, matched_value) >= 0", name="value"),
        CheckConstraint("excess between 0 and taxable", name="excess"),
        CheckConstraint("excess_tax between 0 and cgst + sgst + igst", name="excess_tax"),
        Index("ix_supplier_bill_line_receipt", "tenant_id", "receipt_id", "receipt_line_no"),
    )

    bill_id: UUID
    line_no: int
    label: str
    receipt_id: UUID | None = None
    receipt_line_no: int | None = None
    variant_id: UUID | None = None
    lot_id: UUID | None = None
    is_cost_of_goods: bool
    unit: str
    quantity: Decimal = Field(sa_type=COUNT_OF_UNITS)
    base_quantity: int = Field(sa_type=BigInteger)
    unit_cost: Decimal = Field(sa_type=UNIT_PRICE)
    discount_percent: Decimal = Field(sa_type=PERCENT)
    gst_rate: Decimal = Field(sa_type=PERCENT)
    taxable: Decimal = Field(sa_type=MONEY)
    cgst: Decimal = Field(sa_type=MONEY)
    sgst: Decimal = Field(sa_type=MONEY)
    igst: Decimal = Field(sa_type=MONEY)
    matched: int = Field(sa_type=BigInteger)
    matched_value: Decimal = Field(sa_type=MONEY)
    expected_cost: Decimal = Field(sa_type=UNIT_PRICE)
    findings: list[str] = Field(sa_type=ARRAY(TEXT))
    excess: Decimal = Field(sa_type=MONEY)
    excess_tax: Decimal = Field(sa_type=MONEY)


class SupplierBillDecision(TenantRow, table=True):
    """Who decided what about a held bill; never changed."""

    __tablename__ = "supplier_bill_decision"
    __table_args__ = (
        belongs_to("bill_id", "supplier_bill"),
        UniqueConstraint("tenant_id", "bill_id"),
        one_of("outcome", BillOutcome),
        CheckConstraint("note <> ''", name="note"),
    )

    bill_id: UUID
    outcome: str
    note: str
    decided_by: UUID
    decided_at: datetime = Field(sa_type=INSTANT)


class BilledGoods(SQLModel, table=True):
    """How much of a delivery line is on bills that were not refused, and how much went back.

    Attributes:
        units, value: Base units on bills, and what those came in at.
        free: Base units that came and need no bill.
        back: Base units that went back, free ones counted.
        unbilled_back: Of `paid`, those that went back and were on no bill; released: what all
            units that were on no bill had come in at.
    """

    __tablename__ = "billed_goods"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "receipt_id", "line_no"],
            [
                "goods_receipt_line.tenant_id",
                "goods_receipt_line.receipt_id",
                "goods_receipt_line.line_no",
            ],
        ),
        CheckConstraint("units >= 0 and units + unbilled_back <= paid", name="units"),
        CheckConstraint("value >= 0 and (units > 0 or value = 0)", name="value"),
        CheckConstraint("back between 0 and paid + free", name="back"),
        CheckConstraint("unbilled_back between 0 and back and released >= 0", name="unbilled_back"),
    )

    tenant_id: UUID = Field(primary_key=True)
    receipt_id: UUID = Field(primary_key=True)
    line_no: int = Field(primary_key=True)
    paid: int = Field(sa_type=BigInteger)
    units: int = Field(sa_type=BigInteger)
    value: Decimal = Field(sa_type=MONEY)
    free: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs=NOTHING)
    back: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs=NOTHING)
    unbilled_back: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs=NOTHING)
    released: Decimal = Field(default=Decimal("0.00"), sa_type=MONEY, sa_column_kwargs=NOTHING)


class SupplierClaim(TenantRow, table=True):
    """What a supplier owes us back of a bill or a return, until their credit note comes.

    Attributes:
        number: Of the debit note that asks for it.
        taxable, tax: What is asked for. credited, credited_tax: what the credit note gave.
        reason: What the supplier said where they gave less.
    """

    __tablename__ = "supplier_claim"
    __table_args__ = (
        belongs_to("bill_id", "supplier_bill"),
        belongs_to("return_id", "supplier_return"),
        UniqueConstraint("tenant_id", "number"),
        UniqueConstraint("tenant_id", "bill_id"),
        UniqueConstraint("tenant_id", "return_id"),
        CheckConstraint("num_nonnulls(bill_id, return_id) = 1", name="subject"),
        CheckConstraint("taxable >= 0 and tax >= 0 and taxable + tax > 0", name="amount"),
        CheckConstraint("credited between 0 and taxable", name="credited"),
        CheckConstraint("credited_tax between 0 and tax", name="credited_tax"),
        CheckConstraint("(settled_at is null) = (settled_by is null)", name="settled"),
    )

    bill_id: UUID | None = None
    return_id: UUID | None = None
    number: str
    raised_on: date
    taxable: Decimal = Field(sa_type=MONEY)
    tax: Decimal = Field(sa_type=MONEY)
    credit_note: str = ""
    credited: Decimal = Field(default=Decimal("0.00"), sa_type=MONEY)
    credited_tax: Decimal = Field(default=Decimal("0.00"), sa_type=MONEY)
    settled_at: datetime | None = Field(default=None, sa_type=INSTANT)
    settled_by: UUID | None = None
    reason: str = Field(default="", sa_column_kwargs={"server_default": text("''")})


class MatchTolerance(SQLModel, table=True):
    """How far a company lets a bill differ before somebody decides.

    A line is let through within either tolerance of the price.

    Attributes:
        price_percent: Of the expected price. price_amount: rupees on a line.
        charge_percent: What all charges may be, of the goods of the bill.
    """

    __tablename__ = "match_tolerance"
    __table_args__ = (
        belongs_to("company_id", "company"),
        CheckConstraint("price_percent between 0 and 100", name="price_percent"),
        CheckConstraint("charge_percent between 0 and 100", name="charge_percent"),
        CheckConstraint("price_amount >= 0", name="price_amount"),
    )

    tenant_id: UUID = Field(primary_key=True)
    company_id: UUID = Field(primary_key=True)
    price_percent: Decimal = Field(sa_type=PERCENT)
    price_amount: Decimal = Field(sa_type=MONEY)
    charge_percent: Decimal = Field(sa_type=PERCENT)
