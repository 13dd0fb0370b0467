"""A key stands for one request, the secrets in it included, which are stored nowhere."""

import hashlib

import pytest

from erp.core.errors import IdempotencyKeyReused
from erp.services.identity.members import SetPin
from erp.services.platform import commanding
from tests.factories import PIN, Shop
from tests.services.trading import refused, rows

KEY = {"idempotency_key": "pin-of-the-cashier"}


def test_another_secret_under_a_key_is_another_request(trader: Shop):
    cashier = trader.acting_as("cashier")
    first = trader.answer("identity.set_pin", KEY | {"pin": "8642"}, by=cashier)
    error = refused(
        trader, IdempotencyKeyReused, "identity.set_pin", KEY | {"pin": "9753"}, by=cashier
    )
    assert "idempotency_key" in error.fields
    again = trader.answer("identity.set_pin", KEY | {"pin": "8642"}, by=cashier)
    assert (again.replayed, again.text) == (True, first.text)


@pytest.mark.parametrize("pin", ["8642", PIN])
def test_the_log_holds_no_secret_and_no_plain_digest_of_one(trader: Shop, pin: str):
    cashier = trader.acting_as("cashier")
    trader.run("identity.set_pin", KEY | {"pin": pin}, by=cashier)
    logged = rows(
        trader,
        "select input::text as input, input_hash, answer from command_log where command = 'identity.set_pin'",
    )[0]
    assert pin not in logged["input"] + logged["answer"]
    guesses = [
        pin,
        f'{{"member_id":null,"pin":"{pin}"}}',
        '{"member_id":null,"pin":"**********"}' + pin,
    ]
    assert logged["input_hash"] not in {
        hashlib.sha256(guess.encode()).hexdigest() for guess in guesses
    }


def test_a_digest_cannot_be_made_without_the_products_key(monkeypatch: pytest.MonkeyPatch):
    """A PIN has ten thousand values: whoever reads the log must not be able to try them."""
    cmd = SetPin(pin="8642", idempotency_key="pin-of-the-cashier")
    text = commanding.canonical_input(cmd)
    kept = commanding._hash(cmd, text)
    assert kept == commanding._hash(cmd, text)
    monkeypatch.setattr(commanding, "_secrets_key", lambda: bytes(32))
    assert commanding._hash(cmd, text) != kept
