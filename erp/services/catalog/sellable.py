"""The part of a statement that tells what of a variant can be sold here, and at which tax."""

from typing import LiteralString
from uuid import UUID

from erp.core.context import RequestContext

NOBODY = UUID(int=0)
"""Sorts before every identifier."""

PAGE: LiteralString = """
    select v.tenant_id, v.id, v.product_id, v.sku, v.label, v.potency_label, v.pack_quantity,
           v.pack_unit, v.base_unit, v.reorder_point, v.is_active, p.form,
           coalesce(v.hsn, p.hsn) as hsn, c.id as tax_class_id, p.is_service, b.name as brand, c.treatment,
           '/api/erp/products/' || p.id || '/picture?v=' || p.picture_version as picture_url
"""
"""Columns of a page of variants; a page is cut before tax and stock are looked up for it."""

GOODS: LiteralString = """
      join product p on p.tenant_id = v.tenant_id and p.id = v.product_id
      join brand b on b.tenant_id = p.tenant_id and b.id = p.brand_id
      join tax_class c on c.tenant_id = p.tenant_id and c.id = coalesce(v.tax_class_id, p.tax_class_id)
"""

PLACE_AND_PARTS: LiteralString = """
    array(with recursive part (id) as (
               select %(location)s::uuid
               union all
               select place.id from part
                 join location place on place.tenant_id = %(tenant)s and place.parent_id = part.id)
          select id from part)
"""
"""Identifiers of a place and of all that are part of it, at any depth."""

STORAGE_HERE: LiteralString = f"""
    any(array(select place.id from location place
                join warehouse w on w.tenant_id = place.tenant_id and w.id = place.warehouse_id
               where place.tenant_id = %(tenant)s and place.kind = 'storage' and w.branch_id = %(branch)s
                 and (%(location)s::uuid is null or place.id = any({PLACE_AND_PARTS}))))
"""  # noqa: S608  made of literals
"""Identifiers of the branch's storage; of a place and its parts alone where one is named."""

FIRST_TO_GO: LiteralString = """
    case when w.removal not in ('fifo', 'lifo') then coalesce(l.expires_on, 'infinity') end,
    case when w.removal = 'lifo' then l.received_at end desc,
    case when w.removal = 'lifo' then l.id end desc,
    l.received_at, l.id
"""
"""Sorts lots `l` of a warehouse `w` in the order in which allocation takes them."""

SELLABLE: LiteralString = f"""
      left join lateral (
            select r.rate from tax_rate r
             where r.tenant_id = page.tenant_id and r.tax_class_id = page.tax_class_id
               and r.valid_from <= %(today)s
             order by r.valid_from desc limit 1) tax on true
      left join lateral (
            select sum(s.on_hand - s.reserved)::bigint as sellable,
                   min(l.expires_on) as nearest_expiry,
                   min(l.mrp) as mrp_min, max(l.mrp) as mrp_max,
                   (array_agg(l.mrp order by {FIRST_TO_GO}))[1] as price
              from stock_balance s
              join lot l on l.tenant_id = s.tenant_id and l.id = s.lot_id
              join location p on p.tenant_id = s.tenant_id and p.id = s.location_id
              join warehouse w on w.tenant_id = p.tenant_id and w.id = p.warehouse_id
             where s.tenant_id = page.tenant_id and s.variant_id = page.id
               and s.location_id = {STORAGE_HERE}
               and s.on_hand > s.reserved and l.status = 'available'
               and (l.expires_on is null or l.expires_on >= %(today)s)) stock on true
"""  # noqa: S608  made of literals
"""Tax of the day and sellable stock at the branch's storage for a page; the price is of the lot that goes first."""


def place_of(ctx: RequestContext) -> dict[str, object]:
    """Return the parameters of `SELLABLE`: the acting branch, any storage of it, today."""
    return {
        "tenant": ctx.tenant_id,
        "branch": ctx.branch_id,
        "today": ctx.today,
        "location": None,
    }
