"""Any sequence of advances, invoices, refunds and amendments leaves returns equal to the tax accounts."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    precondition,
    rule,
    run_state_machine_as_test,
)

from erp.core.errors import DomainError
from erp.services.gst_returns import AmendedBefore, NotAmendable, NothingAmended
from erp.services.payments import StepDone
from erp.services.service_advances import AdvanceUsedUp, NotItsService, StepUndone
from tests.factories import broken_promises, make_shop
from tests.services.books import balance
from tests.services.gst_returns.months import (
    at,
    detail,
    file_return,
    invoice_in,
    prepare,
    product,
)
from tests.services.service_advances.serving import (
    advance,
    apply,
    refund,
    retailer,
    training,
    undo,
)

LAST_MONTH = 12
paise = st.integers(1, 500_000)
any_of = st.integers(0, 50)
EXPECTED: tuple[type[DomainError], ...] = (AdvanceUsedUp, NotItsService, StepUndone, StepDone)


class Advances(RuleBasedStateMachine):
    """A shop that is paid before it gives courses, month after month."""

    def __init__(self) -> None:
        super().__init__()
        self.shop = make_shop("serving", products=1, lots=0)
        self.courses = (training(self.shop), product(self.shop, "998311", "5", "0.00"))
        self.customers = (
            retailer(self.shop, "27", name="Near"),
            retailer(self.shop, "24", name="Far"),
        )
        self.month = 10
        self.advances: list[Any] = []
        self.invoices: list[Any] = []
        self.steps: list[tuple[Any, Any]] = []
        self.stated = Decimal(0)

    def _try(self, act: Any, *refusals: type[DomainError]) -> Any:
        expected: tuple[type[DomainError], ...] = (*EXPECTED, *refusals)
        try:
            return act()
        except expected:
            return None

    @rule(amount=paise, who=st.integers(0, 1), what=st.integers(0, 1))
    def receive(self, amount: int, who: int, what: int) -> None:
        given = f"{Decimal(amount) / 100:.2f}"
        course = {"variant_id": self.courses[what]}
        self.advances.append(
            advance(self.shop, self.customers[who], given, month=self.month, **course)
        )

    @rule(price=st.integers(100, 500_000), who=st.integers(0, 1), what=st.integers(0, 1))
    def bill(self, price: int, who: int, what: int) -> None:
        line = (self.courses[what], 1, f"{Decimal(price) / 100:.2f}")
        sent = invoice_in(self.shop, self.month, 10, self.customers[who], line)
        self.invoices.append(sent)

    @precondition(lambda self: self.advances and self.invoices)
    @rule(one=any_of, other=any_of, amount=st.none() | paise)
    def use(self, one: int, other: int, amount: int | None) -> None:
        made = self.advances[one % len(self.advances)]
        sent = self.invoices[other % len(self.invoices)]
        given = None if amount is None else f"{Decimal(amount) / 100:.2f}"
        done = self._try(lambda: apply(self.shop, made, sent, given, month=self.month))
        if done is not None:
            self.steps.append((made, done))

    @precondition(lambda self: self.advances)
    @rule(one=any_of, amount=st.none() | paise)
    def give_back(self, one: int, amount: int | None) -> None:
        made = self.advances[one % len(self.advances)]
        given = None if amount is None else f"{Decimal(amount) / 100:.2f}"
        done = self._try(lambda: refund(self.shop, made, given, month=self.month))
        if done is not None:
            self.steps.append((made, done))

    @precondition(lambda self: self.steps)
    @rule(one=any_of)
    def undo(self, one: int) -> None:
        made, done = self.steps[one % len(self.steps)]
        self._try(lambda: undo(self.shop, made, done, month=self.month))

    @precondition(lambda self: self.advances)
    @rule(one=any_of)
    def take_back(self, one: int) -> None:
        made = self.advances[one % len(self.advances)]
        given = {"advance_id": made.id, "reason": "Bounced"}
        self._try(
            lambda: self.shop.run(
                "service_advances.take_back_advance", given, at=at(26, self.month)
            )
        )

    @precondition(lambda self: self.invoices)
    @rule(one=any_of, place=st.sampled_from(["24", "27", "29"]))
    def amend(self, one: int, place: str) -> None:
        sent = self.invoices[one % len(self.invoices)]
        given = {"invoice_id": sent.invoice_id, "place_of_supply": place, "reason": "Told"}
        self._try(
            lambda: self.shop.run("gst_returns.amend_document", given, at=at(27, self.month)),
            NotAmendable,
            AmendedBefore,
            NothingAmended,
        )

    @precondition(lambda self: self.month < LAST_MONTH - 1)
    @rule()
    def end_the_month(self) -> None:
        """The month's return agrees with the books, and its advances with what is left of them."""
        made = prepare(self.shop, month=self.month)
        found = detail(self.shop, made)
        assert (found.blocking, found.differences) == (0, [])
        heads = ("igst", "cgst", "sgst")
        assert [found.figures["total"][name] for name in heads] == [
            found.figures["booked"][name] for name in heads
        ]
        day = at(20, self.month + 1)
        file = self.shop.run("gst_returns.get_portal_file", {"return_id": made.id}, at=day)
        tables = json.loads(file.content)
        self.stated += _tax(tables.get("at", [])) - _tax(tables.get("txpd", []))
        assert self.stated == balance(self.shop, "gst_on_advances")
        credit = detail(self.shop, prepare(self.shop, "gstr3b", self.month))
        assert credit.differences == []
        file_return(self.shop, made, month=self.month)
        self.month += 1

    def teardown(self) -> None:
        assert broken_promises() == []


def _tax(rows: list[dict[str, Any]]) -> Decimal:
    items = [item for row in rows for item in row["itms"]]
    assert all(item["ad_amt"] >= 0 for item in items)
    return sum(
        (Decimal(f"{item.get(name, 0)}") for item in items for name in ("iamt", "camt", "samt")),
        Decimal(0),
    )


@pytest.mark.usefixtures("environment")
def test_any_sequence_leaves_returns_equal_to_the_tax_accounts():
    run_state_machine_as_test(
        Advances,
        settings=settings(
            max_examples=6,
            stateful_step_count=30,
            deadline=None,
            phases=[Phase.explicit, Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
