-- A document keeps the name under which the portal hears of it, and what the portal gave for ever.
create function sec.keep_einvoice() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp
as $$
begin
    if (new.company_id, new.invoice_id, new.gstin, new.document_type, new.number, new.fiscal_year, new.issued_on, new.irn)
       is distinct from
       (old.company_id, old.invoice_id, old.gstin, old.document_type, old.number, old.fiscal_year, old.issued_on, old.irn)
       or old.registered_at is not null
          and (new.ack_no, new.ack_at, new.signed_invoice, new.signed_qr, new.registered_at)
              is distinct from (old.ack_no, old.ack_at, old.signed_invoice, old.signed_qr, old.registered_at)
       or old.status = 'cancelled' then
        raise exception 'what the portal registered is not changed'
            using errcode = '23514', constraint = 'einvoice_frozen';
    end if;
    return new;
end $$;
create trigger einvoice_frozen before update on einvoice
    for each row execute function sec.keep_einvoice();

-- A way bill's number, consignment and end stay as they are.
create function sec.keep_way_bill() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp
as $$
begin
    if (new.company_id, new.invoice_id, new.transfer_id, new.gstin, new.document_number)
       is distinct from (old.company_id, old.invoice_id, old.transfer_id, old.gstin, old.document_number)
       or old.number <> '' and (new.number, new.made_at) is distinct from (old.number, old.made_at)
       or old.status = 'cancelled' then
        raise exception 'a way bill that was given is not changed'
            using errcode = '23514', constraint = 'way_bill_frozen';
    end if;
    return new;
end $$;
create trigger way_bill_frozen before update on way_bill
    for each row execute function sec.keep_way_bill();
