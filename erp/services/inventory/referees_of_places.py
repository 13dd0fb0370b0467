"""What must hold of places."""

from erp.services.platform import referee

referee(
    "S20",
    "A closed place is empty",
    counted="select count(*) from location where warehouse_id is not null",
    offenders="""
        select l.tenant_id, l.id, s.lot_id, s.on_hand
          from location l
          join stock_balance s on s.tenant_id = l.tenant_id and s.location_id = l.id
         where l.closed_at is not null and (s.on_hand <> 0 or s.reserved <> 0)
    """,
)

referee(
    "S21",
    "A place is part of one of its own warehouse and kind, and never of itself",
    counted="select count(*) from location where warehouse_id is not null",
    offenders="""
        with recursive above as (
            select tenant_id, id, parent_id as up from location where parent_id is not null
            union
            select a.tenant_id, a.id, l.parent_id from above a
              join location l on l.tenant_id = a.tenant_id and l.id = a.up
             where l.parent_id is not null
        )
        select tenant_id, id from above where id = up
        union all
        select l.tenant_id, l.id from location l
          join location up on up.tenant_id = l.tenant_id and up.id = l.parent_id
         where up.warehouse_id is distinct from l.warehouse_id or up.kind <> l.kind
    """,
)
referee(
    "S22",
    "Goods on their way are between two warehouses, in the place for it of the one they left",
    counted="select count(*) from stock_transfer",
    offenders="""
        select t.tenant_id, t.id, t.from_location_id, t.to_location_id, t.transit_location_id
          from stock_transfer t
          join location source on source.tenant_id = t.tenant_id and source.id = t.from_location_id
          join location target on target.tenant_id = t.tenant_id and target.id = t.to_location_id
          left join location way on way.tenant_id = t.tenant_id and way.id = t.transit_location_id
         where source.warehouse_id is not distinct from target.warehouse_id
            or (way.kind, way.warehouse_id) <> ('transit', source.warehouse_id)
    """,
)
