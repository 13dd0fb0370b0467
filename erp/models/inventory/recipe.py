"""Recipes: what packs are made of, kept under a name to be made again."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from erp.models.base import COUNT_OF_UNITS, INSTANT, MONEY, TenantRow, belongs_to


class DispensingRecipe(TenantRow, table=True):
    """How packs of a product are made; a change is another recipe that takes the name over.

    Attributes:
        packs: Base units of what one making brings.
        good_for_days: How long it keeps; None for as long as what it is made of.
        note: Printed on the label.
        is_active: Offered; False once it was retired or replaced.
    """

    __tablename__ = "dispensing_recipe"
    __table_args__ = (
        belongs_to("variant_id", "variant"),
        CheckConstraint("packs > 0 and mrp > 0 and good_for_days > 0", name="packs"),
        CheckConstraint("name <> ''", name="name"),
        Index(
            "uq_dispensing_recipe_name",
            "tenant_id",
            text("lower(name)"),
            unique=True,
            postgresql_where=text("is_active"),
        ),
    )

    name: str
    variant_id: UUID
    packs: int = Field(sa_type=BigInteger)
    mrp: Decimal = Field(sa_type=MONEY)
    good_for_days: int | None = None
    note: str = ""
    is_active: bool = True
    saved_at: datetime = Field(sa_type=INSTANT)
    saved_by: UUID


class DispensingRecipeLine(TenantRow, table=True):
    """What one making of a recipe uses up; never changed.

    Attributes:
        unit: A unit of the product; empty for its base unit.
    """

    __tablename__ = "dispensing_recipe_line"
    __table_args__ = (
        belongs_to("recipe_id", "dispensing_recipe"),
        belongs_to("variant_id", "variant"),
        UniqueConstraint("tenant_id", "recipe_id", "line_no"),
        CheckConstraint("quantity > 0", name="quantity"),
    )

    recipe_id: UUID
    line_no: int
    variant_id: UUID
    quantity: Decimal = Field(sa_type=COUNT_OF_UNITS)
    unit: str = ""
