"""Reads of the catalogue, with the stock and prices the product list and the till show."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, LiteralString
from uuid import UUID

from pydantic import computed_field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.shelf_life import Standing, standing_of
from erp.models.catalog import Form, LicenceClass, SupplyTreatment
from erp.services.catalog.errors import UnknownProduct
from erp.services.catalog.naming import search_words
from erp.services.catalog.sellable import GOODS, NOBODY, PAGE, SELLABLE, place_of
from erp.services.platform import (
    Amount,
    Nothing,
    Order,
    Query,
    Result,
    Rows,
    SortedPage,
    cut_page,
    page_text,
    query,
)


class ListProducts(SortedPage):
    """Which variants to list, by label.

    Attributes:
        including_inactive: Show those out of trade too.
        price_from, price_to: Only those with a lot on hand of an MRP in this range.
    """

    sort: Annotated[
        str, Order("label", {"label": "text", "sku": "text", "brand": "text", "form": "text"})
    ] = ""
    form: Form | None = None
    brand_id: UUID | None = None
    price_from: Amount | None = None
    price_to: Amount | None = None
    including_inactive: bool = False


class ProductRow(Result):
    """A variant on the product list.

    Attributes:
        gst_rate: Percent today; none where the class has no rate yet.
        mrp_min, mrp_max: Over the lots that can be sold here.
        sellable: Base units at the branch's storage locations.
        shelf_life: Rung of the expiry ladder of the lot that goes first.
    """

    variant_id: UUID
    product_id: UUID
    sku: str
    label: str
    form: Form
    brand: str
    potency: str
    pack: str
    unit: str
    hsn: str
    treatment: SupplyTreatment
    gst_rate: Decimal | None
    mrp_min: Decimal | None
    mrp_max: Decimal | None
    sellable: int
    nearest_expiry: date | None
    shelf_life: Standing
    reorder_point: int
    is_active: bool
    picture_url: str | None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def stock_level(self) -> Literal["none", "low", "enough"]:
        """Whether something is left to sell, and more than the reorder point."""
        if self.sellable <= 0:
            return "none"
        return "low" if self.sellable <= self.reorder_point else "enough"


class ProductPage(Rows):
    """A page of the product list."""

    rows: list[ProductRow]


class GetProduct(Query):
    """Which product."""

    product_id: UUID


class VariantDetail(Result):
    """A potency and pack of a product.

    Attributes:
        hsn, tax_class: As it is billed.
        own_hsn, own_tax_class: Where the pack decides; none where they are its product's.
        tax_reason: Why a person gave it a class that the rules do not propose.
    """

    variant_id: UUID
    sku: str
    label: str
    potency: str
    pack: str
    unit: str
    units: dict[str, tuple[int, int]]
    barcodes: list[str]
    reorder_point: int
    is_active: bool
    hsn: str
    tax_class: str
    own_hsn: str | None
    own_tax_class: str | None
    tax_reason: str


class GetVariant(Query):
    """Which variant."""

    variant_id: UUID


class TradedVariant(VariantDetail):
    """A variant with what its product asks of a delivery."""

    product_id: UUID
    is_lot_tracked: bool
    is_expiry_required: bool
    is_service: bool


class ProductDetail(Result):
    """A product with everything the catalogue knows of it."""

    product_id: UUID
    name: str
    brand_id: UUID
    brand: str
    form: Form
    remedy_id: UUID | None
    remedy: str | None
    synonyms: list[str]
    abbreviations: list[str]
    is_pharmacopoeial: bool | None
    hsn: str
    tax_class: str
    treatment: SupplyTreatment
    gst_rate: Decimal | None
    is_lot_tracked: bool
    is_expiry_required: bool
    is_service: bool
    note: str
    constituents: list[str]
    licence_class: LicenceClass
    max_per_sale: int | None
    max_per_day: int | None
    max_per_month: int | None
    picture_url: str | None
    variants: list[VariantDetail]


class TaxClassRow(Result):
    """A tax class with its rate today and its rates since the first day."""

    id: UUID
    code: str
    name: str
    treatment: SupplyTreatment
    gst_rate: Decimal | None
    rates: list[tuple[date, Decimal]]


class TaxClassList(Rows):
    """Every tax class by code."""

    rows: list[TaxClassRow]


@query("catalog.list_products", permission="catalog.view", rest="GET /products")
def list_products(session: Session, ctx: RequestContext, wanted: ListProducts) -> ProductPage:
    """List variants by label with tax, MRP, sellable stock and nearest expiry."""
    words = search_words(wanted.search)
    if wanted.search and not words:
        return ProductPage(rows=[])
    is_priced = wanted.price_from is not None or wanted.price_to is not None
    is_filtered = is_priced or wanted.form or wanted.brand_id or wanted.sort
    text, given = page_text(wanted, _page_of(is_searched=bool(words), wanted=wanted))
    found = db.fetch_all(
        session,
        f"{_NUMBERED} ({text}) found) {_ROW} {SELLABLE} order by page.place",
        place_of(ctx)
        | {
            "words": words,
            "first": NOBODY,
            "after_label": "",
            "after_id": NOBODY,
            "reach": 100_000 if is_filtered else wanted.limit + 1,
            "form": wanted.form,
            "brand": wanted.brand_id,
            "price_from": wanted.price_from or 0,
            "price_to": wanted.price_to if wanted.price_to is not None else "infinity",
            "inactive": wanted.including_inactive,
        }
        | given,
    )
    rows, cursor = cut_page(wanted, found)
    page = [
        ProductRow(**row, shelf_life=standing_of(row["nearest_expiry"], ctx.today)) for row in rows
    ]
    return ProductPage(rows=page, next_cursor=cursor)


_NUMBERED: LiteralString = (
    "with page as materialized (select found.*, row_number() over () as place from"
)
_ROW: LiteralString = """
    select page.id, page.id as variant_id, page.product_id, page.sku, page.label, page.form, page.brand,
           page.potency_label as potency, page.pack_quantity || ' ' || page.pack_unit as pack,
           page.base_unit as unit, page.hsn, page.treatment, tax.rate as gst_rate,
           stock.mrp_min, stock.mrp_max, coalesce(stock.sellable, 0) as sellable,
           stock.nearest_expiry, page.reorder_point, page.is_active,
           page.picture_url
      from page
