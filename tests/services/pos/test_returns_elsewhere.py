"""A credit note comes from the registration that made the bill. Source: CGST Act s.34(1)."""

from erp.core.errors import InvalidInput
from tests.factories import Shop, broken_promises, gstin_in
from tests.services.branches import SecondBranch, add_branch, registration
from tests.services.trading import refused


def back(sale: object, branch: SecondBranch) -> dict[str, object]:
    line = {"line_no": 1, "quantity": 1}
    return {
        "sale_id": sale.sale_id,
        "shift_id": branch.shift_id,
        "lines": [line],
        "reason": "Broken",
    }  # type: ignore[attr-defined]


def test_a_branch_of_the_same_registration_takes_goods_back(trader: Shop):
    second = add_branch(trader, gstin=registration(trader))
    sale = trader.sell({trader.variant_ids[0]: 2})
    trader.run("pos.post_return", back(sale, second), by=second.ctx)
    assert trader.on_hand(trader.variant_ids[0], second.storage_id) == 1
    assert broken_promises() == []


def test_a_branch_of_another_registration_sends_the_customer_back(trader: Shop):
    second = add_branch(trader, gstin=gstin_in("29"), state="29")
    sale = trader.sell({trader.variant_ids[0]: 2})
    error = refused(trader, InvalidInput, "pos.post_return", back(sale, second), by=second.ctx)
    assert "Main shop" in error.fields["sale_id"]
