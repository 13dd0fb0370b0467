"""Requisitions: goods that people ask the buyers for, before anybody is ordered from."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field

from erp.models.base import INSTANT, MONEY, UNIT_PRICE, TenantRow, belongs_to, one_of


class RequisitionStatus(StrEnum):
    """How far a requisition is."""

    SUBMITTED = "submitted"
    """It waits for somebody else's decision."""
    APPROVED = "approved"
    """Its goods may be ordered; some may be already."""
    DECLINED = "declined"
    ORDERED = "ordered"
    """Orders hold all of it."""
    CLOSED = "closed"
    """What was not ordered will not be."""


class PurchaseRequisition(TenantRow, table=True):
    """Goods that somebody asks for.

    Attributes:
        total: Worth at the last prices paid with the tax to expect; goods never bought count nothing.
    """

    __tablename__ = "purchase_requisition"
    __table_args__ = (
        belongs_to("company_id", "company"),
        belongs_to("branch_id", "branch"),
        UniqueConstraint("tenant_id", "number"),
        one_of("status", RequisitionStatus),
        CheckConstraint("total >= 0", name="total"),
        CheckConstraint("decided_by is null or decided_by <> asked_by", name="decided"),
        CheckConstraint(
            "status not in ('approved', 'declined', 'ordered') or decided_by is not null",
            name="decision",
        ),
        CheckConstraint("status <> 'declined' or decision_note <> ''", name="declined"),
        CheckConstraint("status <> 'closed' or end_reason <> ''", name="closed"),
        Index("ix_purchase_requisition_list", "tenant_id", "branch_id", "id"),
    )

    company_id: UUID
    branch_id: UUID
    number: str
    status: str
    note: str = ""
    total: Decimal = Field(sa_type=MONEY)
    asked_by: UUID
    asked_at: datetime = Field(sa_type=INSTANT)
    decided_by: UUID | None = None
    decided_at: datetime | None = Field(default=None, sa_type=INSTANT)
    decision_note: str = ""
    ended_by: UUID | None = None
    ended_at: datetime | None = Field(default=None, sa_type=INSTANT)
    end_reason: str = ""


class PurchaseRequisitionLine(TenantRow, table=True):
    """A product that is asked for; of it only what orders hold ever changes.

    Attributes:
        quantity: Base units asked for. ordered: of them, what orders hold; never more.
        last_price: Of one base unit as last paid, tax excluded; none where it was never bought.
    """

    __tablename__ = "purchase_requisition_line"
    __table_args__ = (
        belongs_to("requisition_id", "purchase_requisition"),
        belongs_to("variant_id", "variant"),
        UniqueConstraint("tenant_id", "requisition_id", "line_no"),
        UniqueConstraint("tenant_id", "requisition_id", "variant_id"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("ordered between 0 and quantity", name="ordered"),
        Index("ix_purchase_requisition_line_variant", "tenant_id", "variant_id"),
    )

    requisition_id: UUID
    line_no: int
    variant_id: UUID
    quantity: int = Field(sa_type=BigInteger)
    ordered: int = Field(default=0, sa_type=BigInteger)
    wanted_by: date | None = None
    reason: str = ""
    last_price: Decimal | None = Field(default=None, sa_type=UNIT_PRICE)


class PurchaseRequisitionOrder(TenantRow, table=True):
    """Base units of a line that an order took.

    Attributes:
        quantity: What the order holds of them; where it gave all back, what it held last.
        released_at: When it gave all back.
    """

    __tablename__ = "purchase_requisition_order"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "requisition_id", "line_no"],
            [
                "purchase_requisition_line.tenant_id",
                "purchase_requisition_line.requisition_id",
                "purchase_requisition_line.line_no",
            ],
        ),
        belongs_to("order_id", "purchase_order"),
        UniqueConstraint("tenant_id", "order_id", "requisition_id", "line_no"),
        CheckConstraint("quantity > 0", name="quantity"),
        Index("ix_purchase_requisition_order_of", "tenant_id", "requisition_id"),
    )

    requisition_id: UUID
    line_no: int
    order_id: UUID
    quantity: int = Field(sa_type=BigInteger)
    taken_by: UUID
    taken_at: datetime = Field(sa_type=INSTANT)
    released_at: datetime | None = Field(default=None, sa_type=INSTANT)
