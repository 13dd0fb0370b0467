-- Who pays by composition collects no tax, whoever writes the document. Credit notes follow what they take back; a debit
-- note is of its own day (CGST Act s.12(6)). By composition nothing goes to another state (s.10(2), s.10(4), s.32).
create or replace function sec.keep_untaxed() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp
as $$
begin
    if (new.cgst + new.sgst + new.igst > 0
        or new.kind <> 'debit_note' and (new.kind <> 'bill_of_supply' or new.supply_nature = 'INTER'))
       and sec.gst_scheme(new.tenant_id, new.company_id, new.issued_on) = 'composition' then
        raise exception 'by composition a document bears no tax and stays in the state'
            using errcode = '23514', constraint = 'invoice_by_composition';
    end if;
    return new;
end $$;
drop trigger invoice_by_composition on invoice;
create trigger invoice_by_composition before insert on invoice for each row
    when (new.kind <> 'credit_note') execute function sec.keep_untaxed();
