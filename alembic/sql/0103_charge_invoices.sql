-- An invoice of charges is taken back once, and nothing else of it changes.
create function sec.keep_charge_invoice() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp
as $$
begin
    if tg_op = 'DELETE' or old.taken_back_on is not null
       or (to_jsonb(old) - array['taken_back_on', 'taken_back_by', 'taken_back_reason'])
          is distinct from (to_jsonb(new) - array['taken_back_on', 'taken_back_by', 'taken_back_reason']) then
        raise exception 'an invoice of charges is taken back once and never changed'
            using errcode = '23514', constraint = 'gst_charge_invoice_kept';
    end if;
    return new;
end $$;
create trigger gst_charge_invoice_kept before update or delete on gst_charge_invoice
    for each row execute function sec.keep_charge_invoice();
