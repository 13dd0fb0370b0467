"""Invariants of the asset register."""

from erp.services.platform import referee

referee(
    "FA1",
    "Every account of assets holds the cost of what is in use in each branch, and depreciation what it lost",
    counted="select count(*) from asset",
    offenders="""
        with lost as (
            select a.tenant_id, a.id, a.opening_depreciation + coalesce(sum(d.amount), 0) as amount
              from asset a
              left join asset_depreciation d on (d.tenant_id, d.asset_id) = (a.tenant_id, a.id)
             group by a.tenant_id, a.id),
        registered as (
            select a.tenant_id, a.branch_id, k.key, sum(a.cost) as amount
              from asset a join account k on (k.tenant_id, k.id) = (a.tenant_id, a.account_id)
             where a.status = 'in_use' group by 1, 2, 3
            union all
            select a.tenant_id, a.branch_id, 'accumulated_depreciation', -sum(x.amount)
              from asset a join lost x on (x.tenant_id, x.id) = (a.tenant_id, a.id)
             where a.status = 'in_use' group by 1, 2),
        booked as (
            select e.tenant_id, e.branch_id, k.key, sum(l.debit - l.credit) as amount
              from account k
              join journal_line l on (l.tenant_id, l.account_id) = (k.tenant_id, k.id)
              join journal_entry e on (e.tenant_id, e.id) = (l.tenant_id, l.entry_id)
             where k.key in ('furniture', 'computers', 'equipment', 'vehicles', 'accumulated_depreciation')
             group by 1, 2, 3)
        select tenant_id, branch_id, key, r.amount as registered, b.amount as booked
          from registered r full join booked b using (tenant_id, branch_id, key)
         where coalesce(r.amount, 0) <> coalesce(b.amount, 0)
         limit 1
    """,
)
referee(
    "FA2",
    "No asset loses more than its cost less what is left, and every run posted what its assets lost",
    counted="select count(*) from asset_run",
    offenders="""
        select a.tenant_id, a.id, 'lost too much' as why
          from asset a
          join asset_depreciation d on (d.tenant_id, d.asset_id) = (a.tenant_id, a.id)
         group by a.tenant_id, a.id, a.cost, a.residual, a.opening_depreciation
        having a.opening_depreciation + sum(d.amount) > a.cost - a.residual
        union all
        select r.tenant_id, r.id, 'not what its assets lost'
          from asset_run r
          left join asset_depreciation d on (d.tenant_id, d.run_id) = (r.tenant_id, r.id)
         group by r.tenant_id, r.id, r.total, r.assets
        having r.total <> coalesce(sum(d.amount), 0) or r.assets <> count(d.id)
            or r.total <> coalesce((select sum(e.total) from journal_entry e
                 where e.tenant_id = r.tenant_id and e.origin_id = r.id and e.origin_type = 'asset_run'), 0)
         limit 1
    """,
)
