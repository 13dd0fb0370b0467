"""Bring a database to the current shape: roles, schema, rights, and the key of tenant contexts."""

from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from psycopg import sql

from erp.core.db import context_key
from erp.core.settings import get_settings

ROOT = Path(__file__).resolve().parents[2]
_LOCK = 7_305_117_220
_HMAC_BLOCK_BYTES = 64
_IPAD, _OPAD = 0x36, 0x5C


class CannotMigrateError(RuntimeError):
    """The database is of a shape that this version does not know; the text says what to do."""


def upgrade(database_url: str) -> None:
    """Create or upgrade everything; safe to run twice and from two processes at once.

    Raises:
        CannotMigrateError: Another version migrated the database further.
    """
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(%s)", (_LOCK,))
        ensure_roles(connection)
        _upgrade_schema(database_url)
        store_context_key(connection)
        forbid_temporary_tables(connection, connection.info.dbname)


def _upgrade_schema(database_url: str) -> None:
    try:
        command.upgrade(_alembic_config(database_url), "head")
    except CommandError as error:
        raise CannotMigrateError(
            f"The database cannot be migrated: {error}. If another version or branch of the product"
            " migrated it further, run that one. A demo's data may be removed: rm -rf .data"
        ) from error


def forbid_temporary_tables(connection: psycopg.Connection, database: str) -> None:
    """Take the right that could shadow our tables; a restored or copied database has it again."""
    connection.execute(
        sql.SQL("revoke temporary on database {} from public").format(sql.Identifier(database))
    )


def ensure_roles(connection: psycopg.Connection) -> None:
    """Create the roles the product runs as and set their passwords.

    `erp_app` serves requests under row-level security; `erp_ops` sees every tenant for
    the relay and the referees; `erp_definer` owns the functions that look across tenants and cannot log in.
    """
    settings = get_settings()
    for role, attributes in (("erp_app", "login"), ("erp_ops", "login bypassrls")):
        _ensure_role(connection, role, attributes)
        secret = settings.derived_secret(f"database-role-{role.removeprefix('erp_')}")
        connection.execute(
            sql.SQL("alter role {} password {}").format(sql.Identifier(role), sql.Literal(secret))
        )
    _ensure_role(connection, "erp_definer", "nologin bypassrls")


def _ensure_role(connection: psycopg.Connection, role: str, attributes: str) -> None:
    known = connection.execute("select 1 from pg_roles where rolname = %s", (role,)).fetchone()
    verb = "alter" if known else "create"
    connection.execute(
        sql.SQL("{} role {} {}").format(sql.SQL(verb), sql.Identifier(role), sql.SQL(attributes))
    )


def store_context_key(connection: psycopg.Connection) -> None:
    """Put the two padded halves of the signing key where only the owner can read them.

    Source: HMAC, RFC 2104; padding once here saves it on every statement.
    """
    key = context_key().ljust(_HMAC_BLOCK_BYTES, b"\0")
    inner, outer = bytes(b ^ _IPAD for b in key), bytes(b ^ _OPAD for b in key)
    connection.execute(
        "insert into sec.context_key (only_row, inner_pad, outer_pad) values (true, %s, %s)"
        " on conflict (only_row) do update set inner_pad = excluded.inner_pad,"
        " outer_pad = excluded.outer_pad",
        (inner, outer),
    )


def _alembic_config(database_url: str) -> Config:
    config = Config(ROOT / "alembic.ini")
    config.set_main_option("script_location", str(ROOT / "alembic"))
    config.attributes["database_url"] = database_url
    return config
