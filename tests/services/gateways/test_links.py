"""Links to pay by: asked for once, found again, taken back, paid."""

from datetime import timedelta

import pytest

from erp.core import db
from erp.services.gateways import AlreadyRequested, LinkEnded, NothingToRequest, UnknownGateway
from erp.simulate.payment_books import Fault
from jobs import gateways as jobs
from tests.factories import broken_promises
from tests.services.books import balance
from tests.services.gateways.providers import (
    ask,
    ask_later,
    exceptions_of,
    later,
    link_of,
    opened,
    over,
    payments_of,
    requested,
    told,
)
from tests.services.payments.paying import account, owing, receive
from tests.services.sales.ordering import deliver, goods, order
from tests.services.trading import rows


@pytest.mark.parametrize("kind", ["razorpay", "stripe"])
def test_a_link_is_made_paid_and_settles_its_invoice(trader, provider, kind):
    opened(trader, kind)
    link = requested(trader)
    assert link["status"] == "open"
    assert link["url"].startswith("https://")
    known = provider.books.links[link["provider_id"]]
    assert (known.reference, known.amount) == (link["reference"], int(link["amount"] * 100))
    paid = provider.books.pay(link["provider_id"], "pay_" if kind == "razorpay" else "pi_")
    ask(trader, link["id"])
    assert link_of(trader, link["id"])["status"] == "paid"
    found = account(trader, link["party_id"])
    assert (found.owed, found.unapplied) == (0, 0)
    receipt = rows(trader, "select * from payment where reference = %s", paid.id)[0]
    assert (receipt["method"], receipt["amount"]) == ("gateway", link["amount"])
    assert balance(trader, "gateway_clearing") == link["amount"]
    ask(trader, link["id"])
    assert len(rows(trader, "select 1 from payment")) == 1
    assert broken_promises() == []


@pytest.mark.parametrize("kind", ["razorpay", "stripe"])
@pytest.mark.parametrize("fault", [Fault.DONE_UNSAID, Fault.AWAY, Fault.ERROR])
def test_a_lost_answer_makes_no_second_link(trader, provider, kind, fault):
    opened(trader, kind)
    customer = owing(trader, 10)
    made = trader.run("gateways.request_payment", {"party_id": customer})
    provider.faults.append(fault)
    later(trader, ask, made.id)
    assert link_of(trader, made.id)["status"] == "due"
    over(trader)
    ask(trader, made.id)
    assert link_of(trader, made.id)["status"] == "open"
    assert len(provider.books.links) == 1


def test_a_refused_link_says_why_and_is_final(trader, provider):
    opened(trader)
    provider.faults.append(Fault.REFUSED)
    link = requested(trader)
    assert link["status"] == "refused"
    assert "above what this account may take" in link["problem"]


def test_an_answer_about_another_link_is_not_believed(trader, provider):
    opened(trader)
    provider.faults.append(Fault.OTHER_LINK)
    link = requested(trader)
    assert (link["status"], link["url"]) == ("refused", "")
    assert "another link" in link["problem"]


def test_a_link_is_taken_back_and_money_on_its_way_is_still_the_customers(trader, provider):
    opened(trader)
    link = requested(trader)
    trader.run("gateways.cancel_link", {"link_id": link["id"]})
    ask(trader, link["id"])
    assert link_of(trader, link["id"])["status"] == "cancelled"
    with pytest.raises(LinkEnded):
        trader.run("gateways.cancel_link", {"link_id": link["id"]})
    provider.books.pay(link["provider_id"])
    ask(trader, link["id"])
    assert link_of(trader, link["id"])["status"] == "paid"
    assert account(trader, link["party_id"]).owed == 0
    assert broken_promises() == []


def test_a_link_that_was_never_told_of_is_cancelled_here(trader, provider):
    opened(trader)
    made = trader.run("gateways.request_payment", {"party_id": owing(trader, 10)})
    trader.run("gateways.cancel_link", {"link_id": made.id})
    ask(trader, made.id)
    assert link_of(trader, made.id)["status"] == "cancelled"
    assert provider.books.links == {}


