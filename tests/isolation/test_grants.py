"""Rights never widen on their way: by invitation, change of role, token, or a second membership."""

import json

import pytest

from erp.core import db
from erp.core.errors import DomainError, PermissionDenied
from erp.core.ids import new_id
from erp.services import identity
from erp.services.identity import GrantTooWide
from erp.services.identity.principals import load_member, narrowed
from tests.factories import PASSWORD

ROLES = [role.name for role in identity.STANDARD_ROLES]
STAFF = ("identity.edit", "identity.token", "pos.sell", "catalog.view")
"""What someone holds who looks after the staff of a till and no more."""


def make_role(shop, name, permissions):
    with db.unit_of_work(shop.ctx) as session:
        db.execute(
            session,
            "insert into role (tenant_id, id, name, title, permissions, limits)"
            " values (%s, %s, %s, %s, %s, '{}')",
            (shop.tenant_id, new_id(), name, name.title(), list(permissions)),
        )


def invite(shop, role, by=None, login=None):
    made = {
        "login": login or f"{new_id().hex[-10:]}@{shop.slug}.example",
        "display_name": "Newcomer",
        "password": PASSWORD,
        "roles": [role],
    }
    member_id = shop.run("identity.create_user", made, by=by).id
    with db.unit_of_work(shop.ctx) as session:
        member = load_member(session, shop.tenant_id, membership_id=member_id)
    assert member is not None
    return member


def context_of(member):
    return identity.context_for(member, source="test", request_id=f"test-{new_id()}")


@pytest.fixture
def chief(trader):
    """A member who may edit members and issue tokens, but holds little else."""
    make_role(trader, "chief", STAFF)
    return context_of(invite(trader, "chief"))


@pytest.mark.parametrize("role", ROLES)
def test_nobody_invites_above_themselves(trader, chief, role):
    granted = next(r for r in identity.STANDARD_ROLES if r.name == role).permissions
    before = trader.count("membership")
    assert not set(granted) <= chief.permissions
    with pytest.raises(GrantTooWide):
        invite(trader, role, by=chief)
    assert trader.count("membership") == before


@pytest.mark.parametrize("role", ROLES)
def test_nobody_raises_a_member_or_themselves_above_what_they_hold(trader, chief, role):
    make_role(trader, "helper", ["pos.sell"])
    helper = invite(trader, "helper", by=chief)
    with db.unit_of_work(chief) as session:
        own = load_member(session, chief.tenant_id, user_id=chief.user_id)
    assert own is not None
    for member in (helper, own):
        given = {"member_id": member.membership_id, "display_name": "x", "roles": [role]}
        with pytest.raises(GrantTooWide):
            trader.run("identity.update_member", given, by=chief)


def test_a_token_of_a_token_is_no_wider_than_the_first(trader, chief):
    first = issue(trader, chief, ["identity.token", "pos.sell"])
    holder = identity.resolve_token(first)
    assert holder is not None
    assert holder.permissions == {"identity.token", "pos.sell"}
    for scopes in (["*"], ["catalog.view"], ["identity.edit"]):
        with pytest.raises(DomainError):
            issue(trader, context_of(holder), scopes)
    second = identity.resolve_token(issue(trader, context_of(holder), ["pos.sell"]))
    assert second is not None
    assert second.permissions == {"pos.sell"}


def issue(shop, ctx, scopes):
    answer = shop.answer("identity.issue_token", {"name": "till", "scopes": scopes}, by=ctx)
    return json.loads(answer.text)["token"]


def test_a_token_of_everything_is_worth_what_its_holder_is_worth():
    assert narrowed(frozenset({"pos.sell"}), frozenset({"*"})) == {"pos.sell"}
    assert narrowed(frozenset({"*"}), frozenset({"pos.sell"})) == {"pos.sell"}
    assert narrowed(frozenset({"pos.sell"}), frozenset({"pos.view"})) == frozenset()


def test_a_token_whose_tenant_is_swapped_opens_nothing(trader, stranger):
    owner = trader.acting_as("owner")
    token = issue(trader, owner, ["*"])
    assert identity.resolve_token(token) is not None
    forged = token.replace(trader.tenant_id.hex, stranger.tenant_id.hex)
    assert identity.resolve_token(forged) is None


def test_an_owner_here_is_what_they_were_made_there(trader, stranger):
    login = f"owner@{trader.slug}.example"
    guest = invite(stranger, "cashier", login=login)
    assert guest.user_id == trader.user_ids["owner"]
    assert "*" not in guest.permissions
    there = identity.sign_in(login, PASSWORD, tenant_id=stranger.tenant_id)
    principal = identity.resolve_session(there.session_token)
    assert principal is not None
    assert (principal.tenant_id, principal.roles) == (stranger.tenant_id, frozenset({"cashier"}))
    with pytest.raises(PermissionDenied):
        stranger.run("identity.list_members", by=context_of(principal))


def test_a_session_cannot_be_opened_where_one_is_no_member(trader, stranger):
    with pytest.raises(identity.SignInRefused):
        identity.sign_in(f"owner@{trader.slug}.example", PASSWORD, tenant_id=stranger.tenant_id)


def test_leaving_one_organisation_leaves_the_other_as_it_was(trader, stranger):
    login = f"cashier@{trader.slug}.example"
    guest = invite(stranger, "cashier", login=login)
    home = identity.sign_in(login, PASSWORD, tenant_id=trader.tenant_id)
    away = identity.sign_in(login, PASSWORD, tenant_id=stranger.tenant_id)
    closing = {
        "member_id": guest.membership_id,
        "display_name": "Guest",
        "roles": ["cashier"],
        "is_active": False,
    }
    stranger.run("identity.update_member", closing)
    assert identity.resolve_session(away.session_token) is None
    assert identity.resolve_session(home.session_token) is not None
