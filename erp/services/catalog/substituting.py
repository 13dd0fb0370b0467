"""What can stand in for a variant that is sold out."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, LiteralString
from uuid import UUID

from pydantic import Field
from sqlalchemy import delete
from sqlalchemy.orm import Session
from sqlmodel import col

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.models.catalog import Product, ProductSubstitute
from erp.services.catalog.errors import UnknownProduct
from erp.services.catalog.events import ProductUpdated
from erp.services.catalog.sellable import GOODS, PAGE, SELLABLE, place_of
from erp.services.platform import (
    Command,
    Identified,
    Query,
    Result,
    Rows,
    ShortText,
    command,
    emit,
    query,
)


class Likeness(StrEnum):
    """Why a variant can stand in for another, the closest first."""

    OTHER_BRAND = "other_brand"
    OTHER_PACK = "other_pack"
    LINKED = "linked"
    NEXT_POTENCY = "next_potency"


class ListSubstitutes(Query):
    """What is sold out.

    Attributes:
        location_id: Where a till sells from; the branch's storage where none is named.
        only_sellable: Leave out what cannot be sold here either.
    """

    variant_id: UUID
    location_id: UUID | None = None
    only_sellable: bool = False
    limit: Annotated[int, Field(ge=1, le=50)] = 20


class SubstituteRow(Result):
    """A variant that can stand in.

    Attributes:
        reason: Why, in words for a person: `Next higher potency, 200C`.
        needs_consent: The doctor who prescribed is asked first: it is another potency, or a linked
            product of which nobody said that it needs no asking.
        price: MRP of the lot that goes first; none where nothing is sellable.
        sellable: Base units that can be sold here now.
    """

    variant_id: UUID
    product_id: UUID
    sku: str
    label: str
    brand: str
    potency: str
    pack: str
    unit: str
    likeness: Likeness
    reason: str
    needs_consent: bool
    price: Decimal | None
    gst_rate: Decimal | None
    sellable: int
    nearest_expiry: date | None


class SubstituteList(Rows):
    """What can stand in, the closest first; of those alike, what can be sold."""

    rows: list[SubstituteRow]


class LinkSubstitute(Command):
    """Say that either of two products can stand in for the other.

    Attributes:
        needs_consent: The doctor who prescribed is asked before the other is given.
    """

    product_id: UUID
    substitute_id: UUID
    reason: ShortText
    needs_consent: bool = True


class UnlinkSubstitute(Command):
    """Take that back."""

    product_id: UUID
    substitute_id: UUID


@query(
    "catalog.list_substitutes",
    permission="catalog.view",
    rest="GET /variants/{variant_id}/substitutes",
)
def list_substitutes(
    session: Session, ctx: RequestContext, wanted: ListSubstitutes
) -> SubstituteList:
    """List what can stand in for a variant, with what of it can be sold here and at which price.

    Of the same remedy and form: another brand in the same potency and pack, another pack, the next
    potency below and above that is in trade; and products that a person linked, in the same
    potency if they have potencies. One round trip.

    Raises:
        UnknownProduct: The variant is not in the acting tenant.
    """
    asked = db.fetch_one(
        session,
        "select potency_rank from variant where tenant_id = %s and id = %s",
        (ctx.tenant_id, wanted.variant_id),
    )
    if asked is None:
        raise _unknown("variant_id")
    given = place_of(ctx) | {
        "variant": wanted.variant_id,
        "location": wanted.location_id,
        "only_sellable": wanted.only_sellable,
        "limit": wanted.limit,
    }
    rows = db.fetch_all(session, _SUBSTITUTES, given)
    return SubstituteList(rows=[_row(row) for row in rows])


@command(
    "catalog.link_substitute",
    permission="catalog.edit",
    rest="POST /products/{product_id}/substitutes",
)
def link_substitute(session: Session, ctx: RequestContext, cmd: LinkSubstitute) -> Identified:
    """Let two products stand in for each other, such as combinations for the same complaint.

    Raises:
        UnknownProduct: A product is not in the acting tenant.
        InvalidInput: It is the same product.
        Conflict: They are linked already.

    Emits:
        catalog.product_updated.v1 for both.
    """
    if cmd.product_id == cmd.substitute_id:
        message = "Choose another product than this one."
        raise InvalidInput(message, fields={"substitute_id": message})
    for field in ("product_id", "substitute_id"):
        if session.get(Product, (ctx.tenant_id, getattr(cmd, field))) is None:
            raise _unknown(field)
    first, other = sorted((cmd.product_id, cmd.substitute_id))
    session.add(
        ProductSubstitute(
            tenant_id=ctx.tenant_id,
            product_id=first,
            other_id=other,
            reason=cmd.reason,
            needs_consent=cmd.needs_consent,
            linked_by=ctx.user_id,
        )
    )
    session.flush()
    _tell_both(session, ctx, cmd.product_id, cmd.substitute_id)
    return Identified(id=cmd.product_id)


@command(
    "catalog.unlink_substitute",
    permission="catalog.edit",
    rest="POST /products/{product_id}/substitutes/remove",
)
def unlink_substitute(session: Session, ctx: RequestContext, cmd: UnlinkSubstitute) -> Identified:
    """Forget that two products can stand in for each other.

    Raises:
        UnknownProduct: They are not linked.

    Emits:
        catalog.product_updated.v1 for both.
    """
    first, other = sorted((cmd.product_id, cmd.substitute_id))
    removed = session.scalars(
        delete(ProductSubstitute)
        .where(
            col(ProductSubstitute.tenant_id) == ctx.tenant_id,
            col(ProductSubstitute.product_id) == first,
            col(ProductSubstitute.other_id) == other,
        )
        .returning(col(ProductSubstitute.id))
    ).all()
    if not removed:
        raise _unknown("substitute_id")
    _tell_both(session, ctx, cmd.product_id, cmd.substitute_id)
    return Identified(id=cmd.product_id)


def _tell_both(session: Session, ctx: RequestContext, *product_ids: UUID) -> None:
    """Tell of a link that was made or forgotten on the pages of both products."""
    for product_id in product_ids:
        emit(session, ctx, product_id, ProductUpdated(product_id=product_id))


def _unknown(field: str) -> UnknownProduct:
    message = "This product is not known here. Search for it again."
    return UnknownProduct(message, fields={field: message})


def _row(row: dict[str, Any]) -> SubstituteRow:
    by = f", by {row['brand']}" if row.pop("is_other_brand") else ""
    higher = "higher" if row.pop("is_higher") else "lower"
    linked = row.pop("linked_for")
    reason = {
        Likeness.OTHER_BRAND: f"Same potency and pack{by}",
        Likeness.OTHER_PACK: f"Same potency, {row['pack']}{by}",
        Likeness.LINKED: linked or "",
        Likeness.NEXT_POTENCY: f"Next {higher} potency, {row['potency']}{by}",
    }[Likeness(row["likeness"])]
    return SubstituteRow(**row, reason=reason)


_KIN: LiteralString = """
    with wanted as materialized (
        select v.id, v.product_id, v.potency_label, v.potency_rank, v.pack_quantity,
               lower(v.pack_unit) as pack_unit, p.remedy_id, p.form, p.brand_id
          from variant v join product p on p.tenant_id = v.tenant_id and p.id = v.product_id
         where v.tenant_id = %(tenant)s and v.id = %(variant)s
    ), kin as materialized (
        select v.id, v.potency_label, v.potency_rank, p.brand_id,
               v.pack_quantity = w.pack_quantity and lower(v.pack_unit) = w.pack_unit as is_same_pack
          from wanted w
          join product p on p.tenant_id = %(tenant)s and p.form = w.form
               and (p.id = w.product_id or p.remedy_id = w.remedy_id)
          join variant v on v.tenant_id = p.tenant_id and v.product_id = p.id
         where v.is_active and v.id <> w.id
    ), picked as (
        select k.id, k.is_same_pack, null::text as linked_for,
               k.potency_label <> w.potency_label as needs_consent,
               case when k.potency_label <> w.potency_label then 'next_potency'
                    when k.is_same_pack then 'other_brand' else 'other_pack' end as likeness
          from kin k, wanted w
         where k.potency_label = w.potency_label
            or k.potency_rank = (select max(potency_rank) from kin where potency_rank < w.potency_rank)
            or k.potency_rank = (select min(potency_rank) from kin where potency_rank > w.potency_rank)
        union all
        select v.id, true, s.reason, s.needs_consent, 'linked'
          from wanted w
          join product_substitute s on s.tenant_id = %(tenant)s
               and w.product_id in (s.product_id, s.other_id)
          join variant v on v.tenant_id = s.tenant_id and v.is_active
               and v.product_id = case when s.product_id = w.product_id then s.other_id
                                       else s.product_id end
         where v.potency_label in (w.potency_label, '')
    ), found as (
        select distinct on (id) id, is_same_pack, linked_for, needs_consent, likeness,
               array_position('{other_brand,other_pack,linked,next_potency}', likeness) as place
          from picked order by id, place
    ), page as materialized (
"""
_ROWS: LiteralString = """
         , found.likeness, found.place, found.is_same_pack, found.linked_for, found.needs_consent,
           p.brand_id <> w.brand_id as is_other_brand, v.potency_rank > w.potency_rank as is_higher
      from wanted w, found join variant v on v.tenant_id = %(tenant)s and v.id = found.id
"""
_ANSWER: LiteralString = """
    ) select page.id as variant_id, page.product_id, page.sku, page.label, page.brand,
           page.potency_label as potency, page.pack_quantity || ' ' || page.pack_unit as pack,
           page.base_unit as unit, page.likeness, page.linked_for, page.needs_consent, page.is_other_brand,
           page.is_higher, tax.rate as gst_rate, stock.price,
           coalesce(stock.sellable, 0) as sellable, stock.nearest_expiry
      from page
"""
_ORDER: LiteralString = """
     where not %(only_sellable)s or stock.sellable > 0
     order by page.place, (coalesce(stock.sellable, 0) > 0) desc, page.is_same_pack desc,
           stock.price, page.label, page.id
     limit %(limit)s
"""
_PARTS: list[LiteralString] = [_KIN, PAGE, _ROWS, GOODS, _ANSWER, SELLABLE, _ORDER]
_SUBSTITUTES: LiteralString = " ".join(_PARTS)
