"""The demo's trade: it can be made on any day, at any hour."""

import pytest

from erp.seed.history import _exchange
from tests.factories import Shop, broken_promises


@pytest.mark.parametrize("quantity", [1, 3])
@pytest.mark.parametrize("discount", [{}, {"bill_discount": "11.00"}])
def test_a_pack_that_leaks_is_exchanged_whatever_was_off_its_bill(trader: Shop, quantity, discount):
    sold = trader.sell({trader.variant_ids[0]: quantity}, **discount)
    _exchange(trader.ctx, trader.shift_id, sold)
    assert broken_promises() == []
