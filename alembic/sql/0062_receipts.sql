-- What a phone did with a message only moves on: taken, then read; or never taken, which stays.
create function sec.keep_receipt() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp
as $$
begin
    if not (old.receipt = '' or old.receipt = 'delivered' and new.receipt = 'read') then
        raise exception 'what a phone did with a message only moves on'
            using errcode = '23514', constraint = 'message_receipt_forward';
    end if;
    return new;
end $$;
create trigger message_receipt_forward before update on message
    for each row when (old.receipt is distinct from new.receipt) execute function sec.keep_receipt();
