"""What the application's role can reach, read from the database and not from a list."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

VALUE_OF_TYPE = {
    "uuid": "gen_random_uuid()",
    "text": "'canary-' || %(tenant)s",
    "varchar": "'canary-' || %(tenant)s",
    "jsonb": "jsonb_build_object('said', 'canary-' || %(tenant)s)",
    "bool": "true",
    "timestamptz": "now()",
    "date": "current_date",
    "bytea": "convert_to('canary-' || %(tenant)s, 'UTF8')",
    "_text": "array['canary-' || %(tenant)s]",
    "_uuid": "array[gen_random_uuid()]",
    "interval": "interval '1 hour'",
}
NUMBERS = ("int2", "int4", "int8", "numeric", "float4", "float8")
NUMBER_ARRAYS = tuple(f"_{name}" for name in NUMBERS)


@dataclass(frozen=True)
class Relation:
    """A table, view or sequence outside the system's schemas.

    Attributes:
        tenant_column: The column that names the owner; empty where there is none.
        rights: What the application may do with some column at least.
    """

    name: str
    kind: str
    tenant_column: str
    rights: frozenset[str]
    insertable: tuple[str, ...]
    updatable: tuple[str, ...]

    @property
    def identifier(self) -> sql.Identifier:
        return sql.Identifier(*self.name.split("."))


def relations(owner: psycopg.Connection, role: str = "erp_app") -> list[Relation]:
    """Return every relation of ours with what the role may do."""
    rows = owner.execute(
        """
        select n.nspname || '.' || c.relname, c.relkind::text,
               coalesce(max(a.attname) filter (where a.attname = 'tenant_id'),
                        case when c.relname = 'tenant' then 'id' else '' end),
               array(select r from unnest(array['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']) r
                      where c.relkind <> 'S' and has_any_column_privilege(%(role)s, c.oid, r)
                      union all
                     select r from unnest(array['DELETE', 'TRUNCATE', 'TRIGGER']) r
                      where c.relkind <> 'S' and has_table_privilege(%(role)s, c.oid, r)
                      union all
                     select 'USAGE'
                      where case when c.relkind = 'S'
                                 then has_sequence_privilege(%(role)s, c.oid, 'USAGE, SELECT, UPDATE')
                            end),
               coalesce(array_agg(a.attname::text order by a.attnum) filter (
                   where c.relkind <> 'S' and has_column_privilege(%(role)s, c.oid, a.attnum, 'INSERT')), '{}'),
               coalesce(array_agg(a.attname::text order by a.attnum) filter (
                   where c.relkind <> 'S' and has_column_privilege(%(role)s, c.oid, a.attnum, 'UPDATE')), '{}')
          from pg_class c
          join pg_namespace n on n.oid = c.relnamespace
          join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
           and a.attgenerated = ''
         where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
           and n.nspname !~ '^(pg_|information_schema)'
         group by n.nspname, c.oid, c.relname, c.relkind
         order by 1
        """,
        {"role": role},
    ).fetchall()
    return [
        Relation(name, kind, tenant, frozenset(rights), tuple(insertable), tuple(updatable))
        for name, kind, tenant, rights, insertable, updatable in rows
    ]


def _only(found: psycopg.Cursor[Any]) -> Any:
    row = found.fetchone()
    assert row is not None
    return row[0]


def loosen(owner: psycopg.Connection) -> None:
    """Drop checks, foreign keys and triggers, so that only rights and policies can refuse."""
    rules = owner.execute(
        "select conrelid::regclass::text, quote_ident(conname) from pg_constraint"
        " where connamespace = 'public'::regnamespace and contype in ('f', 'c', 'x')"
    ).fetchall()
    for table, rule in rules:
        owner.execute(f"alter table {table} drop constraint {rule}".encode())
    for (table,) in owner.execute(
        "select oid::regclass::text from pg_class"
        " where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')"
    ).fetchall():
        owner.execute(f"alter table {table} disable trigger user".encode())


def fill(owner: psycopg.Connection, relation: Relation, tenant: UUID) -> None:
    """Write one row of a tenant into a table, whatever its columns are."""
    columns = owner.execute(
        """
        select a.attname, t.typname from pg_attribute a join pg_type t on t.oid = a.atttypid
         where a.attrelid = %s::regclass and a.attnum > 0 and not a.attisdropped
           and a.attgenerated = '' and a.attidentity = ''
         order by a.attnum
        """,
        (relation.name,),
    ).fetchall()
    values = [_value(relation, name, type_name) for name, type_name in columns]
    names = sql.SQL(", ").join(sql.Identifier(name) for name, _ in columns)
    text = sql.SQL("insert into {} ({}) select {}").format(
        relation.identifier,
        names,
        sql.SQL(", ").join(sql.SQL(value) for value in values),
    )
    owner.execute(text, {"tenant": str(tenant)})


def _value(relation: Relation, column: str, type_name: str) -> str:
    if column == relation.tenant_column:
        return "%(tenant)s::uuid"
    if type_name in NUMBERS:
        return "1"
    if type_name in NUMBER_ARRAYS:
        return f"array[1]::{type_name[1:]}[]"
    return VALUE_OF_TYPE[type_name]


def fingerprint(owner: psycopg.Connection, tenant: UUID) -> dict[str, str]:
    """Return a checksum per table of everything a tenant owns."""
    return {
        relation.name: _only(owner.execute(_digest(relation), (tenant,)))
        for relation in relations(owner)
        if relation.kind == "r" and relation.tenant_column
    }


def _digest(relation: Relation) -> sql.Composed:
    return sql.SQL(
        "select coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from {} t where {} = %s"
    ).format(relation.identifier, sql.Identifier(relation.tenant_column))


def rows_of(app: psycopg.Connection, relation: Relation) -> int:
    """Count the rows of a relation that a connection sees."""
    rows: int = _only(app.execute(sql.SQL("select count(*) from {}").format(relation.identifier)))
    return rows


def tenant_tables(owner: psycopg.Connection) -> Iterator[Relation]:
    """Yield the tables whose rows belong to a tenant."""
    for relation in relations(owner):
        if relation.kind in "rp" and relation.tenant_column:
            yield relation
