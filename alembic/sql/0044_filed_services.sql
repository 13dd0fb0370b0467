-- Income of exempt services belongs to a filed GSTR-1 as sales do.
create or replace function sec.refuse_filed_tax() returns trigger
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
             or (account.key ~ '^sales_' or account.key = 'consultation_income')
                and entry.origin_type in ('sale', 'return', 'sales_invoice', 'sales_return')
             or filed.form = 'gstr3b' and (account.key ~ '^(input|rcm)_' or entry.origin_type in
                ('supplier_bill', 'supplier_return', 'supplier_claim')));
    if found then
        raise exception 'the return of this period is filed'
            using errcode = '23514', constraint = 'gst_return_period_filed';
    end if;
    return null;
end $$;
