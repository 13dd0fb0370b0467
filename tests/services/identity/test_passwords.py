"""Changing one's own password: the present one is asked for, and guessing is counted."""

import pytest

from erp.core.errors import NotFound
from erp.services import identity
from erp.services.identity import SignInRefused, WeakSecret
from tests.factories import PASSWORD, Shop
from tests.services.trading import snapshot

NEW = "quite another phrase"


def change(trader: Shop, current: str = PASSWORD, password: str = NEW):
    wanted = {"current_password": current, "password": password}
    return trader.run("identity.change_password", wanted, by=trader.acting_as("cashier"))


def login(trader: Shop) -> str:
    return f"cashier@{trader.slug}.example"


def test_a_changed_password_opens_and_every_session_ends(trader: Shop):
    old = identity.sign_in(login(trader), PASSWORD)
    assert change(trader).changed
    assert identity.resolve_session(old.session_token) is None
    assert identity.sign_in(login(trader), NEW)
    with pytest.raises(SignInRefused):
        identity.sign_in(login(trader), PASSWORD)


def test_a_wrong_present_password_changes_nothing_but_is_counted(trader: Shop):
    for _ in range(5):
        assert not change(trader, current="not the one").changed
    answer = change(trader)
    assert not answer.changed
    assert "Too many" in answer.message
    with pytest.raises(SignInRefused, match="Too many"):
        identity.sign_in(login(trader), PASSWORD)


def test_a_weak_new_password_is_refused_at_its_field(trader: Shop):
    before = snapshot(trader)
    with pytest.raises(WeakSecret) as caught:
        change(trader, password="short")
    assert "password" in caught.value.fields
    assert snapshot(trader) == before


def test_a_process_has_no_password(trader: Shop):
    wanted = {"current_password": PASSWORD, "password": NEW}
    with pytest.raises(NotFound):
        trader.run("identity.change_password", wanted)
