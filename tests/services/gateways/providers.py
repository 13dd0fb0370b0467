"""A shop with an account at a simulated provider, and the jobs that speak with it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from erp.adapters.payment_gateways import gateway_of, is_signed, read_notice
from erp.core import db
from erp.core.clock import utc_now
from erp.core.settings import get_settings
from erp.services import gateways, platform
from erp.simulate.payment_gateway import SimulatedGateway
from jobs import gateways as jobs
from tests.factories import Shop
from tests.services.payments.paying import owing
from tests.services.trading import rows

KEYS = {
    "razorpay": ("rzp_test_demo1234", "razorpay-key-secret"),
    "stripe": ("pk_test_demo1234", "sk_test_secret_1234"),
}
HOOK_SECRET = "whsec_demo_of_the_shop"


OVER = (
    "update gateway_account set paused_until = now() - interval '1 second' where failing_since is not null",
    "update payment_link set leased_until = null where leased_until is not null",
    "update gateway_refund set leased_until = null where leased_until is not null",
)


@pytest.fixture
def provider(monkeypatch) -> Iterator[SimulatedGateway]:
    """A provider that the suite speaks to instead of the real ones."""
    made = SimulatedGateway(secrets=frozenset(secret for _, secret in KEYS.values()))
    made.start()
    for name in ("razorpay_url", "stripe_url"):
        monkeypatch.setattr(get_settings(), name, made.url)
    monkeypatch.setattr(get_settings(), "gateway_seconds", 5.0)
    yield made
    made.stop()


def opened(shop: Shop, kind: str = "razorpay", **more: Any) -> UUID:
    """Open an account at a provider; return it."""
    key_id, secret = KEYS[kind]
    given = {
        "provider": kind,
        "name": kind.title(),
        "key_id": key_id,
        "key_secret": secret,
        "webhook_secret": HOOK_SECRET,
    }
    made: UUID = shop.run("gateways.open_account", given | more).id
    return made


def requested(shop: Shop, quantity: int = 10, **more: Any) -> dict[str, Any]:
    """Deliver goods, ask for their money, and have the link made; return it."""
    customer = more.pop("party_id", None) or owing(shop, quantity, email="pay@example.org")
    made = shop.run("gateways.request_payment", {"party_id": customer} | more)
    ask(shop, made.id)
    return link_of(shop, made.id)


def ask(shop: Shop, link_id: UUID) -> None:
    """Do what the job does when the provider is to be asked about a link."""
    jobs.ask_about_link(None, shop.ctx, told(link_id=link_id))


def ask_later(shop: Shop, link_id: UUID, after: timedelta) -> None:
    """Do the same as if so much time had passed."""
    ctx = replace(shop.ctx, now=utc_now() + after)
    with db.unit_of_work(ctx) as session:
        plan = gateways.claim_link(session, ctx, link_id)
    if plan is not None:
        outcome = gateways.carry_out_link(gateway_of(plan.account), plan)
        with db.unit_of_work(ctx) as session:
            gateways.note_link(session, ctx, plan, outcome)


def ask_refund(shop: Shop, refund_id: UUID) -> None:
    """Do what the job does when money is to be given back."""
    jobs.ask_refund(None, shop.ctx, told(refund_id=refund_id))


def settle(shop: Shop, account_id: UUID) -> None:
    """Do what the job does when settlements are to be booked."""
    jobs.book_settlements(None, shop.ctx, told(account_id=account_id))


def tell(shop: Shop, provider: SimulatedGateway, account_id: UUID, *event: str) -> bool:
    """Carry an event to the account's address, past HTTP, and look into it if it is new.

    Args:
        event: Kind, id of what it is about, and the event's id.
    """
    keys = account_of(account_id)
    headers, body = provider.event(keys.keys.provider, HOOK_SECRET, *event)
    return hear(shop, account_id, headers, body)


def hear(shop: Shop, account_id: UUID, headers: dict[str, str], body: bytes) -> bool:
    """Take a signed event in, and look into it if it is new."""
    account = account_of(account_id)
    assert is_signed(account.keys, headers, body)
    notice = read_notice(account.keys.provider, headers, json.loads(body))
    ctx = gateways.event_context(account, utc_now(), "test")
    is_new = gateways.hear_event(ctx, account, notice, body)
    if is_new:
        look_into_waiting(shop)
    return is_new


def look_into_waiting(shop: Shop) -> None:
    """Do what the job does with every event that waits."""
    for row in rows(shop, "select id from gateway_event where status = 'received' order by id"):
        jobs.look_into_event(None, shop.ctx, told(event_id=row["id"]))


def account_of(account_id: UUID) -> gateways.HookedAccount:
    """Return an account as the door for providers finds it."""
    with db.ops_session() as session:
        found = gateways.find_account(session, account_id, utc_now())
    assert found is not None
    return found


def link_of(shop: Shop, link_id: UUID) -> dict[str, Any]:
    """Return a payment link."""
    return rows(shop, "select * from payment_link where id = %s", link_id)[0]


def payments_of(shop: Shop) -> list[dict[str, Any]]:
    """Return every payment at providers, the oldest first."""
    return rows(shop, "select * from gateway_payment order by id")


def exceptions_of(shop: Shop) -> list[tuple[str, bool]]:
    """Return kind and whether it is open of every exception."""
    found = rows(shop, "select kind, is_open from gateway_exception order by id")
    return [(row["kind"], row["is_open"]) for row in found]


def over(shop: Shop) -> None:
    """Let leases and pauses be over, as if time had passed."""
    with db.unit_of_work(shop.ctx) as session:
        for text in OVER:
            db.raw(session).execute(text)


def later(shop: Shop, what: Any, subject: UUID) -> platform.TryLater:
    """Do a job, and return why it is to be tried later."""
    with pytest.raises(platform.TryLater) as caught:
        what(shop, subject)
    return caught.value


def told(**payload: UUID) -> Any:
    """Return what a job hears of an event."""
    return SimpleNamespace(payload={name: str(value) for name, value in payload.items()})
