"""Bearer tokens: shown once, never wider than their maker, ended on demand."""

from dataclasses import replace
from datetime import timedelta

import pytest

from erp.core.errors import InvalidInput, NotFound, PermissionDenied
from erp.services import identity
from erp.services.identity import GrantTooWide
from tests.factories import Shop
from tests.services.trading import rows, snapshot

WANTED = {"name": "Web shop", "scopes": ["pos.sell", "catalog.view"]}


def issue(trader: Shop, **given):
    return trader.run("identity.issue_token", WANTED | given, by=trader.acting_as("owner"))


def test_a_token_acts_as_its_maker_within_its_scopes(trader: Shop):
    token = issue(trader).token.get_secret_value()
    principal = identity.resolve_token(token)
    assert principal is not None
    assert principal.user_id == trader.user_ids["owner"]
    assert principal.permissions == {"pos.sell", "catalog.view"}


def test_the_secret_is_shown_once_and_stored_nowhere(trader: Shop):
    owner = trader.acting_as("owner")
    wanted = WANTED | {"idempotency_key": "token-for-web-shop"}
    first = trader.answer("identity.issue_token", wanted, by=owner)
    again = trader.answer("identity.issue_token", wanted, by=owner)
    secret = first.result.token.get_secret_value()
    assert secret in first.text
    assert again.replayed
    assert secret not in again.text
    kept = rows(trader, "select answer, input::text as body from command_log")
    assert all(secret not in f"{row['answer']}{row['body']}" for row in kept)


def test_a_token_is_never_wider_than_its_maker(trader: Shop):
    manager = trader.acting_as("manager")
    maker = replace(manager, permissions=manager.permissions | {"identity.token"})
    before = snapshot(trader)
    with pytest.raises(GrantTooWide):
        trader.run("identity.issue_token", WANTED | {"scopes": ["accounting.post"]}, by=maker)
    assert snapshot(trader) == before


@pytest.mark.parametrize("scope", ["pos.sel", "", " ", "POS.SELL"])
def test_a_scope_that_is_no_permission_is_refused_at_its_field(trader: Shop, scope: str):
    """The empty one too, though actions that need no permission name it."""
    before = snapshot(trader)
    with pytest.raises(InvalidInput) as caught:
        issue(trader, scopes=["pos.sell", scope])
    assert "There is no permission" in caught.value.fields["scopes"]
    assert snapshot(trader) == before


def test_only_members_have_tokens(trader: Shop):
    with pytest.raises(NotFound):
        trader.run("identity.issue_token", WANTED)
    assert trader.count("api_token") == 0


@pytest.mark.parametrize("role", ["manager", "cashier", "auditor"])
def test_most_roles_issue_no_tokens(trader: Shop, role: str):
    with pytest.raises(PermissionDenied):
        trader.run("identity.issue_token", WANTED, by=trader.acting_as(role))


def test_a_revoked_token_is_refused(trader: Shop):
    issued = issue(trader)
    token = issued.token.get_secret_value()
    assert identity.resolve_token(token)
    trader.run("identity.revoke_token", {"token_id": issued.id})
    assert identity.resolve_token(token) is None


def test_an_expired_token_is_refused(trader: Shop, owner):
    issued = issue(trader, valid_days=1)
    owner.execute(
        "update api_token set expires_at = expires_at - %s where id = %s",
        (timedelta(days=2), issued.id),
    )
    identity.forget_principals()
    assert identity.resolve_token(issued.token.get_secret_value()) is None


def test_a_strangers_token_is_not_there(trader: Shop, stranger: Shop):
    issued = issue(stranger)
    with pytest.raises(NotFound):
        trader.run("identity.revoke_token", {"token_id": issued.id})
    assert identity.resolve_token(issued.token.get_secret_value())
