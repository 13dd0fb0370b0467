-- The schema of everything that guards: contexts, policies, definer functions.
create schema sec;
revoke all on schema public from public;
revoke create on schema public from erp_app, erp_ops;
grant usage on schema public, sec to erp_app, erp_ops, erp_definer;
revoke temporary on database :database from public;
revoke select on pg_catalog.pg_stat_activity from public;
revoke execute on function pg_catalog.pg_stat_get_activity(integer) from public;
-- All tenants share one login, so whatever PostgreSQL allows "the same user" stays closed:
-- reading or ending another connection's work, locks that outlive a transaction in the pool,
-- and large objects, which know no tenant.
revoke execute on function
    pg_catalog.pg_stat_get_backend_activity(integer),
    pg_catalog.pg_cancel_backend(integer),
    pg_catalog.pg_terminate_backend(integer, bigint),
    pg_catalog.pg_advisory_lock(bigint), pg_catalog.pg_advisory_lock(integer, integer),
    pg_catalog.pg_advisory_lock_shared(bigint), pg_catalog.pg_advisory_lock_shared(integer, integer),
    pg_catalog.pg_try_advisory_lock(bigint), pg_catalog.pg_try_advisory_lock(integer, integer),
    pg_catalog.pg_try_advisory_lock_shared(bigint),
    pg_catalog.pg_try_advisory_lock_shared(integer, integer),
    pg_catalog.lo_creat(integer), pg_catalog.lo_create(oid), pg_catalog.lo_from_bytea(oid, bytea)
    from public;

create table sec.context_key (
    only_row boolean primary key default true check (only_row),
    inner_pad bytea not null,
    outer_pad bytea not null
);

-- The tenant of the transaction, or null where no context was set. A context that is
-- forged, altered or out of date is refused. HMAC-SHA-256 as in RFC 2104.
create function sec.tenant() returns uuid
language plpgsql stable security definer parallel restricted
set search_path = pg_catalog, pg_temp
as $$
declare
    context text := nullif(current_setting('app.ctx', true), '');
    claim text;
    expected text;
begin
    if context is null then
        return null;
    end if;
    claim := left(context, -65);
    select encode(sha256(outer_pad || sha256(inner_pad || convert_to(claim, 'UTF8'))), 'hex')
      into expected from sec.context_key;
    if right(context, 64) is distinct from expected
       or split_part(claim, '|', 3)::bigint < extract(epoch from clock_timestamp()) then
        raise exception 'tenant context refused' using errcode = '42501';
    end if;
    return left(context, 36)::uuid;
end $$;
revoke all on function sec.tenant() from public;
grant execute on function sec.tenant() to erp_app, erp_ops, erp_definer;

-- True for a transaction that the product opened to let someone in; refused for every other.
-- A tenant's transaction cannot make the pass, so statements injected into it cannot read
-- logins or open sessions.
create function sec.at_door() returns boolean
language plpgsql stable security definer parallel restricted
set search_path = pg_catalog, pg_temp
as $$
declare
    pass text := nullif(current_setting('app.door', true), '');
    claim text := left(pass, -65);
    expected text;
begin
    select encode(sha256(outer_pad || sha256(inner_pad || convert_to(claim, 'UTF8'))), 'hex')
      into expected from sec.context_key;
    if pass is null or split_part(claim, '|', 1) <> 'door' or right(pass, 64) is distinct from expected
       or split_part(claim, '|', 3)::bigint < extract(epoch from clock_timestamp()) then
        raise exception 'only signing in may do this' using errcode = '42501';
    end if;
    return true;
end $$;
revoke all on function sec.at_door() from public;
grant execute on function sec.at_door() to erp_definer;

-- Put a tenant-owned table under row-level security and give the application its rights.
create function sec.protect(target regclass, rights text, tenant_column text default 'tenant_id')
returns void language plpgsql set search_path = pg_catalog, public, pg_temp
as $$
begin
    execute format('alter table %s enable row level security', target);
    execute format('alter table %s force row level security', target);
    execute format(
        'create policy tenant_only on %s using (%I = (select sec.tenant())) with check (%I = (select sec.tenant()))',
        target, tenant_column, tenant_column);
    execute format('grant %s on %s to erp_app', rights, target);
    execute format('grant select on %s to erp_ops', target);
end $$;
revoke all on function sec.protect(regclass, text, text) from public;
