"""Warehouses and the typed locations goods move between."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint, false
from sqlmodel import Field

from erp.models.base import INSTANT, TenantRow, belongs_to, one_of


class LocationKind(StrEnum):
    """What being in a place means for the goods."""

    STORAGE = "storage"
    """On the shelf, ours, sellable if the lot is."""
    TRANSIT = "transit"
    """Ours, between two warehouses."""
    EXPIRED_STORE = "expired_store"
    """Ours, expired or damaged, waiting for return or destruction."""
    QUARANTINE = "quarantine"
    """Ours, kept apart until somebody decides about it; never sold from here."""
    SUPPLIER = "supplier"
    """Not ours: where receipts come from and returns go."""
    CUSTOMER = "customer"
    """Not ours: where sales go and returns come from."""
    WASTE = "waste"
    """Destroyed or written off."""
    LOST_FOUND = "lost_found"
    """The other side of counting differences."""
    PRODUCTION = "production"
    """Consumed by or made in dispensing."""


OWNED_KINDS = (
    LocationKind.STORAGE,
    LocationKind.TRANSIT,
    LocationKind.EXPIRED_STORE,
    LocationKind.QUARANTINE,
)


class Removal(StrEnum):
    """Which lot of a product goes first, of those that may be sold."""

    FEFO = "fefo"
    """The first to expire."""
    FIFO = "fifo"
    """The first that came."""
    LIFO = "lifo"
    """The last that came."""
    EXPLICIT = "explicit"
    """The one that is named; nothing goes unnamed."""


class Warehouse(TenantRow, table=True):
    """A stock-keeping site of a branch.

    Attributes:
        removal: Which lots leave it first.
        quarantines_returns: What customers bring back is kept apart until somebody decides.
    """

    __tablename__ = "warehouse"
    __table_args__ = (
        belongs_to("branch_id", "branch"),
        UniqueConstraint("tenant_id", "code"),
        one_of("removal", Removal),
    )

    branch_id: UUID
    code: str
    name: str
    removal: str = Field(default=Removal.FEFO, sa_column_kwargs={"server_default": "fefo"})
    quarantines_returns: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class Location(TenantRow, table=True):
    """A place goods are in or go to; those that are not ours belong to no warehouse.

    Attributes:
        parent_id: What it is part of, of its warehouse and kind; no place is part of itself.
        closed_at: Since when nothing is moved into it; none while it is in use.
    """

    __tablename__ = "location"
    __table_args__ = (
        belongs_to("warehouse_id", "warehouse"),
        belongs_to("parent_id", "location"),
        UniqueConstraint("tenant_id", "code"),
        one_of("kind", LocationKind),
        CheckConstraint("closed_at is null or warehouse_id is not null", name="closed"),
    )

    warehouse_id: UUID | None = None
    parent_id: UUID | None = None
    code: str
    name: str
    kind: str
    closed_at: datetime | None = Field(default=None, sa_type=INSTANT)
    closed_reason: str = Field(default="", sa_column_kwargs={"server_default": ""})
