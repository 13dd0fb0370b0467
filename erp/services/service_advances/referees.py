"""Invariants of advances for services."""

from erp.services.platform import referee

referee(
    "SA1",
    "What the books owe for services to come, and the tax on it, is what is left of those advances",
    counted="select count(*) from service_advance",
    offenders="""
        with owed as (
            select a.tenant_id, a.company_id,
                   sum(case a.key when 'service_advances' then l.credit - l.debit else 0 end) as amount,
                   sum(case a.key when 'gst_on_advances' then l.debit - l.credit else 0 end) as tax
              from account a
              join journal_line l on (l.tenant_id, l.account_id) = (a.tenant_id, a.id)
             where a.key in ('service_advances', 'gst_on_advances') group by 1, 2),
        held as (
            select a.tenant_id, a.company_id, sum(f.amount) as amount, sum(f.igst + f.cgst + f.sgst) as tax
              from service_advance a
              join service_advance_left f on (f.tenant_id, f.advance_id) = (a.tenant_id, a.id)
             group by 1, 2)
        select tenant_id, company_id, owed.amount as owed, held.amount as held, owed.tax as booked, held.tax as tax
          from owed full join held using (tenant_id, company_id)
         where (coalesce(owed.amount, 0), coalesce(owed.tax, 0))
               <> (coalesce(held.amount, 0), coalesce(held.tax, 0))
         limit 1
    """,
)
referee(
    "SA2",
    "What is left of an advance and of its tax is what was received less what was used and not undone, as amended",
    counted="select count(*) from service_advance_step",
    offenders="""
        select a.tenant_id, a.id as advance_id, f.amount as kept, a.amount - used.amount as worked_out
          from (select w.tenant_id, w.id, w.amount, coalesce(m.igst, w.igst) as igst, coalesce(m.cgst, w.cgst) as cgst,
                       coalesce(m.sgst, w.sgst) as sgst
                  from service_advance w
                  left join service_advance_amendment m on (m.tenant_id, m.advance_id) = (w.tenant_id, w.id)
                       and m.step_id is null and m.withdrawn_at is null) a
          left join service_advance_left f on (f.tenant_id, f.advance_id) = (a.tenant_id, a.id)
         cross join lateral (
               select coalesce(sum(way * s.amount), 0) as amount,
                      coalesce(sum(way * coalesce(m.igst, s.igst)), 0) as igst,
                      coalesce(sum(way * coalesce(m.cgst, s.cgst)), 0) as cgst,
                      coalesce(sum(way * coalesce(m.sgst, s.sgst)), 0) as sgst
                 from service_advance_step s
                 left join service_advance_amendment m on (m.tenant_id, m.step_id) = (s.tenant_id, s.id)
                      and m.withdrawn_at is null
                cross join lateral (select case s.kind when 'undone' then -1 else 1 end as way) of_kind
                where s.tenant_id = a.tenant_id and s.advance_id = a.id) used
         where (f.amount, f.igst, f.cgst, f.sgst) is distinct from
               (a.amount - used.amount, a.igst - used.igst, a.cgst - used.cgst, a.sgst - used.sgst)
            or f.amount = 0 and f.igst + f.cgst + f.sgst <> 0
         limit 1
    """,
)
