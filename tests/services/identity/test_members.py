"""Members: who may be invited, changed and given secrets, and by whom."""

from dataclasses import replace
from decimal import Decimal

import pytest

from erp.core.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from erp.core.ids import new_id
from erp.services import identity
from erp.services.identity import GrantTooWide, WeakSecret
from tests.factories import PASSWORD, PIN, Shop
from tests.services.trading import member_id, refused, rows, snapshot


def person(login: str = "", **facts: object) -> dict[str, object]:
    return {
        "login": login or f"new.{new_id().hex[-10:]}@shop.example",
        "display_name": "Nisha Patil",
        "password": "a longer pass phrase",
        "roles": ["cashier"],
    } | facts


def lesser(trader: Shop):
    """Someone who may edit members but is no owner."""
    ctx = trader.acting_as("manager")
    return replace(ctx, permissions=ctx.permissions | {"identity.edit"})


def test_an_invited_person_signs_in_with_the_first_password_and_their_role(trader: Shop):
    wanted = person()
    trader.run("identity.create_user", wanted, by=trader.acting_as("owner"))
    session = identity.sign_in(str(wanted["login"]), str(wanted["password"]))
    principal = identity.resolve_session(session.session_token)
    assert principal is not None
    assert principal.roles == {"cashier"}
    assert principal.limits["discount_percent"] == Decimal(5)


def test_inviting_again_with_the_same_key_answers_the_same_and_adds_nobody(trader: Shop):
    wanted = person(idempotency_key="invite-nisha-1")
    first = trader.answer("identity.create_user", wanted)
    before = snapshot(trader)
    second = trader.answer("identity.create_user", wanted)
    assert second.replayed
    assert second.text == first.text
    assert snapshot(trader) == before


@pytest.mark.parametrize("role", ["manager", "cashier", "accountant", "auditor"])
def test_only_those_who_may_edit_members_invite(trader: Shop, role: str):
    refused(trader, PermissionDenied, "identity.create_user", person(), by=trader.acting_as(role))


def test_nobody_hands_out_more_than_they_hold(trader: Shop):
    wide = person(roles=["owner"])
    error = refused(trader, GrantTooWide, "identity.create_user", wide, by=lesser(trader))
    assert "roles" in error.fields


@pytest.mark.parametrize("password", ["short", "has-nisha-inside-it"])
def test_a_password_that_is_easy_to_guess_is_refused_at_its_field(trader: Shop, password: str):
    weak = person(login="nisha@shop.example", password=password)
    assert "password" in refused(trader, WeakSecret, "identity.create_user", weak).fields


def test_an_unknown_role_is_refused_at_its_field(trader: Shop):
    error = refused(trader, InvalidInput, "identity.create_user", person(roles=["wizard"]))
    assert error.fields == {"roles": "unknown role"}


def test_a_member_is_not_added_twice(trader: Shop):
    login = f"cashier@{trader.slug}.example"
    refused(trader, Conflict, "identity.create_user", person(login))


def test_a_known_login_joins_with_its_own_password(trader: Shop, stranger: Shop):
    login = f"cashier@{stranger.slug}.example"
    trader.run("identity.create_user", person(login))
    session = identity.sign_in(login, PASSWORD, tenant_id=trader.tenant_id)
    assert session.tenant_id == trader.tenant_id


def test_a_suspended_member_is_out_at_once(trader: Shop):
    session = identity.sign_in(f"cashier@{trader.slug}.example", PASSWORD)
    assert identity.resolve_session(session.session_token)
    gone = {"member_id": member_id(trader, "cashier"), "display_name": "C", "roles": ["cashier"]}
    trader.run("identity.update_member", gone | {"is_active": False})
    assert identity.resolve_session(session.session_token) is None


def test_the_last_owner_stays(trader: Shop):
    demoted = {"member_id": member_id(trader, "owner"), "display_name": "O", "roles": ["cashier"]}
    refused(trader, InvalidInput, "identity.update_member", demoted)
    refused(
        trader,
        InvalidInput,
        "identity.update_member",
        demoted | {"roles": ["owner"], "is_active": False},
    )


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("identity.update_member", {"display_name": "X", "roles": ["cashier"]}),
        ("identity.set_pin", {"pin": "1234"}),
        ("identity.reset_password", {"password": "a longer pass phrase"}),
    ],
)
def test_an_owner_is_not_changed_by_someone_with_less(trader: Shop, name: str, given: dict):
    wanted = given | {"member_id": member_id(trader, "owner")}
    refused(trader, GrantTooWide, name, wanted, by=lesser(trader))


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("identity.update_member", {"display_name": "X", "roles": ["cashier"]}),
        ("identity.set_pin", {"pin": "1234"}),
        ("identity.reset_password", {"password": "a longer pass phrase"}),
    ],
)
def test_a_strangers_member_is_not_there(trader: Shop, stranger: Shop, name: str, given: dict):
    before = snapshot(stranger)
    wanted = given | {"member_id": member_id(stranger, "cashier")}
    refused(trader, NotFound, name, wanted)
    assert snapshot(stranger) == before


def test_everybody_sets_their_own_pin_and_only_that(trader: Shop):
    cashier = trader.acting_as("cashier")
    trader.run("identity.set_pin", {"pin": "4821"}, by=cashier)
    theirs = rows(trader, "select pin_hash from membership where user_id = %s", cashier.user_id)
    assert theirs[0]["pin_hash"]
    other = {"pin": "4821", "member_id": member_id(trader, "manager")}
    refused(trader, PermissionDenied, "identity.set_pin", other, by=cashier)


@pytest.mark.parametrize("pin", ["123", "1111", "12a4", "123456789"])
def test_a_pin_that_is_easy_to_guess_is_refused(trader: Shop, pin: str):
    refused(trader, WeakSecret, "identity.set_pin", {"pin": pin}, by=trader.acting_as("manager"))


def test_a_reset_password_works_and_ends_the_old_sessions(trader: Shop):
    login = f"cashier@{trader.slug}.example"
    old = identity.sign_in(login, PASSWORD)
    wanted = {"member_id": member_id(trader, "cashier"), "password": "quite another phrase"}
    trader.run("identity.reset_password", wanted)
    assert identity.resolve_session(old.session_token) is None
    assert identity.sign_in(login, "quite another phrase")


def test_a_login_of_two_organisations_is_not_reset_by_one(trader: Shop, stranger: Shop):
    trader.run("identity.create_user", person(f"cashier@{stranger.slug}.example"))
    wanted = {"member_id": member_id(stranger, "cashier"), "password": "quite another phrase"}
    refused(stranger, InvalidInput, "identity.reset_password", wanted)


def test_secrets_stay_out_of_the_audit(trader: Shop):
    wanted = person()
    trader.run("identity.create_user", wanted)
    trader.run("identity.set_pin", {"pin": "4821"}, by=trader.acting_as("cashier"))
    logged = rows(trader, "select input::text as body, answer from command_log")
    kept = " ".join(f"{row['body']} {row['answer']}" for row in logged)
    assert str(wanted["password"]) not in kept
    assert "4821" not in kept
    assert PIN not in kept
