"""Statements that try to cross from one tenant to another, and what came of them."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

from tests.isolation.catalogue import Relation

REFUSED = {"42501", "0A000"}
"""No right or no policy; and what PostgreSQL does not do at all under row security."""

NEVER = {"truncate", "copy into", "insert into", "insert quietly into"}
"""Statements that must be refused; the others may also find nothing to touch."""


def leaks(
    app: psycopg.Connection, owner: psycopg.Connection, relation: Relation, theirs: UUID
) -> Iterator[str]:
    """Yield one sentence per statement that read, changed or wrote a foreign row."""
    for verb, statement, parameters in _statements(owner, relation, theirs):
        outcome = _outcome(app, statement, parameters)
        if outcome not in REFUSED and (outcome or verb in NEVER):
            yield f"{verb} {relation.name}: {outcome}"


def _statements(
    owner: psycopg.Connection, relation: Relation, theirs: UUID
) -> Iterator[tuple[str, sql.Composed, Any]]:
    table, column = relation.identifier, sql.Identifier(relation.tenant_column)
    foreign = sql.SQL("where {} = %s").format(column)
    yield "select", sql.SQL("select 1 from {} {}").format(table, foreign), (theirs,)
    yield "lock", sql.SQL("select 1 from {} {} for update").format(table, foreign), (theirs,)
    row = sql.SQL("select 1 from {} t where t::text like %s").format(table)
    yield "read the row of", row, (f"%{theirs}%",)
    yield "copy", sql.SQL("copy {} to stdout").format(table), None
    yield "copy into", sql.SQL("copy {} from stdin").format(table), None
    yield "truncate", sql.SQL("truncate {}").format(table), None
    yield "delete", sql.SQL("delete from {} {}").format(table, foreign), (theirs,)
    for name in relation.updatable or (relation.tenant_column,):
        changed = sql.SQL("update {} set {} = {} {}").format(
            table, sql.Identifier(name), sql.Identifier(name), foreign
        )
        yield f"update {name} of", changed, (theirs,)
    given = sql.SQL("update {} set {} = %s").format(table, column)
    yield "give a row away in", given, (theirs,)
    yield from _insertions(owner, relation, theirs)


def _insertions(
    owner: psycopg.Connection, relation: Relation, theirs: UUID
) -> Iterator[tuple[str, sql.Composed, Any]]:
    table = relation.identifier
    literal = owner.execute(
        sql.SQL("select t::text from {} t where {} = %s").format(
            table, sql.Identifier(relation.tenant_column)
        ),
        (theirs,),
    ).fetchone()
    assert literal is not None, f"{relation.name} holds no row to protect"
    names = sql.SQL(", ").join(
        sql.Identifier(name) for name in relation.insertable or (relation.tenant_column,)
    )
    insert = sql.SQL("insert into {0} ({1}) select {1} from (select (%s::{0}).*) r").format(
        table, names
    )
    yield "insert into", insert, literal
    quiet = sql.SQL("{} on conflict do nothing").format(insert)
    yield "insert quietly into", quiet, literal


def _outcome(app: psycopg.Connection, statement: sql.Composed, parameters: Any) -> int | str:
    """Run a statement in a transaction of its own kind and return rows touched or the error."""
    try:
        with app.transaction(force_rollback=True), app.cursor() as cursor:
            if parameters is None and statement.as_string(app).startswith("copy"):
                return _copied(cursor, statement)
            cursor.execute(statement, parameters)
            return max(cursor.rowcount, 0)
    except psycopg.Error as error:
        return error.sqlstate or str(error)


def _copied(cursor: psycopg.Cursor, statement: sql.Composed) -> int:
    """Count foreign rows among what COPY hands out; each row carries its owner's canary."""
    own = cursor.execute("select sec.tenant()").fetchone()
    with cursor.copy(statement) as copy:
        if "from stdin" in statement.as_string(cursor):
            return 0
        rows = [bytes(row).decode() for row in copy]
    return sum(own is None or str(own[0]) not in row for row in rows)
