-- Take an idempotency key until the transaction ends and return what was answered under it.
-- A second caller waits for the first; the rows are then looked for with a new snapshot, in
-- which the first one's record stands. Statements of commands find rows by key, so plans made
-- once serve every value; making them anew would cost as much as running them.
create function sec.claim_key(number bigint, tenant uuid, name text, key text)
returns table (input_hash text, answer text)
language plpgsql volatile
as $$
begin
    perform pg_catalog.pg_advisory_xact_lock(number),
            pg_catalog.set_config('plan_cache_mode', 'force_generic_plan', true);
    return query
        select log.input_hash::text, log.answer from public.command_log log
         where log.tenant_id = tenant and log.command = name and log.idempotency_key = key;
end $$;
revoke all on function sec.claim_key(bigint, uuid, text, text) from public;
grant execute on function sec.claim_key(bigint, uuid, text, text) to erp_app;
