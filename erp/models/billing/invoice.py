"""GST documents: immutable once posted."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, SmallInteger, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from erp.models.base import (
    INSTANT,
    MONEY,
    PERCENT,
    UNIT_PRICE,
    Json,
    TenantRow,
    belongs_to,
    created_at,
    one_of,
)


class InvoiceKind(StrEnum):
    """Which document of the GST law it is. Source: CGST Act s.31, s.34, rules 46 to 53."""

    TAX_INVOICE = "tax_invoice"
    BILL_OF_SUPPLY = "bill_of_supply"
    INVOICE_CUM_BILL = "invoice_cum_bill"
    CREDIT_NOTE = "credit_note"
    DEBIT_NOTE = "debit_note"


class Invoice(TenantRow, table=True):
    """A posted GST document with the recipient as it was that day.

    Amounts are rupees to the paisa; a credit note's are positive too.

    Attributes:
        number: Legal number, at most 16 characters, upper case.
        place_of_supply: State code, stored and never worked out again.
        supply_nature: `INTRA` or `INTER`.
        original_invoice_id: The invoice a note belongs to.
        origin_type, origin_id: The sale or return it documents.
    """

    __tablename__ = "invoice"
    __table_args__ = (
        belongs_to("company_id", "company"),
        belongs_to("branch_id", "branch"),
        belongs_to("party_id", "party"),
        belongs_to("original_invoice_id", "invoice"),
        UniqueConstraint("tenant_id", "company_id", "fiscal_year", "number"),
        UniqueConstraint("tenant_id", "origin_id", "kind"),
        one_of("kind", InvoiceKind),
        CheckConstraint("number ~ '^[A-Z1-9][A-Z0-9/-]{0,15}$'", name="number"),
        CheckConstraint("total = taxable + cgst + sgst + igst + round_off", name="total"),
        CheckConstraint("least(gross, taxable, cgst, sgst, igst, total) >= 0", name="not_negative"),
        Index("ix_invoice_day", "tenant_id", "issued_on", "id"),
        Index("ix_invoice_party", "tenant_id", "party_id", "issued_on"),
        Index(
            "ix_invoice_original",
            "tenant_id",
            "original_invoice_id",
            postgresql_where=text("original_invoice_id is not null"),
        ),
    )

    company_id: UUID
    branch_id: UUID
    kind: str
    number: str
    fiscal_year: str
    issued_on: date
    issued_at: datetime = Field(sa_type=INSTANT)
    party_id: UUID
    recipient: Json
    place_of_supply: str
    price_mode: str
    supply_nature: str
    gross: Decimal = Field(sa_type=MONEY)
    line_discount: Decimal = Field(sa_type=MONEY)
    bill_discount: Decimal = Field(sa_type=MONEY)
    taxable: Decimal = Field(sa_type=MONEY)
    cgst: Decimal = Field(sa_type=MONEY)
    sgst: Decimal = Field(sa_type=MONEY)
    igst: Decimal = Field(sa_type=MONEY)
    round_off: Decimal = Field(sa_type=MONEY)
    total: Decimal = Field(sa_type=MONEY)
    original_invoice_id: UUID | None = None
    origin_type: str
    origin_id: UUID
    user_id: UUID
    recorded_at: datetime = created_at()


class InvoiceLine(SQLModel, table=True):
    """One line of a GST document: one lot of one variant.

    Attributes:
        variant_id: None of what is not in the catalogue: a fixed asset that was sold.
        original_line_no: On a note, the line of the original invoice.
        price_trace: Why the price is what it is: source, list, discounts.
        cost: Value of the goods that left with the line.
        quantity: Nothing on a line of money alone, such as interest on late payment.
        sold_unit, sold_quantity: What it was sold in, such as 2 strips, where that is not the base
            unit and the line is a whole number of it.
    """

    __tablename__ = "invoice_line"
    __table_args__ = (
        belongs_to("invoice_id", "invoice"),
        belongs_to("variant_id", "variant"),
        belongs_to("lot_id", "lot"),
        CheckConstraint(
            "quantity > 0 or quantity = 0 and lot_id is null and cost = 0", name="quantity"
        ),
        CheckConstraint("total = taxable + cgst + sgst + igst", name="total"),
        CheckConstraint("mrp is null or total <= mrp * quantity", name="not_above_mrp"),
        CheckConstraint("(sold_unit = '') = (sold_quantity is null)", name="sold_unit"),
        Index("ix_invoice_line_lot", "tenant_id", "lot_id"),
        Index("ix_invoice_line_variant", "tenant_id", "variant_id"),
    )

    tenant_id: UUID = Field(primary_key=True)
    invoice_id: UUID = Field(primary_key=True)
    line_no: int = Field(
        primary_key=True, sa_type=SmallInteger, sa_column_kwargs={"autoincrement": False}
    )
    variant_id: UUID | None = None
    lot_id: UUID | None = None
    description: str
    hsn: str
    unit: str
    lot_number: str = ""
    expires_on: date | None = None
    mrp: Decimal | None = Field(default=None, sa_type=MONEY)
    quantity: int = Field(sa_type=BigInteger)
    unit_price: Decimal = Field(sa_type=UNIT_PRICE)
    gross: Decimal = Field(sa_type=MONEY)
    line_discount: Decimal = Field(sa_type=MONEY)
    bill_discount: Decimal = Field(sa_type=MONEY)
    treatment: str
    rate: Decimal = Field(sa_type=PERCENT)
    taxable: Decimal = Field(sa_type=MONEY)
    cgst: Decimal = Field(sa_type=MONEY)
    sgst: Decimal = Field(sa_type=MONEY)
    igst: Decimal = Field(sa_type=MONEY)
    total: Decimal = Field(sa_type=MONEY)
    cost: Decimal = Field(sa_type=MONEY)
    sold_unit: str = Field(default="", sa_column_kwargs={"server_default": ""})
    sold_quantity: int | None = Field(default=None, sa_type=BigInteger)
    original_line_no: int | None = Field(default=None, sa_type=SmallInteger)
    price_trace: Json


class InvoiceLineReturn(SQLModel, table=True):
    """How much of an invoice line has come back; can never exceed what was sold."""

    __tablename__ = "invoice_line_return"
    __table_args__ = (
        belongs_to("invoice_id", "invoice"),
        CheckConstraint("returned between 0 and sold", name="returned"),
    )

    tenant_id: UUID = Field(primary_key=True)
    invoice_id: UUID = Field(primary_key=True)
    line_no: int = Field(
        primary_key=True, sa_type=SmallInteger, sa_column_kwargs={"autoincrement": False}
    )
    sold: int = Field(sa_type=BigInteger)
    returned: int = Field(sa_type=BigInteger)
