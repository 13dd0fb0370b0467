"""Quotations and orders of customers: one document in versions, and what was delivered of it."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from erp.models.base import (
    INSTANT,
    MONEY,
    PERCENT,
    QUANTITY,
    UNIT_PRICE,
    Json,
    TenantRow,
    belongs_to,
    created_at,
    one_of,
)


class OrderStatus(StrEnum):
    """How far an order is."""

    QUOTED = "quoted"
    """Offered to the customer; nothing is promised of the stock."""
    CONFIRMED = "confirmed"
    """The customer ordered it; goods are reserved as far as there are any."""
    CLOSED = "closed"
    """Everything was delivered, or the rest is given up."""
    CANCELLED = "cancelled"
    """Given up before anything was delivered."""


class SalesOrder(TenantRow, table=True):
    """A quotation or an order of a customer.

    Attributes:
        number: Of the order, given when it is confirmed. quotation_number: of the quotation before.
        location_id: Where the goods are reserved and leave from.
        version: The version in force.
        reserved_until: The last day its goods are kept for the customer.
    """

    __tablename__ = "sales_order"
    __table_args__ = (
        belongs_to("company_id", "company"),
        belongs_to("branch_id", "branch"),
        belongs_to("customer_id", "party"),
        belongs_to("location_id", "location"),
        UniqueConstraint("tenant_id", "number"),
        UniqueConstraint("tenant_id", "quotation_number"),
        one_of("status", OrderStatus),
        CheckConstraint("version > 0", name="version"),
        CheckConstraint("num_nonnulls(number, quotation_number) > 0", name="number"),
        CheckConstraint("(status = 'quoted') <= (number is null)", name="quoted"),
        CheckConstraint(
            "(status in ('confirmed', 'closed')) <= (number is not null)", name="confirmed"
        ),
        CheckConstraint(
            "(status in ('closed', 'cancelled')) = (ended_at is not null)", name="ended"
        ),
        Index("ix_sales_order_customer", "tenant_id", "customer_id", "id"),
        Index("ix_sales_order_list", "tenant_id", "branch_id", "id"),
        Index(
            "ix_sales_order_live",
            "tenant_id",
            "branch_id",
            "id",
            postgresql_where=text("status in ('quoted', 'confirmed')"),
        ),
    )

    company_id: UUID
    branch_id: UUID
    customer_id: UUID
    location_id: UUID
    number: str | None = None
    quotation_number: str | None = None
    status: str
    version: int = 1
    reserved_until: date | None = None
    confirmed_at: datetime | None = Field(default=None, sa_type=INSTANT)
    confirmed_by: UUID | None = None
    ended_at: datetime | None = Field(default=None, sa_type=INSTANT)
    ended_by: UUID | None = None
    end_reason: str = ""
    created_at: datetime = created_at()


class SalesOrderVersion(TenantRow, table=True):
    """What was offered or agreed at one time; never changed.

    Attributes:
        valid_until: Last day on which the customer may accept a quotation.
        deliver_by: When the customer wants the goods.
        reference: The customer's own number for the order.
        price_mode: Whether the prices hold the tax.
        total: What everything comes to, tax included, rounded to the rupee.
        reason: Why it was amended; empty for the first version.
    """

    __tablename__ = "sales_order_version"
    __table_args__ = (
        belongs_to("order_id", "sales_order"),
        UniqueConstraint("tenant_id", "order_id", "version"),
        CheckConstraint("version > 0", name="version"),
        CheckConstraint("version = 1 or reason <> ''", name="reason"),
        CheckConstraint("total = taxable + cgst + sgst + igst + round_off", name="total"),
    )

    order_id: UUID
    version: int
    valid_until: date | None = None
    deliver_by: date | None = None
    reference: str = ""
    note: str = ""
    reason: str = ""
    price_mode: str
    place_of_supply: str
    gross: Decimal = Field(sa_type=MONEY)
    discount: Decimal = Field(sa_type=MONEY)
    taxable: Decimal = Field(sa_type=MONEY)
    cgst: Decimal = Field(sa_type=MONEY)
    sgst: Decimal = Field(sa_type=MONEY)
    igst: Decimal = Field(sa_type=MONEY)
    round_off: Decimal = Field(sa_type=MONEY)
    total: Decimal = Field(sa_type=MONEY)
    made_by: UUID
    made_at: datetime = Field(sa_type=INSTANT)


class SalesOrderLine(TenantRow, table=True):
    """Goods of a version: paid units, and units that come free.

    Attributes:
        quantity, free_quantity: Base units.
        ordered_unit, ordered_quantity: What it was ordered in, such as 2 boxes, where that is not
            the base unit.
        unit_price: Agreed for a base unit, in the version's price mode.
        list_price: What the customer's lists say; the price before anyone lowered it.
        discount_percent: Taken off the price.
        taxable, tax: Of the paid units.
        price_trace: Why the list price is what it is.
    """

    __tablename__ = "sales_order_line"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "order_id", "version"],
            [
                "sales_order_version.tenant_id",
                "sales_order_version.order_id",
                "sales_order_version.version",
            ],
        ),
        ForeignKeyConstraint(
            ["tenant_id", "order_id", "line_no"],
            [
                "sales_order_progress.tenant_id",
                "sales_order_progress.order_id",
                "sales_order_progress.line_no",
            ],
        ),
        belongs_to("variant_id", "variant"),
        UniqueConstraint("tenant_id", "order_id", "version", "line_no"),
        UniqueConstraint("tenant_id", "order_id", "version", "variant_id"),
        CheckConstraint(
            "least(quantity, free_quantity) >= 0 and quantity + free_quantity > 0", name="quantity"
        ),
        CheckConstraint("unit_price between 0 and list_price", name="unit_price"),
        CheckConstraint("discount_percent between 0 and 100", name="discount_percent"),
        CheckConstraint("least(taxable, tax) >= 0", name="value"),
        CheckConstraint("(ordered_unit = '') = (ordered_quantity is null)", name="ordered_unit"),
    )

    order_id: UUID
    version: int
    line_no: int
    variant_id: UUID
    quantity: int = Field(sa_type=QUANTITY)
    free_quantity: int = Field(sa_type=QUANTITY)
    ordered_unit: str = Field(default="", sa_column_kwargs={"server_default": ""})
    ordered_quantity: int | None = Field(default=None, sa_type=QUANTITY)
    unit_price: Decimal = Field(sa_type=UNIT_PRICE)
    list_price: Decimal = Field(sa_type=UNIT_PRICE)
    discount_percent: Decimal = Field(sa_type=PERCENT)
    gst_rate: Decimal = Field(sa_type=PERCENT)
    taxable: Decimal = Field(sa_type=MONEY)
    tax: Decimal = Field(sa_type=MONEY)
    price_trace: Json


class SalesOrderProgress(SQLModel, table=True):
    """What was delivered of a line, in base units; a product keeps its line number for ever."""

    __tablename__ = "sales_order_progress"
    __table_args__ = (
        belongs_to("order_id", "sales_order"),
        belongs_to("variant_id", "variant"),
        UniqueConstraint("tenant_id", "order_id", "variant_id"),
        CheckConstraint("least(delivered, free_delivered) >= 0", name="delivered"),
    )

    tenant_id: UUID = Field(primary_key=True)
    order_id: UUID = Field(primary_key=True)
    line_no: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    variant_id: UUID
    delivered: int = Field(default=0, sa_type=QUANTITY)
    free_delivered: int = Field(default=0, sa_type=QUANTITY)


class SalesDelivery(TenantRow, table=True):
    """Goods of an order handed over with an invoice; never changed.

    Attributes:
        carrier, carrier_reference: Who brings them, and their number for it.
    """

    __tablename__ = "sales_delivery"
    __table_args__ = (
        belongs_to("order_id", "sales_order"),
        belongs_to("invoice_id", "invoice"),
        UniqueConstraint("tenant_id", "invoice_id"),
        Index("ix_sales_delivery_order", "tenant_id", "order_id"),
    )

    order_id: UUID
    invoice_id: UUID
    delivered_on: date
    carrier: str = ""
    carrier_reference: str = ""
    user_id: UUID


class SalesDeliveryLine(SQLModel, table=True):
    """Units of an order's line on a delivery."""

    __tablename__ = "sales_delivery_line"
    __table_args__ = (
        belongs_to("delivery_id", "sales_delivery"),
        CheckConstraint(
            "least(quantity, free_quantity) >= 0 and quantity + free_quantity > 0", name="quantity"
        ),
    )

    tenant_id: UUID = Field(primary_key=True)
    delivery_id: UUID = Field(primary_key=True)
    order_line_no: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    quantity: int = Field(sa_type=QUANTITY)
    free_quantity: int = Field(sa_type=QUANTITY)
