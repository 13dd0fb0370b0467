"""Random trade by several people at once: whatever is refused, what is done leaves `verify` clean."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from erp.core.errors import Busy, DomainError, Unavailable
from tests.concurrency.crowd import at_once
from tests.factories import Shop, broken_promises, make_shop, receipt_line
from tests.services.inventory.past_goods import second_branch
from tests.services.sales.ordering import buyer

WORKERS = 4
VERBS = (
    "sell", "sell", "receive", "receive_late", "take_back", "transfer", "dispatch", "count",
    "adjust", "order", "give_credit", "pay", "hold",
)  # fmt: skip
work = st.lists(
    st.tuples(st.sampled_from(VERBS), st.integers(0, 1), st.integers(1, 9)),
    min_size=4,
    max_size=8,
)


@dataclass
class Worker:
    """Somebody who trades and remembers what they sold."""

    shop: Shop
    far: Shop
    side_id: UUID
    customer_id: UUID
    shift_id: UUID
    bills: list[UUID] = field(default_factory=list)
    invoices: list[UUID] = field(default_factory=list)

    def do(self, tasks: list[tuple[str, int, int]]) -> int:
        """Do one thing after the other, and return how many were not refused."""
        done = 0
        for verb, which, units in tasks:
            act: Callable[[UUID, int], Any] = getattr(self, verb)
            try:
                act(self.shop.variant_ids[which], units)
            except (Busy, Unavailable):
                raise
            except DomainError:
                continue
            done += 1
        return done

    def lot(self, variant: UUID) -> UUID:
        return self.shop.lot_ids[variant][0]

    def sell(self, variant: UUID, units: int) -> None:
        cart = self.shop.cart({variant: units}, shift_id=self.shift_id)
        self.bills.append(self.shop.run("pos.post_sale", cart).sale_id)

    def receive(self, variant: UUID, units: int, days_ago: int = 0) -> None:
        line = receipt_line(self.shop.ctx, variant, units, lot_number="SHARED", days=500)
        came = self.shop.ctx.today - timedelta(days=days_ago)
        self.shop.run("inventory.receive_goods", {"lines": [line], "received_on": came})

    def receive_late(self, variant: UUID, units: int) -> None:
        self.receive(variant, units, days_ago=40)

    def take_back(self, _: UUID, units: int) -> None:
        if self.bills:
            lines = [{"line_no": 1, "quantity": units}]
            back = {"sale_id": self.bills[-1], "shift_id": self.shift_id, "reason": "broken"}
            self.shop.run("pos.post_return", back | {"lines": lines})

    def transfer(self, variant: UUID, units: int) -> None:
        ends = (self.shop.storage_id, self.shop.expired_store_id)
        source, target = ends if units % 2 else ends[::-1]
        line = {"lot_id": self.lot(variant), "quantity": units}
        given = {"from_location_id": source, "to_location_id": target, "lines": [line]}
        self.shop.run("inventory.transfer_stock", given)

    def dispatch(self, variant: UUID, units: int) -> None:
        given = {
            "from_location_id": self.shop.storage_id,
            "to_location_id": self.far.storage_id if units % 2 else self.side_id,
            "lines": [{"variant_id": variant, "quantity": units}],
        }
        sent = self.shop.run("inventory.dispatch_transfer", given)
        arrived = {"transfer_id": sent.transfer_id, "lines": [{"line_no": 1, "arrived": units}]}
        self.shop.run("inventory.receive_transfer", arrived)

    def count(self, variant: UUID, units: int) -> None:
        started = self.shop.run("inventory.start_count", {"is_blind": False})
        about = {"count_id": started.count_id}
        line = {"lot_id": self.lot(variant), "counted": units}
        self.shop.run("inventory.record_count", about | {"lines": [line]})
        self.shop.run("inventory.submit_count", about | {"rest": "not_counted"})
        self.shop.run("inventory.approve_count", about)

    def adjust(self, variant: UUID, units: int) -> None:
        change = units if units % 2 else -units
        line = {"lot_id": self.lot(variant), "change": change}
        self.shop.run("inventory.adjust_stock", {"reason_code": "found", "lines": [line]})

    def order(self, variant: UUID, units: int) -> None:
        wanted = {"customer_id": self.customer_id}
        line = {"variant_id": variant, "quantity": units}
        made = self.shop.run("sales.take_order", wanted | {"lines": [line]})
        going = {"order_id": made.id, "lines": [{"order_line_no": 1, "quantity": units}]}
        self.invoices.append(self.shop.run("billing.deliver_order", going).invoice_id)

    def give_credit(self, _: UUID, units: int) -> None:
        if self.invoices:
            lines = [{"line_no": 1, "quantity": units}]
            note = {"invoice_id": self.invoices[-1], "reason": "not wanted", "lines": lines}
            self.shop.run("billing.take_back_goods", note)

    def pay(self, _: UUID, units: int) -> None:
        paid = {"party_id": self.customer_id, "amount": units * 50, "method": "bank"}
        received = self.shop.run("payments.receive_payment", paid)
        if units % 3 == 0:
            back = {"payment_id": received.id, "reason": "bounced"}
            self.shop.run("payments.reverse_payment", back)

    def hold(self, variant: UUID, units: int) -> None:
        verb = "hold" if units % 2 else "release"
        given = {"lot_id": self.lot(variant), "reason": "looked at"}
        self.shop.run(f"inventory.{verb}_lot", given)


def workers() -> list[Worker]:
    """Return people with tills of their own in one shop, and one customer."""
    shop = make_shop("crowd", products=2, lots=1, stock=60)
    far = second_branch(shop)
    side = shop.run("inventory.create_warehouse", {"code": "W3", "name": "Side"}).storage_id
    customer = buyer(shop, credit_limit="10000000.00")
    made = [Worker(shop, far, side, customer, shop.shift_id)]
    for number in range(2, WORKERS + 1):
        till = {"code": f"POS{number}", "name": "Till", "location_id": shop.storage_id}
        register = shop.run("pos.create_register", till)
        opened = {"register_id": register.id, "opening_float": "500.00"}
        shift = shop.run("pos.open_shift", opened)
        made.append(Worker(shop, far, side, customer, shift.id))
    return made


@pytest.mark.usefixtures("environment")
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(work, min_size=WORKERS, max_size=WORKERS))
def test_whatever_people_do_at_once_the_promises_hold(plans):
    done = at_once([partial(one.do, plan) for one, plan in zip(workers(), plans, strict=True)])
    assert all(isinstance(count, int) for count in done), done
    assert broken_promises() == []


ALONE = (
    ("sell", 3), ("take_back", 1), ("receive", 4), ("receive_late", 4), ("transfer", 3),
    ("transfer", 2), ("dispatch", 2), ("count", 5), ("adjust", 3), ("adjust", 2), ("order", 2),
    ("give_credit", 1), ("pay", 2), ("pay", 3), ("hold", 1), ("hold", 2),
)  # fmt: skip


@pytest.mark.usefixtures("environment")
def test_whatever_people_try_together_is_done_for_one_alone():
    """Refusals of the crowd are then of the crowd's making: no verb is refused whatever it asks."""
    assert {verb for verb, _ in ALONE} == set(VERBS)
    one = workers()[0]
    refused = [(verb, units) for verb, units in ALONE if one.do([(verb, 0, units)]) == 0]
    assert refused == []
    assert broken_promises() == []
