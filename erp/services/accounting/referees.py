"""Invariants of the ledger."""

from erp.services.platform import referee

referee(
    "L1",
    "Every journal entry has its lines and balances to its total",
    counted="select count(*) from journal_entry",
    offenders="""
        select e.tenant_id, e.id as entry_id, e.total, sum(l.debit) as debits, sum(l.credit) as credits
          from journal_entry e left join journal_line l on (l.tenant_id, l.entry_id) = (e.tenant_id, e.id)
         group by e.tenant_id, e.id
        having count(l.line_no) <> e.line_count or sum(l.debit) is distinct from e.total
            or sum(l.credit) is distinct from e.total
         limit 1
    """,
)
referee(
    "L2",
    "The books of every tenant add up to zero",
    counted="select count(*) from tenant",
    offenders="select tenant_id, sum(debit) - sum(credit) as difference from journal_line"
    " group by tenant_id having sum(debit) <> sum(credit) limit 1",
)
referee(
    "L3",
    "Entries lie in a period of their company that holds their date, and are taken back in their branch",
    counted="select count(*) from journal_entry",
    offenders="""
        select e.tenant_id, e.id as entry_id, e.effective_on, p.starts_on, p.ends_on
          from journal_entry e join period p on (p.tenant_id, p.id) = (e.tenant_id, e.period_id)
          left join journal_entry o on (o.tenant_id, o.id) = (e.tenant_id, e.reverses_entry_id)
         where e.effective_on not between p.starts_on and p.ends_on or p.company_id <> e.company_id
            or (p.closed_at is not null and e.recorded_at > p.closed_at)
            or (o.company_id, o.branch_id) <> (e.company_id, e.branch_id)
         limit 1
    """,
)
referee(
    "L5",
    "Every kept account balance is the sum of its lines, by branch and cost centre",
    counted="select count(*) from account_balance",
    offenders="""
        with kept as (select tenant_id, account_id, period_id, branch_id, cost_centre,
                             sum(debit) as debit, sum(credit) as credit
                        from account_balance group by 1, 2, 3, 4, 5),
             posted as (select l.tenant_id, l.account_id, e.period_id, e.branch_id,
                               coalesce(l.cost_centre, '') as cost_centre,
                               sum(l.debit) as debit, sum(l.credit) as credit
                          from journal_line l join journal_entry e on (e.tenant_id, e.id) = (l.tenant_id, l.entry_id)
                         group by 1, 2, 3, 4, 5)
        select tenant_id, account_id, period_id, branch_id, cost_centre, kept.debit as kept_debit,
               posted.debit as posted_debit
          from kept full join posted using (tenant_id, account_id, period_id, branch_id, cost_centre)
         where (kept.debit, kept.credit) is distinct from (posted.debit, posted.credit)
         limit 1
    """,
)
referee(
    "L9",
    "Every line of debtors or creditors that names a party is open items of its amount, and nothing else is",
    counted="select count(*) from open_item",
    offenders="""
        with lines as (
            select l.tenant_id, l.entry_id, l.line_no, l.account_id, l.party_id, l.debit, l.credit
              from journal_line l
              join account a on (a.tenant_id, a.id) = (l.tenant_id, l.account_id)
             where a.key in ('debtors', 'creditors') and l.party_id is not null),
        items as (
            select tenant_id, entry_id, line_no, account_id, party_id, side, sum(amount) as amount
              from open_item group by 1, 2, 3, 4, 5, 6)
        select tenant_id, entry_id, line_no, i.amount, lines.debit, lines.credit
          from lines full join items i using (tenant_id, entry_id, line_no)
         where (i.account_id, i.party_id, case i.side when 'debit' then i.amount else 0 end,
                case i.side when 'credit' then i.amount else 0 end)
               is distinct from (lines.account_id, lines.party_id, lines.debit, lines.credit)
         limit 1
    """,
)
referee(
    "L10",
    "What is settled of an item is what its allocations say",
    counted="select count(*) from allocation",
    offenders="""
        with matched as (
            select tenant_id, item_id, sum(amount) as amount
              from allocation cross join lateral (values (debit_item_id), (credit_item_id)) v (item_id)
             group by 1, 2)
        select i.tenant_id, i.id as item_id, i.settled, matched.amount
          from open_item i left join matched on (matched.tenant_id, matched.item_id) = (i.tenant_id, i.id)
         where i.settled <> coalesce(matched.amount, 0)
         limit 1
    """,
)
