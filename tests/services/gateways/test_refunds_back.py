"""A refund that was done and failed after all is taken back in the books, once, whatever the provider says when."""

import pytest

from erp.services.gateways import RefundStands
from tests.factories import broken_promises
from tests.services.books import balance
from tests.services.gateways.providers import (
    ask_refund,
    exceptions_of,
    opened,
    payments_of,
    tell,
)
from tests.services.gateways.test_refunds import paid, refund, refund_of
from tests.services.payments.paying import account
from tests.services.trading import rows

__all__ = ["paid"]


@pytest.fixture
def word(trader, provider, paid):
    """Let the provider say how a refund stands now; each call is an event of its own."""
    names = iter(f"evt_{number}" for number in range(2, 20))
    kinds = ("refund.processed", "refund.updated")
    kind = kinds[not paid[2]["provider_id"].startswith("pay_")]

    def said(back, status: str) -> None:
        back.status = status
        tell(trader, provider, paid[0], kind, back.id, next(names))

    return said


@pytest.fixture
def done(trader, provider, paid, word):
    """Return a refund of ₹10 that the provider did, and the provider's word of it."""
    refund_id = refund(trader, paid[2], amount="10.00")
    ask_refund(trader, refund_id)
    (back,) = provider.books.refunds.values()
    word(back, "processed")
    return refund_id, back


def take_back(shop, refund_id):
    return shop.run("gateways.take_back_refund", {"refund_id": refund_id, "reason": "Card closed"})


def test_what_failed_after_it_was_done_is_taken_back_today_and_may_go_back_again(
    trader, paid, done, word
):
    _, link, payment = paid
    refund_id, back = done
    word(back, "failed")
    word(back, "failed")
    assert exceptions_of(trader) == [("refund_failed", True)]
    (shown,) = trader.run("gateways.list_exceptions", {}).rows
    assert shown.refund_id == refund_id
    take_back(trader, refund_id)
    found = refund_of(trader, refund_id)
    assert (found["status"], found["reversed_reason"]) == ("reversed", "Card closed")
    assert exceptions_of(trader) == [("refund_failed", False)]
    assert balance(trader, "gateway_clearing") == link["amount"]
    assert str(account(trader, link["party_id"]).owed) == "0.00"
    assert payments_of(trader)[0]["refunded"] == 0
    with pytest.raises(RefundStands, match="already"):
        take_back(trader, refund_id)
    again = refund(trader, payment, amount="10.00")
    ask_refund(trader, again)
    assert refund_of(trader, again)["status"] == "processed"
    assert balance(trader, "gateway_clearing") == link["amount"] - 10
    told = rows(trader, "select payload ->> 'status' as status from event"
                " where name = 'gateways.refund_ended.v1' order by id")  # fmt: skip
    assert [row["status"] for row in told] == ["processed", "reversed", "processed"]
    assert broken_promises() == []


def test_what_the_provider_did_is_not_taken_back(trader, done):
    refund_id, _ = done
    with pytest.raises(RefundStands, match="does not say"):
        take_back(trader, refund_id)
    assert refund_of(trader, refund_id)["status"] == "processed"
    assert broken_promises() == []


def test_a_word_of_failure_that_is_withdrawn_leaves_the_refund_as_done(trader, done, word):
    refund_id, back = done
    word(back, "failed")
    word(back, "processed")
    assert exceptions_of(trader) == [("refund_failed", False)]
    with pytest.raises(RefundStands):
        take_back(trader, refund_id)
    assert broken_promises() == []


def test_late_words_after_it_was_taken_back_change_no_books(trader, paid, done, word):
    _, link, _ = paid
    refund_id, back = done
    word(back, "failed")
    take_back(trader, refund_id)
    for status in ("pending", "failed", "processed", "processed"):
        word(back, status)
    assert refund_of(trader, refund_id)["status"] == "reversed"
    assert exceptions_of(trader) == [("refund_failed", False), ("changed", True)]
    assert balance(trader, "gateway_clearing") == link["amount"]
    assert broken_promises() == []


def test_unidentified_money_that_did_not_go_back_is_unidentified_again(trader, provider):
    ours = opened(trader)
    made = provider.books.pay_astray(70000, "pay_")
    tell(trader, provider, ours, "payment.captured", made.id, "evt_1")
    back = provider.books.give_back("rfnd_", made.id, 70000, "")
    tell(trader, provider, ours, "refund.processed", back.id, "evt_2")
    back.status = "failed"
    tell(trader, provider, ours, "refund.failed", back.id, "evt_3")
    (found,) = rows(trader, "select id from gateway_refund")
    take_back(trader, found["id"])
    assert exceptions_of(trader) == [("unknown_reference", True), ("refund_failed", False)]
    assert balance(trader, "gateway_clearing") == 700
    assert payments_of(trader)[0]["refunded"] == 0
    assert broken_promises() == []
