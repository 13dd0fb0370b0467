"""Shifts: one at a time per till, a blind count, every rupee accounted for."""

from decimal import Decimal

import pytest
from pydantic import ValidationError

from erp.core.errors import InvalidInput, NotFound, PermissionDenied
from erp.services.pos import ReasonRequired, ShiftAlreadyOpen, ShiftClosed
from tests.factories import Shop, broken_promises
from tests.services.trading import add_goods, journal, refused, snapshot, tender

CLOSE = "pos.close_shift"


def close(trader: Shop, counted: str, **more):
    return trader.run(CLOSE, {"shift_id": trader.shift_id, "counted_cash": counted} | more)


def opening(trader: Shop, amount: str = "500.00", **more):
    return {"register_id": trader.register_id, "opening_float": amount} | more


def test_expected_cash_is_float_and_cash_less_change_and_refunds_and_moves(trader: Shop):
    goods = trader.variant_ids[0]
    sale = trader.sell({goods: 4})
    trader.sell({goods: 1}, tenders=[tender("upi", "105.00")])
    back = {"sale_id": sale.sale_id, "shift_id": trader.shift_id, "reason": "Broken"}
    trader.run("pos.post_return", back | {"lines": [{"line_no": 1, "quantity": 1}]})
    trader.run("pos.move_cash", {"shift_id": trader.shift_id, "amount": "-15.00", "reason": "Tea"})
    closing = close(trader, "800.00")
    assert (closing.expected_cash, closing.difference) == (800, 0)
    report = trader.run("pos.get_shift", {"shift_id": trader.shift_id})
    methods = {m.method: (m.sales, m.refunds) for m in report.by_method}
    assert methods == {"cash": (420, 105), "upi": (105, 0)}
    assert broken_promises() == []


def test_the_count_is_blind_until_the_shift_is_closed(trader: Shop):
    cashier = trader.acting_as("cashier")
    asked = {"shift_id": trader.shift_id}
    assert trader.run("pos.get_shift", asked, by=cashier).expected_cash is None
    assert trader.run("pos.get_shift", asked, by=trader.acting_as("manager")).expected_cash == 500
    close(trader, "500.00")
    assert trader.run("pos.get_shift", asked, by=cashier).expected_cash == 500


def test_a_difference_beyond_the_tolerance_must_be_explained(trader: Shop):
    cashier = trader.acting_as("cashier")
    short = {"shift_id": trader.shift_id, "counted_cash": "489.99"}
    assert "reason" in refused(trader, ReasonRequired, CLOSE, short, by=cashier).fields
    assert trader.run(CLOSE, short | {"counted_cash": "490.00"}, by=cashier).difference == -10


def test_no_more_stays_in_the_drawer_than_was_counted(trader: Shop):
    given = {"shift_id": trader.shift_id, "counted_cash": "500.00", "float_left": "500.01"}
    assert "float_left" in refused(trader, InvalidInput, CLOSE, given).fields


def test_takings_go_to_the_safe_and_the_float_stays(trader: Shop):
    trader.sell({trader.variant_ids[0]: 2})
    close(trader, "710.00", float_left="500.00")
    moved = journal(trader, trader.shift_id, purpose="takings")
    assert moved == {("Petty Cash", 210, 0), ("Cash in Hand", 0, 210)}


def test_a_shift_is_closed_once(trader: Shop):
    close(trader, "500.00")
    given = {"shift_id": trader.shift_id, "counted_cash": "500.00"}
    refused(trader, ShiftClosed, CLOSE, given)


def test_closing_again_with_the_same_key_answers_the_same(trader: Shop):
    keyed = {"shift_id": trader.shift_id, "counted_cash": "500.00", "idempotency_key": "close-1234"}
    first = trader.answer(CLOSE, keyed)
    before = snapshot(trader)
    assert trader.answer(CLOSE, keyed).text == first.text
    assert snapshot(trader) == before


def test_a_till_has_one_open_shift(trader: Shop):
    refused(trader, ShiftAlreadyOpen, "pos.open_shift", opening(trader))


def test_a_float_that_differs_from_what_was_left_must_be_explained(trader: Shop):
    close(trader, "500.00", float_left="500.00")
    assert (
        "reason"
        in refused(trader, ReasonRequired, "pos.open_shift", opening(trader, "480.00")).fields
    )
    trader.run("pos.open_shift", opening(trader, "480.00", reason="Coins to the bank"))
    trader_shift = trader.run("pos.list_registers").rows[0].shift_id
    assert trader_shift is not None
    booked = journal(trader, trader_shift)
    assert booked == {("Cash Short/Over", 20, 0), ("Cash in Hand", 0, 20)}


