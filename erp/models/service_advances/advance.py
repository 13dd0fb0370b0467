"""Advances for services and what becomes of them. Source: CGST Act s.13(2), s.31(3)(d), (e)."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from erp.models.base import MONEY, PERCENT, Json, TenantRow, belongs_to, created_at, one_of


class ServiceAdvance(TenantRow, table=True):
    """Money received for a taxable service to come, with the tax taken out of it; never changed.

    Attributes:
        id: Of the payment that brought the money; its number is the receipt voucher's.
        recipient: The customer as they were that day.
        variant_id: The service; none where it was not settled yet, taxed at 18 percent.
        sac: Code of the service; empty where it was not settled yet.
        amount: As received, tax included. taxable: without the tax.
    """

    __tablename__ = "service_advance"
    __table_args__ = (
        belongs_to("id", "payment"),
        belongs_to("company_id", "company"),
        belongs_to("branch_id", "branch"),
        belongs_to("party_id", "party"),
        belongs_to("variant_id", "variant"),
        CheckConstraint("amount = taxable + igst + cgst + sgst", name="amount"),
        CheckConstraint("least(igst, cgst, sgst) >= 0 and taxable > 0", name="not_negative"),
        CheckConstraint("igst = 0 or cgst + sgst = 0", name="heads"),
        Index("ix_service_advance_day", "tenant_id", "branch_id", "received_on"),
        Index("ix_service_advance_party", "tenant_id", "party_id", "id"),
    )

    company_id: UUID
    branch_id: UUID
    party_id: UUID
    received_on: date
    recipient: Json
    variant_id: UUID | None = None
    description: str
    sac: str
    rate: Decimal = Field(sa_type=PERCENT)
    place_of_supply: str
    is_inter: bool
    amount: Decimal = Field(sa_type=MONEY)
    taxable: Decimal = Field(sa_type=MONEY)
    igst: Decimal = Field(sa_type=MONEY)
    cgst: Decimal = Field(sa_type=MONEY)
    sgst: Decimal = Field(sa_type=MONEY)
    user_id: UUID
    recorded_at: datetime = created_at()


class AdvanceStepKind(StrEnum):
    """What became of an advance, or of a part of it."""

    APPLIED = "applied"
    """An invoice took it, and its tax is the invoice's from then on."""
    REFUNDED = "refunded"
    """It was paid back by a refund voucher."""
    TAKEN_BACK = "taken_back"
    """The receipt was taken back whole: a cheque bounced, or it was typed in error."""
    UNDONE = "undone"
    """An application was taken back; the advance is there again, and its tax with it."""


class ServiceAdvanceStep(TenantRow, table=True):
    """What became of a part of an advance; never changed, taken back by another.

    Attributes:
        booked_on: Day in the books, which decides the return it goes into.
        place_of_supply, is_inter, rate: By which its tax is stated: the advance's, as amended until then.
        invoice_id: That took it. payment_id: that paid it back. undoes_id: the step it takes back.
    """

    __tablename__ = "service_advance_step"
    __table_args__ = (
        belongs_to("advance_id", "service_advance"),
        belongs_to("branch_id", "branch"),
        belongs_to("invoice_id", "invoice"),
        belongs_to("payment_id", "payment"),
        belongs_to("undoes_id", "service_advance_step"),
        UniqueConstraint("tenant_id", "undoes_id"),
        UniqueConstraint("tenant_id", "payment_id"),
        one_of("kind", AdvanceStepKind),
        CheckConstraint("amount > 0 and least(igst, cgst, sgst) >= 0", name="amount"),
        CheckConstraint(
            "(kind = 'applied') = (invoice_id is not null) and (kind = 'refunded') = (payment_id is not null)"
            " and (kind = 'undone') = (undoes_id is not null)",
            name="subject",
        ),
        Index("ix_service_advance_step_advance", "tenant_id", "advance_id", "id"),
        Index("ix_service_advance_step_day", "tenant_id", "branch_id", "booked_on"),
        Index("ix_service_advance_step_invoice", "tenant_id", "invoice_id"),
    )

    advance_id: UUID
    branch_id: UUID
    kind: str
    booked_on: date
    place_of_supply: str
    is_inter: bool
    rate: Decimal = Field(sa_type=PERCENT)
    amount: Decimal = Field(sa_type=MONEY)
    igst: Decimal = Field(sa_type=MONEY)
    cgst: Decimal = Field(sa_type=MONEY)
    sgst: Decimal = Field(sa_type=MONEY)
    invoice_id: UUID | None = None
    payment_id: UUID | None = None
    undoes_id: UUID | None = None
    reason: str = ""
    user_id: UUID
    recorded_at: datetime = created_at()


class ServiceAdvanceLeft(SQLModel, table=True):
    """What is left of an advance and of its tax; kept by triggers, and never below zero."""

    __tablename__ = "service_advance_left"
    __table_args__ = (
        belongs_to("advance_id", "service_advance"),
        CheckConstraint("least(amount, igst, cgst, sgst) >= 0", name="not_negative"),
        CheckConstraint("amount >= igst + cgst + sgst", name="tax"),
    )

    tenant_id: UUID = Field(primary_key=True)
    advance_id: UUID = Field(primary_key=True)
    amount: Decimal = Field(sa_type=MONEY)
    igst: Decimal = Field(sa_type=MONEY)
    cgst: Decimal = Field(sa_type=MONEY)
    sgst: Decimal = Field(sa_type=MONEY)
