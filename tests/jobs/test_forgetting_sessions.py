"""Sessions that ended long ago are forgotten with their tabs; all others stay."""

from datetime import timedelta

import psycopg
import pytest

from erp.core import db
from erp.core.clock import utc_now
from erp.core.ids import new_id
from erp.services import identity
from tests.factories import PASSWORD, Shop

LONG_AGO = timedelta(days=91)


def open_session(trader: Shop, role: str) -> identity.SignedIn:
    opened = identity.sign_in(f"{role}@{trader.slug}.example", PASSWORD)
    principal = identity.resolve_session(opened.session_token)
    assert principal is not None
    assert principal.session_id is not None
    assert identity.bind_tab(principal.session_id, str(new_id()))
    return opened


def sessions_of(owner: psycopg.Connection, trader: Shop) -> tuple[int, int]:
    row = owner.execute(
        "select count(distinct s.id), count(t.session_id) from user_session s"
        " left join session_tab t on t.session_id = s.id where s.tenant_id = %s",
        (trader.tenant_id,),
    ).fetchone()
    assert row is not None
    return row[0], row[1]


@pytest.mark.parametrize("ended", ["expires_at", "revoked_at"])
def test_what_ended_long_ago_is_forgotten(trader: Shop, owner: psycopg.Connection, ended: str):
    live, old = open_session(trader, "owner"), open_session(trader, "cashier")
    owner.execute(
        f"update user_session set {ended} = %s where user_id = %s",  # noqa: S608  one of two names
        (utc_now() - LONG_AGO, old.user_id),
    )
    assert identity.forget_ended_sessions(utc_now()) >= 1
    assert sessions_of(owner, trader) == (1, 1)
    assert identity.resolve_session(live.session_token)


def test_what_ended_lately_is_kept(trader: Shop, owner: psycopg.Connection):
    identity.sign_out(open_session(trader, "owner").session_token)
    identity.forget_ended_sessions(utc_now())
    assert sessions_of(owner, trader) == (1, 1)


def test_the_application_itself_forgets_none(trader: Shop):
    with (
        pytest.raises(psycopg.errors.InsufficientPrivilege),
        db.unit_of_work(trader.ctx) as session,
    ):
        db.execute(session, "select sec.forget_sessions(now())")
