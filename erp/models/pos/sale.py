"""Sales and returns at a till."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, SmallInteger, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from erp.models.base import INSTANT, MONEY, Json, TenantRow, belongs_to, created_at, one_of


class SaleKind(StrEnum):
    """Which way goods and money went."""

    SALE = "sale"
    RETURN = "return"


class TenderMethod(StrEnum):
    """How money changed hands."""

    CASH = "cash"
    UPI = "upi"
    CARD = "card"
    CREDIT = "credit"
    """On the customer's account."""
    POINTS = "points"
    """With points of the loyalty programme: payment, so the bill's tax stays as it is."""
    ADVANCE = "advance"
    """From what the customer paid before."""
    EXCHANGE = "exchange"
    """With the goods that came back for these."""


class Sale(TenantRow, table=True):
    """A bill posted in full at payment: invoice, stock, journal and numbers with it.

    Attributes:
        total: Invoice value. change_due: cash handed back.
        original_sale_id: The sale a return takes goods back from.
        replaces_id: The return that this sale gives other goods for: an exchange.
    """

    __tablename__ = "sale"
    __table_args__ = (
        belongs_to("shift_id", "register_shift"),
        belongs_to("register_id", "register"),
        belongs_to("party_id", "party"),
        belongs_to("invoice_id", "invoice"),
        belongs_to("original_sale_id", "sale"),
        belongs_to("replaces_id", "sale"),
        one_of("kind", SaleKind),
        CheckConstraint("total >= 0 and change_due >= 0", name="amounts"),
        CheckConstraint("(kind = 'return') = (original_sale_id is not null)", name="original"),
        CheckConstraint("replaces_id is null or kind = 'sale'", name="replaces"),
        Index(
            "uq_sale_replaces",
            "tenant_id",
            "replaces_id",
            unique=True,
            postgresql_where=text("replaces_id is not null"),
        ),
        Index("ix_sale_shift", "tenant_id", "shift_id"),
        Index("ix_sale_party", "tenant_id", "party_id", "sold_at"),
        Index("ix_sale_sold", "tenant_id", "sold_at", "id"),
        Index("ix_sale_invoice", "tenant_id", "invoice_id"),
        Index("ix_sale_original", "tenant_id", "original_sale_id"),
    )

    kind: str
    shift_id: UUID
    register_id: UUID
    party_id: UUID
    invoice_id: UUID
    original_sale_id: UUID | None = None
    replaces_id: UUID | None = None
    sold_at: datetime = Field(sa_type=INSTANT)
    total: Decimal = Field(sa_type=MONEY)
    change_due: Decimal = Field(sa_type=MONEY)
    note: str = ""
    user_id: UUID
    recorded_at: datetime = created_at()


class Tender(SQLModel, table=True):
    """Part of a bill paid, or of a return refunded, in one way.

    Attributes:
        amount: What settles the bill, change already taken off.
        tendered: What was handed over; more than `amount` only in cash.
    """

    __tablename__ = "tender"
    __table_args__ = (
        belongs_to("sale_id", "sale"),
        one_of("method", TenderMethod),
        CheckConstraint("amount >= 0 and tendered >= amount", name="amount"),
    )

    tenant_id: UUID = Field(primary_key=True)
    sale_id: UUID = Field(primary_key=True)
    line_no: int = Field(
        primary_key=True, sa_type=SmallInteger, sa_column_kwargs={"autoincrement": False}
    )
    method: str
    amount: Decimal = Field(sa_type=MONEY)
    tendered: Decimal = Field(sa_type=MONEY)
    reference: str = ""


class Approval(TenantRow, table=True):
    """A manager's consent to something a cashier may not do alone."""

    __tablename__ = "approval"
    __table_args__ = (Index("ix_approval_origin", "tenant_id", "origin_id"),)

    kind: str
    origin_id: UUID
    requested_by: UUID
    approved_by: UUID
    reason: str
    facts: Json
    approved_at: datetime = Field(sa_type=INSTANT)


class ParkedCart(TenantRow, table=True):
    """A bill put aside, to be recalled at any till of the branch."""

    __tablename__ = "parked_cart"
    __table_args__ = (
        belongs_to("branch_id", "branch"),
        UniqueConstraint("tenant_id", "branch_id", "label"),
    )

    branch_id: UUID
    label: str
    cart: Json
    parked_by: UUID
    created_at: datetime = created_at()
