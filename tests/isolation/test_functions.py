"""Functions with their owner's rights: the only ones that look across tenants, and only at the door."""

from collections.abc import Callable

import psycopg
import pytest

from erp.core import db
from erp.core.ids import new_id
from erp.services import identity
from erp.services.identity.secrets import token_hash
from tests.factories import PASSWORD

AT_THE_DOOR = {
    "find_login": "select * from sec.find_login(%(login)s)",
    "tenants_of": "select * from sec.tenants_of(%(user)s)",
    "record_sign_in": "select sec.record_sign_in(%(user)s, false, 1, interval '1 year')",
    "open_session": "select sec.open_session(gen_random_uuid(), 'stolen', %(user)s, %(tenant)s,"
    " now() + interval '1 day', null, '')",
    "find_session": "select * from sec.find_session(%(session)s)",
    "touch_session": "select sec.touch_session(gen_random_uuid(), now() + interval '1 year')",
    "revoke_session": "select sec.revoke_session(%(session)s)",
    "change_own_password": "select sec.change_own_password(%(user)s, 'stolen')",
    "bind_tab": "select sec.bind_tab(gen_random_uuid(), 'tab')",
}
"""Refused to whoever has a tenant's context or none, however right the arguments are."""

WITHIN_A_TENANT: dict[str, tuple[str, object]] = {
    "login_of": ("select count(*) from sec.login_of(%(user)s)", 0),
    "is_shared_login": ("select sec.is_shared_login(%(user)s)", False),
    "revoke_sessions_of": ("select sec.revoke_sessions_of(%(user)s)::text", None),
    "change_password": ("select sec.change_password(%(user)s, 'stolen')::text", None),
    "ensure_account": (
        "select sec.ensure_account(gen_random_uuid(), %(login)s, 'x', 'stolen')",
        "%(user)s",
    ),
    "search_variants": (
        "select count(*) from sec.search_variants(%(word)s, '', '', %(zero)s, 50, true)",
        0,
    ),
    "spoken": ("select sec.spoken('rhus')", "rus"),
    "sound_of": ("select sec.sound_of('rus')", "RS"),
    "nearly": ("select sec.nearly('RS')", []),
    "searched_as": ("select sec.searched_as('30c')", "'30c':1"),
    "search_parties": ("select count(*) from sec.search_parties(%(word)s, '', %(zero)s, 50)", 0),
    "gst_scheme": ("select sec.gst_scheme(%(tenant)s, %(company)s, current_date)", None),
    "is_gst_record_filed": (
        "select sec.is_gst_record_filed(%(tenant)s, %(company)s, %(branch)s, current_date)",
        False,
    ),
    "branch_at": ("select count(*) from sec.branch_at(%(tenant)s, %(branch)s, now())", 0),
    "tenant": ("select sec.tenant() = %(tenant)s", False),
    "claim_key": ("select count(*) from sec.claim_key(1, %(tenant)s, %(command)s, %(key)s)", 0),
}
"""Called with a stranger's facts they answer as if the stranger did not exist."""


def callable_functions(owner: psycopg.Connection) -> set[str]:
    rows = owner.execute(
        "select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace"
        " where n.nspname !~ '^(pg_|information_schema)' and p.prorettype <> 'trigger'::regtype"
        " and has_function_privilege('erp_app', p.oid, 'EXECUTE')"
    )
    return {row[0] for row in rows}


@pytest.fixture
def facts(stranger, owner):
    """Everything an attacker could know of a stranger, and a session of theirs."""
    signed_in = identity.sign_in(f"owner@{stranger.slug}.example", PASSWORD)
    done = "select command, idempotency_key from command_log where tenant_id = %s limit 1"
    command, key = owner.execute(done, (stranger.tenant_id,)).fetchone()
    return {
        "user": stranger.user_ids["owner"],
        "tenant": stranger.tenant_id,
        "login": f"owner@{stranger.slug}.example",
        "session": token_hash(signed_in.session_token),
        "company": stranger.ctx.company_id,
        "branch": stranger.ctx.branch_id,
        "word": "arnica",
        "command": command,
        "key": key,
        "zero": "00000000-0000-0000-0000-000000000000",
    }


