"""What a business decides about its stock: what money costs, what goes back, when to buy again."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, Numeric, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from erp.models.base import INSTANT, PERCENT, UNIT_PRICE, TenantRow, belongs_to, one_of

UNITS_A_DAY = Numeric(18, 4)


class CarryingRate(TenantRow, table=True):
    """What a year of holding goods costs, in percent of their value, from a day on; never changed.

    Attributes:
        form: Goods of this form; all others where there is none.
    """

    __tablename__ = "carrying_rate"
    __table_args__ = (
        UniqueConstraint("tenant_id", "form", "valid_from", postgresql_nulls_not_distinct=True),
        CheckConstraint("rate between 0 and 100", name="rate"),
    )

    form: str | None = None
    valid_from: date
    rate: Decimal = Field(sa_type=PERCENT)
    set_by: UUID
    set_at: datetime = Field(sa_type=INSTANT)


class ClaimTerms(TenantRow, table=True):
    """When a supplier takes goods back for their expiry.

    Attributes:
        supplier_id: Every supplier without terms of its own where there is none.
        opens_days: Days before the expiry on which the window opens.
        closes_days: Days after the expiry through which it stays open.
    """

    __tablename__ = "claim_terms"
    __table_args__ = (
        belongs_to("supplier_id", "party"),
        UniqueConstraint("tenant_id", "supplier_id", postgresql_nulls_not_distinct=True),
        CheckConstraint("opens_days between 0 and 730", name="opens_days"),
        CheckConstraint("closes_days between 0 and 730", name="closes_days"),
    )

    supplier_id: UUID | None = None
    opens_days: int
    closes_days: int
    set_by: UUID
    set_at: datetime = Field(sa_type=INSTANT)


class ShelfLifeTerm(TenantRow, table=True):
    """The least life goods should have left when they come, from a day on; never changed.

    Attributes:
        supplier_id: Goods of this supplier; of all others where there is none.
        form: Goods of this form; all others where there is none.
        days: From the day they come to their expiry.
    """

    __tablename__ = "shelf_life_term"
    __table_args__ = (
        belongs_to("supplier_id", "party"),
        UniqueConstraint(
            "tenant_id",
            "supplier_id",
            "form",
            "valid_from",
            name="uq_shelf_life_term_start",
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("days between 0 and 1825", name="days"),
    )

    supplier_id: UUID | None = None
    form: str | None = None
    valid_from: date
    days: int
    set_by: UUID
    set_at: datetime = Field(sa_type=INSTANT)


class OrderQuantity(TenantRow, table=True):
    """How much of an item its supplier sells, in base units.

    Attributes:
        least: Of one order. step: every order is a multiple of.
    """

    __tablename__ = "order_quantity"
    __table_args__ = (
        belongs_to("supplier_id", "party"),
        belongs_to("variant_id", "variant"),
        UniqueConstraint("tenant_id", "supplier_id", "variant_id"),
        CheckConstraint("least >= 1", name="least"),
        CheckConstraint("step >= 1", name="step"),
    )

    supplier_id: UUID
    variant_id: UUID
    least: int = Field(sa_type=BigInteger)
    step: int = Field(sa_type=BigInteger)
    set_by: UUID
    set_at: datetime = Field(sa_type=INSTANT)


class ReorderRule(SQLModel, table=True):
    """What a branch decided about buying a variant again, in place of what is worked out.

    Attributes:
        reorder_point: Buy at or below this many base units. lead_days: from order to shelf.
    """

    __tablename__ = "reorder_rule"
    __table_args__ = (
        belongs_to("branch_id", "branch"),
        belongs_to("variant_id", "variant"),
        CheckConstraint("reorder_point >= 0", name="reorder_point"),
        CheckConstraint("lead_days between 1 and 365", name="lead_days"),
    )

    tenant_id: UUID = Field(primary_key=True)
    branch_id: UUID = Field(primary_key=True)
    variant_id: UUID = Field(primary_key=True)
    reorder_point: int | None = Field(default=None, sa_type=BigInteger)
    lead_days: int | None = None
    set_by: UUID
    set_at: datetime = Field(sa_type=INSTANT)


class SuggestionStatus(StrEnum):
    """What became of a suggestion to buy."""

    OPEN = "open"
    ORDERED = "ordered"
    """An order holds the goods."""
    REQUESTED = "requested"
    """A requisition asks for the goods."""
    DISMISSED = "dismissed"
    """A person said why not."""
    LAPSED = "lapsed"
    """There is enough again."""


class ReorderSuggestion(TenantRow, table=True):
    """That a branch should buy a variant, with the figures it was worked out from.

    Attributes:
        quantity: Base units to buy. available: sellable less reserved; incoming: on order.
        basis: Where the reorder point comes from: `demand`, `product` or `branch`.
        order_id: The order that holds the goods. requisition_id: the requisition that asks for them.
        quiet_until: Last day on which a dismissed one is not made again.
    """

    __tablename__ = "reorder_suggestion"
    __table_args__ = (
        belongs_to("branch_id", "branch"),
        belongs_to("variant_id", "variant"),
        belongs_to("supplier_id", "party"),
        one_of("status", SuggestionStatus),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("(status = 'open') = (closed_at is null)", name="closed"),
        CheckConstraint(
            "status <> 'dismissed' or (reason <> '' and quiet_until is not null)", name="dismissed"
        ),
        CheckConstraint("(status = 'ordered') = (order_id is not null)", name="ordered"),
        CheckConstraint("(status = 'requested') = (requisition_id is not null)", name="requested"),
        Index(
            "uq_reorder_suggestion_open",
            "tenant_id",
            "branch_id",
            "variant_id",
            unique=True,
            postgresql_where=text("status = 'open'"),
        ),
        Index("ix_reorder_suggestion_list", "tenant_id", "branch_id", "id"),
    )

    branch_id: UUID
    variant_id: UUID
    status: str = SuggestionStatus.OPEN
    quantity: int = Field(sa_type=BigInteger)
    available: int = Field(sa_type=BigInteger)
    incoming: int = Field(sa_type=BigInteger)
    per_day: Decimal = Field(sa_type=UNITS_A_DAY)
    lead_days: int
    safety_stock: int = Field(sa_type=BigInteger)
    reorder_point: int = Field(sa_type=BigInteger)
    basis: str
    supplier_id: UUID | None = None
    unit_cost: Decimal | None = Field(default=None, sa_type=UNIT_PRICE)
    suggested_at: datetime = Field(sa_type=INSTANT)
    closed_at: datetime | None = Field(default=None, sa_type=INSTANT)
    closed_by: UUID | None = None
    reason: str = ""
    quiet_until: date | None = None
    order_id: UUID | None = None
    requisition_id: UUID | None = None
