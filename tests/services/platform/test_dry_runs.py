"""A dry run leaves no trace, so it must not answer what attempts are counted for."""

import psycopg
import pytest

from erp.core import db
from erp.core.ids import new_id
from erp.models.accounting import JournalLine
from erp.services import platform
from erp.services.platform import NoDryRun
from tests.factories import PASSWORD, PIN, Shop
from tests.services.trading import member_id, rows


def failed_pins(trader: Shop) -> int:
    found: int = rows(
        trader, "select failed_pins from membership where id = %s", member_id(trader, "manager")
    )[0]["failed_pins"]
    return found


@pytest.mark.parametrize("pin", [PIN, "0000"])
def test_a_pin_cannot_be_guessed_without_being_counted(trader: Shop, pin: str):
    asked = {
        "origin_id": new_id(),
        "kind": "discount",
        "level": "20",
        "approver_id": member_id(trader, "manager"),
        "pin": pin,
        "reason": "Guessing",
    }
    cashier = trader.acting_as("cashier")
    with pytest.raises(NoDryRun):
        platform.preview("pos.request_approval", cashier, asked)
    assert (failed_pins(trader), trader.count("approval")) == (0, 0)


@pytest.mark.parametrize("guess", [PASSWORD, "another battery staple"])
def test_a_password_cannot_be_guessed_without_being_counted(trader: Shop, guess: str):
    given = {"current_password": guess, "password": "a new and longer one"}
    with pytest.raises(NoDryRun):
        platform.preview("identity.change_password", trader.acting_as("cashier"), given)


def test_a_blind_count_cannot_be_tried_out(trader: Shop):
    trader.sell({trader.variant_ids[0]: 1})
    counted = {"shift_id": trader.shift_id, "counted_cash": "0.00", "reason": "Peeking"}
    with pytest.raises(NoDryRun) as caught:
        platform.preview("pos.close_shift", trader.acting_as("cashier"), counted)
    assert "605" not in caught.value.message
    assert not caught.value.details
    assert trader.run("pos.close_shift", counted).expected_cash == 605


def test_a_dry_run_is_judged_by_the_rules_that_wait_for_the_commit(
    trader: Shop, monkeypatch: pytest.MonkeyPatch
):
    """What the commit would refuse must not look possible."""
    insert = db.insert_rows

    def all_but_lines(session, model, rows):
        if model is not JournalLine:
            insert(session, model, rows)

    monkeypatch.setattr(db, "insert_rows", all_but_lines)
    cart = trader.cart({trader.variant_ids[0]: 1})
    with pytest.raises(psycopg.errors.CheckViolation, match="has no lines"):
        platform.preview("pos.post_sale", trader.ctx, cart)
