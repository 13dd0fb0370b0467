"""In-house dispensing: packs that were made here, and the lots they were made from."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from erp.models.base import INSTANT, MONEY, TenantRow, belongs_to


class Dispensing(TenantRow, table=True):
    """Packs of a product that were made of other lots; never changed.

    Attributes:
        number: Of the document, and of the lot that was made.
        packs: Base units of what was made.
        value: Cost of what was used, which is the cost of what was made.
        recipe_id: Which recipe it was made by, if any.
    """

    __tablename__ = "dispensing"
    __table_args__ = (
        belongs_to("branch_id", "branch"),
        belongs_to("location_id", "location"),
        belongs_to("variant_id", "variant"),
        belongs_to("lot_id", "lot"),
        belongs_to("recipe_id", "dispensing_recipe"),
        UniqueConstraint("tenant_id", "number"),
        UniqueConstraint("tenant_id", "lot_id"),
        CheckConstraint("packs > 0 and value >= 0", name="packs"),
        Index("ix_dispensing_branch", "tenant_id", "branch_id", "id"),
        Index("ix_dispensing_recipe", "tenant_id", "recipe_id"),
    )

    number: str
    branch_id: UUID
    location_id: UUID
    variant_id: UUID
    lot_id: UUID
    packs: int = Field(sa_type=BigInteger)
    value: Decimal = Field(sa_type=MONEY)
    expires_on: date | None = None
    note: str = ""
    good_for_days: int | None = None
    recipe_id: UUID | None = None
    made_at: datetime = Field(sa_type=INSTANT)
    made_by: UUID


class DispensingSource(TenantRow, table=True):
    """Base units of a lot that were used up in making packs; never changed."""

    __tablename__ = "dispensing_source"
    __table_args__ = (
        belongs_to("dispensing_id", "dispensing"),
        belongs_to("variant_id", "variant"),
        belongs_to("lot_id", "lot"),
        UniqueConstraint("tenant_id", "dispensing_id", "lot_id"),
        CheckConstraint("quantity > 0 and value >= 0", name="quantity"),
        Index("ix_dispensing_source_lot", "tenant_id", "lot_id"),
    )

    dispensing_id: UUID
    variant_id: UUID
    lot_id: UUID
    quantity: int = Field(sa_type=BigInteger)
    value: Decimal = Field(sa_type=MONEY)
