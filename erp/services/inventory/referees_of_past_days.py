"""What must hold of stock on days gone by."""

from erp.services.platform import referee

referee(
    "S16",
    "A snapshot of stock is the one it was made from and the moves that it covers more",
    counted="select count(*) from stock_snapshot",
    offenders="""
        with span as (
            select s.tenant_id, s.id, s.until, s.known_until, s.base_id,
                   coalesce(b.until, '-infinity') as since, coalesce(b.known_until, '-infinity') as since_known
              from stock_snapshot s left join stock_snapshot b on (b.tenant_id, b.id) = (s.tenant_id, s.base_id)
        ), covered as (
            select s.tenant_id, s.id, m.variant_id, m.from_location_id, m.to_location_id, m.quantity, m.value
              from span s
              join stock_move m on m.tenant_id = s.tenant_id and m.effective_at >= s.since
                   and m.effective_at < s.until and m.recorded_at < s.known_until
            union all
            select s.tenant_id, s.id, m.variant_id, m.from_location_id, m.to_location_id, m.quantity, m.value
              from span s
              join stock_move m on m.tenant_id = s.tenant_id and m.recorded_at - m.effective_at > interval '1 day'
                   and m.recorded_at >= s.since_known and m.recorded_at < s.known_until
                   and m.effective_at < s.since
        ), part as (
            select c.tenant_id, c.id, c.to_location_id as location_id, c.variant_id, c.quantity, c.value
              from covered c
            union all
            select c.tenant_id, c.id, c.from_location_id, c.variant_id, -c.quantity, -c.value from covered c
            union all
            select s.tenant_id, s.id, r.location_id, r.variant_id, 0, r.value
              from span s
              join stock_revaluation r on r.tenant_id = s.tenant_id and r.effective_at < s.until
                   and r.recorded_at < s.known_until
                   and (r.effective_at >= s.since or r.recorded_at >= s.since_known)
            union all
            select s.tenant_id, s.id, l.location_id, l.variant_id, l.quantity, l.value
              from span s join stock_snapshot_line l on (l.tenant_id, l.snapshot_id) = (s.tenant_id, s.base_id)
            union all
            select l.tenant_id, l.snapshot_id, l.location_id, l.variant_id, -l.quantity, -l.value
              from stock_snapshot_line l
        )
        select part.tenant_id, part.id as snapshot_id, part.location_id, part.variant_id,
               sum(part.quantity) as quantity, sum(part.value) as value
          from part join location place on (place.tenant_id, place.id) = (part.tenant_id, part.location_id)
         where place.warehouse_id is not null
         group by part.tenant_id, part.id, part.location_id, part.variant_id
        having sum(part.quantity) <> 0 or sum(part.value) <> 0
         limit 1
    """,
)
referee(
    "S18",
    "No lot was below zero in a place at the end of a day, however late its moves were entered",
    counted="select count(*) from stock_move m join tenant t on t.id = m.tenant_id"
    " where (m.effective_at at time zone t.time_zone)::date <> (m.recorded_at at time zone t.time_zone)::date",
    offenders="""
        with side as (
            select m.tenant_id, m.lot_id, place.id as location_id, side.sign * m.quantity as quantity,
                   (m.effective_at at time zone t.time_zone)::date as day,
                   (m.recorded_at at time zone t.time_zone)::date as known
              from stock_move m join tenant t on t.id = m.tenant_id
             cross join lateral (values (1, m.to_location_id), (-1, m.from_location_id)) side (sign, location_id)
              join location place on (place.tenant_id, place.id) = (m.tenant_id, side.location_id)
             where place.warehouse_id is not null
        ), moved as (
            select tenant_id, lot_id, location_id, day, sum(quantity) as quantity from side
             where (tenant_id, lot_id) in (select tenant_id, lot_id from side where day <> known)
             group by tenant_id, lot_id, location_id, day
        ), ended as (
            select moved.*, sum(quantity) over (partition by tenant_id, lot_id, location_id order by day) as left_over
              from moved
        )
        select tenant_id, lot_id, location_id, day, left_over from ended where left_over < 0 limit 1
    """,
)