@pytest.mark.parametrize("amount", ["0", "0.001", "NaN", "Infinity", "-500.01"])
def test_cash_moves_are_amounts_the_drawer_holds(trader: Shop, amount: str):
    given = {"shift_id": trader.shift_id, "amount": amount, "reason": "Bank"}
    refused(trader, (InvalidInput, ValidationError), "pos.move_cash", given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("pos.close_shift", {"counted_cash": "500.00"}),
        ("pos.move_cash", {"amount": "5.00", "reason": "Change"}),
    ],
)
def test_a_strangers_shift_is_not_there(trader: Shop, stranger: Shop, name: str, more: dict):
    before = snapshot(stranger)
    refused(trader, NotFound, name, {"shift_id": stranger.shift_id} | more)
    assert snapshot(stranger) == before


def test_a_strangers_till_is_not_there(trader: Shop, stranger: Shop):
    given = opening(trader) | {"register_id": stranger.register_id}
    refused(trader, NotFound, "pos.open_shift", given)


@pytest.mark.parametrize("role", ["storekeeper", "technician", "auditor"])
def test_only_those_at_the_till_open_and_close(trader: Shop, role: str):
    by = trader.acting_as(role)
    refused(trader, PermissionDenied, "pos.open_shift", opening(trader), by=by)
    given = {"shift_id": trader.shift_id, "counted_cash": "500.00"}
    refused(trader, PermissionDenied, CLOSE, given, by=by)


def test_shifts_follow_each_other_and_are_listed_newest_first(trader: Shop):
    close(trader, "500.00", float_left="500.00")
    second = trader.run("pos.open_shift", opening(trader))
    listed = trader.run("pos.list_shifts").rows
    assert [row.id for row in listed] == [second.id, trader.shift_id]
    assert [row.status for row in listed] == ["open", "closed"]


def test_a_report_adds_up_its_bills_by_rate_hsn_and_what_was_unusual(trader: Shop):
    dear = add_goods(trader, rate="18", mrp="118.00")
    line = {"variant_id": dear, "quantity": 2, "discount_percent": "10"}
    trader.run("pos.post_sale", trader.cart({}, lines=[line]))
    sale = trader.sell({trader.variant_ids[0]: 3})
    back = {"sale_id": sale.sale_id, "shift_id": trader.shift_id, "reason": "x"}
    trader.run("pos.post_return", back | {"lines": [{"line_no": 1, "quantity": 1}]})
    drawer = {"shift_id": trader.shift_id, "reason": "Change for the neighbour"}
    trader.run("pos.open_drawer", drawer)
    trader.run("pos.move_cash", {"shift_id": trader.shift_id, "amount": "-50", "reason": "Courier"})
    figures = trader.run("pos.get_shift", {"shift_id": trader.shift_id}).figures
    assert [(r.rate, r.taxable, r.total) for r in figures.by_rate] == [
        (5, Decimal("200.00"), Decimal("210.00")),
        (18, Decimal("180.00"), Decimal("212.40")),
    ]
    assert sum(row.total for row in figures.by_hsn) == Decimal("422.40")
    assert (figures.discounts, figures.cash_out, figures.no_sales) == (Decimal("23.60"), 50, 1)
    assert figures.round_off == Decimal("-0.40")
    assert {(n.kind, n.reason) for n in figures.notes} == {
        ("no_sale", "Change for the neighbour"),
        ("cash_out", "Courier"),
    }


def test_z_reports_of_a_register_are_numbered_without_a_gap(trader: Shop):
    other = {"code": "P2", "name": "Second", "location_id": trader.storage_id}
    second = trader.run("pos.create_register", other).id
    shift_id, numbers = trader.shift_id, []
    for _ in range(3):
        trader.run(
            "pos.close_shift", {"shift_id": shift_id, "counted_cash": "500", "float_left": "500"}
        )
        numbers.append(trader.run("pos.get_shift", {"shift_id": shift_id}).z_number)
        opening = {"register_id": trader.register_id, "opening_float": "500"}
        shift_id = trader.run("pos.open_shift", opening).id
    assert numbers == [1, 2, 3]
    assert trader.run("pos.get_shift", {"shift_id": shift_id}).z_number is None
    there = trader.run("pos.open_shift", {"register_id": second, "opening_float": "0"}).id
    trader.run("pos.close_shift", {"shift_id": there, "counted_cash": "0"})
    assert trader.run("pos.get_shift", {"shift_id": there}).z_number == 1
    assert broken_promises() == []