"""
_SEARCHED: LiteralString = """
      from sec.search_variants(
           %(words)s, null, %(after_label)s, %(after_id)s::uuid, %(reach)s, %(inactive)s) found
      join variant v on v.tenant_id = %(tenant)s and v.id = found.id
"""
_SEARCHED_WHOLE: LiteralString = """
      from sec.search_variants(%(words)s, null, '', %(first)s, %(reach)s, %(inactive)s) found
      join variant v on v.tenant_id = %(tenant)s and v.id = found.id
"""
_LISTED: LiteralString = "from variant v"

_PRICED: LiteralString = """
       and exists (select 1 from lot k
                     join stock_balance s on s.tenant_id = k.tenant_id and s.lot_id = k.id
                    where k.tenant_id = v.tenant_id and k.variant_id = v.id and s.on_hand > 0
                      and k.mrp between %(price_from)s and %(price_to)s::numeric)
"""


def _page_of(*, is_searched: bool, wanted: ListProducts) -> LiteralString:
    """Return the list's statement with only the conditions that are asked for.

    A search goes on where the page begins, except in an order that it does not know.
    """
    searched = _SEARCHED_WHOLE if wanted.sort else _SEARCHED
    parts = [PAGE, searched if is_searched else _LISTED, GOODS, "where v.tenant_id = %(tenant)s"]
    if not wanted.including_inactive:
        parts.append("and v.is_active")
    if wanted.form is not None:
        parts.append("and p.form = %(form)s")
    if wanted.brand_id is not None:
        parts.append("and p.brand_id = %(brand)s")
    if wanted.price_from is not None or wanted.price_to is not None:
        parts.append(_PRICED)
    return " ".join(parts)


@query("catalog.get_product", permission="catalog.view", rest="GET /products/{product_id}")
def get_product(session: Session, ctx: RequestContext, wanted: GetProduct) -> ProductDetail:
    """Return a product with its variants, codes and units.

    Raises:
        UnknownProduct: The product is not in the acting tenant.
    """
    row = db.fetch_one(
        session,
        """
        select p.id as product_id, p.name, p.brand_id, b.name as brand, p.form, p.remedy_id, r.name as remedy,
               coalesce(r.synonyms, '{}') as synonyms,
               coalesce(r.abbreviations, '{}') as abbreviations, r.is_pharmacopoeial,
               p.hsn, c.code as tax_class, c.treatment, p.is_lot_tracked, p.is_expiry_required, p.is_service, p.note,
               p.constituents, p.licence_class, p.max_per_sale, p.max_per_day, p.max_per_month,
               '/api/erp/products/' || p.id || '/picture?v=' || p.picture_version as picture_url,
               (select t.rate from tax_rate t
                 where t.tenant_id = c.tenant_id and t.tax_class_id = c.id
                   and t.valid_from <= %(today)s order by t.valid_from desc limit 1) as gst_rate
          from product p
          join brand b on b.tenant_id = p.tenant_id and b.id = p.brand_id
          join tax_class c on c.tenant_id = p.tenant_id and c.id = p.tax_class_id
          left join remedy r on r.tenant_id = p.tenant_id and r.id = p.remedy_id
         where p.tenant_id = %(tenant)s and p.id = %(product)s
        """,
        place_of(ctx) | {"product": wanted.product_id},
    )
    if row is None:
        message = "This product is not known here. Search for it again."
        raise UnknownProduct(message, fields={"product_id": message})
    return ProductDetail(**row, variants=_variants(session, ctx, wanted.product_id))


_VARIANT: LiteralString = """
        select v.id as variant_id, v.sku, v.label, v.potency_label as potency,
               v.pack_quantity || ' ' || v.pack_unit as pack, v.base_unit as unit,
               v.reorder_point, v.is_active, coalesce(v.hsn, p.hsn) as hsn, v.hsn as own_hsn,
               c.code as tax_class, v.tax_reason,
               case when v.tax_class_id is not null then c.code end as own_tax_class,
               array(select code from barcode k
                      where k.tenant_id = v.tenant_id and k.variant_id = v.id
                      order by code) as barcodes,
               coalesce((select json_object_agg(u.code, array[u.numerator, u.denominator])
                           from variant_unit u
                          where u.tenant_id = v.tenant_id and u.variant_id = v.id), '{}') as units
