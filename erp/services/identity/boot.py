"""The check every process makes before it serves: the database must keep tenants apart."""

import time
from typing import LiteralString

import psycopg
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.ids import new_id
from erp.services.identity.principals import NOBODY

OLDEST_SERVER = 180_000
"""PostgreSQL 18: row security of earlier releases has known holes, and none is tested."""

_WITHOUT_TENANT = ("user_account", "user_session", "session_tab", "alembic_version")

CHECKS: dict[str, LiteralString] = {
    "The application's role is a superuser, bypasses row security, or may make databases or roles.": """
        select rolname as offender from pg_roles
         where rolname in (current_user, session_user)
           and (rolsuper or rolbypassrls or rolcreatedb or rolcreaterole or rolreplication)
    """,
    "The application's role is a member of another role.": """
        select roleid::regrole::text as offender from pg_auth_members
         where member = current_user::regrole
    """,
    "The application's role owns objects, so that row security does not bind it.": """
        select relname::text as offender from pg_class where relowner = current_user::regrole
        union all
        select proname::text from pg_proc where proowner = current_user::regrole
        union all
        select nspname::text from pg_namespace where nspowner = current_user::regrole
        union all
        select datname::text from pg_database
         where datname = current_database() and datdba = current_user::regrole
    """,
    "The application's role may create objects that shadow the real ones.": """
        select nspname::text as offender from pg_namespace
         where nspname in ('public', 'sec') and has_schema_privilege(oid, 'CREATE')
        union all
        select 'temporary tables'
         where has_database_privilege(current_database(), 'CREATE')
            or has_database_privilege(current_database(), 'TEMP')
    """,
    "The application's role may truncate or attach triggers, which no policy stops.": """
        select relname::text as offender from pg_class
         where relnamespace in ('public'::regnamespace, 'sec'::regnamespace)
           and relkind in ('r', 'p', 'v', 'm', 'f')
           and has_table_privilege(oid, 'TRUNCATE, TRIGGER, REFERENCES')
    """,
    "The application's role reaches a relation without a forced policy for reads and writes.": """
        select c.relname::text as offender from pg_class c
         where c.relnamespace in ('public'::regnamespace, 'sec'::regnamespace)
           and c.relkind in ('r', 'p', 'v', 'm', 'f')
           and has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE')
           and not (c.relrowsecurity and c.relforcerowsecurity and exists (
                select 1 from pg_policy p
                 where p.polrelid = c.oid and p.polcmd = '*' and p.polpermissive
                   and p.polqual is not null and p.polwithcheck is not null))
    """,
    "A table has a second policy, which can only widen the first.": """
        select polrelid::regclass::text as offender from pg_policy
         where polpermissive group by polrelid having count(*) > 1
    """,
    "A tenant's table is not under row security.": """
        select c.relname::text as offender from pg_class c
         where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
           and not c.relforcerowsecurity and c.relname <> all(%(without)s)
    """,
}
"""What is wrong, and the query that finds who is to blame; run as the application."""


class UnsafeDatabase(RuntimeError):
    """The database would not keep tenants apart, so nothing may be served from it."""


def check_database() -> None:
    """Prove, as the application's own role, that the database keeps tenants apart.

    Every process that serves tenants calls it once before it starts.

    Raises:
        UnsafeDatabase: A control is missing; the message names all of them.
        Unavailable: The database cannot be reached, so nothing is known.
    """
    with db.anonymous_unit_of_work() as session:
        reasons = [*_old_server(session), *_findings(session), *_foreign_key(session)]
    if reasons:
        raise UnsafeDatabase("The database is not safe to serve from:\n- " + "\n- ".join(reasons))


def _findings(session: Session) -> list[str]:
    found = []
    for reason, query in CHECKS.items():
        rows = db.fetch_all(session, query, {"without": list(_WITHOUT_TENANT)})
        if rows:
            found.append(f"{reason} ({', '.join(sorted(row['offender'] for row in rows))})")
    return found


def _old_server(session: Session) -> list[str]:
    version = db.raw(session).info.server_version
    if version >= OLDEST_SERVER:
        return []
    return [f"The server is PostgreSQL {version // 10_000}; 18 or newer is needed."]


def _foreign_key(session: Session) -> list[str]:
    """Check that a context we sign is believed."""
    tenant_id = new_id()
    text = db.signed_context(tenant_id, NOBODY, int(time.time()) + db.CONTEXT_TTL_SECONDS)
    try:
        with db.attempt(session):
            db.execute(session, "select set_config('app.ctx', %s, true)", (text,))
            row = db.fetch_one(session, "select sec.tenant() as tenant_id")
    except psycopg.errors.InsufficientPrivilege:
        return ["SECRET_KEY is not the one this database was migrated with."]
    if row is None or row["tenant_id"] != tenant_id:
        return ["The database does not check who signed a tenant's context."]
    return []
