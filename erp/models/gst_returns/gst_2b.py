"""GSTR-2B: what suppliers reported of their sales to us, and what we decided about it."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from erp.models.base import INSTANT, MONEY, TenantRow, belongs_to, created_at, one_of


class Decision2b(StrEnum):
    """What was decided about a reported document."""

    OPEN = "open"
    """Nothing: what matches counts, what differs waits."""
    ACCEPTED = "accepted"
    """It is the bill it was matched with, at the lower of both amounts."""
    PARKED = "parked"
    """Its credit waits."""
    ASKED = "asked"
    """The supplier was asked to correct it; its credit waits."""


class Gst2bFile(TenantRow, table=True):
    """A statement of a month that was imported; never changed.

    Attributes:
        left_out: Parts of the file that are not read, each by name, with how many documents it holds and why.
    """

    __tablename__ = "gst_2b_file"
    __table_args__ = (
        belongs_to("company_id", "company"),
        UniqueConstraint("tenant_id", "company_id", "sha256", name="uq_gst_2b_file"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        Index("ix_gst_2b_file_month", "tenant_id", "company_id", "gstin", "starts_on"),
    )

    company_id: UUID
    gstin: str
    starts_on: date
    sha256: str
    file_name: str
    documents: int
    left_out: list[str] = Field(sa_type=JSONB, sa_column_kwargs={"server_default": "[]"})
    imported_by: UUID
    imported_at: datetime = created_at()


OWNED = ("tenant_id", "company_id", "gstin", "supplier_gstin")
KINDS = ("INV", "CRN", "DBN", "ISD", "ISC", "BOE")


class Gst2bDocument(TenantRow, table=True):
    """A document that a supplier reported; only what we decided about it changes.

    Attributes:
        supplier_gstin: Empty of goods from abroad.
        kind: `INV`, `CRN` or `DBN`; of an input service distributor `ISD` or `ISC`; `BOE` of imported goods.
        key: What writings of its number have in common.
        original_kind, original_number, original_key, original_year, original_dated_on: Of an amendment, what it
            takes the place of from its month on.
        is_available: The portal lets its credit be claimed.
        bill_id: The bill that somebody said it is; seen_bill_id: the same, of a claim or an asset.
    """

    __tablename__ = "gst_2b_document"
    __table_args__ = (
        belongs_to("company_id", "company"),
        belongs_to("file_id", "gst_2b_file"),
        belongs_to("bill_id", "supplier_bill"),
        belongs_to("seen_bill_id", "seen_bill"),
        Index(
            "uq_gst_2b_document",
            *OWNED,
            "kind",
            "fiscal_year",
            "key",
            unique=True,
            postgresql_where=text("original_key is null"),
        ),
        Index(
            "uq_gst_2b_document_amended",
            *OWNED,
            "original_kind",
            "original_year",
            "original_key",
            "starts_on",
            unique=True,
            postgresql_where=text("original_key is not null"),
        ),
        Index(
            "uq_gst_2b_document_bill",
            "tenant_id",
            "bill_id",
            unique=True,
            postgresql_where=text("bill_id is not null"),
        ),
        Index(
            "uq_gst_2b_document_seen_bill",
            "tenant_id",
            "seen_bill_id",
            unique=True,
            postgresql_where=text("seen_bill_id is not null"),
        ),
        CheckConstraint("num_nonnulls(bill_id, seen_bill_id) <= 1", name="one_bill"),
        one_of("decision", Decision2b),
        CheckConstraint(f"kind in {KINDS}", name="kind"),
        CheckConstraint(f"original_kind in {KINDS}", name="original_kind"),
        CheckConstraint(
            "num_nonnulls(original_kind, original_number, original_key, original_year, original_dated_on) in (0, 5)",
            name="original",
        ),
        CheckConstraint("least(taxable, igst, cgst, sgst) >= 0", name="not_negative"),
        CheckConstraint("(decision = 'open') = (decided_by is null)", name="decided"),
    )

    company_id: UUID
    file_id: UUID
    gstin: str
    starts_on: date
    supplier_gstin: str
    supplier: str
    kind: str
    number: str
    key: str
    fiscal_year: str
    dated_on: date
    taxable: Decimal = Field(sa_type=MONEY)
    igst: Decimal = Field(sa_type=MONEY)
    cgst: Decimal = Field(sa_type=MONEY)
    sgst: Decimal = Field(sa_type=MONEY)
    is_available: bool
    original_kind: str | None = None
    original_number: str | None = None
    original_key: str | None = None
    original_year: str | None = None
    original_dated_on: date | None = None
    decision: str
    bill_id: UUID | None = None
    seen_bill_id: UUID | None = None
    note: str = ""
    decided_by: UUID | None = None
    decided_at: datetime | None = Field(default=None, sa_type=INSTANT)
