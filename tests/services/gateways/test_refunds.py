"""Money that goes back: the intent first, once whatever answers are lost, and in the books when it is done."""

import pytest

from erp.services.gateways import NotRefundable
from erp.services.payments import StepDone
from erp.simulate.payment_books import Fault
from tests.factories import broken_promises
from tests.services.books import balance
from tests.services.gateways.providers import (
    ask_refund,
    exceptions_of,
    later,
    opened,
    over,
    payments_of,
    requested,
    tell,
)
from tests.services.payments.paying import account
from tests.services.trading import rows


@pytest.fixture(params=["razorpay", "stripe"])
def paid(request, trader, provider):
    """Return account, link and payment of money that came."""
    ours = opened(trader, request.param)
    link = requested(trader)
    prefix = "pay_" if request.param == "razorpay" else "pi_"
    made = provider.books.pay(link["provider_id"], prefix)
    kind = "payment.captured" if request.param == "razorpay" else "payment_intent.succeeded"
    tell(trader, provider, ours, kind, made.id, "evt_1")
    return ours, link, payments_of(trader)[0]


def refund(shop, payment, **more):
    given = {"gateway_payment_id": payment["id"], "reason": "Goods came back"} | more
    return shop.run("gateways.refund_payment", given).id


def refund_of(shop, refund_id):
    return rows(shop, "select * from gateway_refund where id = %s", refund_id)[0]


def test_a_part_goes_back_and_is_owed_again(trader, provider, paid):
    _, link, payment = paid
    refund_id = refund(trader, payment, amount="10.00")
    assert refund_of(trader, refund_id)["status"] == "due"
    assert balance(trader, "gateway_clearing") == link["amount"]
    ask_refund(trader, refund_id)
    assert refund_of(trader, refund_id)["status"] == "processed"
    assert balance(trader, "gateway_clearing") == link["amount"] - 10
    assert str(account(trader, link["party_id"]).owed) == "10.00"
    assert provider.books.left(payment["provider_id"]) == int(link["amount"] * 100) - 1000
    assert broken_promises() == []


@pytest.mark.parametrize("fault", [Fault.DONE_UNSAID, Fault.AWAY, Fault.ERROR])
def test_a_lost_answer_gives_money_back_once(trader, provider, paid, fault):
    _, _, payment = paid
    refund_id = refund(trader, payment)
    provider.faults.append(fault)
    later(trader, ask_refund, refund_id)
    over(trader)
    ask_refund(trader, refund_id)
    ask_refund(trader, refund_id)
    assert len(provider.books.refunds) == 1
    assert refund_of(trader, refund_id)["status"] == "processed"
    assert balance(trader, "gateway_clearing") == 0
    assert broken_promises() == []


def test_no_more_goes_back_than_came(trader, paid):
    _, link, payment = paid
    refund(trader, payment, amount=str(link["amount"] - 1))
    with pytest.raises(NotRefundable) as refused:
        refund(trader, payment, amount="1.01")
    assert "amount" in refused.value.fields
    refund(trader, payment)
    with pytest.raises(NotRefundable):
        refund(trader, payment)


def test_a_refused_refund_says_why_and_leaves_the_money_to_be_asked_for_again(
    trader, provider, paid
):
    _, _, payment = paid
    refund_id = refund(trader, payment)
    provider.faults.append(Fault.REFUSED)
    ask_refund(trader, refund_id)
    assert refund_of(trader, refund_id)["status"] == "failed"
    assert exceptions_of(trader) == [("refund_failed", True)]
    again = refund(trader, payment)
    ask_refund(trader, again)
    assert refund_of(trader, again)["status"] == "processed"
    assert exceptions_of(trader) == [("refund_failed", False)]
    assert unread(trader) == 0
    assert broken_promises() == []


def unread(shop):
    found = rows(
        shop, "select 1 from notification where kind = 'gateways.exception' and read_at is null"
    )
    return len(found)


def test_a_smaller_refund_leaves_the_failure_of_a_larger_one_open(trader, provider, paid):
    _, _, payment = paid
    refund_id = refund(trader, payment)
    provider.faults.append(Fault.REFUSED)
    ask_refund(trader, refund_id)
    ask_refund(trader, refund(trader, payment, amount="1.00"))
    assert exceptions_of(trader) == [("refund_failed", True)]
    assert unread(trader) > 0
    ask_refund(trader, refund(trader, payment))
    assert exceptions_of(trader) == [("refund_failed", False)]


@pytest.mark.parametrize("kind", ["razorpay", "stripe"])
def test_money_nobody_asked_for_that_goes_back_on_the_providers_pages_is_settled(
    trader, provider, kind
):
    ours = opened(trader, kind)
    is_razorpay = kind == "razorpay"
    made = provider.books.pay_astray(70000, "pay_" if is_razorpay else "pi_")
    tell(
        trader,
        provider,
        ours,
        "payment.captured" if is_razorpay else "payment_intent.succeeded",
        made.id,
        "evt_1",
    )
    assert exceptions_of(trader) == [("unknown_reference", True)]
    back = provider.books.give_back("rfnd_" if is_razorpay else "re_", made.id, 70000, "")
    tell(
        trader,
        provider,
        ours,
        "refund.processed" if is_razorpay else "refund.updated",
        back.id,
        "evt_2",
    )
    assert exceptions_of(trader) == [("unknown_reference", False)]
    assert unread(trader) == 0
    assert balance(trader, "gateway_clearing") == 0
    assert broken_promises() == []


