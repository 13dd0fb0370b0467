-- Balances are kept per branch and cost centre too: the same statement, the same rows of one sale.
create or replace function sec.apply_journal_lines() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
    perform 1
       from (select distinct tenant_id, entry_id from inserted) touched
       join journal_entry entry on entry.tenant_id = touched.tenant_id and entry.id = touched.entry_id
       cross join lateral (
            select count(*) as lines, sum(debit) as debits, sum(credit) as credits,
                   bool_and(line.effective_on = entry.effective_on
                            and account.company_id = entry.company_id) as belongs
              from journal_line line
              join account on account.tenant_id = line.tenant_id and account.id = line.account_id
             where line.tenant_id = entry.tenant_id and line.entry_id = entry.id) posted
      where (posted.lines, posted.debits, posted.credits, posted.belongs)
            is distinct from (entry.line_count::bigint, entry.total, entry.total, true);
    if found then
        raise exception 'journal entry does not balance'
            using errcode = '23514', constraint = 'journal_entry_balanced';
    end if;
    insert into account_balance as balance
           (tenant_id, account_id, period_id, branch_id, cost_centre, stripe, debit, credit)
    select line.tenant_id, line.account_id, entry.period_id, entry.branch_id,
           coalesce(line.cost_centre, ''), mod(pg_backend_pid(), 16), sum(line.debit), sum(line.credit)
      from inserted line
      join journal_entry entry on entry.tenant_id = line.tenant_id and entry.id = line.entry_id
     group by line.tenant_id, line.account_id, entry.period_id, entry.branch_id,
              coalesce(line.cost_centre, '')
     order by line.account_id, entry.branch_id, coalesce(line.cost_centre, '')
    on conflict (tenant_id, account_id, period_id, branch_id, cost_centre, stripe) do update
       set debit = balance.debit + excluded.debit, credit = balance.credit + excluded.credit;
    return null;
end $$;

-- Cost centres that were typed before there was a list of them.
insert into cost_centre (tenant_id, id, code, name, is_active)
select tenant_id, uuidv7(), cost_centre, cost_centre, true
  from journal_line where cost_centre is not null group by tenant_id, cost_centre;

delete from account_balance;
insert into account_balance (tenant_id, account_id, period_id, branch_id, cost_centre, stripe, debit, credit)
select line.tenant_id, line.account_id, entry.period_id, entry.branch_id,
       coalesce(line.cost_centre, ''), 0, sum(line.debit), sum(line.credit)
  from journal_line line
  join journal_entry entry on entry.tenant_id = line.tenant_id and entry.id = line.entry_id
 group by line.tenant_id, line.account_id, entry.period_id, entry.branch_id, coalesce(line.cost_centre, '');
