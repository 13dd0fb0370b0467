"""Way bills: the permission to carry a consignment, and what carries it."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from erp.models.base import INSTANT, MONEY, TenantRow, belongs_to, one_of


class WayBillStatus(StrEnum):
    """Where a way bill stands."""

    DRAFT = "draft"
    """Its data are there; a file of them is uploaded by hand, or it is sent later."""
    DUE = "due"
    REFUSED = "refused"
    ACTIVE = "active"
    CANCELLED = "cancelled"


class Asked(StrEnum):
    """What the portal is being asked."""

    NOTHING = ""
    GENERATE = "generate"
    VEHICLE = "vehicle"
    CANCEL = "cancel"


class TransportMode(StrEnum):
    """How goods travel, by the portal's code."""

    ROAD = "1"
    RAIL = "2"
    AIR = "3"
    SHIP = "4"


class WayBill(TenantRow, table=True):
    """The way bill of one consignment: an invoice's goods, or a transfer's.

    Attributes:
        value: Of the consignment, with tax and without exempt goods.
        number: The portal's, 12 digits; empty until it is given.
        asked: What the portal is being asked; new_vehicle, new_place, new_reason: with which change.
        is_oversize: Cargo over the usual dimensions, which travels slower.
    """

    __tablename__ = "way_bill"
    __table_args__ = (
        belongs_to("company_id", "company"),
        belongs_to("branch_id", "branch"),
        belongs_to("invoice_id", "invoice"),
        belongs_to("transfer_id", "stock_transfer"),
        one_of("status", WayBillStatus),
        one_of("asked", Asked),
        one_of("mode", TransportMode),
        CheckConstraint("num_nonnulls(invoice_id, transfer_id) = 1", name="subject"),
        CheckConstraint("distance_km between 1 and 4000", name="distance_km"),
        CheckConstraint(
            "(status in ('active', 'cancelled')) = (number <> '') and (number <> '') = (made_at is not null)",
            name="number",
        ),
        CheckConstraint("number ~ '^([0-9]{12})?$'", name="number_digits"),
        CheckConstraint(
            "(made_at is null) = (valid_until is null) and valid_until > made_at",
            name="valid_until",
        ),
        CheckConstraint("(status = 'cancelled') = (cancelled_at is not null)", name="cancelled"),
        CheckConstraint("status <> 'refused' or problem <> ''", name="problem"),
        Index(
            "uq_way_bill_invoice",
            "tenant_id",
            "invoice_id",
            unique=True,
            postgresql_where=text("status <> 'cancelled' and invoice_id is not null"),
        ),
        Index(
            "uq_way_bill_transfer",
            "tenant_id",
            "transfer_id",
            unique=True,
            postgresql_where=text("status <> 'cancelled' and transfer_id is not null"),
        ),
        Index("ix_way_bill_company", "tenant_id", "company_id", "id"),
        Index(
            "ix_way_bill_valid",
            "tenant_id",
            "valid_until",
            postgresql_where=text("status = 'active'"),
        ),
    )

    company_id: UUID
    branch_id: UUID
    invoice_id: UUID | None = None
    transfer_id: UUID | None = None
    gstin: str
    document_number: str
    document_on: date
    value: Decimal = Field(sa_type=MONEY)
    status: str = WayBillStatus.DRAFT
    asked: str = Asked.NOTHING
    distance_km: int
    mode: str
    is_oversize: bool = False
    transporter_gstin: str = ""
    transporter_name: str = ""
    vehicle_no: str = ""
    transport_document: str = ""
    transport_document_on: date | None = None
    new_vehicle: str = ""
    new_place: str = ""
    new_reason: str = ""
    problem: str = ""
    attempts: int = 0
    leased_until: datetime | None = Field(default=None, sa_type=INSTANT)
    prepared_at: datetime = Field(sa_type=INSTANT)
    number: str = ""
    made_at: datetime | None = Field(default=None, sa_type=INSTANT)
    valid_until: datetime | None = Field(default=None, sa_type=INSTANT)
    cancel_code: str = ""
    cancel_reason: str = ""
    cancelled_at: datetime | None = Field(default=None, sa_type=INSTANT)
    user_id: UUID


class WayBillVehicle(TenantRow, table=True):
    """A vehicle that the portal was told of for a way bill (part B); never changed."""

    __tablename__ = "way_bill_vehicle"
    __table_args__ = (
        belongs_to("way_bill_id", "way_bill"),
        Index("ix_way_bill_vehicle_bill", "tenant_id", "way_bill_id", "id"),
    )

    way_bill_id: UUID
    vehicle_no: str
    from_place: str
    reason: str
    told_at: datetime = Field(sa_type=INSTANT)
