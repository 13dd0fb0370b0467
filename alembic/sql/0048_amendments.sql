-- A later return corrects what an earlier one, which is filed, states of a document that stands. Its own is not filed.
create function sec.check_gst_amendment() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
    if exists (select 1 from invoice_cancellation gone
                where gone.tenant_id = new.tenant_id and gone.invoice_id = new.invoice_id) then
        raise exception 'a cancelled invoice is in no return'
            using errcode = '23514', constraint = 'gst_amendment_cancelled';
    end if;
    if not exists (
        select 1 from invoice
          join branch on branch.tenant_id = invoice.tenant_id and branch.id = invoice.branch_id
          join gst_return filed on filed.tenant_id = invoice.tenant_id and filed.company_id = invoice.company_id
           and filed.gstin = branch.gstin and filed.form = 'gstr1' and filed.status = 'filed'
           and invoice.issued_on between filed.starts_on and filed.ends_on
         where invoice.tenant_id = new.tenant_id and invoice.id = new.invoice_id) then
        raise exception 'no filed return states this document'
            using errcode = '23514', constraint = 'gst_amendment_unfiled';
    end if;
    if exists (
        select 1 from invoice
          join branch on branch.tenant_id = invoice.tenant_id and branch.id = invoice.branch_id
          join gst_return filed on filed.tenant_id = invoice.tenant_id and filed.company_id = invoice.company_id
           and filed.gstin = branch.gstin and filed.form = 'gstr1' and filed.status = 'filed'
           and new.booked_on <= filed.ends_on
         where invoice.tenant_id = new.tenant_id and invoice.id = new.invoice_id) then
        raise exception 'the return that states this is filed'
            using errcode = '23514', constraint = 'gst_return_period_filed';
    end if;
    return new;
end $$;

create trigger gst_amendment_allowed before insert on gst_amendment
    for each row execute function sec.check_gst_amendment();

-- It is withdrawn once, before its return is filed; nothing else of it changes.
create function sec.keep_gst_amendment() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
    if tg_op = 'DELETE' or old.withdrawn_at is not null
       or to_jsonb(new) - '{withdrawn_at,withdrawn_by,withdraw_reason}'::text[]
          is distinct from to_jsonb(old) - '{withdrawn_at,withdrawn_by,withdraw_reason}'::text[] then
        raise exception 'an amendment is not changed'
            using errcode = '23514', constraint = 'gst_amendment_frozen';
    end if;
    if exists (
        select 1 from invoice
          join branch on branch.tenant_id = invoice.tenant_id and branch.id = invoice.branch_id
          join gst_return filed on filed.tenant_id = invoice.tenant_id and filed.company_id = invoice.company_id
           and filed.gstin = branch.gstin and filed.form = 'gstr1' and filed.status = 'filed'
           and old.booked_on <= filed.ends_on
         where invoice.tenant_id = old.tenant_id and invoice.id = old.invoice_id) then
        raise exception 'the return that states this is filed'
            using errcode = '23514', constraint = 'gst_return_period_filed';
    end if;
    return new;
end $$;
create trigger gst_amendment_frozen before update or delete on gst_amendment
    for each row execute function sec.keep_gst_amendment();
