"""The till's search: by words in any order, abbreviation, potency, SKU, barcode or GS1 message."""

from datetime import date
from decimal import Decimal
from typing import Annotated, LiteralString
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.catalog import Form
from erp.services.catalog.naming import search_words, spoken_potency
from erp.services.catalog.scanning import read_scan
from erp.services.catalog.sellable import GOODS, NOBODY, PAGE, SELLABLE, place_of
from erp.services.platform import Query, Result, Rows, query


class SearchProducts(Query):
    """What was typed or scanned at a till.

    Attributes:
        search: Words in any order, a SKU, a barcode or a GS1 message; may hold the group
            separator of GS1.
        location_id: Where the till sells from; the branch's storage where none is named.
    """

    search: Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1c\x1e\x1f]*$")]
    location_id: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=50)] = 20


class FoundProduct(Result):
    """A variant a till may sell.

    Attributes:
        price: MRP of the lot that goes first; none where nothing is sellable.
        is_exact: The text was its SKU or one of its codes.
        is_close: Nothing is named as was typed; this sounds like it.
        picture_url: Its small picture, at this server; `&size=large` is the large one.
        lot_id, lot_number: The lot a GS1 message names, if it is known.
    """

    variant_id: UUID
    product_id: UUID
    sku: str
    label: str
    form: Form
    unit: str
    gst_rate: Decimal | None
    price: Decimal | None
    sellable: int
    nearest_expiry: date | None
    is_service: bool
    is_exact: bool
    is_close: bool
    picture_url: str | None
    lot_id: UUID | None
    lot_number: str | None


class FoundProducts(Rows):
    """What matches, the best first."""

    rows: list[FoundProduct]


@query("catalog.search_products", permission="catalog.view", rest="GET /products/search")
def search_products(session: Session, ctx: RequestContext, wanted: SearchProducts) -> FoundProducts:
    """Find what to sell by name, abbreviation, potency, SKU, barcode or GS1 message.

    An exact code finds its variant alone. Words match beginnings in any order; a potency among
    them brings its variants to the front. Where nothing is named so, what sounds like it is
    found, and where nothing does, what differs from that by a letter. One round trip.

    Raises:
        BadBarcode: The text starts like a GS1 message and cannot be read.
    """
    scan = read_scan(wanted.search)
    potency = spoken_potency(wanted.search)
    rows = db.fetch_all(
        session,
        _SEARCH,
        place_of(ctx)
        | {
            "location": wanted.location_id,
            "codes": list(scan.codes),
            "sku": wanted.search.strip().upper(),
            "lot": scan.lot_number,
            "expiry": scan.expires_on,
            "words": search_words(wanted.search),
            "preferred": potency.label if potency else "",
            "limit": wanted.limit,
            "nobody": NOBODY,
        },
    )
    return FoundProducts(rows=[FoundProduct(**row) for row in rows])


_FOUND: LiteralString = """
    with exact as materialized (
        select code.variant_id as id from barcode code
         where code.tenant_id = %(tenant)s and code.code = any(%(codes)s)
        union
        select v.id from variant v where v.tenant_id = %(tenant)s and v.sku = %(sku)s
    ), found as materialized (
        select id, 0::bigint as place, true as is_exact, false as is_close from exact
        union all
        select s.id, s.place, false, s.is_close
          from sec.search_variants(%(words)s, %(preferred)s, '', %(nobody)s, %(limit)s, false) s
         where %(words)s <> '' and not exists (select 1 from exact)
    ), page as materialized (
"""
_ROWS: LiteralString = """
    ) select page.id as variant_id, page.product_id, page.sku, page.label, page.form,
           page.base_unit as unit,
           tax.rate as gst_rate, stock.price, coalesce(stock.sellable, 0) as sellable,
           stock.nearest_expiry, page.is_service, page.is_exact, page.is_close, page.picture_url,
           scanned.id as lot_id, scanned.lot_number
      from page
"""
_SCANNED: LiteralString = """
      left join lateral (
            select l.id, l.lot_number from lot l
             where l.tenant_id = page.tenant_id and l.variant_id = page.id
               and l.lot_number = %(lot)s
               and (%(expiry)s::date is null or l.expires_on = %(expiry)s)
             order by l.expires_on limit 1) scanned on true
     order by page.place, page.label
"""
_PARTS: list[LiteralString] = [
    _FOUND,
    PAGE,
    ", found.place, found.is_exact, found.is_close from found",
    "join variant v on v.tenant_id = %(tenant)s and v.id = found.id and v.is_active",
    GOODS,
    "order by found.place, v.label limit %(limit)s",
    _ROWS,
    SELLABLE,
    _SCANNED,
]
_SEARCH: LiteralString = " ".join(_PARTS)
