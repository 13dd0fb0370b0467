"""Invariants of payments."""

from erp.services.platform import referee

referee(
    "PM1",
    "Every payment is booked with its amount, discount and write-off, and taken back at most once",
    counted="select count(*) from payment",
    offenders="""
        select p.tenant_id, p.id as payment_id, p.number, p.amount, e.total, steps.reversed
          from payment p
          left join journal_entry e on e.tenant_id = p.tenant_id and e.origin_id = p.id
               and e.purpose = 'payment'
          left join journal_entry back on back.tenant_id = p.tenant_id and back.origin_id = p.id
               and back.purpose = 'reversed'
          cross join lateral (select count(*) as reversed from payment_step s
                where s.tenant_id = p.tenant_id and s.payment_id = p.id and s.kind = 'reversed') steps
         where e.total is distinct from p.amount + p.discount + p.written_off
            or (back.id is not null) <> (steps.reversed = 1)
         limit 1
    """,
)
referee(
    "PM2",
    "Cheques that wait in a branch are what it has on the accounts of cheques in hand and issued",
    counted="select count(*) from payment where method = 'cheque'",
    offenders="""
        with waiting as (
            select p.tenant_id, p.branch_id, p.direction, sum(p.amount) as amount
              from payment p
             where p.method = 'cheque' and not exists (select 1 from payment_step s
                                where s.tenant_id = p.tenant_id and s.payment_id = p.id)
             group by 1, 2, 3),
        held as (
            select e.tenant_id, e.branch_id,
                   case a.key when 'cheques_in_hand' then 'in' else 'out' end as direction,
                   abs(sum(l.debit - l.credit)) as amount
              from account a
              join journal_line l on (l.tenant_id, l.account_id) = (a.tenant_id, a.id)
              join journal_entry e on (e.tenant_id, e.id) = (l.tenant_id, l.entry_id)
             where a.key in ('cheques_in_hand', 'cheques_issued') group by 1, 2, 3)
        select tenant_id, branch_id, waiting.amount as waiting, held.amount as held
          from waiting full join held using (tenant_id, branch_id, direction)
         where coalesce(waiting.amount, 0) <> coalesce(held.amount, 0)
         limit 1
    """,
)
