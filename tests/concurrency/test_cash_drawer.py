"""A drawer is emptied once: what leaves it is counted one movement after another."""

from erp.core.errors import InvalidInput
from tests.concurrency.crowd import at_once, refusals
from tests.factories import Shop, broken_promises


def test_no_more_cash_leaves_the_drawer_than_is_in_it(trader: Shop):
    out = {"shift_id": trader.shift_id, "amount": "-500.00", "reason": "To the bank"}
    outcomes = at_once([lambda: trader.run("pos.move_cash", out) for _ in range(6)])
    assert refusals(outcomes, InvalidInput) == 5
    report = trader.run("pos.get_shift", {"shift_id": trader.shift_id})
    assert (report.cash_moved, report.expected_cash) == (-500, 0)
    assert broken_promises() == []
