"""What migrations did is undone and done again over the rows of a working organisation."""

from pathlib import Path

import psycopg
from alembic import command
from alembic.script import ScriptDirectory

from erp.core import db, migrations
from tests.factories import make_shop
from tests.isolation.belongings import belongings

SINCE = "0072"
"""Those before it are released; `tests/services/seen_bills/test_going_back.py` goes further back."""
SCHEMA = """
    select 'column', format('%s.%s', c.relname, a.attname),
           format('%s %s %s', format_type(a.atttypid, a.atttypmod), a.attnotnull,
                  pg_get_expr(d.adbin, d.adrelid))
      from pg_attribute a join pg_class c on c.oid = a.attrelid
      left join pg_attrdef d on (d.adrelid, d.adnum) = (a.attrelid, a.attnum)
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v', 'p')
       and a.attnum > 0 and not a.attisdropped
    union all
    select 'constraint', format('%s on %s', conname, conrelid::regclass),
           format('%s %s', pg_get_constraintdef(oid), convalidated)
      from pg_constraint where connamespace = 'public'::regnamespace
    union all
    select 'index', indexname, indexdef from pg_indexes where schemaname = 'public'
    union all
    select 'trigger', format('%s on %s', tgname, tgrelid::regclass),
           format('%s %s', pg_get_triggerdef(oid), tgenabled)
      from pg_trigger where not tgisinternal
    union all
    select 'function', oid::regprocedure::text,
           format('%s %s %s %s', prosrc, prosecdef, proconfig, proacl)
      from pg_proc where pronamespace in ('public'::regnamespace, 'sec'::regnamespace)
    union all
    select 'policy', format('%s on %s', policyname, tablename),
           format('%s %s %s %s', cmd, roles, qual, with_check) from pg_policies
    union all
    select 'rights', relname,
           format('%s %s %s', relrowsecurity, relforcerowsecurity,
                  (select array_agg(x::text order by x::text) from unnest(relacl) x))
      from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'v', 'p', 'S')
"""


def schema_of(url: str) -> dict[tuple[str, str], str]:
    """Return everything a database consists of but its rows, by kind and name."""
    with psycopg.connect(url) as connection:
        return {(kind, name): text for kind, name, text in connection.execute(SCHEMA)}


def steps_back(config) -> list[str]:
    """Return the revisions from the one before the newest down to the last released."""
    walked = ScriptDirectory.from_config(config).walk_revisions(SINCE, "heads")
    return [script.revision for script in walked][1:]


def test_each_migration_is_undone_and_done_again_over_rows_of_every_kind(scratch):
    shop = make_shop()
    belongings(shop)
    db.dispose()
    before = schema_of(scratch)
    config = migrations._alembic_config(scratch)
    for revision in steps_back(config):
        command.downgrade(config, revision)
    assert schema_of(scratch) != before
    command.upgrade(config, "head")
    after = schema_of(scratch)
    differing = {
        name for name in before.keys() | after.keys() if before.get(name) != after.get(name)
    }
    assert differing == set()


def test_every_migration_says_how_it_is_undone():
    versions = Path(__file__).resolve().parents[3] / "alembic" / "versions"
    texts = {path.name: path.read_text() for path in versions.glob("*.py")}
    assert [
        name for name, text in texts.items() if "def downgrade() -> None:\n    pass" in text
    ] == []
