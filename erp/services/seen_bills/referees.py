"""Invariants of the register of bills."""

from erp.services.platform import referee

# What the bill shows is known also where the claim that gave it was taken back since: the others took no more then.
referee(
    "SB1",
    "The credit of a supplier's bill is taken once, by one document or in parts up to the GST of the whole bill, and"
    " what a claim or an asset takes is in the register",
    counted="select count(*) from seen_bill_use where is_credit and ended_on is null",
    offenders="""
        with kept as (
            select u.tenant_id, u.source_id, sum(u.igst) as igst, sum(u.cgst) as cgst, sum(u.sgst) as sgst
              from seen_bill_use u where u.is_credit and u.ended_on is null and u.source in ('expense', 'asset')
             group by 1, 2),
        stated as (
            select tenant_id, id, number, igst, cgst, sgst from expense_claim where status = 'approved'
            union all
            select tenant_id, id, number, igst, cgst, sgst from asset)
        select s.tenant_id, s.id, s.number, 'not as in the register' as fault
          from stated s left join kept k on (k.tenant_id, k.source_id) = (s.tenant_id, s.id)
         where (s.igst, s.cgst, s.sgst)
               is distinct from (coalesce(k.igst, 0), coalesce(k.cgst, 0), coalesce(k.sgst, 0))
        union all
        select tenant_id, bill_id, min(number) filter (where ended_on is null),
               'taken by ' || string_agg(distinct number, ', ') filter (where ended_on is null)
          from seen_bill_use where is_credit
         group by tenant_id, bill_id
        having count(*) filter (where ended_on is null) > 1
           and (bool_or(source not in ('expense', 'asset')) filter (where ended_on is null)
                or sum(igst + cgst + sgst) filter (where ended_on is null) > coalesce(max(bill_tax), 0))
         limit 1
    """,
)
