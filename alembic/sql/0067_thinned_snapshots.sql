-- Old snapshots of stock are thinned, and nothing else happens to one: it is retired while it lies between two others
-- that stay, close to each other, and deleted once no question can be reading it. What was made from it is made from
-- its own base then, which comes to the same (referee S16).
create function sec.check_snapshot_thinned() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp
as $$
begin
    if tg_op = 'DELETE' then
        if old.retired_at is null or old.retired_at > now() - interval '6 hours' then
            raise exception 'a snapshot of stock is deleted once it was retired for six hours'
                using errcode = '23514', constraint = 'stock_snapshot_retired';
        end if;
        return old;
    end if;
    if to_jsonb(new) - '{retired_at,base_id}'::text[] <> to_jsonb(old) - '{retired_at,base_id}'::text[] then
        raise exception 'a snapshot of stock is never changed'
            using errcode = '23514', constraint = 'stock_snapshot_unchanged';
    end if;
    if new.base_id is distinct from old.base_id and not exists (
        select from stock_snapshot b
         where (b.tenant_id, b.id) = (old.tenant_id, old.base_id) and b.retired_at is not null
           and b.base_id is not distinct from new.base_id) then
        raise exception 'a snapshot of stock is made from another'
            using errcode = '23514', constraint = 'stock_snapshot_base';
    end if;
    if new.retired_at is distinct from old.retired_at and (
        old.retired_at is not null or old.known_until > now() - interval '400 days' or not exists (
        select from stock_snapshot a join stock_snapshot b on b.tenant_id = a.tenant_id
         where a.tenant_id = old.tenant_id and old.id not in (a.id, b.id) and a.id <> b.id
           and a.retired_at is null and b.retired_at is null
           and old.until between a.until and b.until and old.known_until between a.known_until and b.known_until
           and b.until - a.until <= interval '31 days' and b.known_until - a.known_until <= interval '31 days')) then
        raise exception 'a snapshot of stock stays where others are young or far apart'
            using errcode = '23514', constraint = 'stock_snapshot_spare';
    end if;
    return new;
end $$;
drop trigger stock_snapshot_immutable on stock_snapshot;
create trigger stock_snapshot_thinned before update or delete on stock_snapshot
    for each row execute function sec.check_snapshot_thinned();

-- Lines go with their snapshot, by the foreign key, and not before it.
create function sec.check_snapshot_line_gone() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp
as $$
begin
    if tg_op = 'UPDATE' or exists (
        select from stock_snapshot s where (s.tenant_id, s.id) = (old.tenant_id, old.snapshot_id)) then
        raise exception 'a snapshot of stock is never changed'
            using errcode = '23514', constraint = 'stock_snapshot_unchanged';
    end if;
    return old;
end $$;
drop trigger stock_snapshot_line_immutable on stock_snapshot_line;
create trigger stock_snapshot_line_thinned before update or delete on stock_snapshot_line
    for each row execute function sec.check_snapshot_line_gone();

revoke all on function sec.check_snapshot_thinned(), sec.check_snapshot_line_gone() from public;
grant delete, update (retired_at, base_id) on stock_snapshot to erp_app;
