"""Invariants of payment gateways."""

from erp.services.platform import referee

referee(
    "GW1",
    "What clearing holds is what was captured, less what went back and what was settled, per company",
    counted="select count(*) from gateway_payment",
    offenders="""
        with held as (
            select l.tenant_id, a.company_id, sum(l.debit - l.credit) as amount
              from journal_line l join account a on (a.tenant_id, a.id) = (l.tenant_id, l.account_id)
             where a.key = 'gateway_clearing' group by l.tenant_id, a.company_id
        ), moves as (
            select tenant_id, company_id, amount from gateway_payment
             where num_nonnulls(receipt_id, entry_id) > 0
            union all
            select tenant_id, company_id, -amount from gateway_refund where status = 'processed'
            union all
            select s.tenant_id, s.company_id, -l.cleared from gateway_settlement_line l
              join gateway_settlement s on (s.tenant_id, s.id) = (l.tenant_id, l.settlement_id)
        ), wanted as (
            select tenant_id, company_id, sum(amount) as amount from moves group by tenant_id, company_id
        )
        select coalesce(h.tenant_id, w.tenant_id) as tenant_id, coalesce(h.company_id, w.company_id) as company_id,
               coalesce(h.amount, 0) as held, coalesce(w.amount, 0) as wanted
          from held h full join wanted w on (w.tenant_id, w.company_id) = (h.tenant_id, h.company_id)
         where coalesce(h.amount, 0) <> coalesce(w.amount, 0)
         limit 1
    """,
)
referee(
    "GW2",
    "Every captured payment in rupees is in the books once, with its amount, and a paid link has one that is its own",
    counted="select count(*) from gateway_payment where status = 'captured'",
    offenders="""
        select g.tenant_id, g.id, g.provider_id, 'payment' as what from gateway_payment g
          left join payment p on (p.tenant_id, p.id) = (g.tenant_id, g.receipt_id)
          left join journal_entry e on (e.tenant_id, e.id) = (g.tenant_id, g.entry_id)
         where g.status = 'captured' and g.currency = 'INR'
           and (num_nonnulls(g.receipt_id, g.entry_id) = 0 or p.amount <> g.amount or e.total <> g.amount)
        union all
        select l.tenant_id, l.id, l.reference, 'link' from payment_link l
         where l.status = 'paid'
           and not exists (select 1 from gateway_payment g
                            where (g.tenant_id, g.link_id) = (l.tenant_id, l.id) and g.receipt_id is not null
                              and g.amount = l.amount)
         limit 1
    """,
)
referee(
    "GW3",
    "What is noted as refunded of a payment is what its refunds say, without those that failed or were taken back",
    counted="select count(*) from gateway_refund",
    offenders="""
        select g.tenant_id, g.id, g.refunded, coalesce(sum(r.amount), 0) as asked
          from gateway_payment g
          left join gateway_refund r
            on (r.tenant_id, r.gateway_payment_id) = (g.tenant_id, g.id) and r.status not in ('failed', 'reversed')
         group by g.tenant_id, g.id having g.refunded <> coalesce(sum(r.amount), 0)
         limit 1
    """,
)
referee(
    "GW4",
    "Every settlement is booked as bank, fee and tax against what it clears, and its difference is named",
    counted="select count(*) from gateway_settlement",
    offenders="""
        select s.tenant_id, s.id, s.provider_id
          from gateway_settlement s
          left join gateway_settlement_line l on (l.tenant_id, l.settlement_id) = (s.tenant_id, s.id)
         group by s.tenant_id, s.id
        having s.amount + s.fee + s.tax - s.difference <> coalesce(sum(l.cleared), 0)
            or s.fee <> coalesce(sum(l.fee), 0) or s.tax <> coalesce(sum(l.tax), 0)
            or s.line_count <> count(l.id)
            or s.difference <> 0 and not exists (select 1 from gateway_exception x
                    where (x.tenant_id, x.settlement_id) = (s.tenant_id, s.id))
         limit 1
    """,
)
