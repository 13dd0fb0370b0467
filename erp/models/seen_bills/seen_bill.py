"""A supplier's bill as it exists on paper, and each of our documents that books it."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from erp.models.base import INSTANT, MONEY, TenantRow, belongs_to, created_at, one_of


class BillSource(StrEnum):
    """What kind of document books a bill."""

    PURCHASE = "purchase"
    EXPENSE = "expense"
    """A claim or a voucher of petty cash."""
    ASSET = "asset"
    GATEWAY = "gateway"
    """The monthly tax invoice of a payment provider, whose settlements booked its tax."""
    BANK = "bank"
    """The tax invoice of a bank or an acquirer, whose charges the lines of the bank booked."""


class SeenBill(TenantRow, table=True):
    """A bill by its supplier, number and financial year; never changed.

    Attributes:
        identity: The supplier's GSTIN; their name in small letters where the bill bears none.
        key: What two writings of its number have in common.
    """

    __tablename__ = "seen_bill"
    __table_args__ = (
        belongs_to("company_id", "company"),
        UniqueConstraint(
            "tenant_id", "company_id", "identity", "fiscal_year", "key", name="uq_seen_bill_once"
        ),
        CheckConstraint("key <> ''", name="key"),
        Index("ix_seen_bill_key", "tenant_id", "company_id", "key", "fiscal_year"),
    )

    company_id: UUID
    supplier_gstin: str
    identity: str
    key: str
    fiscal_year: str
    created_at: datetime = created_at()


class SeenBillUse(TenantRow, table=True):
    """A document of ours that books a bill; of it only its credit, its day and its end change.

    Attributes:
        number: Of our document. bill_number, dated_on: as it writes the bill's.
        is_credit: Its tax is a credit; then `taken_on` is the day of its entry.
        bill_tax: GST of the whole bill, as the document gives it; documents share a credit up to the last one given.
        ended_on: The document was withdrawn, refused, or taken back; the bill is free of it.
    """

    __tablename__ = "seen_bill_use"
    __table_args__ = (
        belongs_to("bill_id", "seen_bill"),
        belongs_to("branch_id", "branch"),
        one_of("source", BillSource),
        CheckConstraint("least(taxable, igst, cgst, sgst) >= 0", name="amounts"),
        CheckConstraint("not is_credit or taken_on is not null", name="taken"),
        CheckConstraint("not is_credit or bill_tax >= igst + cgst + sgst", name="bill_tax"),
        Index(
            "uq_seen_bill_use_live",
            "tenant_id",
            "source_id",
            "bill_id",
            unique=True,
            postgresql_where=text("ended_on is null"),
        ),
        Index("ix_seen_bill_use_bill", "tenant_id", "bill_id"),
        Index(
            "ix_seen_bill_use_credit",
            "tenant_id",
            "branch_id",
            "taken_on",
            postgresql_where=text("is_credit"),
        ),
    )

    bill_id: UUID
    branch_id: UUID
    source: str
    source_id: UUID
    number: str
    supplier: str
    bill_number: str
    dated_on: date
    taxable: Decimal = Field(sa_type=MONEY)
    igst: Decimal = Field(sa_type=MONEY)
    cgst: Decimal = Field(sa_type=MONEY)
    sgst: Decimal = Field(sa_type=MONEY)
    is_credit: bool
    bill_tax: Decimal | None = Field(default=None, sa_type=MONEY)
    taken_on: date | None = None
    ended_on: date | None = None
    noted_at: datetime = Field(sa_type=INSTANT)
