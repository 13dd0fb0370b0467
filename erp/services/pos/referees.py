"""Invariants of the till."""

from erp.services.platform import referee

referee(
    "P3",
    "Every sale and return has its document, its tenders, its goods, its entry and its event",
    counted="select count(*) from sale",
    offenders="""
        select s.tenant_id, s.id as sale_id, s.kind
          from sale s
          left join invoice i on (i.tenant_id, i.id) = (s.tenant_id, s.invoice_id) and i.origin_id = s.id
          left join lateral (select sum(amount) as paid from tender t
                              where (t.tenant_id, t.sale_id) = (s.tenant_id, s.id)) t on true
          left join lateral (select sum(l.quantity) as units, sum(l.cost) as cost from invoice_line l
                              where (l.tenant_id, l.invoice_id) = (s.tenant_id, s.invoice_id)
                                and l.lot_id is not null) g on true
          left join lateral (select sum(m.quantity) as units, sum(m.value) as cost from stock_move m
                              where (m.tenant_id, m.origin_id) = (s.tenant_id, s.id)) m on true
         where i.id is null or i.total <> s.total or coalesce(t.paid, 0) <> s.total
            or (g.units, g.cost) is distinct from (m.units, m.cost)
            or not exists (select 1 from event e where (e.tenant_id, e.aggregate_id) = (s.tenant_id, s.id))
            or (s.total > 0 and not exists (select 1 from journal_entry e
                   where (e.tenant_id, e.origin_id, e.purpose) = (s.tenant_id, s.id, s.kind)))
         limit 1
    """,
)
referee(
    "P5",
    "Every closed shift's expected cash is its float and its cash movements",
    counted="select count(*) from register_shift where status = 'closed'",
    offenders="""
        select s.tenant_id, s.id as shift_id, s.expected_cash,
               s.opening_float + coalesce(c.cash, 0) + coalesce(m.moved, 0) as found
          from register_shift s
          left join lateral (
                select sum(case x.kind when 'sale' then t.amount else -t.amount end) as cash
                  from sale x join tender t on (t.tenant_id, t.sale_id) = (x.tenant_id, x.id)
                 where (x.tenant_id, x.shift_id) = (s.tenant_id, s.id) and t.method = 'cash') c on true
          left join lateral (
                select sum(amount) as moved from cash_movement m
                 where (m.tenant_id, m.shift_id) = (s.tenant_id, s.id)) m on true
         where s.status = 'closed'
           and s.expected_cash <> s.opening_float + coalesce(c.cash, 0) + coalesce(m.moved, 0)
         limit 1
    """,
)
referee(
    "S8",
    "No line was sold above the MRP of its lot, and none from a lot past its day",
    counted="select count(*) from invoice_line",
    offenders="""
        select l.tenant_id, l.invoice_id, l.line_no, l.total, lot.mrp * l.quantity as at_mrp, lot.expires_on
          from invoice_line l
          join invoice i on (i.tenant_id, i.id) = (l.tenant_id, l.invoice_id)
          join lot on (lot.tenant_id, lot.id) = (l.tenant_id, l.lot_id)
         where i.kind <> 'credit_note'
           and (l.total > l.mrp * l.quantity or l.expires_on < i.issued_on)
         limit 1
    """,
)
