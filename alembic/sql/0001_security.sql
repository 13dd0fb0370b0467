-- The schema of everything that guards: contexts, policies, definer functions.
create schema sec;
revoke all on schema public from public;
revoke create on schema public from erp_app, erp_ops;
grant usage on schema public, sec to erp_app, erp_ops, erp_definer;
revoke temporary on database :database from public;
revoke select on pg_catalog.pg_stat_activity from public;
revoke execute on function pg_catalog.pg_stat_get_activity(integer) from public;

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
