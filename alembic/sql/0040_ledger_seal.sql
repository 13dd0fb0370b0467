-- Every entry waits to be sealed from the moment it is posted.
create function sec.queue_entries() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
    insert into ledger_queue (tenant_id, entry_id) select tenant_id, id from posted;
    return null;
end $$;
create trigger journal_entry_queued after insert on journal_entry
    referencing new table as posted
    for each statement execute function sec.queue_entries();
