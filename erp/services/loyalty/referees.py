"""Invariants of points."""

from erp.services.platform import referee

referee(
    "Y1",
    "What is left of every lot of points is the sum of its entries",
    counted="select count(*) from loyalty_entry",
    offenders="""
        with entered as (select tenant_id, lot_id, party_id, sum(points) as points
                           from loyalty_entry group by 1, 2, 3)
        select tenant_id, lot_id, entered.points, lot.remaining
          from entered
          full join (select tenant_id, id as lot_id, party_id, remaining from loyalty_lot) lot
         using (tenant_id, lot_id, party_id)
         where entered.points is distinct from lot.remaining
         limit 1
    """,
)
referee(
    "Y2",
    "What the books owe for points is what all points together are worth",
    counted="select count(*) from loyalty_programme",
    offenders="""
        with owed as (
            select a.tenant_id, a.company_id, coalesce(sum(b.credit - b.debit), 0) as amount
              from account a
              left join account_balance b on (b.tenant_id, b.account_id) = (a.tenant_id, a.id)
             where a.key = 'loyalty_liability' group by 1, 2),
        held as (
            select l.tenant_id, l.company_id, sum(l.remaining * p.worth) as amount
              from loyalty_lot l
              left join loyalty_programme p on (p.tenant_id, p.company_id) = (l.tenant_id, l.company_id)
             group by 1, 2)
        select tenant_id, company_id, coalesce(owed.amount, 0) as owed, coalesce(held.amount, 0) as held
          from owed full join held using (tenant_id, company_id)
         where coalesce(owed.amount, 0) <> coalesce(held.amount, 0)
         limit 1
    """,
)
referee(
    "Y3",
    "No more points are reversed than were earned or spent",
    counted="select count(*) from loyalty_entry where kind in ('spend', 'reverse')",
    offenders="""
        select e.tenant_id, e.id as entry_id, e.points, sum(r.points) as reversed
          from loyalty_entry e
          join loyalty_entry r on (r.tenant_id, r.reverses_id) = (e.tenant_id, e.id)
         group by e.tenant_id, e.id, e.points
        having abs(sum(r.points)) > abs(e.points) or sign(sum(r.points)) = sign(e.points)
         limit 1
    """,
)
