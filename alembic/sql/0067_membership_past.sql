-- Where a member worked, and whether they did, is kept whenever it changes, whoever changes it.
create function sec.keep_membership_past() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp
as $$
begin
    if (old.branch_id, old.is_active) is distinct from (new.branch_id, new.is_active) then
        insert into membership_past (tenant_id, id, membership_id, branch_id, is_active, until)
        values (old.tenant_id, gen_random_uuid(), old.id, old.branch_id, old.is_active, clock_timestamp());
    end if;
    return new;
end $$;
create trigger membership_past_kept before update on membership
    for each row execute function sec.keep_membership_past();
revoke all on function sec.keep_membership_past() from public;
