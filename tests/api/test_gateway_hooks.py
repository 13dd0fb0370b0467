"""The door for payment providers: raw bytes first, kept before it is answered, nothing for a forger."""

import pytest

from erp.core.ids import new_id
from erp.simulate.payment_gateway import sign_event
from tests.services.gateways.providers import (
    HOOK_SECRET,
    link_of,
    look_into_waiting,
    opened,
    provider,
    requested,
)
from tests.services.trading import rows

__all__ = ["provider"]


@pytest.fixture
def ours(trader, provider):
    assert provider
    return opened(trader)


def call(rest, account_id, headers, body):
    return rest.post(f"/api/erp/gateways/{account_id}/events", content=body, headers=headers)


def event(provider, link, event_id="evt_1"):
    paid = provider.books.pay(link["provider_id"])
    return provider.event("razorpay", HOOK_SECRET, "payment.captured", paid.id, event_id)


def test_a_signed_event_is_kept_when_it_is_answered_and_paid_by_the_job(
    rest, trader, provider, ours
):
    link = requested(trader)
    headers, body = event(provider, link)
    first = call(rest, ours, headers, body)
    assert (first.status_code, first.json()) == (200, {"taken": True, "known": False})
    kept = rows(trader, "select body, event_id, status from gateway_event")
    assert [(bytes(row["body"]), row["event_id"], row["status"]) for row in kept] == [
        (body, "evt_1", "received")
    ]
    again = call(rest, ours, headers, body)
    assert (again.status_code, again.json()) == (200, {"taken": True, "known": True})
    look_into_waiting(trader)
    assert link_of(trader, link["id"])["status"] == "paid"


def test_one_flipped_byte_is_refused_counted_and_leaves_nothing(rest, trader, provider, ours):
    headers, body = event(provider, requested(trader))
    flipped = body.replace(b"captured", b"capturee", 1)
    answer = call(rest, ours, headers, flipped)
    assert answer.status_code == 400
    assert answer.json()["code"] == "bad_signature"
    assert call(rest, ours, {"content-type": "application/json"}, body).status_code == 400
    assert rows(trader, "select 1 from gateway_event") == []
    counted = rows(trader, "select rejected_calls from gateway_account")[0]
    assert counted["rejected_calls"] == 2


@pytest.mark.usefixtures("ours")
def test_a_signature_of_one_tenant_is_none_at_the_address_of_another(
    rest, trader, stranger, provider
):
    headers, body = event(provider, requested(trader))
    theirs = opened(stranger, webhook_secret="whsec_of_the_stranger")
    assert call(rest, theirs, headers, body).status_code == 400
    assert rows(stranger, "select 1 from gateway_event") == []


def test_an_address_of_nobody_is_not_found(rest, provider, trader, ours):
    headers, body = event(provider, requested(trader))
    assert ours
    assert call(rest, new_id(), headers, body).status_code == 404
    assert call(rest, "none", headers, body).status_code == 404


@pytest.mark.parametrize("body", [b"{}", b"[]", b"not json", b'{"event": 1, "payload": {}}'])
def test_what_is_signed_and_no_event_is_told_so(rest, trader, ours, body):
    headers = sign_event("razorpay", HOOK_SECRET, body, "evt_1")
    answer = call(rest, ours, headers, body)
    assert answer.status_code == 400, answer.text
    assert rows(trader, "select 1 from gateway_event") == []


def test_more_than_an_event_can_be_is_not_read(rest, ours):
    body = b"x" * 300_000
    headers = sign_event("razorpay", HOOK_SECRET, body, "evt_1")
    assert call(rest, ours, headers, body).status_code == 413
