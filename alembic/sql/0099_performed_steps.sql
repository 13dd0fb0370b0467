-- A performed step that ended stays as it is, and what it began with is never changed.
create function sec.keep_performed_step() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp
as $$
declare
    may_differ constant text[] := '{state,description,series,images,reason,ended_at,changed_at}';
begin
    if old.state <> 'in_progress'
       or to_jsonb(new) - may_differ <> to_jsonb(old) - may_differ then
        raise exception 'a performed step goes forward only'
            using errcode = '23514', constraint = 'performed_step_forward';
    end if;
    return new;
end $$;
create trigger performed_step_forward before update on performed_step
    for each row execute function sec.keep_performed_step();
