"""Brands: renamed on all their labels, two that are one merged, retired."""

from typing import LiteralString
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session
from sqlmodel import col

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import Conflict
from erp.models.catalog import Brand, Product
from erp.services.catalog.events import BrandMerged, BrandUpdated
from erp.services.catalog.families import Name, locked, merge_rows, require_mergeable
from erp.services.catalog.variants import rename_products_under
from erp.services.platform import Command, Identified, command, emit

MOST_NAMED = 3


class UpdateBrand(Command):
    """Rename a brand."""

    brand_id: UUID
    name: Name


class MergeBrand(Command):
    """Say that a brand is another one, which stays.

    Attributes:
        into_id: The one that stays.
    """

    brand_id: UUID
    into_id: UUID


class SetBrandStatus(Command):
    """Retire a brand, or take it back into use."""

    brand_id: UUID
    is_active: bool


@command("catalog.update_brand", permission="catalog.edit", rest="PATCH /brands/{brand_id}")
def update_brand(session: Session, ctx: RequestContext, cmd: UpdateBrand) -> Identified:
    """Rename a brand; labels and search words of all its products follow, SKUs stay.

    Documents already posted keep what they were printed with. Locks the brand.

    Raises:
        UnknownBrand: It is not in the acting tenant.
        InvalidInput: It was merged into another.
        Conflict: Another brand has the name, whatever its capitals and spaces.

    Emits:
        catalog.brand_updated.v1, in the same transaction.
    """
    brand = locked(session, ctx, Brand, cmd.brand_id)
    brand.name = cmd.name
    session.flush()
    rename_products_under(session, ctx, brand.id)
    emit(session, ctx, brand.id, BrandUpdated(brand_id=brand.id))
    return Identified(id=brand.id)


@command("catalog.merge_brand", permission="catalog.edit", rest="POST /brands/{brand_id}/merge")
def merge_brand(session: Session, ctx: RequestContext, cmd: MergeBrand) -> Identified:
    """Make one brand of two: the products of the first carry the second's name.

    Typed again, the first one's name means the second. Locks both, by id.

    Raises:
        UnknownBrand: Either is not in the acting tenant.
        InvalidInput: They are one, either was merged before, or price lists have rules of it.
        Conflict: Both have a product of the same name and form.

    Emits:
        catalog.brand_merged.v1 for both, in the same transaction.
    """
    gone, kept = merge_rows(session, ctx, Brand, cmd.brand_id, cmd.into_id)
    require_mergeable(session, ctx, gone.id)
    _require_no_doubles(session, ctx, gone.id, kept.id)
    moved = session.scalars(
        update(Product)
        .where(col(Product.tenant_id) == ctx.tenant_id, col(Product.brand_id) == gone.id)
        .values(brand_id=kept.id)
        .returning(col(Product.id))
    ).all()
    if moved:
        rename_products_under(session, ctx, kept.id)
    for row in (gone, kept):
        emit(session, ctx, row.id, BrandMerged(brand_id=gone.id, into_id=kept.id))
    return Identified(id=kept.id)


@command(
    "catalog.set_brand_status", permission="catalog.edit", rest="POST /brands/{brand_id}/status"
)
def set_brand_status(session: Session, ctx: RequestContext, cmd: SetBrandStatus) -> Identified:
    """Retire a brand, which no new product carries then, or take it back; its products stay.

    Raises:
        UnknownBrand: It is not in the acting tenant.
        InvalidInput: It was merged into another.

    Emits:
        catalog.brand_updated.v1, in the same transaction.
    """
    brand = locked(session, ctx, Brand, cmd.brand_id)
    brand.is_active = cmd.is_active
    emit(session, ctx, brand.id, BrandUpdated(brand_id=brand.id))
    return Identified(id=brand.id)


_DOUBLES: LiteralString = """
    select one.name || ' (' || replace(one.form, '_', ' ') || ')' as product
      from product one
      join product other on (other.tenant_id, other.name, other.form)
           = (one.tenant_id, one.name, one.form) and other.brand_id = %s
     where one.tenant_id = %s and one.brand_id = %s
     order by 1 limit %s
"""


def _require_no_doubles(
    session: Session, ctx: RequestContext, gone_id: UUID, kept_id: UUID
) -> None:
    found = db.fetch_all(session, _DOUBLES, (kept_id, ctx.tenant_id, gone_id, MOST_NAMED))
    if not found:
        return
    products = ", ".join(row["product"] for row in found)
    message = f"Both brands have {products}. Rename the products of one first."
    raise Conflict(message, fields={"into_id": message})
