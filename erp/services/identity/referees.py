"""Invariants of tenancy, proven from the catalogue. Source: reliability catalogue T5 to T7."""

from erp.services.platform import referee

referee(
    "T5",
    "The application role cannot bypass row security, create, own or truncate",
    counted="select count(*) from pg_class where relnamespace = 'public'::regnamespace",
    offenders="""
        select rolname as offender, 'role attribute' as why from pg_roles
         where rolname = 'erp_app' and (rolsuper or rolbypassrls or rolcreatedb or rolcreaterole)
        union all
        select relname, 'owned by the application role' from pg_class
         where relowner = (select oid from pg_roles where rolname = 'erp_app')
        union all
        select relname, 'may be truncated' from pg_class
         where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
           and has_table_privilege('erp_app', oid, 'TRUNCATE')
        union all
        select nspname, 'may create in schema' from pg_namespace
         where nspname in ('public', 'sec') and has_schema_privilege('erp_app', oid, 'CREATE')
    """,
)
referee(
    "T6",
    "Every unique and foreign key of a tenant's table starts with the tenant",
    counted="""
        select count(*) from pg_constraint
         where connamespace = 'public'::regnamespace and contype in ('u', 'p', 'f')
    """,
    offenders="""
        select c.conrelid::regclass::text as offender, c.conname as why
          from pg_constraint c
          join pg_attribute owned on owned.attrelid = c.conrelid and owned.attname = 'tenant_id'
         where c.connamespace = 'public'::regnamespace and c.contype in ('u', 'p', 'f')
           and c.conkey[1] <> owned.attnum
           and c.confrelid not in ('user_account'::regclass, 'tenant'::regclass)
           and c.conrelid <> 'user_session'::regclass
           -- two devices on one topic would hand one tenant's images to another
           and c.conname <> 'uq_imaging_device_topic'
    """,
)
referee(
    "T7",
    "Every tenant's table forces row security with a policy that checks reads and writes",
    counted="select count(*) from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')",
    offenders="""
        select t.relname as offender, 'no forced policy' as why
          from pg_class t
         where t.relnamespace = 'public'::regnamespace and t.relkind in ('r', 'p')
           and t.relname not in ('user_account', 'user_session', 'session_tab', 'alembic_version')
           and not (t.relrowsecurity and t.relforcerowsecurity and exists (
                select 1 from pg_policy p where p.polrelid = t.oid and p.polcmd = '*'
                   and p.polqual is not null and p.polwithcheck is not null))
    """,
)
