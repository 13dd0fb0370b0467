# ruff: noqa: S608  these are the attacks
"""SQL that an attacker would run if a statement of ours could be injected."""

from uuid import UUID

OTHER_ROLES = ("erp_ops", "erp_definer", "postgres", "vantage", "pg_read_all_data", "none")


def corpus(theirs: UUID, forged: str = "") -> dict[str, str]:
    """Return named scripts against a tenant; `forged` is a context in its name."""
    them = f"'{theirs}'"
    return {
        "union and set_config": f"select set_config('app.ctx', '{forged}', true)"
        " union all select name from brand",
        "set_config in the same statement": "select name from brand"
        f" where set_config('app.ctx', '{forged}', true) is not null",
        "stacked set local": f"select 1; set local app.ctx = '{forged}'; select * from brand",
        "only the tenant's id": f"set local app.ctx = {them}; select * from brand",
        "reset the context": "reset app.ctx; select * from brand",
        "discard everything": "commit; discard all; select * from brand",
        "context left for the next": f"set session app.ctx = '{forged}'; commit; select * from brand",
        "anonymous block": f"do $$ begin perform set_config('app.ctx', '{forged}', true);"
        " raise notice '%', (select string_agg(name, ',') from brand); end $$",
        "dynamic statement": "do $$ begin execute 'alter table brand disable row level security'; end $$;"
        " select * from brand",
        **{
            f"become {role}": f"set role {role}; select * from brand; table user_account"
            for role in OTHER_ROLES
        },
        **{
            f"sign on as {role}": f"set session authorization {role}; select * from brand"
            for role in OTHER_ROLES
        },
        "row security off": "set row_security = off; select * from brand",
        "replica role": "set session_replication_role = replica; select * from brand",
        "no policy": "drop policy tenant_only on brand; select * from brand",
        "own policy": "create policy mine on brand using (true); select * from brand",
        "own table": "alter table brand owner to erp_app; select * from brand",
        "own grant": "grant erp_ops to erp_app; set role erp_ops; select * from brand",
        "own attribute": "alter role erp_app bypassrls; select * from brand",
        "own function": "create function pg_temp.tenant() returns uuid language sql"
        f" as 'select {theirs}'; select * from brand",
        "another sec.tenant": "create or replace function sec.tenant() returns uuid language sql"
        f" as $$ select {them}::uuid $$; select * from brand",
        "renamed sec.tenant": "alter function sec.tenant() rename to tenant2; select * from brand",
        "temporary table shadows": f"create temp table tenant as select {them}::uuid as id;"
        " select * from brand",
        "temporary key shadows": "create temp table context_key (inner_pad bytea, outer_pad bytea);"
        " set search_path = pg_temp, sec, public; select * from brand",
        "search path to nowhere": "set search_path = pg_temp, public, sec; select * from brand",
        "search path hides pg_catalog": "set search_path = public, pg_catalog; select * from brand",
        "leaky function": "create function leak(text) returns bool language plpgsql cost 0.0001 as"
        " $$ begin raise notice '%', $1; return true; end $$; select * from brand where leak(name)",
        "leaky operator": f"select * from brand where tenant_id = {them}::uuid"
        " and 1 / (case when name like 'canary%' then 0 else 1 end) = 1",
        "leaky cast": f"select * from brand where tenant_id = {them}::uuid and name::int = 1",
        "as XML": "select query_to_xml('select * from brand', true, true, '')",
        "whole schema as XML": "select schema_to_xml('public', true, true, '')",
        "statistics": "select * from pg_stats where schemaname = 'public'",
        "raw statistics": "select * from pg_statistic",
        "what others run": "select * from pg_stat_activity",
        "what others run, by function": "select * from pg_stat_get_activity(null)",
        "what others run, one by one": "select pg_stat_get_backend_activity(id)"
        " from pg_stat_get_backend_idset() id",
        "passwords": "select rolname, rolpassword from pg_authid",
        "logins": "table user_account",
        "sessions": "table user_session",
        "read a file": "select pg_read_file('pg_hba.conf')",
        "read a directory": "select pg_ls_dir('base')",
        "copy from a program": "create temp table t (x text); copy t from program 'id'",
        "copy to a file": "copy brand to '/tmp/brand'",
        "import a file": "select lo_import('/etc/passwd')",
        "large object": "select lo_from_bytea(0, 'note to the next tenant')",
        "another database": "create extension dblink; select dblink('', 'select 1')",
        "foreign server": "create server other foreign data wrapper postgres_fdw",
        "event trigger": "create event trigger t on ddl_command_end execute function sec.refuse_change()",
        "rule": "create rule r as on select to brand do instead select 1",
        "view": "create view v as select * from brand; select * from v",
        "inherit": "create table mine () inherits (brand); select * from mine",
        "cursor over the edge": f"declare c cursor with hold for select * from brand; commit;"
        f" set app.ctx = '{forged}'; fetch all from c",
        "prepared": f"prepare p as select * from brand; set local app.ctx = '{forged}'; execute p",
        "merge": f"merge into brand b using (select {them}::uuid as t) s on b.tenant_id = s.t"
        " when matched then update set name = 'stolen'"
        f" when not matched then insert (tenant_id, id, name) values ({them}, gen_random_uuid(), 'x')",
        "writing CTE": f"with w as (update brand set name = 'stolen' where tenant_id = {them}"
        " returning *) select * from w",
        "upsert": "insert into brand (tenant_id, id, name)"
        f" values ({them}, gen_random_uuid(), 'canary-{theirs}')"
        " on conflict (tenant_id, name) do update set name = 'stolen' returning *",
        "delete by key": f"delete from barcode where tenant_id = {them} returning *",
        "end another's work": "select pg_terminate_backend(pid) from pg_locks"
        " where pid <> pg_backend_pid()",
        "cancel another's work": "select pg_cancel_backend(pid) from pg_locks"
        " where pid <> pg_backend_pid()",
        "settings for ever": "alter role erp_app set app.ctx = 'x'",
        "system settings": "alter system set row_security = off",
    }
