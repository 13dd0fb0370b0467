"""Amounts no drawer ever held are refused at their field."""

import pytest
from pydantic import ValidationError

from tests.factories import Shop
from tests.services.trading import refused


@pytest.mark.parametrize("amount", ["1" + "0" * 40, "-1e30", "10000000000000000.00", "0.001"])
def test_cash_that_fits_no_book_is_refused_at_its_field(trader: Shop, amount: str):
    given = {"shift_id": trader.shift_id, "amount": amount, "reason": "Bank"}
    error = refused(trader, ValidationError, "pos.move_cash", given)
    assert [problem["loc"] for problem in error.errors()] == [("amount",)]
