"""Requests for quotation: what several suppliers are asked, what they answer, who is chosen."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field

from erp.models.base import INSTANT, MONEY, UNIT_PRICE, TenantRow, belongs_to, one_of


class RequestStatus(StrEnum):
    """How far a request for quotation is."""

    OPEN = "open"
    DECIDED = "decided"
    """Every line has its supplier."""
    CLOSED = "closed"
    """What was not chosen will not be."""


class QuotationRequest(TenantRow, table=True):
    """Goods for which several suppliers are asked for a price.

    Attributes:
        needed_by: When the goods should be here. answer_by: the last day for an answer.
        note: For the suppliers.
    """

    __tablename__ = "quotation_request"
    __table_args__ = (
        belongs_to("company_id", "company"),
        belongs_to("branch_id", "branch"),
        UniqueConstraint("tenant_id", "number"),
        one_of("status", RequestStatus),
        CheckConstraint("(status = 'open') = (ended_at is null)", name="ended"),
        CheckConstraint("status <> 'closed' or end_reason <> ''", name="closed"),
        Index("ix_quotation_request_list", "tenant_id", "branch_id", "id"),
    )

    company_id: UUID
    branch_id: UUID
    number: str
    status: str
    needed_by: date | None = None
    answer_by: date
    note: str = ""
    asked_by: UUID
    asked_at: datetime = Field(sa_type=INSTANT)
    ended_by: UUID | None = None
    ended_at: datetime | None = Field(default=None, sa_type=INSTANT)
    end_reason: str = ""


class QuotationRequestLine(TenantRow, table=True):
    """A product that is asked about, in base units; never changed."""

    __tablename__ = "quotation_request_line"
    __table_args__ = (
        belongs_to("request_id", "quotation_request"),
        belongs_to("variant_id", "variant"),
        UniqueConstraint("tenant_id", "request_id", "line_no"),
        UniqueConstraint("tenant_id", "request_id", "variant_id"),
        CheckConstraint("quantity > 0", name="quantity"),
        Index("ix_quotation_request_line_variant", "tenant_id", "variant_id"),
    )

    request_id: UUID
    line_no: int
    variant_id: UUID
    quantity: int = Field(sa_type=BigInteger)


class QuotationRequestSource(TenantRow, table=True):
    """The line of a requisition for which a request asks; never changed."""

    __tablename__ = "quotation_request_source"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "request_id", "line_no"],
            [
                "quotation_request_line.tenant_id",
                "quotation_request_line.request_id",
                "quotation_request_line.line_no",
            ],
        ),
        ForeignKeyConstraint(
            ["tenant_id", "requisition_id", "requisition_line_no"],
            [
                "purchase_requisition_line.tenant_id",
                "purchase_requisition_line.requisition_id",
                "purchase_requisition_line.line_no",
            ],
        ),
        UniqueConstraint("tenant_id", "request_id", "requisition_id", "requisition_line_no"),
        CheckConstraint("quantity > 0", name="quantity"),
    )

    request_id: UUID
    line_no: int
    requisition_id: UUID
    requisition_line_no: int
    quantity: int = Field(sa_type=BigInteger)


class QuotationRequestSupplier(TenantRow, table=True):
    """A supplier who is asked; never changed."""

    __tablename__ = "quotation_request_supplier"
    __table_args__ = (
        belongs_to("request_id", "quotation_request"),
        belongs_to("supplier_id", "party"),
        UniqueConstraint("tenant_id", "request_id", "supplier_id"),
    )

    request_id: UUID
    supplier_id: UUID


class SupplierQuotation(TenantRow, table=True):
    """What a supplier answered; never changed. The newest of a supplier is the one that counts.

    Attributes:
        reference: The supplier's own number. valid_until: the last day on which it holds.
        is_late: It came after the request's last day.
    """

    __tablename__ = "supplier_quotation"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "request_id", "supplier_id"],
            [
                "quotation_request_supplier.tenant_id",
                "quotation_request_supplier.request_id",
                "quotation_request_supplier.supplier_id",
            ],
        ),
        Index("ix_supplier_quotation_of", "tenant_id", "request_id", "id"),
    )

    request_id: UUID
    supplier_id: UUID
    reference: str = ""
    answered_on: date
    valid_until: date
    is_late: bool
    terms: str = ""
    note: str = ""
    recorded_by: UUID
    recorded_at: datetime = Field(sa_type=INSTANT)


class SupplierQuotationLine(TenantRow, table=True):
    """A price that a supplier offered; never changed, chosen or not.

    Attributes:
        unit_price: Of one base unit, tax excluded, free units not counted.
        scheme_paid, scheme_free: So many units free with so many paid ones; zero without.
        minimum_quantity: Base units the supplier sells at least.
        shelf_life_days: Life left that is promised at delivery.
    """

    __tablename__ = "supplier_quotation_line"
    __table_args__ = (
        belongs_to("quotation_id", "supplier_quotation"),
        belongs_to("variant_id", "variant"),
        UniqueConstraint("tenant_id", "quotation_id", "line_no"),
        CheckConstraint("unit_price > 0", name="unit_price"),
        CheckConstraint(
            "scheme_paid >= 0 and scheme_free >= 0 and (scheme_paid = 0) = (scheme_free = 0)",
            name="scheme",
        ),
        CheckConstraint("mrp > 0", name="mrp"),
        CheckConstraint("lead_days between 0 and 365", name="lead_days"),
        CheckConstraint("minimum_quantity > 0", name="minimum_quantity"),
        CheckConstraint("shelf_life_days between 1 and 3650", name="shelf_life_days"),
        Index("ix_supplier_quotation_line_variant", "tenant_id", "variant_id", "id"),
    )

    quotation_id: UUID
    line_no: int
    variant_id: UUID
    unit_price: Decimal = Field(sa_type=UNIT_PRICE)
    scheme_paid: int = 0
    scheme_free: int = 0
    mrp: Decimal | None = Field(default=None, sa_type=MONEY)
    lead_days: int | None = None
    minimum_quantity: int | None = Field(default=None, sa_type=BigInteger)
    shelf_life_days: int | None = None
    note: str = ""


class QuotationChoice(TenantRow, table=True):
    """The offer that won a line, and the order that was made of it; never changed.

    Attributes:
        reason: Why, where it is not the cheapest.
    """

    __tablename__ = "quotation_choice"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "request_id", "line_no"],
            [
                "quotation_request_line.tenant_id",
                "quotation_request_line.request_id",
                "quotation_request_line.line_no",
            ],
        ),
        ForeignKeyConstraint(
            ["tenant_id", "quotation_id", "line_no"],
            [
                "supplier_quotation_line.tenant_id",
                "supplier_quotation_line.quotation_id",
                "supplier_quotation_line.line_no",
            ],
        ),
        belongs_to("order_id", "purchase_order"),
        UniqueConstraint("tenant_id", "request_id", "line_no"),
        CheckConstraint("is_cheapest or reason <> ''", name="reason"),
    )

    request_id: UUID
    line_no: int
    quotation_id: UUID
    order_id: UUID
    is_cheapest: bool
    reason: str = ""
    chosen_by: UUID
    chosen_at: datetime = Field(sa_type=INSTANT)
