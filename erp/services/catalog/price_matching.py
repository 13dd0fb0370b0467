"""Which variant a row of a price list means, and what its price was."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.catalog.price_rows import PriceRow
from erp.services.catalog.scanning import read_scan

Key = tuple[str, str, int, str]
Prices = tuple[Decimal, Decimal | None, Decimal | None]


@dataclass(frozen=True, slots=True)
class Known:
    """A variant a row may mean.

    Attributes:
        before: MRP, PTR and PTS of the list that holds on the day; none where there is none.
    """

    id: UUID
    label: str
    brand: str
    hsn: str
    gst_rate: Decimal | None
    before: Prices | None


@dataclass(frozen=True, slots=True)
class Matched:
    """A row with the variant it means, or with what is wrong."""

    row: PriceRow
    known: Known | None


def match_rows(
    session: Session, ctx: RequestContext, rows: Sequence[PriceRow], on: date
) -> list[Matched]:
    """Find each row's variant: by SKU, else by barcode, else by name with potency and pack.

    A row that means none, several, or the same as a row before it becomes an error.
    """
    by_sku, by_code, by_name = _known(session, ctx, rows, on)
    matched: list[Matched] = []
    seen: dict[UUID, int] = {}
    for row in rows:
        found = _candidates(row, by_sku, by_code, by_name)
        problem = _problem(found, seen)
        if problem:
            row = replace(row, errors=(*row.errors, problem))  # noqa: PLW2901  the row with its error
        elif found:
            seen[found[0].id] = row.number
        matched.append(Matched(row, found[0] if len(found) == 1 else None))
    return matched


def _candidates(
    row: PriceRow,
    by_sku: Mapping[str, Known],
    by_code: Mapping[str, Known],
    by_name: Mapping[Key, Sequence[Known]],
) -> Sequence[Known]:
    if row.sku and row.sku in by_sku:
        return [by_sku[row.sku]]
    codes = read_scan(row.barcode).codes if row.barcode.isalnum() else ()
    scanned = [by_code[code] for code in codes if code in by_code]
    if scanned:
        return scanned[:1]
    named = by_name.get(_key(row), ()) if row.asked.pack else ()
    brand = row.brand.lower()
    return [one for one in named if not brand or one.brand.lower() == brand]


def _problem(found: Sequence[Known], seen: Mapping[UUID, int]) -> str:
    if not found:
        return (
            "No product has this SKU, barcode, or name with potency and pack."
            " Add it first, or correct the row."
        )
    if len(found) > 1:
        return "Several brands have it. Give the SKU or the brand."
    if found[0].id in seen:
        return f"Row {seen[found[0].id]} means the same product."
    return ""


def _key(row: PriceRow) -> Key:
    potency = row.asked.potency.label if row.asked.potency else ""
    quantity, unit = row.asked.pack or (0, "")
    return (row.asked.words.lower(), potency, quantity, unit.lower())


def _known(
    session: Session, ctx: RequestContext, rows: Iterable[PriceRow], on: date
) -> tuple[dict[str, Known], dict[str, Known], dict[Key, list[Known]]]:
    found = db.fetch_all(
        session,
        """
        with wanted as (
            select v.id from variant v where v.tenant_id = %(tenant)s and v.sku = any(%(skus)s)
            union
            select k.variant_id from barcode k
             where k.tenant_id = %(tenant)s and k.code = any(%(codes)s)
            union
            select v.id from product p
              join variant v on v.tenant_id = p.tenant_id and v.product_id = p.id
             where p.tenant_id = %(tenant)s and lower(p.name) = any(%(names)s)
        )
        select v.id, v.sku, v.label, b.name as brand, coalesce(v.hsn, p.hsn) as hsn,
               lower(p.name) as name,
               v.potency_label, v.pack_quantity, lower(v.pack_unit) as pack_unit, tax.rate,
               array(select code from barcode k
                      where k.tenant_id = v.tenant_id and k.variant_id = v.id) as codes,
               old.mrp, old.ptr, old.pts
          from wanted
          join variant v on v.tenant_id = %(tenant)s and v.id = wanted.id
          join product p on p.tenant_id = v.tenant_id and p.id = v.product_id
          join brand b on b.tenant_id = p.tenant_id and b.id = p.brand_id
          left join lateral (
                select r.rate from tax_rate r
                 where r.tenant_id = p.tenant_id and r.tax_class_id = coalesce(v.tax_class_id, p.tax_class_id)
                   and r.valid_from <= %(on)s
                 order by r.valid_from desc limit 1) tax on true
          left join lateral (
                select l.mrp, l.ptr, l.pts from listed_price l
                 where l.tenant_id = v.tenant_id and l.variant_id = v.id and l.valid_from <= %(on)s
                 order by l.valid_from desc, l.id desc limit 1) old on true
         order by v.label, v.id
        """,
        {
            "tenant": ctx.tenant_id,
            "on": on,
            "skus": sorted({row.sku for row in rows if row.sku}),
            "codes": sorted(
                {c for row in rows if row.barcode.isalnum() for c in read_scan(row.barcode).codes}
            ),
            "names": sorted({row.asked.words.lower() for row in rows if row.asked.words}),
        },
    )
    by_sku: dict[str, Known] = {}
    by_code: dict[str, Known] = {}
    by_name: dict[Key, list[Known]] = defaultdict(list)
    for one in found:
        before = None if one["mrp"] is None else (one["mrp"], one["ptr"], one["pts"])
        known = Known(one["id"], one["label"], one["brand"], one["hsn"], one["rate"], before)
        by_sku[one["sku"]] = known
        by_code |= dict.fromkeys(one["codes"], known)
        by_name[one["name"], one["potency_label"], one["pack_quantity"], one["pack_unit"]].append(
            known
        )
    return by_sku, by_code, by_name
