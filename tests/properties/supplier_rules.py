"""What random trade does with suppliers: it bills what came, decides, settles, and sends goods back."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from erp.core.errors import DomainError
from erp.core.ids import new_id
from erp.core.money import round_money
from erp.services import billing
from tests.factories import Shop
from tests.properties.cards import Model, ModelLot

units = st.integers(1, 8)
at = st.integers(0, 1000)


class SupplierRules(RuleBasedStateMachine):
    """A shop with its model, and the commands of its suppliers' bills and returns."""

    shop: Shop
    model: Model
    supplier_id: UUID

    def do(self, name: str, given: dict[str, Any]) -> Any:
        """Run a command under a key of its own and remember the answer."""
        keyed = given | {"idempotency_key": f"trade-{new_id()}"}
        answer = self.shop.answer(name, keyed)
        self.model.answers.append((name, keyed, answer.text))
        return answer.result

    def refused(
        self, name: str, given: dict[str, Any], why: type[DomainError] = DomainError
    ) -> None:
        with pytest.raises(why):
            self.shop.run(name, given)

    def lot(self, place: int) -> ModelLot:
        return self.model.lots[place % len(self.model.lots)]

    @precondition(lambda self: self.model.lots)
    @rule(
        which=at,
        extra=st.integers(-3, 3),
        cost=st.decimals("0", "120", places=2),
        outcome=st.sampled_from(["accepted", "claimed", "refused"]),
        percent=st.integers(0, 100),
    )
    def bill(self, which: int, extra: int, cost: Decimal, outcome: str, percent: int) -> None:
        """Bill a delivered line at some price, decide if it is held, and settle what is claimed."""
        rows = self.shop.run("billing.list_unbilled", {"limit": 200}).rows
        if not rows:
            return
        made = self.do("billing.record_bill", self._bill(rows[which % len(rows)], extra, cost))
        if made.status != "held":
            return
        decision = {"bill_id": made.id, "outcome": outcome, "note": "as agreed"}
        is_short = "quantity" in made.findings[1]
        if outcome == "accepted" and is_short:
            self.refused("billing.decide_bill", decision, billing.MoreThanCame)
        elif outcome == "claimed" and not made.excess + made.excess_tax:
            self.refused("billing.decide_bill", decision, billing.NothingToClaim)
        else:
            answer = self.do("billing.decide_bill", decision)
            if answer.claim_id:
                credit = {"credited": made.excess, "credited_tax": made.excess_tax}
                given = {name: round_money(x * percent / 100) for name, x in credit.items()}
                self._settle(answer.claim_id, given)

    def _settle(self, claim_id: UUID, given: dict[str, Any]) -> None:
        about = {"claim_id": claim_id, "credit_note": "C", "reason": "as agreed"}
        self.do("billing.settle_claim", given | about)

    @precondition(lambda self: self.model.lots)
    @rule(
        which=at,
        quantity=units,
        is_expired_store=st.booleans(),
        percent=st.integers(0, 100),
    )
    def return_to_supplier(
        self,
        which: int,
        quantity: int,
        is_expired_store: bool,  # noqa: FBT001
        percent: int,
    ) -> None:
        """Send a lot back, and settle what is claimed for it."""
        lot = self.lot(which)
        here = self.shop.expired_store_id if is_expired_store else self.shop.storage_id
        line = {"lot_id": lot.id, "location_id": here, "quantity": quantity, "reason": "damaged"}
        given = {"supplier_id": self.supplier_id, "lines": [line]}
        have = lot.store if is_expired_store else lot.shelf
        found = self.shop.run(
            "billing.list_returnable", {"supplier_id": self.supplier_id, "lot_id": lot.id}
        ).rows
        can = next((row.units for row in found if row.location_id == here), 0)
        assert can <= min(have, lot.stays)
        waits = any(row.bill_waiting for row in found)
        if waits or quantity > min(have, lot.stays):
            self.refused("billing.return_goods", given)
            return
        made = self.do("billing.return_goods", given)
        lot.stays -= quantity
        if is_expired_store:
            lot.store -= quantity
        else:
            lot.shelf -= quantity
        if made.claim_id:
            row = self.shop.run("billing.get_return", {"return_id": made.id})
            credit = {"credited": row.claim_taxable, "credited_tax": row.claim_tax}
            shares = {name: round_money(x * percent / 100) for name, x in credit.items()}
            self._settle(made.claim_id, shares)

    def _bill(self, row: Any, extra: int, cost: Decimal) -> dict[str, Any]:
        quantity = max(1, row.units + extra)
        line = {"receipt_id": row.receipt_id, "receipt_line_no": row.line_no}
        return {
            "supplier_id": self.supplier_id,
            "bill_number": f"B{new_id().hex}",
            "billed_on": self.shop.ctx.today,
            "total": round_money(quantity * cost * Decimal("1.05")),
            "lines": [line | {"quantity": quantity, "unit_cost": cost, "gst_rate": 5}],
        }
