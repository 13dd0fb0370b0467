-- Who corrects somebody else's claim gives the GST on whole bills anew, and changes nothing else of it.
create function sec.keep_corrected_claim() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp
as $$
begin
    if (new.corrected_by is distinct from old.corrected_by and new.revision = old.revision)
       or (new.corrected_by is not null and new.revision <> old.revision
           and (old.status <> 'submitted' or new.revision <> old.revision + 1
                or (to_jsonb(new) - '{revision,igst,cgst,sgst,corrected_by}'::text[])
                   <> (to_jsonb(old) - '{revision,igst,cgst,sgst,corrected_by}'::text[]))) then
        raise exception 'a correction changes the GST on whole bills alone'
            using errcode = '23514', constraint = 'expense_claim_corrected';
    end if;
    return new;
end $$;
create trigger expense_claim_corrected before update on expense_claim
    for each row execute function sec.keep_corrected_claim();

create function sec.keep_corrected_line() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp
as $$
declare
    may_differ constant text[] := '{id,revision,bill_tax,taxable,igst,cgst,sgst,is_credit_taken,credit_words}';
begin
    if exists (select 1 from expense_claim c where c.tenant_id = new.tenant_id and c.id = new.claim_id
                  and c.corrected_by is not null)
       and not exists (select 1 from expense_claim_line l where l.tenant_id = new.tenant_id
                          and l.claim_id = new.claim_id and l.revision = new.revision - 1
                          and l.line_no = new.line_no
                          and to_jsonb(l) - may_differ = to_jsonb(new) - may_differ) then
        raise exception 'a correction changes the GST on whole bills alone'
            using errcode = '23514', constraint = 'expense_claim_corrected';
    end if;
    return new;
end $$;
create trigger expense_claim_line_corrected before insert on expense_claim_line
    for each row execute function sec.keep_corrected_line();

-- What was taken back and what took it back stay matched, until the latter is taken back itself.
create function sec.keep_reversal_matched() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
    perform 1
       from open_item owed
       join open_item paid on paid.tenant_id = owed.tenant_id and paid.id = new.credit_item_id
       join journal_entry back on back.tenant_id = owed.tenant_id
            and (back.id, back.reverses_entry_id) in ((owed.entry_id, paid.entry_id), (paid.entry_id, owed.entry_id))
      where owed.tenant_id = new.tenant_id and owed.id = new.debit_item_id
        and not exists (select 1 from journal_entry again
                         where again.tenant_id = back.tenant_id and again.reverses_entry_id = back.id);
    if found then
        raise exception 'what was taken back stays matched with what took it back'
            using errcode = '23514', constraint = 'allocation_of_reversal';
    end if;
    return new;
end $$;
create trigger allocation_of_reversal before insert on allocation
    for each row when (new.undoes_id is not null) execute function sec.keep_reversal_matched();
