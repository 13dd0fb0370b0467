"""Sessions and sign-ins: what ends them, and what a stranger may learn from the answer."""

import psycopg
import pytest

from erp.services import identity
from erp.services.identity import secrets, signing_in
from erp.services.identity.errors import SignInRefused
from tests.factories import PASSWORD, Shop


@pytest.fixture
def login(trader: Shop) -> str:
    return f"cashier@{trader.slug}.example"


@pytest.fixture
def session(login: str) -> str:
    """The token of an open session."""
    return identity.sign_in(login, PASSWORD).session_token


def is_open(token: str) -> bool:
    identity.forget_principals()
    return identity.resolve_session(token) is not None


def change(owner: psycopg.Connection, statement: str, *params: object) -> None:
    assert owner.execute(statement.encode(), params).rowcount == 1


def test_a_session_opens_and_lives(session: str):
    assert is_open(session)
    assert not is_open(session[:-1] + "x")


def test_a_session_ends_by_itself(trader: Shop, session: str, owner: psycopg.Connection):
    ended = "update user_session set expires_at = now() - interval '1 second' where tenant_id = %s"
    change(owner, ended, trader.tenant_id)
    assert not is_open(session)


def test_use_prolongs_a_session_and_nothing_else_does(
    trader: Shop, session: str, owner: psycopg.Connection
):
    """What has ended stays ended, however often it is tried."""
    used = (
        "update user_session set last_seen_at = now() - interval '1 hour',"
        " expires_at = now() + interval '1 minute' where tenant_id = %s"
    )
    change(owner, used, trader.tenant_id)
    assert is_open(session)
    left = "select expires_at > now() + interval '1 hour' from user_session where tenant_id = %s"
    assert owner.execute(left, (trader.tenant_id,)).fetchone() == (True,)


def test_a_closed_login_opens_nothing_and_its_sessions_end(
    trader: Shop, login: str, session: str, owner: psycopg.Connection
):
    closed = "update user_account set is_active = false where id = %s"
    change(owner, closed, trader.user_ids["cashier"])
    with pytest.raises(SignInRefused, match="do not match"):
        identity.sign_in(login, PASSWORD)
    assert not is_open(session)


def test_a_suspended_organisation_lets_nobody_in(
    trader: Shop, login: str, session: str, owner: psycopg.Connection
):
    change(owner, "update tenant set is_suspended = true where id = %s", trader.tenant_id)
    with pytest.raises(SignInRefused):
        identity.sign_in(login, PASSWORD)
    assert not is_open(session)


def test_a_suspended_organisations_tokens_open_nothing(trader: Shop, owner: psycopg.Connection):
    wanted = {"name": "till", "scopes": ["pos.sell"]}
    issued = trader.run("identity.issue_token", wanted, by=trader.acting_as("owner"))
    token = issued.token.get_secret_value()
    assert identity.resolve_token(token)
    change(owner, "update tenant set is_suspended = true where id = %s", trader.tenant_id)
    identity.forget_principals()
    assert identity.resolve_token(token) is None


@pytest.mark.parametrize("known", [True, False])
def test_an_unknown_name_costs_as_much_as_a_wrong_password(
    trader: Shop, login: str, monkeypatch: pytest.MonkeyPatch, *, known: bool
):
    """Otherwise the time of the answer tells which names exist."""
    compared: list[str] = []
    hasher = secrets._hasher

    class Counting:
        def verify(self, stored: str, secret: str) -> bool:
            compared.append(stored)
            return hasher.verify(stored, secret)

    monkeypatch.setattr(secrets, "_hasher", Counting())
    name = login if known else f"nobody@{trader.slug}.example"
    with pytest.raises(SignInRefused) as refusal:
        identity.sign_in(name, "not the password")
    assert len(compared) == 1
    assert str(refusal.value) == str(signing_in._refused())
