-- How a company pays GST on a day; the company's own word holds before its first dated row.
create function sec.gst_scheme(tenant uuid, company_wanted uuid, on_day date) returns text
language sql stable set search_path = pg_catalog, public, pg_temp
as $$
    select coalesce(
        (select c.scheme from gst_scheme_change c
          where c.tenant_id = tenant and c.company_id = company_wanted and c.valid_from <= on_day
          order by c.valid_from desc, c.recorded_at desc, c.id desc limit 1),
        (select k.gst_scheme from company k where k.tenant_id = tenant and k.id = company_wanted))
$$;

-- Who pays by composition, or is not registered, collects no tax, whoever writes the document; notes follow
-- the document they belong to. By composition nothing goes to another state (CGST Act s.10(2), s.10(4), s.32).
create function sec.keep_untaxed() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp
as $$
begin
    if (new.kind <> 'bill_of_supply' or new.cgst + new.sgst + new.igst > 0 or new.supply_nature = 'INTER')
       and sec.gst_scheme(new.tenant_id, new.company_id, new.issued_on) = 'composition' then
        raise exception 'by composition a bill of supply bears no tax and stays in the state'
            using errcode = '23514', constraint = 'invoice_by_composition';
    end if;
    return new;
end $$;
create trigger invoice_by_composition before insert on invoice for each row
    when (new.kind not in ('credit_note', 'debit_note')) execute function sec.keep_untaxed();

-- A filed return binds the days on which its scheme held: a CMP-08 those by composition, the others the rest.
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
             or filed.form = 'cmp08' and account.key ~ '^rcm_'
             or filed.form = 'gstr3b' and (account.key ~ '^(input|rcm)_' or entry.origin_type in
                ('supplier_bill', 'supplier_return', 'supplier_claim')))
        and (filed.form = 'cmp08')
            = (sec.gst_scheme(line.tenant_id, account.company_id, line.effective_on) = 'composition');
    if found then
        raise exception 'the return of this period is filed'
            using errcode = '23514', constraint = 'gst_return_period_filed';
    end if;
    return null;
end $$;
revoke all on function sec.gst_scheme(uuid, uuid, date) from public;
grant execute on function sec.gst_scheme(uuid, uuid, date) to erp_app;
