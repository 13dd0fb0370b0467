"""A till belongs to its branch: whoever acts elsewhere neither opens nor closes it."""

import pytest

from erp.core.errors import NotFound
from tests.factories import Shop
from tests.services.branches import SecondBranch, add_branch, registration
from tests.services.trading import refused


@pytest.fixture
def second(trader: Shop) -> SecondBranch:
    return add_branch(trader, gstin=registration(trader))


def test_a_shift_is_closed_at_its_own_branch_only(trader: Shop, second: SecondBranch):
    counted = {"shift_id": second.shift_id, "counted_cash": "500.00"}
    assert "shift_id" in refused(trader, NotFound, "pos.close_shift", counted).fields
    assert trader.run("pos.close_shift", counted, by=second.ctx).difference == 0


def test_cash_moves_at_the_shifts_own_branch_only(trader: Shop, second: SecondBranch):
    moved = {"shift_id": second.shift_id, "amount": "-100.00", "reason": "Bank"}
    refused(trader, NotFound, "pos.move_cash", moved)
    trader.run("pos.move_cash", moved, by=second.ctx)


def test_a_shift_is_opened_at_its_tills_own_branch_only(trader: Shop, second: SecondBranch):
    trader.run(
        "pos.close_shift", {"shift_id": second.shift_id, "counted_cash": "500.00"}, by=second.ctx
    )
    opening = {"register_id": second.register_id, "opening_float": "0.00"}
    assert "register_id" in refused(trader, NotFound, "pos.open_shift", opening).fields
    trader.run("pos.open_shift", opening, by=second.ctx)
