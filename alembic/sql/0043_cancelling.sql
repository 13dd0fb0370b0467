-- An order's invoice is cancelled while nothing rests on it: no note, no payment, no registration, no goods under
-- way, no filed return. The row of the invoice is locked against whatever would refer to it meanwhile, and its month
-- against a filing. What the application checks first with better words, this checks last.
create function sec.check_invoice_cancellation() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
    cancelled record;
begin
    select i.*, b.gstin into cancelled
      from invoice i join branch b on b.tenant_id = i.tenant_id and b.id = i.branch_id
     where i.tenant_id = new.tenant_id and i.id = new.invoice_id for update of i;
    if cancelled.origin_type is distinct from 'sales_invoice'
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
        and r.status = 'filed' and cancelled.issued_on <= r.ends_on;
    if found then
        raise exception 'the return of its period is filed'
            using errcode = '23514', constraint = 'invoice_cancellation_filed';
    end if;
    return new;
end $$;
create trigger invoice_cancellation_allowed before insert on invoice_cancellation
    for each row execute function sec.check_invoice_cancellation();

-- Nothing begins on a cancelled invoice: no note, no registration, no way bill. The lock makes a cancellation that
-- is under way come first.
create function sec.refuse_cancelled_invoice() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
    wanted uuid := case when tg_table_name = 'invoice' then to_jsonb(new) ->> 'original_invoice_id'
                        else to_jsonb(new) ->> 'invoice_id' end;
begin
    perform 1 from invoice i where i.tenant_id = new.tenant_id and i.id = wanted for key share;
    perform 1 from invoice_cancellation c where c.tenant_id = new.tenant_id and c.invoice_id = wanted;
    if found then
        raise exception 'this invoice is cancelled'
            using errcode = '23514', constraint = 'invoice_is_cancelled';
    end if;
    return new;
end $$;
create trigger invoice_of_standing before insert on invoice
    for each row when (new.original_invoice_id is not null) execute function sec.refuse_cancelled_invoice();
create trigger einvoice_of_standing before insert or update of status on einvoice
    for each row when (new.status = 'due') execute function sec.refuse_cancelled_invoice();
create trigger way_bill_of_standing before insert or update of status on way_bill
    for each row when (new.status in ('due', 'active') and new.invoice_id is not null)
    execute function sec.refuse_cancelled_invoice();

-- What a cancelled invoice and its opposite settled of each other stays settled.
create function sec.keep_cancellation_settled() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
    perform 1 from open_item o
       join journal_entry e on e.tenant_id = o.tenant_id and e.id = o.entry_id
       join invoice_cancellation c on c.tenant_id = e.tenant_id and c.invoice_id = e.origin_id
      where o.tenant_id = new.tenant_id and o.id = new.debit_item_id;
    if found then
        raise exception 'a cancelled invoice stays settled'
            using errcode = '23514', constraint = 'invoice_is_cancelled';
    end if;
    return new;
end $$;
create trigger allocation_of_standing before insert on allocation
    for each row when (new.amount < 0) execute function sec.keep_cancellation_settled();

-- A way bill's end, once given, moves only with a vehicle that the portal was told of, and only further away.
create or replace function sec.keep_way_bill() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp
as $$
begin
    if (new.company_id, new.invoice_id, new.transfer_id, new.gstin, new.document_number)
       is distinct from (old.company_id, old.invoice_id, old.transfer_id, old.gstin, old.document_number)
       or old.number <> '' and (new.number, new.made_at) is distinct from (old.number, old.made_at)
       or old.valid_until is not null and new.valid_until is distinct from old.valid_until
          and (old.asked <> 'vehicle' or new.valid_until is null or new.valid_until < old.valid_until)
       or old.status = 'cancelled' then
        raise exception 'a way bill that was given is not changed'
            using errcode = '23514', constraint = 'way_bill_frozen';
    end if;
    return new;
end $$;

-- A challan is cancelled once; nothing else of it changes.
create function sec.keep_gst_deposit() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp
as $$
begin
    if tg_op = 'DELETE' or old.cancelled_at is not null
       or to_jsonb(new) - '{cancelled_at,cancelled_by,cancel_reason}'::text[]
          is distinct from to_jsonb(old) - '{cancelled_at,cancelled_by,cancel_reason}'::text[] then
        raise exception 'a challan is not changed'
            using errcode = '23514', constraint = 'gst_deposit_frozen';
    end if;
    return new;
end $$;
create trigger gst_deposit_frozen before update or delete on gst_deposit
    for each row execute function sec.keep_gst_deposit();