"""
_OF_VARIANT: LiteralString = """
          from variant v
          join product p on p.tenant_id = v.tenant_id and p.id = v.product_id
          join tax_class c on c.tenant_id = p.tenant_id
               and c.id = coalesce(v.tax_class_id, p.tax_class_id)
"""


def _variants(session: Session, ctx: RequestContext, product_id: UUID) -> list[VariantDetail]:
    rows = db.fetch_all(
        session,
        _VARIANT
        + _OF_VARIANT
        + """
         where v.tenant_id = %s and v.product_id = %s
         order by v.potency_rank, v.pack_quantity, v.label
        """,
        (ctx.tenant_id, product_id),
    )
    return [VariantDetail(**row) for row in rows]


@query("catalog.get_variant", permission="catalog.view", rest="GET /variants/{variant_id}")
def get_variant(session: Session, ctx: RequestContext, wanted: GetVariant) -> TradedVariant:
    """Return a variant with its codes, its units and what a delivery of it must say.

    Raises:
        UnknownProduct: The variant is not in the acting tenant.
    """
    row = db.fetch_one(
        session,
        _VARIANT
        + """
               , v.product_id, p.is_lot_tracked, p.is_expiry_required, p.is_service
        """
        + _OF_VARIANT
        + """
         where v.tenant_id = %s and v.id = %s
        """,
        (ctx.tenant_id, wanted.variant_id),
    )
    if row is None:
        message = "This product is not known here. Search for it again."
        raise UnknownProduct(message, fields={"variant_id": message})
    return TradedVariant(**row)


@query("catalog.list_tax_classes", permission="catalog.view", rest="GET /tax-classes")
def list_tax_classes(session: Session, ctx: RequestContext, _wanted: Nothing) -> TaxClassList:
    """List tax classes with their dated rates."""
    rows = db.fetch_all(
        session,
        """
        select c.id, c.code, c.name, c.treatment,
               (select rate from tax_rate t
                 where t.tenant_id = c.tenant_id and t.tax_class_id = c.id
                   and t.valid_from <= %(today)s order by t.valid_from desc limit 1) as gst_rate,
               coalesce((select json_agg(json_build_array(t.valid_from, t.rate::text)
                                         order by t.valid_from)
                           from tax_rate t
                          where t.tenant_id = c.tenant_id and t.tax_class_id = c.id), '[]') as rates
          from tax_class c where c.tenant_id = %(tenant)s order by c.code
        """,
        place_of(ctx),
    )
    return TaxClassList(rows=[TaxClassRow(**row) for row in rows])