@pytest.fixture
def injected(trader):
    """Run a statement as if it were injected into a transaction of the trader."""

    def run(statement, parameters):
        with db.unit_of_work(trader.ctx) as session:
            row = db.raw(session).execute(statement.encode(), parameters).fetchone()
            return row[0] if row else None

    return run


def stored(owner, user):
    account = owner.execute("select t::text from user_account t where id = %s", (user,)).fetchall()
    sessions = owner.execute(
        "select t::text from user_session t where user_id = %s order by id", (user,)
    ).fetchall()
    return account, sessions


def test_every_function_the_application_may_call_is_proven_here(owner):
    assert callable_functions(owner) == AT_THE_DOOR.keys() | WITHIN_A_TENANT.keys()


@pytest.mark.parametrize("name", AT_THE_DOOR)
def test_a_tenants_transaction_cannot_use_the_functions_of_signing_in(owner, injected, facts, name):
    before = stored(owner, facts["user"])
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="only signing in"):
        injected(AT_THE_DOOR[name], facts)
    assert stored(owner, facts["user"]) == before


@pytest.mark.parametrize("name", WITHIN_A_TENANT)
def test_a_tenants_own_function_knows_no_stranger(owner, injected, facts, name):
    statement, expected = WITHIN_A_TENANT[name]
    before = stored(owner, facts["user"])
    own_words = {"word": "nothingofours"} if name.startswith("search") else {}
    answer = injected(statement, facts | own_words)
    assert str(answer) == str(expected).replace("%(user)s", str(facts["user"]))
    assert stored(owner, facts["user"]) == before


def test_search_finds_the_tenants_own_goods_alone(injected, facts, trader):
    found = injected(WITHIN_A_TENANT["search_variants"][0], facts)
    assert found == len(trader.variant_ids)


PASSES: dict[str, Callable[[str], str]] = {
    "none": lambda _: "",
    "nonsense": lambda _: "door",
    "flipped": lambda signed: signed[:-1] + "g",
    "a tenant's context": lambda _: db.signed_context(new_id(), new_id(), 4_000_000_000),
    "expired": lambda _: db._signed("door|x|1"),
    "another purpose": lambda _: db._signed("window|x|4000000000"),
}


@pytest.mark.parametrize("name", PASSES)
def test_a_pass_that_the_product_did_not_sign_opens_nothing(trader, facts, name):
    shown = PASSES[name](db._signed("door|x|4000000000"))
    with db.unit_of_work(trader.ctx) as session:
        db.execute(session, "select set_config('app.door', %s, true)", (shown,))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            db.execute(session, "select * from sec.find_login(%s)", (facts["login"],))
        session.rollback()


def test_the_pass_is_no_context(trader):
    with db.unit_of_work(trader.ctx) as session:
        shown = db._signed("door|x|4000000000")
        db.execute(session, "select set_config('app.ctx', %s, true)", (shown,))
        with pytest.raises(psycopg.DataError):
            db.execute(session, "select * from brand")
        session.rollback()


def test_a_stranger_made_a_member_keeps_their_password(owner, injected, facts, trader):
    """The way round: invite the stranger, then change the password of one's own member."""
    with db.unit_of_work(trader.ctx) as session:
        db.execute(
            session,
            "insert into membership (tenant_id, id, user_id, branch_id, display_name, is_active, failed_pins)"
            " values (%s, %s, %s, %s, 'guest', true, 0)",
            (trader.tenant_id, new_id(), facts["user"], trader.ctx.branch_id),
        )
    before = stored(owner, facts["user"])
    injected(WITHIN_A_TENANT["change_password"][0], facts)
    assert stored(owner, facts["user"]) == before
    identity.sign_in(facts["login"], PASSWORD)


def test_with_the_door_left_open_the_attack_works(breakable):
    """The mutation: any statement may then read what a password is checked against."""
    breakable.owner.execute(
        "insert into user_account (id, login, display_name, password_hash, is_active, failed_sign_ins)"
        " values (gen_random_uuid(), 'victim@example', 'x', 'hash', true, 0)"
    )
    attack = b"select password_hash from sec.find_login('victim@example')"
    with breakable.as_mine() as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute(attack)
    breakable.owner.execute(
        "create or replace function sec.at_door() returns boolean language sql stable as 'select true'"
    )
    with breakable.as_mine() as app:
        assert app.execute(attack).fetchone() == ("hash",)
