"""Goods to buy: what the catalogue has, and what of its products it could have."""

from typing import Annotated, Any, LiteralString
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.catalog import Form
from erp.services.catalog.naming import Named, label_of, search_words
from erp.services.catalog.packing import Asked, read_asked
from erp.services.catalog.potency import NO_POTENCY, Potency, read_potency
from erp.services.catalog.searching import FoundProduct, SearchProducts, search_products
from erp.services.catalog.sellable import NOBODY
from erp.services.platform import Closed, Query, Result, Rows, query

MAKE = "catalog.edit"
_MOST_OFFERS = 3
_POTENTISED = frozenset({Form.DILUTION, Form.TRITURATION, Form.BIOCHEMIC, Form.GLOBULES})


class FindGoods(Query):
    """What a buyer typed or scanned, potency and pack with it: `ars alb 1M 30ml`."""

    search: Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1c\x1e\x1f]*$")]
    limit: Annotated[int, Field(ge=1, le=50)] = 20


class NewPack(Closed):
    """A variant that could be made, as `catalog.create_variant` takes it."""

    product_id: UUID
    potency: str
    pack_quantity: int
    pack_unit: str


class GoodsRow(Result):
    """A variant to buy, or one that choosing it would make.

    Attributes:
        id: The variant, or `make` with the parts of the new pack.
        detail: Its SKU; that it is a guess or is not there yet.
    """

    id: str
    label: str
    detail: str
    makes: NewPack | None


class GoodsFound(Rows):
    """What there is, the best first; then what could be made."""

    rows: list[GoodsRow]


@query("catalog.find_goods", permission="catalog.view", rest="GET /goods")
def find_goods(session: Session, ctx: RequestContext, wanted: FindGoods) -> GoodsFound:
    """Find variants to order or to take in, as the till's search finds them.

    Where none is of the potency and pack that were asked for, and the asker may add to the
    catalogue, the packs that known products could have are offered after them.

    Raises:
        BadBarcode: The text starts like a GS1 message and cannot be read.
    """
    found = search_products(
        session, ctx, SearchProducts(search=wanted.search, limit=wanted.limit)
    ).rows
    rows = [_known(row) for row in found if not row.is_service]
    asked = read_asked(wanted.search)
    if ctx.may(MAKE) and not any(_fits(row, asked) for row in found):
        rows += _offers(session, ctx, asked)
    return GoodsFound(rows=rows)


def _known(row: FoundProduct) -> GoodsRow:
    detail = f"Sounds like it · {row.sku}" if row.is_close else row.sku
    return GoodsRow(id=str(row.variant_id), label=row.label, detail=detail, makes=None)


def _fits(row: FoundProduct, asked: Asked) -> bool:
    """Whether a row is of the potency and pack asked for; a code is, whatever it says."""
    label = f" {row.label} "
    if row.is_exact or asked == Asked(asked.words, None, None):
        return True
    return (asked.potency is None or f" {asked.potency.label} " in label) and (
        asked.pack is None or f" {asked.pack[0]} {asked.pack[1]} " in label
    )


def _offers(session: Session, ctx: RequestContext, asked: Asked) -> list[GoodsRow]:
    words = search_words(asked.words)
    if not words:
        return []
    rows = db.fetch_all(
        session,
        _PRODUCTS,
        {
            "tenant": ctx.tenant_id,
            "words": words,
            "nobody": NOBODY,
            "names": [f"%{word.removesuffix(':*')}%" for word in words.split(" & ")],
        },
    )
    offers = [offer for row in rows if (offer := _offer(row, asked)) is not None]
    return offers[:_MOST_OFFERS]


def _offer(row: dict[str, Any], asked: Asked) -> GoodsRow | None:
    """Return the pack of a product that was asked for, unless it has it or cannot have it."""
    potency, pack = _potency_of(row, asked), asked.pack or row["usual_pack"]
    if potency is None or pack is None:
        return None
    quantity, unit = int(pack[0]), pack[1]
    measures = {known[2] for known in row["packs"] or []}
    if measures and unit.lower() not in measures:
        return None
    if [potency.label, str(quantity), unit.lower()] in (row["packs"] or []):
        return None
    named = Named(row["name"], row["brand"], row["form"], potency, quantity, unit)
    new = NewPack(
        product_id=row["id"], potency=potency.label, pack_quantity=quantity, pack_unit=unit
    )
    parts = (new.product_id, new.potency, new.pack_quantity, new.pack_unit)
    return GoodsRow(
        id=":".join(["make", *map(str, parts)]),
        label=f"Make {label_of(named)}",
        detail="Not in the catalogue yet",
        makes=new,
    )


def _potency_of(row: dict[str, Any], asked: Asked) -> Potency | None:
    """Return the potency a new variant would have; none where the product takes no such one."""
    if row["form"] == Form.MOTHER_TINCTURE:
        mother = read_potency("Q")
        return mother if asked.potency in (None, mother) else None
    if row["is_potentised"] if row["packs"] else row["form"] in _POTENTISED:
        return asked.potency
    return NO_POTENCY if asked.potency is None else None


_PRODUCTS: LiteralString = """
    with found as (
        select v.product_id as id, min(s.place) as place
          from sec.search_variants(%(words)s, '', '', %(nobody)s, 200, true) s
          join variant v on v.tenant_id = %(tenant)s and v.id = s.id
         group by v.product_id
        union all
        select p.id, 1000
          from product p join brand b on b.tenant_id = p.tenant_id and b.id = p.brand_id
         where p.tenant_id = %(tenant)s
           and lower(p.name || ' ' || b.name) like all(%(names)s)
           and not exists (select 1 from variant v
                            where v.tenant_id = p.tenant_id and v.product_id = p.id)
    )
    select p.id, p.name, p.form, b.name as brand, packs.packs, packs.usual_pack,
           coalesce(packs.is_potentised, false) as is_potentised
      from found
      join product p on p.tenant_id = %(tenant)s and p.id = found.id and not p.is_service
      join brand b on b.tenant_id = p.tenant_id and b.id = p.brand_id
      left join lateral (
            select json_agg(json_build_array(
                        v.potency_label, v.pack_quantity::text, lower(v.pack_unit))) as packs,
                   (array_agg(json_build_array(v.pack_quantity, v.pack_unit)
                              order by v.created_at desc, v.id))[1] as usual_pack,
                   bool_or(v.potency_label <> '') as is_potentised
              from variant v
             where v.tenant_id = p.tenant_id and v.product_id = p.id) packs on true
     order by found.place, p.name, p.id limit 12
"""
