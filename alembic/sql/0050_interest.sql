-- No day of an item is billed twice: charges in force of one item have no day in common.
create function sec.keep_interest_apart() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('interest of ' || new.item_id, 0));
    perform 1 from interest_charge c
      where c.tenant_id = new.tenant_id and c.item_id = new.item_id and c.id <> new.id
        and c.reversed_on is null and c.from_day <= new.to_day and c.to_day >= new.from_day;
    if found then
        raise exception 'interest on these days is billed'
            using errcode = '23514', constraint = 'interest_charge_apart';
    end if;
    return null;
end $$;
create trigger interest_charge_apart after insert on interest_charge
    for each row execute function sec.keep_interest_apart();

-- A charge is taken back once, and nothing else of it changes; the application has no right to more.
create function sec.keep_interest_charge() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp
as $$
begin
    if tg_op = 'DELETE' or old.reversed_on is not null
       or (to_jsonb(old) - array['reversed_on', 'reversal_note_id', 'reversal_reason'])
          is distinct from (to_jsonb(new) - array['reversed_on', 'reversal_note_id', 'reversal_reason']) then
        raise exception 'billed interest is taken back once and never changed'
            using errcode = '23514', constraint = 'interest_charge_kept';
    end if;
    return new;
end $$;
create trigger interest_charge_kept before update or delete on interest_charge
    for each row execute function sec.keep_interest_charge();
