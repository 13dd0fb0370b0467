-- An entry may only be posted into an open period that holds its date. The share lock
-- makes closing a period wait for entries being posted into it.
create function sec.check_period() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
    found_period period;
begin
    select * into found_period from period
     where tenant_id = new.tenant_id and id = new.period_id for share;
    if found_period.status is distinct from 'open'
       or found_period.company_id is distinct from new.company_id
       or new.effective_on not between found_period.starts_on and found_period.ends_on then
        raise exception 'period does not take this entry'
            using errcode = '23514', constraint = 'journal_entry_period_open';
    end if;
    return new;
end $$;
create trigger journal_entry_period before insert on journal_entry
    for each row execute function sec.check_period();

-- All lines of an entry arrive in one statement; debits and credits equal its total.
-- A line added later makes the count wrong and is refused by the same rule.
create function sec.apply_journal_lines() returns trigger
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
    insert into account_balance as balance (tenant_id, account_id, period_id, stripe, debit, credit)
    select line.tenant_id, line.account_id, entry.period_id, pg_backend_pid() % 16,
           sum(line.debit), sum(line.credit)
      from inserted line
      join journal_entry entry on entry.tenant_id = line.tenant_id and entry.id = line.entry_id
     group by line.tenant_id, line.account_id, entry.period_id
     order by line.account_id
    on conflict (tenant_id, account_id, period_id, stripe) do update
       set debit = balance.debit + excluded.debit, credit = balance.credit + excluded.credit;
    return null;
end $$;
create trigger journal_line_applied after insert on journal_line
    referencing new table as inserted
    for each statement execute function sec.apply_journal_lines();

-- An entry without its lines cannot be committed.
create function sec.check_entry_has_lines() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
    if (select count(*) from journal_line
         where tenant_id = new.tenant_id and entry_id = new.id) <> new.line_count then
        raise exception 'journal entry has no lines'
            using errcode = '23514', constraint = 'journal_entry_balanced';
    end if;
    return null;
end $$;
create constraint trigger journal_entry_has_lines after insert on journal_entry
    deferrable initially deferred
    for each row execute function sec.check_entry_has_lines();

-- Not even the owner rewrites the past by accident.
create function sec.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% rows are never changed or deleted', tg_table_name
        using errcode = '23514', constraint = tg_table_name || '_immutable';
end $$;
