-- A later return corrects what an earlier one, which is filed, states of a document that stands. Its own is not filed.
-- A note follows the amendment of its own invoice, on the same day.
create or replace function sec.check_gst_amendment() returns trigger
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
    if new.follows_id is not null and not exists (
        select 1 from gst_amendment first
          join invoice note on note.tenant_id = first.tenant_id and note.id = new.invoice_id
         where first.tenant_id = new.tenant_id and first.id = new.follows_id and first.withdrawn_at is null
           and first.booked_on = new.booked_on and first.invoice_id = note.original_invoice_id) then
        raise exception 'a note follows the amendment of its invoice'
            using errcode = '23514', constraint = 'gst_amendment_follows';
    end if;
    return new;
end $$;
