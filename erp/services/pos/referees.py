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
               s.opening_float + coalesce(c.cash, 0) + coalesce(m.moved, 0) + coalesce(v.cash, 0) as found
          from register_shift s
          left join lateral (
                select sum(case x.kind when 'sale' then t.amount else -t.amount end) as cash
                  from sale x join tender t on (t.tenant_id, t.sale_id) = (x.tenant_id, x.id)
                 where (x.tenant_id, x.shift_id) = (s.tenant_id, s.id) and t.method = 'cash') c on true
          left join lateral (
                select sum(amount) as moved from cash_movement m
                 where (m.tenant_id, m.shift_id) = (s.tenant_id, s.id)) m on true
          left join lateral (
                select sum(case kind when 'receipt' then amount else -amount end) as cash from advance_voucher v
                 where (v.tenant_id, v.shift_id) = (s.tenant_id, s.id) and v.method = 'cash') v on true
         where s.status = 'closed'
           and s.expected_cash
               <> s.opening_float + coalesce(c.cash, 0) + coalesce(m.moved, 0) + coalesce(v.cash, 0)
         limit 1
    """,
)
referee(
    "P6",
    "What the books owe each customer for advances is what they paid before and did not spend",
    counted="select count(*) from advance_voucher",
    offenders="""
        with owed as (
            select l.tenant_id, l.party_id, sum(l.credit - l.debit) as amount from journal_line l
              join account a on (a.tenant_id, a.id) = (l.tenant_id, l.account_id)
             where a.key = 'customer_advances' group by 1, 2),
        held as (
            select tenant_id, party_id, sum(amount) as amount from (
                select tenant_id, party_id, case kind when 'receipt' then amount else -amount end as amount
                  from advance_voucher
                union all
                select s.tenant_id, s.party_id, case s.kind when 'sale' then -t.amount else t.amount end
                  from sale s join tender t on (t.tenant_id, t.sale_id) = (s.tenant_id, s.id)
                 where t.method = 'advance') moved
             group by 1, 2)
        select tenant_id, party_id, owed.amount as owed, held.amount as held
          from owed full join held using (tenant_id, party_id)
         where coalesce(owed.amount, 0) <> coalesce(held.amount, 0) or held.amount < 0
         limit 1
    """,
)
referee(
    "P7",
    "Numbers of receipt and refund vouchers are exactly 1 to the last, with no gap and no double",
    counted="select count(*) from advance_voucher",
    offenders="""
        select s.tenant_id, s.prefix, s.next_number - 1 as given, count(v.id) as found
          from number_series s
          left join advance_voucher v on v.tenant_id = s.tenant_id and v.branch_id = s.branch_id
               and left(v.number, length(s.prefix)) = s.prefix
         where s.document_type in ('advance_receipt', 'advance_refund')
         group by s.tenant_id, s.id
        having count(v.id) <> s.next_number - 1
         limit 1
    """,
)
referee(
    "P8",
    "Z numbers of every register are exactly 1 to the last, with no gap and no double",
    counted="select count(*) from register_shift where status = 'closed'",
    offenders="""
        select tenant_id, register_id, count(*) as closed, max(z_number) as last from register_shift
         where status = 'closed' group by 1, 2
        having count(*) <> max(z_number) or count(distinct z_number) <> count(*) limit 1
    """,
)
referee(
    "P9",
    "What goods that came back pay of a bill is what their credit note gave for it",
    counted="select count(*) from sale where replaces_id is not null",
    offenders="""
        select s.tenant_id, s.id as sale_id, s.kind, sum(t.amount) as exchanged
          from sale s
          join tender t on (t.tenant_id, t.sale_id) = (s.tenant_id, s.id) and t.method = 'exchange'
          left join sale other on other.tenant_id = s.tenant_id
               and (other.id = s.replaces_id or other.replaces_id = s.id)
         group by s.tenant_id, s.id, other.id, other.tenant_id
        having sum(t.amount) is distinct from (select sum(o.amount) from tender o
                where (o.tenant_id, o.sale_id) = (other.tenant_id, other.id) and o.method = 'exchange')
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
referee(
    "P12",
    "Numbers lent to devices are lent once, and each that a device gave has its bill, which alone bears it",
    counted="select count(*) from till_lease",
    offenders="""
        select l.tenant_id, l.id as lease_id, l.prefix, l.first_number
          from till_lease l
          left join lateral (
                select count(distinct o.place) as came,
                       count(*) filter (where o.status = 'posted' and s.id is null
                           or i.number <> o.number and left(i.number, length(l.prefix)) = l.prefix) as lost
                  from offline_sale o left join sale s on (s.tenant_id, s.id) = (o.tenant_id, o.id)
                  left join invoice i on (i.tenant_id, i.id) = (s.tenant_id, s.invoice_id)
                 where (o.tenant_id, o.lease_id) = (l.tenant_id, l.id)
                   and o.place between l.first_number and coalesce(l.used_until, l.last_number)) o on true
         where o.lost > 0 or o.came <> l.used_until - l.first_number + 1
            or exists (select 1 from till_lease x
                where (x.tenant_id, x.register_id, x.prefix) = (l.tenant_id, l.register_id, l.prefix)
                  and x.id > l.id and x.first_number <= coalesce(l.used_until, l.last_number)
                  and coalesce(x.used_until, x.last_number) >= l.first_number)
         limit 1
    """,
)
