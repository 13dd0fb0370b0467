"""Makers' price lists: the file as it came, and the dated prices it brought."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from erp.models.base import INSTANT, MONEY, UNIT_PRICE, TenantRow, belongs_to, one_of


class MakerListStatus(StrEnum):
    """Whether the prices of a list are in force."""

    UPLOADED = "uploaded"
    APPLIED = "applied"


class MakerList(TenantRow, table=True):
    """A list as it was uploaded.

    Attributes:
        sha256: Digest of the file; the same file is known again by it.
        cells: Its rows as texts, the headers first; a formula stands as it was written.
        applied_rows, skipped_rows: Rows whose prices were taken, and erroneous ones left out.
    """

    __tablename__ = "maker_list"
    __table_args__ = (
        UniqueConstraint("tenant_id", "sha256"),
        one_of("status", MakerListStatus),
        CheckConstraint(
            "(status = 'applied') = (effective_from is not null and applied_at is not null"
            " and applied_by is not null)",
            name="applied",
        ),
    )

    file_name: str
    sha256: str
    cells: list[Any] = Field(sa_type=JSONB)
    status: str = MakerListStatus.UPLOADED
    effective_from: date | None = None
    applied_rows: int = 0
    skipped_rows: int = 0
    uploaded_by: UUID
    uploaded_at: datetime = Field(sa_type=INSTANT)
    applied_by: UUID | None = None
    applied_at: datetime | None = Field(default=None, sa_type=INSTANT)


class ListedPrice(TenantRow, table=True):
    """What a maker's list says of a variant from a day on; of one day the latest holds.

    Attributes:
        mrp: Of one base unit, tax included. ptr, pts: to retailer and stockist, tax excluded.
    """

    __tablename__ = "listed_price"
    __table_args__ = (
        belongs_to("maker_list_id", "maker_list"),
        belongs_to("variant_id", "variant"),
        UniqueConstraint("tenant_id", "maker_list_id", "variant_id"),
        CheckConstraint("mrp > 0 and ptr >= 0 and pts >= 0", name="prices"),
        Index("ix_listed_price_variant", "tenant_id", "variant_id", "valid_from", "id"),
    )

    maker_list_id: UUID
    variant_id: UUID
    valid_from: date
    mrp: Decimal = Field(sa_type=MONEY)
    ptr: Decimal | None = Field(default=None, sa_type=UNIT_PRICE)
    pts: Decimal | None = Field(default=None, sa_type=UNIT_PRICE)
