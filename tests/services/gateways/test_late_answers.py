"""An answer that comes after another worker asked the provider says only what the provider knows."""

from dataclasses import replace
from datetime import timedelta

from erp.adapters.payment_gateways import gateway_of
from erp.core import db
from erp.core.clock import utc_now
from erp.services import gateways
from erp.services.gateways.pausing import LEASE
from erp.simulate.payment_books import Fault
from tests.factories import broken_promises
from tests.services.gateways.providers import link_of, opened, payments_of
from tests.services.gateways.test_refunds import paid, refund, refund_of
from tests.services.payments.paying import owing

__all__ = ["paid"]


def after(shop, leases):
    """Return the shop's context when so many leases are over."""
    return replace(shop.ctx, now=utc_now() + leases * (LEASE + timedelta(seconds=1)))


def within(ctx, do, *given):
    with db.unit_of_work(ctx) as session:
        return do(session, ctx, *given)


def test_a_late_refusal_of_a_refund_says_nothing_while_another_worker_asks(trader, provider, paid):
    refund_id = refund(trader, paid[2])
    first = within(after(trader, 0), gateways.claim_refund, refund_id)
    provider.faults.append(Fault.REFUSED)
    refused = gateways.carry_out_refund(gateway_of(first.account), first)
    assert refused.refused
    now = after(trader, 1)
    second = within(now, gateways.claim_refund, refund_id)
    within(now, gateways.note_refund_asked, first, refused)
    assert refund_of(trader, refund_id)["status"] == "due"
    assert refund_of(trader, refund_id)["leased_until"] == second.leased_until
    done = gateways.carry_out_refund(gateway_of(second.account), second)
    within(now, gateways.note_refund_asked, second, done)
    assert refund_of(trader, refund_id)["status"] == "processed"
    assert payments_of(trader)[0]["refunded"] == paid[2]["amount"]
    assert broken_promises() == []


def test_a_late_refusal_of_a_link_says_nothing_while_another_worker_asks(trader, provider):
    opened(trader, "razorpay")
    link_id = trader.run("gateways.request_payment", {"party_id": owing(trader, 10)}).id
    first = within(after(trader, 0), gateways.claim_link, link_id)
    provider.faults.append(Fault.REFUSED)
    refused = gateways.carry_out_link(gateway_of(first.account), first)
    assert refused.refused
    now = after(trader, 1)
    second = within(now, gateways.claim_link, link_id)
    within(now, gateways.note_link, first, refused)
    assert link_of(trader, link_id)["status"] == "due"
    made = gateways.carry_out_link(gateway_of(second.account), second)
    within(now, gateways.note_link, second, made)
    assert link_of(trader, link_id)["status"] == "open"
