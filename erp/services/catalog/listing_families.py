"""Reads of remedies and brands: their lists, and one with its products."""

from typing import Annotated, Literal, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.catalog import Form
from erp.services.catalog.errors import UnknownBrand, UnknownRemedy
from erp.services.platform import (
    Order,
    Query,
    Result,
    Rows,
    SortedPage,
    conditions_of,
    fetch_page,
    query,
)

Standing = Literal["in_use", "retired", "merged"]
MOST_PRODUCTS = 200


class ListRemedies(SortedPage):
    """Which remedies to list, by name; `search` finds part of any of their names."""

    sort: Annotated[
        str, Order("name", {"name": "text", "products": "number", "standing": "text"})
    ] = ""
    standing: Standing | None = None


class RemedyRow(Result):
    """A remedy on the list.

    Attributes:
        products: How many products are made of it.
        merged_into: Name of the one that it was merged into; empty for none.
    """

    id: UUID
    name: str
    synonyms: list[str]
    abbreviations: list[str]
    is_pharmacopoeial: bool
    products: int
    standing: Standing
    merged_into: str
    merged_into_id: UUID | None


class RemedyPage(Rows):
    """A page of remedies."""

    rows: list[RemedyRow]


class GetRemedy(Query):
    """Which remedy."""

    remedy_id: UUID


class ProductOfIt(Result):
    """A product of a remedy or a brand."""

    product_id: UUID
    name: str
    brand: str
    form: Form


class RemedyDetail(RemedyRow):
    """A remedy with its products, by name; the first 200 of them."""

    made: list[ProductOfIt]


class ListBrands(SortedPage):
    """Which brands to list, by name."""

    sort: Annotated[
        str, Order("name", {"name": "text", "products": "number", "standing": "text"})
    ] = ""
    standing: Standing | None = None


class BrandRow(Result):
    """A brand on the list.

    Attributes:
        products: How many products carry it.
        merged_into: Name of the one that it was merged into; empty for none.
    """

    id: UUID
    name: str
    products: int
    standing: Standing
    merged_into: str
    merged_into_id: UUID | None


class BrandPage(Rows):
    """A page of brands."""

    rows: list[BrandRow]


class GetBrand(Query):
    """Which brand."""

    brand_id: UUID


class BrandDetail(BrandRow):
    """A brand with its products, by name; the first 200 of them."""

    made: list[ProductOfIt]


_STANDING: LiteralString = """
    case when x.merged_into_id is not null then 'merged'
         when x.is_active then 'in_use' else 'retired' end
"""
_REMEDIES: LiteralString = f"""
    select x.id, x.name, x.synonyms, x.abbreviations, x.is_pharmacopoeial, x.merged_into_id,
           {_STANDING} as standing, coalesce(k.name, '') as merged_into,
           (select count(*) from product p
             where p.tenant_id = x.tenant_id and p.remedy_id = x.id) as products
      from remedy x left join remedy k on k.tenant_id = x.tenant_id and k.id = x.merged_into_id
     where x.tenant_id = %(tenant)s
"""  # noqa: S608  made of literals
_BRANDS: LiteralString = f"""
    select x.id, x.name, x.merged_into_id, {_STANDING} as standing,
           coalesce(k.name, '') as merged_into,
           (select count(*) from product p
             where p.tenant_id = x.tenant_id and p.brand_id = x.id) as products
      from brand x left join brand k on k.tenant_id = x.tenant_id and k.id = x.merged_into_id
     where x.tenant_id = %(tenant)s
"""  # noqa: S608  made of literals
_PRODUCTS: LiteralString = """
    select p.id as product_id, p.name, b.name as brand, p.form
      from product p join brand b on b.tenant_id = p.tenant_id and b.id = p.brand_id
     where p.tenant_id = %(tenant)s
"""
_OF_REMEDIES: dict[str, LiteralString] = {
    "search": "and x.name || ' ' || array_to_string(x.synonyms || x.abbreviations, ' ') ilike %(words)s",
    "standing": f"and {_STANDING} = %(standing)s",
}
_OF_BRANDS: dict[str, LiteralString] = {
    "search": "and x.name ilike %(words)s",
    "standing": f"and {_STANDING} = %(standing)s",
}


@query("catalog.list_remedies", permission="catalog.view", rest="GET /remedies")
def list_remedies(session: Session, ctx: RequestContext, wanted: ListRemedies) -> RemedyPage:
    """List remedies by name with how many products are made of each."""
    text = _REMEDIES + conditions_of(wanted, _OF_REMEDIES)
    rows, cursor = fetch_page(session, wanted, text, _given(ctx, wanted.search, wanted.standing))
    return RemedyPage(rows=[RemedyRow(**row) for row in rows], next_cursor=cursor)


@query("catalog.get_remedy", permission="catalog.view", rest="GET /remedies/{remedy_id}")
def get_remedy(session: Session, ctx: RequestContext, wanted: GetRemedy) -> RemedyDetail:
    """Return a remedy with every name and the products made of it.

    Raises:
        UnknownRemedy: It is not in the acting tenant.
    """
    given = {"tenant": ctx.tenant_id, "id": wanted.remedy_id, "most": MOST_PRODUCTS}
    row = db.fetch_one(session, _REMEDIES + " and x.id = %(id)s", given)
    if row is None:
        message = "This remedy is not known here. Choose one of the list."
        raise UnknownRemedy(message, fields={"remedy_id": message})
    made = (
        _PRODUCTS + " and p.remedy_id = %(id)s order by p.name, b.name, p.form, p.id limit %(most)s"
    )
    return RemedyDetail(**row, made=[ProductOfIt(**p) for p in db.fetch_all(session, made, given)])


@query("catalog.list_brands", permission="catalog.view", rest="GET /brands")
def list_brands(session: Session, ctx: RequestContext, wanted: ListBrands) -> BrandPage:
    """List brands by name with how many products carry each."""
    text = _BRANDS + conditions_of(wanted, _OF_BRANDS)
    rows, cursor = fetch_page(session, wanted, text, _given(ctx, wanted.search, wanted.standing))
    return BrandPage(rows=[BrandRow(**row) for row in rows], next_cursor=cursor)


@query("catalog.get_brand", permission="catalog.view", rest="GET /brands/{brand_id}")
def get_brand(session: Session, ctx: RequestContext, wanted: GetBrand) -> BrandDetail:
    """Return a brand with the products that carry it.

    Raises:
        UnknownBrand: It is not in the acting tenant.
    """
    given = {"tenant": ctx.tenant_id, "id": wanted.brand_id, "most": MOST_PRODUCTS}
    row = db.fetch_one(session, _BRANDS + " and x.id = %(id)s", given)
    if row is None:
        message = "This brand is not known here. Choose one of the list."
        raise UnknownBrand(message, fields={"brand_id": message})
    made = _PRODUCTS + " and p.brand_id = %(id)s order by p.name, p.form, p.id limit %(most)s"
    return BrandDetail(**row, made=[ProductOfIt(**p) for p in db.fetch_all(session, made, given)])


def _given(ctx: RequestContext, search: str, standing: str | None) -> dict[str, object]:
    return {"tenant": ctx.tenant_id, "words": f"%{search.strip()}%", "standing": standing}
