"""What providers tell: doubled, late, reordered, lying and forged events have the effect of the truth, once."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from erp.adapters.payment_gateways import gateway_of, is_signed, read_notice
from erp.core import db
from erp.core.clock import utc_now
from erp.services import gateways, platform
from erp.services.gateways import ExceptionSettled, NotRefundable
from tests.factories import broken_promises
from tests.services.books import balance
from tests.services.branches import add_branch
from tests.services.gateways.providers import (
    HOOK_SECRET,
    account_of,
    exceptions_of,
    hear,
    link_of,
    look_into_waiting,
    opened,
    over,
    payments_of,
    requested,
    tell,
)
from tests.services.payments.paying import account, owing
from tests.services.trading import rows

PAID = {"razorpay": ("payment.captured", "pay_"), "stripe": ("payment_intent.succeeded", "pi_")}


@pytest.mark.parametrize("kind", ["razorpay", "stripe"])
def test_an_event_of_a_capture_makes_one_receipt_however_often_it_comes(trader, provider, kind):
    ours = opened(trader, kind)
    link = requested(trader)
    name, prefix = PAID[kind]
    paid = provider.books.pay(link["provider_id"], prefix)
    assert tell(trader, provider, ours, name, paid.id, "evt_1")
    assert link_of(trader, link["id"])["status"] == "paid"
    tell(trader, provider, ours, name, paid.id, "evt_1")
    tell(trader, provider, ours, name, paid.id, "evt_2")
    assert len(rows(trader, "select 1 from payment")) == 1
    assert broken_promises() == []


def test_the_same_event_is_kept_once(trader, provider):
    ours = opened(trader)
    link = requested(trader)
    paid = provider.books.pay(link["provider_id"])
    headers, body = provider.event("razorpay", HOOK_SECRET, "payment.captured", paid.id, "evt_1")
    assert hear(trader, ours, headers, body)
    assert not hear(trader, ours, headers, body)
    assert len(rows(trader, "select 1 from gateway_event")) == 1


def test_an_id_taken_by_another_body_does_not_hide_the_true_event(trader, provider):
    ours = opened(trader)
    link = requested(trader)
    paid = provider.books.pay(link["provider_id"], status="authorized")
    old, body = provider.event("razorpay", HOOK_SECRET, "payment.authorized", paid.id, "evt_1")
    replayed = old | {"x-razorpay-event-id": "evt_2"}
    assert hear(trader, ours, replayed, body)
    provider.books.payments[paid.id].status = "captured"
    assert tell(trader, provider, ours, "payment.captured", paid.id, "evt_2")
    assert link_of(trader, link["id"])["status"] == "paid"


def test_a_late_word_of_an_earlier_state_changes_nothing(trader, provider):
    ours = opened(trader)
    link = requested(trader)
    paid = provider.books.pay(link["provider_id"])
    tell(trader, provider, ours, "payment.captured", paid.id, "evt_1")
    for state in ("authorized", "failed", "created"):
        paid.lies["status"] = state
        tell(trader, provider, ours, f"payment.{state}", paid.id, f"evt_{state}")
    assert payments_of(trader)[0]["status"] == "captured"
    assert link_of(trader, link["id"])["status"] == "paid"
    assert len(rows(trader, "select 1 from payment")) == 1
    assert broken_promises() == []


def test_the_database_lets_no_state_go_back(trader, provider):
    ours = opened(trader)
    link = requested(trader)
    paid = provider.books.pay(link["provider_id"])
    tell(trader, provider, ours, "payment.captured", paid.id, "evt_1")
    for text in (
        "update gateway_payment set status = 'failed'",
        "update gateway_payment set amount = amount + 1",
        "update payment_link set status = 'open'",
        "update payment_link set amount = amount + 1",
        "update gateway_event set body = 'x'",
    ):
        with pytest.raises(Exception, match=r"only moves on|is not changed"):  # noqa: SIM117  one statement
            with db.unit_of_work(trader.ctx) as session:
                db.raw(session).execute(text)


def test_a_failed_payment_that_comes_off_after_all_is_money(trader, provider):
    ours = opened(trader)
    link = requested(trader)
    paid = provider.books.pay(link["provider_id"], status="failed")
    tell(trader, provider, ours, "payment.failed", paid.id, "evt_1")
    assert link_of(trader, link["id"])["status"] == "open"
    paid.status = "captured"
    tell(trader, provider, ours, "payment.captured", paid.id, "evt_2")
    assert link_of(trader, link["id"])["status"] == "paid"


def test_money_nobody_asked_for_is_in_the_books_and_given_to_who_paid_it(trader, provider):
    ours = opened(trader)
    customer = owing(trader, 10)
    owed = account(trader, customer).owed
    paid = provider.books.pay_astray(int(owed * 100))
    tell(trader, provider, ours, "payment.captured", paid.id, "evt_1")
    assert balance(trader, "gateway_suspense") == -owed
    assert exceptions_of(trader) == [("unknown_reference", True)]
    found = trader.run("gateways.list_exceptions").rows[0]
    brushed_off = {"exception_id": found.id, "answer": "Never mind"}
    with pytest.raises(ExceptionSettled):
        trader.run("gateways.settle_exception", brushed_off)
    given = {"gateway_payment_id": found.gateway_payment_id, "party_id": customer}
    trader.run("gateways.identify_payment", given)
    assert account(trader, customer).owed == 0
    assert balance(trader, "gateway_suspense") == 0
    assert balance(trader, "gateway_clearing") == owed
    assert exceptions_of(trader) == [("unknown_reference", False)]
    with pytest.raises(NotRefundable):
        trader.run("gateways.identify_payment", given)
    assert broken_promises() == []


def test_money_is_identified_in_the_branch_that_has_it(trader, provider):
    ours = opened(trader)
    customer = owing(trader, 10)
    paid = provider.books.pay_astray(1000)
    tell(trader, provider, ours, "payment.captured", paid.id, "evt_1")
    elsewhere = add_branch(trader, gstin=None).ctx
    given = {"gateway_payment_id": payments_of(trader)[0]["id"], "party_id": customer}
    trader.run("gateways.identify_payment", given, by=elsewhere)
    booked = rows(
        trader,
        "select distinct e.branch_id from journal_entry e join journal_line l on l.entry_id = e.id"
        " join account a on a.id = l.account_id where a.key in ('gateway_clearing', 'gateway_suspense')",
    )
    assert [row["branch_id"] for row in booked] == [trader.ctx.branch_id]
    assert broken_promises() == []


def test_another_amount_than_was_asked_for_pays_nothing_and_is_not_lost(trader, provider):
    ours = opened(trader)
    link = requested(trader)
    paid = provider.books.pay(link["provider_id"], amount=100)
    tell(trader, provider, ours, "payment_link.paid", paid.id, "evt_1")
    assert link_of(trader, link["id"])["status"] == "open"
    assert exceptions_of(trader) == [("wrong_amount", True)]
    assert str(balance(trader, "gateway_suspense")) == "-1.00"
    assert account(trader, link["party_id"]).owed == link["amount"]
    assert broken_promises() == []


def test_another_currency_is_never_booked(trader, provider):
    ours = opened(trader)
    link = requested(trader)
    paid = provider.books.pay(link["provider_id"], currency="USD")
    tell(trader, provider, ours, "payment.captured", paid.id, "evt_1")
    assert exceptions_of(trader) == [("wrong_currency", True)]
    assert balance(trader, "gateway_clearing") == 0
    assert link_of(trader, link["id"])["status"] == "open"
    assert broken_promises() == []


def test_a_provider_that_changes_its_word_is_shown_and_not_followed(trader, provider):
    ours = opened(trader)
    link = requested(trader)
    paid = provider.books.pay(link["provider_id"])
    tell(trader, provider, ours, "payment.captured", paid.id, "evt_1")
    paid.lies["amount"] = paid.amount * 10
    tell(trader, provider, ours, "payment.captured", paid.id, "evt_2")
    assert exceptions_of(trader) == [("changed", True)]
    assert balance(trader, "gateway_clearing") == link["amount"]
    assert broken_promises() == []


@pytest.mark.parametrize(("captured", "known"), [(None, "paid"), (100, "open")])
def test_what_is_captured_counts_whatever_was_said_before(trader, provider, captured, known):
    ours = opened(trader)
    link = requested(trader)
    paid = provider.books.pay(link["provider_id"], status="authorized")
    paid.lies["amount"] = 777
    tell(trader, provider, ours, "payment.authorized", paid.id, "evt_1")
    assert balance(trader, "gateway_clearing") == 0
    paid.lies.clear()
    paid.status, paid.amount = "captured", captured or paid.amount
    tell(trader, provider, ours, "payment.captured", paid.id, "evt_2")
    assert balance(trader, "gateway_clearing") == Decimal(paid.amount) / 100
    assert link_of(trader, link["id"])["status"] == known
    assert exceptions_of(trader) == ([("wrong_amount", True)] if captured else [])
    assert broken_promises() == []


def test_a_payment_known_before_its_link_is_given_to_it_once_the_link_is_known(trader, provider):
    ours = opened(trader)
    link = requested(trader)
    paid = provider.books.pay(link["provider_id"], reference="")
    tell(trader, provider, ours, "payment.captured", paid.id, "evt_1")
    assert exceptions_of(trader) == [("unknown_reference", True)]
    tell(trader, provider, ours, "payment_link.paid", paid.id, "evt_2")
    assert exceptions_of(trader) == [("unknown_reference", False)]
    assert link_of(trader, link["id"])["status"] == "paid"
    assert balance(trader, "gateway_suspense") == 0
    assert broken_promises() == []


def test_a_dispute_is_put_before_those_who_settle(trader, provider):
    ours = opened(trader)
    link = requested(trader)
    paid = provider.books.pay(link["provider_id"])
    tell(trader, provider, ours, "payment.captured", paid.id, "evt_1")
    tell(trader, provider, ours, "payment.dispute.created", paid.id, "evt_2")
    assert exceptions_of(trader) == [("dispute", True)]
    found = trader.run("gateways.list_exceptions").rows[0]
    assert "goods_not_received" in found.problem
    trader.run("gateways.settle_exception", {"exception_id": found.id, "answer": "Delivery proven"})
    assert exceptions_of(trader) == [("dispute", False)]


def test_an_event_waits_while_the_provider_is_away(trader, provider):
    ours = opened(trader)
    link = requested(trader)
    paid = provider.books.pay(link["provider_id"])
    provider.secrets = frozenset({"another"})
    with pytest.raises(Exception, match="does not know our keys"):
        tell(trader, provider, ours, "payment.captured", paid.id, "evt_1")
    assert rows(trader, "select status from gateway_event")[0]["status"] == "received"
    provider.secrets = frozenset()
    over(trader)
    look_into_waiting(trader)
    assert link_of(trader, link["id"])["status"] == "paid"


def test_an_event_about_what_the_provider_does_not_know_is_asked_about_again_and_then_shown(
    trader, provider
):
    ours = opened(trader)
    link = requested(trader)
    paid = provider.books.pay(link["provider_id"])
    event = provider.event("razorpay", HOOK_SECRET, "payment.captured", paid.id, "evt_1")
    held = provider.books.payments.pop(paid.id)
    with pytest.raises(platform.TryLater, match="does not exist"):
        hear(trader, ours, *event)
    provider.books.payments[paid.id] = held
    look_into_waiting(trader)
    assert link_of(trader, link["id"])["status"] == "paid"


def test_an_event_the_provider_does_not_know_for_long_is_shown_and_asked_about_for_a_week(
    trader, provider
):
    ours = opened(trader)
    link = requested(trader)
    paid = provider.books.pay(link["provider_id"])
    event = provider.event("razorpay", HOOK_SECRET, "payment.captured", paid.id, "evt_1")
    held = provider.books.payments.pop(paid.id)
    with pytest.raises(platform.TryLater):
        hear(trader, ours, *event)
    assert exceptions_of(trader) == []
    assert looked_into(trader, timedelta(hours=2)) == timedelta(hours=3)
    assert looked_into(trader, timedelta(days=6)) == timedelta(hours=3)
    assert exceptions_of(trader) == [("not_booked", True)]
    provider.books.payments[paid.id] = held
    look_into_waiting(trader)
    assert link_of(trader, link["id"])["status"] == "paid"
    assert exceptions_of(trader) == [("not_booked", False)]
    second = provider.event("razorpay", HOOK_SECRET, "payment.captured", paid.id, "evt_2")
    provider.books.payments.pop(paid.id)
    with pytest.raises(platform.TryLater):
        hear(trader, ours, *second)
    assert looked_into(trader, timedelta(days=8)) is None


def looked_into(shop, after):
    """Look into the event that waits as if so much time had passed; return the pause."""
    (row,) = rows(shop, "select id from gateway_event where status = 'received'")
    ctx = replace(shop.ctx, now=utc_now() + after)
    with db.unit_of_work(ctx) as session:
        plan = gateways.claim_event(session, ctx, row["id"])
    assert plan is not None
    notice = read_notice(plan.account.provider, {}, json.loads(plan.body))
    found = gateways.look_into(gateway_of(plan.account), notice)
    with db.unit_of_work(ctx) as session:
        return gateways.note_event(session, ctx, plan, notice, found)


def test_what_nobody_told_of_is_looked_after(trader, provider):
    ours = opened(trader)
    link = requested(trader)
    provider.books.pay(link["provider_id"])
    late = replace(trader.ctx, now=utc_now() + timedelta(hours=7))
    found = platform.run("gateways.look_after", late, {}).result
    assert (found.links, found.accounts) == (1, 1)
    asked = rows(
        trader,
        "select name, payload from event where name like 'gateways.%%asked.v1' order by recorded_at desc limit 2",
    )
    assert {row["name"] for row in asked} == {
        "gateways.link_asked.v1",
        "gateways.settlements_asked.v1",
    }
    assert str(ours) in {row["payload"].get("account_id") for row in asked}


@pytest.mark.parametrize("kind", ["razorpay", "stripe"])
def test_only_the_accounts_own_secret_over_exactly_these_bytes_is_right(trader, provider, kind):
    ours = opened(trader, kind)
    link = requested(trader)
    paid = provider.books.pay(link["provider_id"])
    keys = account_of(ours).keys
    headers, body = provider.event(kind, HOOK_SECRET, PAID[kind][0], paid.id, "evt_1")
    assert is_signed(keys, headers, body)
    for place in range(0, len(body), 7):
        flipped = body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
        assert not is_signed(keys, headers, flipped)
    assert not is_signed(keys, headers, json.dumps(json.loads(body), indent=1).encode())
    assert not is_signed(keys, {}, body)
    strange, same = provider.event(kind, "whsec_of_another", PAID[kind][0], paid.id, "evt_1")
    assert not is_signed(keys, strange, same)
    assert not is_signed(keys, headers, b"\xff" + body)


def test_the_webhook_secret_before_is_taken_for_a_day_and_no_longer(trader, provider):
    ours = opened(trader)
    link = requested(trader)
    paid = provider.books.pay(link["provider_id"])
    given = {"account_id": ours, "webhook_secret": "whsec_the_new_one"}
    trader.run("gateways.rotate_keys", given)
    headers, body = provider.event("razorpay", HOOK_SECRET, "payment.captured", paid.id, "evt_1")
    assert is_signed(account_of(ours).keys, headers, body)
    with db.ops_session() as session:
        later = gateways.find_account(session, ours, utc_now() + timedelta(hours=25))
    assert later is not None
    assert not is_signed(later.keys, headers, body)
    trader.run("gateways.rotate_keys", given | {"webhook_secret": "whsec_a_third_one"})
    assert not is_signed(account_of(ours).keys, headers, body)
