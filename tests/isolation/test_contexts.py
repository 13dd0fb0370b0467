"""The signed context: what is believed, what is refused, and that it ends with its transaction."""

import time
from uuid import UUID

import psycopg
import pytest

from erp.core.clock import utc_now
from erp.core.ids import new_id
from tests.isolation.catalogue import tenant_tables
from tests.isolation.conftest import context
from tests.isolation.probing import leaks


def swapped(text: str, tenant: UUID) -> str:
    return f"{tenant}{text[36:]}"


def for_another_user(text: str) -> str:
    tenant, _user, expires, mac = text.split("|")
    return f"{tenant}|{new_id()}|{expires}|{mac}"


def prolonged(text: str) -> str:
    tenant, user, expires, mac = text.split("|")
    return f"{tenant}|{user}|{int(expires) + 3600}|{mac}"


FORGERIES = {
    "another tenant": lambda mine, theirs: swapped(context(mine), theirs),
    "a longer life": lambda mine, _: prolonged(context(mine)),
    "another user": lambda mine, _: for_another_user(context(mine)),
    "one flipped digit": lambda mine, _: context(mine)[:-1] + "g",
    "no signature": lambda _, theirs: f"{theirs}|{new_id()}|{int(utc_now().timestamp()) + 60}|",
    "only a tenant": lambda _, theirs: str(theirs),
    "signature cut short": lambda mine, _: context(mine)[:-1],
    "signature twice": lambda mine, _: context(mine) + context(mine)[-64:],
    "signature in capitals": lambda mine, _: context(mine)[:-64] + context(mine)[-64:].upper(),
    "zeros for a signature": lambda _, theirs: context(theirs)[:-64] + "0" * 64,
    "blank before": lambda mine, _: " " + context(mine),
    "line break after": lambda mine, _: context(mine) + "\n",
    "expired": lambda mine, _: context(mine, seconds=-1),
    "expired long ago": lambda mine, _: context(mine, seconds=-86_400 * 365),
    "nonsense": lambda _, __: "nonsense",
    "bars": lambda _, __: "|" * 80,
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_context_is_refused_for_every_statement(arena, forgery):
    text = FORGERIES[forgery](arena.mine, arena.theirs)
    for statement in (
        "select * from brand",
        "update brand set name = name",
        "insert into brand (tenant_id, id, name) select gen_random_uuid(), gen_random_uuid(), 'x'",
    ):
        with arena.app(text) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute(statement.encode())


def test_a_context_expires_in_mid_transaction_and_cannot_be_replayed(arena):
    text = context(arena.mine, seconds=1)
    with arena.app(text) as app:
        assert app.execute("select count(*) from brand").fetchone() == (1,)
        time.sleep(2.1)
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="context refused"):
            app.execute("select count(*) from brand")
    with arena.app(text) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute("select count(*) from brand")


def test_the_key_that_signs_is_out_of_the_applications_reach(arena):
    for statement in (
        "select * from sec.context_key",
        "select encode(inner_pad, 'hex') from sec.context_key where only_row for update",
        "copy sec.context_key to stdout",
    ):
        with arena.as_mine() as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute(statement.encode())


def test_an_unsigned_context_is_seen_by_the_probes(breakable):
    """The mutation that matters most: a plain setting in place of the signed one."""
    breakable.owner.execute(
        "create or replace function sec.tenant() returns uuid language sql stable as"
        " $$ select nullif(left(current_setting('app.ctx', true), 36), '')::uuid $$"
    )
    brand = next(r for r in tenant_tables(breakable.owner) if r.name == "public.brand")
    stolen = (
        "select name from brand where false union all"
        " select set_config('app.ctx', %s, true) union all select name from brand"
    )
    with breakable.as_mine() as app:
        app.execute(stolen, (str(breakable.theirs),))
        rows = app.execute("select name from brand").fetchall()
        assert rows == [(f"canary-{breakable.theirs}",)]
        assert list(leaks(app, breakable.owner, brand, breakable.theirs)) != []
