"""A statement of ours is injected: the attacker speaks SQL as the application, as one tenant."""

import psycopg
import pytest

from erp.core.ids import new_id
from tests.isolation.catalogue import fingerprint
from tests.isolation.conftest import context
from tests.isolation.corpus import corpus

NAMES = sorted(corpus(new_id()))
FORBIDDEN = {
    "what others run",
    "what others run, by function",
    "what others run, one by one",
    "end another's work",
    "cancel another's work",
    "large object",
    "logins",
    "sessions",
    "passwords",
    "read a file",
    "settings for ever",
}
"""Scripts that must be refused outright, since what they reveal carries no canary."""


def said(connection: psycopg.Connection, script: str) -> str:
    """Run a script statement by statement, as text, and return everything it brought to light."""
    heard: list[str] = []
    connection.add_notice_handler(lambda notice: heard.append(str(notice.message_primary)))
    cursor = connection.cursor()
    try:
        cursor.execute(script.encode())
        while True:
            if cursor.description:
                heard += [str(row) for row in cursor.fetchall()]
            if not cursor.nextset():
                break
    except psycopg.Error as error:
        heard.append(f"refused {error.sqlstate}: {error}")
    return "\n".join(heard)


def scripts(arena):
    return corpus(arena.theirs, context(arena.mine).replace(str(arena.mine), str(arena.theirs)))


@pytest.mark.parametrize("name", NAMES)
def test_an_injected_script_reveals_and_changes_nothing_of_another_tenant(arena, name):
    script = scripts(arena)[name]
    before = fingerprint(arena.owner, arena.theirs)
    with arena.as_mine() as app:
        heard = said(app, script)
    assert f"canary-{arena.theirs}" not in heard
    assert fingerprint(arena.owner, arena.theirs) == before
    if name in FORBIDDEN:
        assert heard.startswith("refused 42501"), heard


def test_an_injected_script_leaves_nothing_for_the_next_user_of_the_connection(arena):
    for name, script in scripts(arena).items():
        with arena.as_mine() as app:
            said(app, script)
            app.rollback()
            app.execute("select set_config('app.ctx', %s, true)", (context(arena.theirs),))
            rows = app.execute("select name from brand").fetchall()
        assert rows == [(f"canary-{arena.theirs}",)], name


def test_a_key_that_another_tenant_uses_is_not_given_away_by_a_refusal(arena):
    insert = "insert into brand (tenant_id, id, name) values (%s, gen_random_uuid(), %s)"
    with arena.as_mine() as app:
        app.execute(insert, (arena.mine, f"canary-{arena.theirs}"))
        with pytest.raises(psycopg.errors.UniqueViolation):
            app.execute(insert, (arena.mine, f"canary-{arena.theirs}"))
