-- Once a return is filed, its period's taxes no longer change: a GSTR-1 binds what was supplied, a GSTR-3B
-- what was bought too. Days before the first filed return count as filed: no return would ever state them.
-- What pays a return is none of them.
create function sec.refuse_filed_tax() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
    if not exists (
        select 1 from (select distinct tenant_id, effective_on from inserted) day
          join gst_return filed on filed.tenant_id = day.tenant_id and filed.status = 'filed'
           and day.effective_on <= filed.ends_on) then
        return null;
    end if;
    perform 1
       from inserted line
       join journal_entry entry on entry.tenant_id = line.tenant_id and entry.id = line.entry_id
       join branch on branch.tenant_id = entry.tenant_id and branch.id = entry.branch_id
       join account on account.tenant_id = line.tenant_id and account.id = line.account_id
       join gst_return filed on filed.tenant_id = line.tenant_id and filed.company_id = account.company_id
        and filed.gstin = branch.gstin and filed.status = 'filed'
        and line.effective_on <= filed.ends_on
      where entry.origin_type <> 'gst_return'
        and (account.key ~ '^output_'
             or account.key ~ '^sales_' and entry.origin_type in ('sale', 'return', 'sales_invoice', 'sales_return')
             or filed.form = 'gstr3b' and (account.key ~ '^(input|rcm)_' or entry.origin_type in
                ('supplier_bill', 'supplier_return', 'supplier_claim')));
    if found then
        raise exception 'the return of this period is filed'
            using errcode = '23514', constraint = 'gst_return_period_filed';
    end if;
    return null;
end $$;
create trigger journal_line_before_filing after insert on journal_line
    referencing new table as inserted
    for each statement execute function sec.refuse_filed_tax();

-- A version's figures are frozen; of a filed one nothing changes.
create function sec.keep_gst_return() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or old.status = 'filed'
       or (old.company_id, old.gstin, old.form, old.starts_on, old.ends_on, old.version, old.portal, old.sha256,
           old.figures, old.problems, old.differences, old.blocking, old.prepared_by, old.prepared_at)
          is distinct from
          (new.company_id, new.gstin, new.form, new.starts_on, new.ends_on, new.version, new.portal, new.sha256,
           new.figures, new.problems, new.differences, new.blocking, new.prepared_by, new.prepared_at) then
        raise exception 'a prepared return is frozen'
            using errcode = '23514', constraint = 'gst_return_frozen';
    end if;
    return new;
end $$;
create trigger gst_return_frozen before update or delete on gst_return
    for each row execute function sec.keep_gst_return();
