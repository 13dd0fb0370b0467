"""Closing a shift waits for sales in progress, and sales see a closed shift."""

import threading
from decimal import Decimal

import pytest

from erp.core import db
from erp.services.pos import DrawerShort, ShiftAlreadyOpen, ShiftClosed
from erp.services.pos.shifts import hold_open_shift
from tests.concurrency.crowd import at_once, refusals
from tests.factories import Shop, broken_promises


def close(trader: Shop):
    counted = {"shift_id": trader.shift_id, "counted_cash": "0.00", "reason": "Counted later"}
    return trader.run("pos.close_shift", counted)


@pytest.mark.parametrize("attempt", range(4))
def test_every_sale_is_in_the_expected_cash_or_refused(trader: Shop, attempt: int):
    assert attempt >= 0
    calls = [lambda: trader.sell({trader.variant_ids[0]: 1}) for _ in range(6)]
    *sales, closing = at_once([*calls, lambda: close(trader)])
    sold = len(sales) - refusals(sales, ShiftClosed)
    assert closing.expected_cash == Decimal(500) + 105 * sold
    assert trader.count("sale") == sold
    assert broken_promises() == []


def test_closing_waits_for_a_sale_that_holds_the_shift(trader: Shop):
    done = threading.Event()

    def closing():
        close(trader)
        done.set()

    with db.unit_of_work(trader.ctx) as session:
        hold_open_shift(session, trader.ctx, trader.shift_id)
        waiting = threading.Thread(target=closing)
        waiting.start()
        assert not done.wait(0.5)
    waiting.join(timeout=30)
    assert done.is_set()


def test_a_till_opens_one_shift_however_many_ask(trader: Shop):
    close(trader)
    opening = {"register_id": trader.register_id, "opening_float": "0.00"}
    outcomes = at_once([lambda: trader.run("pos.open_shift", opening) for _ in range(6)])
    assert refusals(outcomes, ShiftAlreadyOpen) == 5


def test_a_shift_is_closed_by_one_of_many(trader: Shop):
    outcomes = at_once([lambda: close(trader) for _ in range(5)])
    assert refusals(outcomes, ShiftClosed) == 4


def test_refunds_at_once_never_pay_out_more_than_the_drawer_holds(trader: Shop):
    sales = [trader.sell({trader.variant_ids[0]: 1}).sale_id for _ in range(6)]
    leaves_two = {"shift_id": trader.shift_id, "amount": "-920.00", "reason": "To the safe"}
    trader.run("pos.move_cash", leaves_two)
    back = {"shift_id": trader.shift_id, "reason": "Broken seal"}
    back |= {"lines": [{"line_no": 1, "quantity": 1}]}
    calls = [
        lambda sale=sale: trader.run("pos.post_return", back | {"sale_id": sale}) for sale in sales
    ]
    assert refusals(at_once(calls), DrawerShort) == 4
    assert broken_promises() == []
