-- What is left of an advance for a service, and of its tax, follows its steps; checks keep it from going below zero.
create function sec.open_service_advance() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
    insert into service_advance_left (tenant_id, advance_id, amount, igst, cgst, sgst)
    values (new.tenant_id, new.id, new.amount, new.igst, new.cgst, new.sgst);
    return null;
end $$;
create trigger service_advance_opens after insert on service_advance
    for each row execute function sec.open_service_advance();

create function sec.apply_service_advance_step() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
    way int := case new.kind when 'undone' then 1 else -1 end;
begin
    if new.kind = 'undone' and not exists (
        select 1 from service_advance_step made
         where made.tenant_id = new.tenant_id and made.id = new.undoes_id and made.kind in ('applied', 'refunded')
           and (made.advance_id, made.amount, made.igst, made.cgst, made.sgst)
               = (new.advance_id, new.amount, new.igst, new.cgst, new.sgst)) then
        raise exception 'a step of an advance is taken back whole'
            using errcode = '23514', constraint = 'service_advance_undoes';
    end if;
    if new.kind = 'applied' and not exists (
        select 1 from invoice
          join service_advance advance on advance.tenant_id = invoice.tenant_id and advance.id = new.advance_id
         where invoice.tenant_id = new.tenant_id and invoice.id = new.invoice_id
           and invoice.party_id = advance.party_id and invoice.company_id = advance.company_id
           and invoice.kind not in ('credit_note', 'debit_note')) then
        raise exception 'an advance goes to an invoice of its customer'
            using errcode = '23514', constraint = 'service_advance_invoice';
    end if;
    update service_advance_left
       set amount = amount + way * new.amount, igst = igst + way * new.igst, cgst = cgst + way * new.cgst,
           sgst = sgst + way * new.sgst
     where tenant_id = new.tenant_id and advance_id = new.advance_id;
    return null;
end $$;
create trigger service_advance_step_applied after insert on service_advance_step
    for each row execute function sec.apply_service_advance_step();

-- What an advance settled of an invoice stays settled until the application is taken back, and its tax with it.
create function sec.keep_service_advance_applied() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
    if exists (
        select 1 from open_item item
          join journal_entry entry on entry.tenant_id = item.tenant_id and entry.id = item.entry_id
         where item.tenant_id = new.tenant_id and item.id = new.credit_item_id
           and entry.origin_type = 'service_advance_step' and entry.purpose = 'applied'
           and not exists (select 1 from service_advance_step undone
                            where undone.tenant_id = entry.tenant_id and undone.undoes_id = entry.origin_id)) then
        raise exception 'an advance for a service settles this'
            using errcode = '23514', constraint = 'service_advance_applied';
    end if;
    return null;
end $$;
create trigger allocation_of_service_advance after insert on allocation
    for each row when (new.amount < 0) execute function sec.keep_service_advance_applied();
