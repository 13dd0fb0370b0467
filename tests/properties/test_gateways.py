"""Whatever providers tell, lose, double and reorder: in the end our books are theirs, to the paisa."""

import random
from decimal import Decimal
from typing import Any

import pytest

from erp.core.errors import DomainError
from erp.services import platform
from erp.simulate.payment_books import Fault
from tests.factories import Shop, broken_promises
from tests.services.books import balance
from tests.services.gateways.providers import (
    HOOK_SECRET,
    ask,
    ask_refund,
    hear,
    look_into_waiting,
    opened,
    over,
    provider,
    settle,
)
from tests.services.payments.paying import owing
from tests.services.trading import rows

__all__ = ["provider"]
KINDS = {
    "razorpay": {"payment": "payment.captured", "refund": "refund.processed"},
    "stripe": {"payment": "payment_intent.succeeded", "refund": "refund.updated"},
}
PREFIXES = {"razorpay": ("pay_", "rfnd_", "setl_"), "stripe": ("pi_", "re_", "po_")}
LOSING = (Fault.DONE_UNSAID, Fault.AWAY, Fault.ERROR)
STEPS = 40


class Run:
    """One provider and one shop, and events that wait to be carried."""

    def __init__(self, shop: Shop, outside: Any, kind: str, seed: int) -> None:
        self.shop, self.outside, self.kind = shop, outside, kind
        self.dice = random.Random(seed)  # noqa: S311  reproducible, no secret
        self.account = opened(shop, kind)
        self.customer = owing(shop, 10, 10, 10, 10)
        self.carried: list[tuple[dict[str, str], bytes]] = []
        self.told = 0

    def step(self) -> None:
        """Do one thing."""
        acts = (self.request, self.pay, self.pay, self.back, self.refund, self.carry, self.carry)
        self.dice.choice((*acts, self.settle, self.astray))()

    def request(self) -> None:
        amount = Decimal(self.dice.randint(100, 20_000)) / 100
        given = {"party_id": self.customer, "amount": str(amount)}
        try:
            made = self.shop.run("gateways.request_payment", given, confirm=["already_requested"])
        except DomainError:
            return
        self.attempt(ask, made.id)

    def pay(self) -> None:
        links = sorted(self.outside.books.links)
        if links:
            lies = {"amount": 777} if self.dice.random() < 0.1 else {}
            status = self.dice.choice(("captured", "captured", "authorized", "failed"))
            name = self.dice.choice(links)
            paid = self.outside.books.pay(
                name, PREFIXES[self.kind][0], status=status, method="upi", **lies
            )
            self.tell("payment", paid.id)
            if status != "captured" and self.dice.random() < 0.5:
                paid.status = "captured"
                self.tell("payment", paid.id)

    def astray(self) -> None:
        paid = self.outside.books.pay_astray(self.dice.randint(100, 5000), PREFIXES[self.kind][0])
        self.tell("payment", paid.id)

    def back(self) -> None:
        """Give back on the provider's own pages."""
        paid = [
            one
            for one in self.outside.books.payments.values()
            if one.status == "captured" and self.outside.books.left(one.id) > 100
        ]
        if paid:
            one = self.dice.choice(paid)
            made = self.outside.books.give_back(PREFIXES[self.kind][1], one.id, 50, "")
            self.tell("refund", made.id)

    def refund(self) -> None:
        known = rows(
            self.shop,
            "select id from gateway_payment where num_nonnulls(receipt_id, entry_id) > 0 order by id",
        )
        if not known:
            return
        given = {
            "gateway_payment_id": self.dice.choice(known)["id"],
            "amount": "1.00",
            "reason": "Back",
        }
        try:
            made = self.shop.run("gateways.refund_payment", given)
        except DomainError:
            return
        self.attempt(ask_refund, made.id)

    def settle(self) -> None:
        self.outside.books.settle(PREFIXES[self.kind][2])
        if self.dice.random() < 0.5:
            settle(self.shop, self.account)

    def carry(self) -> None:
        """Carry a waiting event, any of them, and perhaps leave it to come again."""
        if self.carried:
            event = self.dice.choice(self.carried)
            if self.dice.random() < 0.7:
                self.carried.remove(event)
            hear(self.shop, self.account, *event)

    def tell(self, about: str, name: str) -> None:
        self.told += 1
        kind = KINDS[self.kind][about]
        event = self.outside.event(self.kind, HOOK_SECRET, kind, name, f"evt_{self.told}")
        if self.dice.random() < 0.8:
            self.carried.append(event)

    def attempt(self, what: Any, subject: Any) -> None:
        if self.dice.random() < 0.4:
            self.outside.faults.append(self.dice.choice(LOSING))
        try:
            what(self.shop, subject)
        except platform.TryLater:
            self.outside.faults.clear()
        over(self.shop)

    def end(self) -> None:
        """Let everything that waits come to its end."""
        self.outside.faults.clear()
        over(self.shop)
        look_into_waiting(self.shop)
        for row in rows(self.shop, "select id from payment_link order by id"):
            ask(self.shop, row["id"])
        for row in rows(self.shop, "select id from gateway_refund order by id"):
            ask_refund(self.shop, row["id"])
        self.outside.books.settle(PREFIXES[self.kind][2])
        settle(self.shop, self.account)


@pytest.mark.parametrize("kind", ["razorpay", "stripe"])
@pytest.mark.parametrize("seed", range(4))
def test_in_the_end_our_books_are_the_providers(trader, provider, kind, seed):
    run = Run(trader, provider, kind, seed)
    for _ in range(STEPS):
        run.step()
    run.end()
    books = provider.books
    ours = {
        row["provider_id"]: int(row["amount"] * 100)
        for row in rows(
            trader,
            "select provider_id, amount from gateway_payment where num_nonnulls(receipt_id, entry_id) > 0",
        )
    }
    theirs = {one.id: one.amount for one in books.payments.values() if one.status == "captured"}
    assert ours == theirs
    back = {
        row["provider_id"]: int(row["amount"] * 100)
        for row in rows(
            trader, "select provider_id, amount from gateway_refund where status = 'processed'"
        )
    }
    assert back == {one.id: one.amount for one in books.refunds.values()}
    paid_out = sum(one.amount for one in books.settlements.values())
    assert balance(trader, "bank") == Decimal(paid_out) / 100
    assert balance(trader, "gateway_clearing") == Decimal(books.clearing()) / 100 == 0
    assert len(books.links) == len(rows(trader, "select 1 from payment_link where url <> ''"))
    assert broken_promises() == []
