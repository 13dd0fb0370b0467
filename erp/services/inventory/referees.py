"""Invariants of stock. Source: reliability catalogue S1, S2, S5 to S7; S10, S11 are of counts, S12 of deliveries."""

from erp.services.platform import referee

referee(
    "S1",
    "What is on hand, in units and value, is the sum of its moves and revaluations",
    counted="select count(*) from stock_balance",
    offenders="""
        with sides as (
            select tenant_id, to_location_id as location_id, variant_id, lot_id, quantity, value
              from stock_move
            union all
            select tenant_id, from_location_id, variant_id, lot_id, -quantity, -value
              from stock_move
            union all
            select tenant_id, location_id, variant_id, lot_id, 0, value from stock_revaluation
        ), moved as (
            select s.tenant_id, s.location_id, s.variant_id, s.lot_id,
                   sum(s.quantity) as quantity, sum(s.value) as value
              from sides s
              join location place on place.tenant_id = s.tenant_id and place.id = s.location_id
             where place.kind in ('storage', 'transit', 'expired_store', 'quarantine')
             group by s.tenant_id, s.location_id, s.variant_id, s.lot_id
        )
        select tenant_id, location_id, lot_id, b.on_hand, m.quantity as moved,
               b.value, m.value as moved_value
          from stock_balance b
          full join moved m using (tenant_id, location_id, variant_id, lot_id)
         where coalesce(b.on_hand, 0) <> coalesce(m.quantity, 0)
            or coalesce(b.value, 0) <> coalesce(m.value, 0)
    """,
)
referee(
    "S2",
    "Stock is never below zero, and what is reserved is there and promised to a document",
    counted="select count(*) from stock_balance",
    offenders="""
        select b.tenant_id, b.location_id, b.lot_id, b.on_hand, b.reserved, r.promised
          from stock_balance b
          left join (
                select tenant_id, location_id, variant_id, lot_id, sum(quantity) as promised
                  from stock_reservation
                 group by tenant_id, location_id, variant_id, lot_id) r
            using (tenant_id, location_id, variant_id, lot_id)
         where b.on_hand < 0 or b.reserved not between 0 and b.on_hand
            or b.reserved <> coalesce(r.promised, 0) or b.value < 0
            or (b.on_hand = 0 and b.value <> 0)
    """,
)
referee(
    "S5",
    "No lot left for a customer after its last usable day",
    counted="""
        select count(*) from stock_move m
          join location t on t.tenant_id = m.tenant_id and t.id = m.to_location_id
         where t.kind = 'customer'
    """,
    offenders="""
        select m.tenant_id, m.id as move_id, l.lot_number, l.expires_on, m.effective_at
          from stock_move m
          join location t on t.tenant_id = m.tenant_id and t.id = m.to_location_id
          join lot l on l.tenant_id = m.tenant_id and l.id = m.lot_id
          join tenant on tenant.id = m.tenant_id
         where t.kind = 'customer'
           and l.expires_on < (m.effective_at at time zone tenant.time_zone)::date
    """,
)
referee(
    "S5b",
    "A recalled lot was not sold after it was recalled",
    counted="select count(*) from event where name = 'inventory.lot_recalled.v1'",
    offenders="""
        select e.tenant_id, m.id as move_id, m.lot_id, e.recorded_at as recalled_at, m.recorded_at
          from event e
          join stock_move m on m.tenant_id = e.tenant_id and m.lot_id = e.aggregate_id
               and m.recorded_at > e.recorded_at + interval '1 minute'
          join location t on t.tenant_id = m.tenant_id and t.id = m.to_location_id
         where e.name = 'inventory.lot_recalled.v1' and t.kind = 'customer'
    """,
)
referee(
    "S7",
    "The inventory accounts equal the value of stock",
    counted="select count(*) from company",
    offenders="""
        with stock as (
            select b.tenant_id, br.company_id,
                   case place.kind when 'storage' then 'inventory'
                                   when 'quarantine' then 'inventory'
                                   when 'transit' then 'goods_in_transit'
                                   else 'inventory_expired' end as key,
                   sum(b.value) as value
              from stock_balance b
              join location place on place.tenant_id = b.tenant_id and place.id = b.location_id
              join warehouse w on w.tenant_id = place.tenant_id and w.id = place.warehouse_id
              join branch br on br.tenant_id = w.tenant_id and br.id = w.branch_id
             group by 1, 2, 3
        ), books as (
            select a.tenant_id, a.company_id, a.key, sum(l.debit - l.credit) as value
              from account a
              join journal_line l on l.tenant_id = a.tenant_id and l.account_id = a.id
             where a.key in ('inventory', 'goods_in_transit', 'inventory_expired')
             group by 1, 2, 3
        )
        select tenant_id, company_id, key as account, books.value as booked, stock.value as counted
          from books full join stock using (tenant_id, company_id, key)
         where coalesce(books.value, 0) <> coalesce(stock.value, 0)
    """,
)
referee(
    "S12",
    "A delivery is what its moves put on hand, in units and value",
    counted="select count(*) from goods_receipt_line",
    offenders="""
        with moved as (
            select tenant_id, origin_id as receipt_id, origin_line_no as line_no, lot_id,
                   sum(quantity) as units, sum(value) as value
              from stock_move where origin_type = 'goods_receipt' group by 1, 2, 3, 4
        ), kept as (
            select tenant_id, receipt_id, line_no, lot_id, paid + free as units, value
              from goods_receipt_line
        )
        select tenant_id, receipt_id, line_no, lot_id, kept.units, moved.units as moved,
               kept.value, moved.value as moved_value
          from kept full join moved using (tenant_id, receipt_id, line_no, lot_id)
         where (kept.units, kept.value) is distinct from (moved.units, moved.value)
         limit 1
    """,
)
referee(
    "S10",
    "What an approved count posted equals its differences, in units and value",
    counted="select count(*) from stock_count where status = 'approved'",
    offenders="""
        with posted as (
            select m.tenant_id, m.origin_id as count_id, m.lot_id,
                   sum(case when m.to_location_id = c.location_id then m.quantity
                            else -m.quantity end) as units,
                   sum(case when m.to_location_id = c.location_id then m.value
                            else -m.value end) as value
              from stock_move m
              join stock_count c on c.tenant_id = m.tenant_id and c.id = m.origin_id
             where m.origin_type = 'stock_count'
             group by m.tenant_id, m.origin_id, m.lot_id
        ), found as (
            select line.tenant_id, line.count_id, line.lot_id,
                   line.counted - line.book as units, line.value
              from stock_count_line line
              join stock_count c on c.tenant_id = line.tenant_id and c.id = line.count_id
             where c.status = 'approved' and line.status = 'counted' and line.counted <> line.book
        )
        select tenant_id, count_id, lot_id, posted.units as posted, found.units as counted,
               posted.value as posted_value, found.value as counted_value
          from posted full join found using (tenant_id, count_id, lot_id)
         where posted.units is distinct from found.units
            or posted.value is distinct from found.value
    """,
)
referee(
    "S11",
    "A counted lot says what was recorded of it last",
    counted="select count(*) from stock_count_line where status = 'counted'",
    offenders="""
        select line.tenant_id, line.count_id, line.lot_id, line.counted, line.book,
               last.counted as recorded, last.book as recorded_book
          from stock_count_line line
          left join lateral (
                select r.counted, r.book, r.user_id from stock_count_recording r
                 where r.tenant_id = line.tenant_id and r.line_id = line.id
                 order by r.id desc limit 1) last on true
         where line.status = 'counted'
           and (line.counted, line.book, line.counted_by)
               is distinct from (last.counted, last.book, last.user_id)
    """,
)
referee(
    "S6",
    "What a transfer sent is what arrived, came back, was lost or is still on its way",
    counted="select count(*) from stock_transfer_line",
    offenders="""
        with moved as (
            select m.tenant_id, m.origin_id as transfer_id, m.lot_id,
                   sum(m.quantity) filter (where m.to_location_id = t.transit_location_id) as sent,
                   sum(m.quantity) filter (where m.to_location_id = t.to_location_id
                        and coalesce(m.reason, '') = '') as arrived,
                   sum(m.quantity) filter (where m.from_location_id = t.transit_location_id
                        and m.to_location_id <> t.from_location_id
                        and (m.to_location_id <> t.to_location_id or m.reason <> '')
                        and place.warehouse_id is not null) as damaged,
                   sum(m.quantity) filter (where m.to_location_id = t.from_location_id) as returned,
                   sum(m.quantity) filter (where place.kind = 'waste') as lost
              from stock_move m
              join stock_transfer t on t.tenant_id = m.tenant_id and t.id = m.origin_id
              join location place on place.tenant_id = m.tenant_id and place.id = m.to_location_id
             where m.origin_type = 'stock_transfer'
             group by m.tenant_id, m.origin_id, m.lot_id
        ), noted as (
            select line.tenant_id, line.id,
                   coalesce(sum(r.quantity) filter (where r.outcome = 'arrived'), 0) as arrived,
                   coalesce(sum(r.quantity) filter (where r.outcome = 'damaged'), 0) as damaged,
                   coalesce(sum(r.quantity) filter (where r.outcome = 'returned'), 0) as returned,
                   coalesce(sum(r.quantity) filter (where r.outcome = 'lost'), 0) as lost
              from stock_transfer_line line
              left join stock_transfer_record r
                on r.tenant_id = line.tenant_id and r.line_id = line.id
             group by line.tenant_id, line.id
        )
        select tenant_id, transfer_id, lot_id, line.sent, moved.sent as moved,
               line.arrived, line.damaged, line.returned, line.lost
          from stock_transfer_line line
          left join noted using (tenant_id, id)
          full join moved using (tenant_id, transfer_id, lot_id)
         where (line.sent, line.arrived, line.damaged, line.returned, line.lost)
               is distinct from (moved.sent, coalesce(moved.arrived, 0), coalesce(moved.damaged, 0),
                                 coalesce(moved.returned, 0), coalesce(moved.lost, 0))
            or (line.arrived, line.damaged, line.returned, line.lost)
               is distinct from (noted.arrived, noted.damaged, noted.returned, noted.lost)
    """,
)
referee(
    "S6b",
    "What transfers have on its way is in transit, and settled transfers have nothing there",
    counted="select count(*) from stock_transfer where status in ('on_its_way', 'settled')",
    offenders="""
        with due as (
            select t.tenant_id, t.transit_location_id as location_id, line.lot_id,
                   sum(line.under_way) as units
              from stock_transfer t
              join stock_transfer_line line
                on line.tenant_id = t.tenant_id and line.transfer_id = t.id
             group by t.tenant_id, t.transit_location_id, line.lot_id
        )
        select due.tenant_id, due.location_id, due.lot_id, due.units, b.on_hand
          from due left join stock_balance b using (tenant_id, location_id, lot_id)
         where due.units > coalesce(b.on_hand, 0)
        union all
        select t.tenant_id, t.id, line.lot_id, line.under_way, 0
          from stock_transfer t
          join stock_transfer_line line on line.tenant_id = t.tenant_id and line.transfer_id = t.id
         where (t.status = 'settled' and line.under_way > 0)
            or t.status in ('requested', 'cancelled')
    """,
)
referee(
    "S13",
    "What is in quarantine waits for a decision, and what was decided was moved",
    counted="select count(*) from stock_quarantine",
    offenders="""
        with waits as (
            select tenant_id, location_id, lot_id, sum(waiting) as units
              from stock_quarantine group by 1, 2, 3
        ), held as (
            select b.tenant_id, b.location_id, b.lot_id, b.on_hand
              from stock_balance b
              join location place on place.tenant_id = b.tenant_id and place.id = b.location_id
             where place.kind = 'quarantine'
        ), decided as (
            select q.tenant_id, q.id, q.released + q.returned + q.written_off as units,
                   coalesce(sum(m.quantity), 0) as moved
              from stock_quarantine q
              left join stock_quarantine_decision d
                on d.tenant_id = q.tenant_id and d.quarantine_id = q.id
              left join stock_move m on m.tenant_id = d.tenant_id and m.origin_id = d.id
             group by 1, 2, 3
        )
        select tenant_id, lot_id as about, waits.units, held.on_hand as moved
          from waits full join held using (tenant_id, location_id, lot_id)
         where coalesce(waits.units, 0) <> coalesce(held.on_hand, 0)
        union all
        select tenant_id, id, units, moved from decided where units <> moved
    """,
)
referee(
    "S14",
    "What was made has the cost of what it was made of, and both were moved",
    counted="select count(*) from dispensing",
    offenders="""
        with used as (
            select tenant_id, dispensing_id as id, sum(value) as value, sum(quantity) as units
              from dispensing_source group by 1, 2
        ), moved as (
            select m.tenant_id, m.origin_id as id,
                   sum(m.value) filter (where t.kind = 'production') as value_used,
                   sum(m.quantity) filter (where t.kind = 'production') as units_used,
                   sum(m.value) filter (where f.kind = 'production') as value_made,
                   sum(m.quantity) filter (where f.kind = 'production') as units_made
              from stock_move m
              join location f on f.tenant_id = m.tenant_id and f.id = m.from_location_id
              join location t on t.tenant_id = m.tenant_id and t.id = m.to_location_id
             where m.origin_type = 'dispensing' group by 1, 2
        )
        select tenant_id, id as dispensing_id, d.value, used.value as used, moved.value_made
          from dispensing d full join used using (tenant_id, id) full join moved using (tenant_id, id)
         where (d.value, d.value, d.value, d.packs, used.units) is distinct from
               (used.value, moved.value_used, moved.value_made, moved.units_made, moved.units_used)
    """,
)
referee(
    "S15",
    "What failed its checklist went into quarantine, all of it, and nothing failed without a point",
    counted="select count(*) from quality_check",
    offenders="""
        select c.tenant_id, c.receipt_id, c.line_no, c.outcome, c.quantity
          from quality_check c
          left join stock_quarantine q on (q.tenant_id, q.id) = (c.tenant_id, c.quarantine_id)
          join goods_receipt g on (g.tenant_id, g.id) = (c.tenant_id, c.receipt_id)
          join location l on (l.tenant_id, l.id) = (g.tenant_id, g.location_id)
         where (c.outcome = 'failed') is distinct from exists (
                select from quality_answer a
                  join quality_point p on (p.tenant_id, p.checklist_id, p.point_no)
                            = (a.tenant_id, c.checklist_id, a.point_no)
                 where a.tenant_id = c.tenant_id and a.check_id = c.id
                   and a.is_failed and p.is_required)
            or (c.outcome = 'failed' and l.kind = 'storage'
                and (q.lot_id, q.quantity) is distinct from (c.lot_id, c.quantity))
         limit 1
    """,
)
referee(
    "S17",
    "A lot came when its first units came, so that first receipt goes first",
    counted="select count(*) from lot",
    offenders="""
        select l.tenant_id, l.id as lot_id, l.received_at, came.at
          from lot l
          join (select m.tenant_id, m.lot_id, min(m.effective_at) as at from stock_move m
                  join location origin on (origin.tenant_id, origin.id) = (m.tenant_id, m.from_location_id)
                 where origin.kind in ('supplier', 'production') group by m.tenant_id, m.lot_id) came
            on (came.tenant_id, came.lot_id) = (l.tenant_id, l.id)
         where l.received_at <> came.at
         limit 1
    """,
)