def test_a_refund_made_on_the_providers_pages_is_taken_in(trader, provider, paid):
    ours, link, payment = paid
    is_razorpay = payment["provider_id"].startswith("pay_")
    prefix, kind = ("rfnd_", "refund.processed") if is_razorpay else ("re_", "refund.updated")
    back = provider.books.give_back(prefix, payment["provider_id"], 500, "")
    tell(trader, provider, ours, kind, back.id, "evt_2")
    tell(trader, provider, ours, kind, back.id, "evt_3")
    assert [row["status"] for row in rows(trader, "select status from gateway_refund")] == [
        "processed"
    ]
    assert balance(trader, "gateway_clearing") == link["amount"] - 5
    assert broken_promises() == []


def test_a_refund_that_fails_after_waiting_leaves_the_books_as_they_were(trader, provider, paid):
    ours, link, payment = paid
    is_razorpay = payment["provider_id"].startswith("pay_")
    prefix, kind = ("rfnd_", "refund.failed") if is_razorpay else ("re_", "refund.failed")
    back = provider.books.give_back(prefix, payment["provider_id"], 500, "", "pending")
    tell(trader, provider, ours, kind, back.id, "evt_2")
    assert payments_of(trader)[0]["refunded"] == 5
    back.status = "failed"
    tell(trader, provider, ours, kind, back.id, "evt_3")
    assert payments_of(trader)[0]["refunded"] == 0
    assert exceptions_of(trader) == [("refund_failed", True)]
    assert balance(trader, "gateway_clearing") == link["amount"]
    assert broken_promises() == []


def test_a_refund_that_the_books_have_and_the_provider_not_stays_to_be_settled(
    trader, provider, paid
):
    ours, _, payment = paid
    is_razorpay = payment["provider_id"].startswith("pay_")
    prefix, kind = ("rfnd_", "refund.processed") if is_razorpay else ("re_", "refund.updated")
    back = provider.books.give_back(prefix, payment["provider_id"], 500, "")
    tell(trader, provider, ours, kind, back.id, "evt_2")
    back.status = "failed"
    tell(trader, provider, ours, "refund.failed", back.id, "evt_3")
    assert exceptions_of(trader) == [("refund_failed", True)]
    ask_refund(trader, refund(trader, payment))
    assert exceptions_of(trader) == [("refund_failed", True)]


def test_a_gateways_receipt_is_taken_back_by_a_refund_only(trader, paid):
    _, _, payment = paid
    with pytest.raises(StepDone) as refused:
        trader.run(
            "payments.reverse_payment", {"payment_id": payment["receipt_id"], "reason": "Oops"}
        )
    assert "Refund it there" in refused.value.message


def test_a_refund_that_was_refused_and_done_all_the_same_is_in_the_books(trader, provider, paid):
    ours, link, payment = paid
    refund_id = refund(trader, payment, amount="10.00")
    provider.faults.append(Fault.REFUSED)
    ask_refund(trader, refund_id)
    reference = refund_of(trader, refund_id)["reference"]
    is_razorpay = payment["provider_id"].startswith("pay_")
    prefix, kind = ("rfnd_", "refund.processed") if is_razorpay else ("re_", "refund.updated")
    back = provider.books.give_back(prefix, payment["provider_id"], 1000, reference)
    tell(trader, provider, ours, kind, back.id, "evt_2")
    tell(trader, provider, ours, kind, back.id, "evt_3")
    assert balance(trader, "gateway_clearing") == link["amount"] - 10
    assert payments_of(trader)[0]["refunded"] == 10
    assert exceptions_of(trader) == [("refund_failed", False)]
    assert broken_promises() == []


def test_a_refund_that_failed_and_was_done_after_all_is_in_the_books(trader, provider, paid):
    ours, link, payment = paid
    is_razorpay = payment["provider_id"].startswith("pay_")
    prefix, kind = ("rfnd_", "refund.failed") if is_razorpay else ("re_", "refund.failed")
    back = provider.books.give_back(prefix, payment["provider_id"], 500, "", "pending")
    tell(trader, provider, ours, kind, back.id, "evt_2")
    back.status = "failed"
    tell(trader, provider, ours, kind, back.id, "evt_3")
    back.status = "processed"
    tell(trader, provider, ours, kind, back.id, "evt_4")
    tell(trader, provider, ours, kind, back.id, "evt_5")
    assert exceptions_of(trader) == [("refund_failed", False)]
    assert balance(trader, "gateway_clearing") == link["amount"] - 5
    assert payments_of(trader)[0]["refunded"] == 5
    assert broken_promises() == []


def test_a_refund_done_after_all_and_once_more_is_not_booked_beyond_what_came(
    trader, provider, paid
):
    ours, link, payment = paid
    is_razorpay = payment["provider_id"].startswith("pay_")
    prefix, kind = ("rfnd_", "refund.failed") if is_razorpay else ("re_", "refund.failed")
    whole = int(link["amount"] * 100)
    back = provider.books.give_back(prefix, payment["provider_id"], whole, "", "pending")
    tell(trader, provider, ours, kind, back.id, "evt_2")
    back.status = "failed"
    tell(trader, provider, ours, kind, back.id, "evt_3")
    ask_refund(trader, refund(trader, payment))
    back.status = "processed"
    tell(trader, provider, ours, kind, back.id, "evt_4")
    assert ("refund_too_large", True) in exceptions_of(trader)
    assert balance(trader, "gateway_clearing") == 0
    assert broken_promises() == []


def test_all_refunds_of_a_payment_are_known_however_many(trader, provider):
    ours = opened(trader)
    link = requested(trader)
    paid = provider.books.pay(link["provider_id"])
    for _ in range(103):
        provider.books.give_back("rfnd_", paid.id, 1, "")
    tell(trader, provider, ours, "payment.captured", paid.id, "evt_1")
    assert len(rows(trader, "select 1 from gateway_refund")) == 103
    assert broken_promises() == []
