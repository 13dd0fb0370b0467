-- Of an asset only where it is and what became of it change; a sold one comes back when its invoice is cancelled.
create function sec.keep_asset() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp
as $$
declare
    changing text[] := '{branch_id,place,custodian,status,disposed_on,proceeds,buyer_id,disposal_reason}';
begin
    if tg_op = 'DELETE' then
        raise exception 'an asset stays in the register'
            using errcode = '23514', constraint = 'asset_kept';
    end if;
    if to_jsonb(new) - changing is distinct from to_jsonb(old) - changing
       or old.status <> 'in_use' and to_jsonb(new) is distinct from to_jsonb(old)
          and not (old.status = 'sold' and new.status = 'in_use' and new.branch_id = old.branch_id
                   and exists (select 1 from asset_sale s
                         join invoice_cancellation c on c.tenant_id = s.tenant_id and c.invoice_id = s.id
                        where s.tenant_id = new.tenant_id and s.asset_id = new.id)
                   and not exists (select 1 from asset_sale s
                        where s.tenant_id = new.tenant_id and s.asset_id = new.id
                          and not exists (select 1 from invoice_cancellation c
                               where c.tenant_id = s.tenant_id and c.invoice_id = s.id))) then
        raise exception 'a registered asset does not change'
            using errcode = '23514', constraint = 'asset_kept';
    end if;
    return new;
end $$;
create trigger asset_kept before update or delete on asset
    for each row execute function sec.keep_asset();

-- The sale of an asset is cancelled as an order's invoice is. A filed return binds the days of its own scheme.
create or replace function sec.check_invoice_cancellation() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
    cancelled record;
begin
    select i.*, b.gstin into cancelled
      from invoice i join branch b on b.tenant_id = i.tenant_id and b.id = i.branch_id
     where i.tenant_id = new.tenant_id and i.id = new.invoice_id for update of i;
    if cancelled.origin_type not in ('sales_invoice', 'asset_sale')
       or cancelled.kind not in ('tax_invoice', 'bill_of_supply', 'invoice_cum_bill') then
        raise exception 'only an invoice of an order is cancelled'
            using errcode = '23514', constraint = 'invoice_cancellation_kind';
    end if;
    perform 1 from invoice where tenant_id = new.tenant_id and original_invoice_id = new.invoice_id;
    if found then
        raise exception 'an invoice with notes is not cancelled'
            using errcode = '23514', constraint = 'invoice_cancellation_noted';
    end if;
    perform 1 from journal_entry e join open_item o on o.tenant_id = e.tenant_id and o.entry_id = e.id
      where e.tenant_id = new.tenant_id and e.origin_id = new.invoice_id and o.settled <> 0;
    if found then
        raise exception 'an invoice that is paid is not cancelled'
            using errcode = '23514', constraint = 'invoice_cancellation_settled';
    end if;
    perform 1 from einvoice e
      where e.tenant_id = new.tenant_id and e.invoice_id = new.invoice_id
        and (e.status in ('due', 'registered', 'cancelling')
             or e.status = 'refused' and 'lied' = (select c.outcome from portal_call c
                 where c.tenant_id = e.tenant_id and c.einvoice_id = e.id order by c.id desc limit 1));
    if found then
        raise exception 'the invoice portal has this invoice'
            using errcode = '23514', constraint = 'invoice_cancellation_at_portal';
    end if;
    perform 1 from way_bill w where w.tenant_id = new.tenant_id and w.invoice_id = new.invoice_id
        and w.status in ('due', 'active');
    if found then
        raise exception 'its goods travel with a way bill'
            using errcode = '23514', constraint = 'invoice_cancellation_carried';
    end if;
    perform 1 from period p
      where p.tenant_id = new.tenant_id and p.company_id = cancelled.company_id
        and cancelled.issued_on between p.starts_on and p.ends_on for key share;
    perform 1 from gst_return r
      where r.tenant_id = new.tenant_id and r.company_id = cancelled.company_id and r.gstin = cancelled.gstin
        and r.status = 'filed' and cancelled.issued_on <= r.ends_on
        and (r.form = 'cmp08')
            = (sec.gst_scheme(new.tenant_id, cancelled.company_id, cancelled.issued_on) = 'composition');
    if found then
        raise exception 'the return of its period is filed'
            using errcode = '23514', constraint = 'invoice_cancellation_filed';
    end if;
    return new;
end $$;