def test_a_bill_that_was_split_since_is_paid_by_its_link_as_a_whole(trader, provider):
    opened(trader)
    link = requested(trader, 4)
    (item,) = account(trader, link["party_id"]).rows
    plan = {"item_id": item.id, "terms": "10/20/30", "reason": "Agreed by phone"}
    trader.run("payments.agree_instalments", plan)
    provider.books.pay(link["provider_id"])
    ask(trader, link["id"])
    found = account(trader, link["party_id"])
    assert (found.owed, found.unapplied) == (0, 0)
    assert broken_promises() == []


def test_links_of_a_cancelled_invoice_are_taken_back(trader, provider):
    opened(trader)
    link = requested(trader, 4)
    (item,) = account(trader, link["party_id"]).rows
    deliver(trader, order(trader, link["party_id"], goods(trader, 2)), 2)
    given = {"party_id": link["party_id"]}
    both = trader.run("gateways.request_payment", given, confirm=[AlreadyRequested.code])
    trader.run("billing.cancel_invoice", {"invoice_id": item.origin_id, "reason": "Wrong buyer"})
    with db.unit_of_work(trader.ctx) as session:
        jobs.withdraw(session, trader.ctx, told(invoice_id=item.origin_id))
    for link_id in (link["id"], both.id):
        ask(trader, link_id)
    assert link_of(trader, link["id"])["status"] == "cancelled"
    assert provider.books.links[link["provider_id"]].status == "cancelled"
    assert link_of(trader, both.id)["status"] == "cancelled"
    told_of = rows(trader, "select body from notification where kind = 'gateways.link_withdrawn'")
    assert ["Ask for the other bill again." in row["body"] for row in told_of] == [True]


def test_a_link_whose_time_is_over_is_switched_off_at_the_provider(trader, provider):
    opened(trader, "stripe")
    link = requested(trader)
    ask_later(trader, link["id"], timedelta(days=8))
    assert link_of(trader, link["id"])["status"] == "expired"
    assert provider.books.links[link["provider_id"]].status == "cancelled"


def test_what_was_paid_otherwise_meanwhile_leaves_the_money_on_the_account(trader, provider):
    opened(trader)
    link = requested(trader)
    receive(trader, link["party_id"], str(link["amount"]))
    provider.books.pay(link["provider_id"])
    ask(trader, link["id"])
    found = account(trader, link["party_id"])
    assert (found.owed, found.unapplied) == (0, link["amount"])
    assert broken_promises() == []


def test_a_link_paid_twice_becomes_two_receipts_and_a_matter_to_settle(trader, provider):
    opened(trader)
    link = requested(trader)
    provider.books.pay(link["provider_id"])
    provider.books.pay(link["provider_id"])
    ask(trader, link["id"])
    assert [row["receipt_id"] is not None for row in payments_of(trader)] == [True, True]
    assert account(trader, link["party_id"]).unapplied == link["amount"]
    assert exceptions_of(trader) == [("paid_twice", True)]
    assert broken_promises() == []


@pytest.mark.usefixtures("provider")
def test_a_part_is_asked_for_and_not_more_than_is_open(trader):
    opened(trader)
    customer = owing(trader, 10, 10)
    owed = account(trader, customer).owed
    with pytest.raises(NothingToRequest) as refused:
        trader.run("gateways.request_payment", {"party_id": customer, "amount": owed + 1})
    assert "amount" in refused.value.fields
    link = requested(trader, party_id=customer, amount=owed - 1)
    assert link["amount"] == owed - 1
    items = rows(trader, "select amount from payment_link_item order by id")
    assert sum(row["amount"] for row in items) == owed - 1


@pytest.mark.usefixtures("provider")
def test_asking_twice_for_the_same_is_asked_about(trader):
    opened(trader)
    link = requested(trader)
    given = {"party_id": link["party_id"]}
    with pytest.raises(AlreadyRequested):
        trader.run("gateways.request_payment", given)
    trader.run("gateways.request_payment", given, confirm=[AlreadyRequested.code])


def test_without_an_account_nothing_is_asked_for(trader, provider):
    with pytest.raises(UnknownGateway):
        trader.run("gateways.request_payment", {"party_id": owing(trader, 10)})
    assert provider.books.calls == []
