"""Tills at the same moment: no unit, rupee or promise is given twice."""

from decimal import Decimal
from functools import partial

import pytest

from erp.services.accounting import PeriodClosed
from erp.services.billing import ReturnExceedsSale
from erp.services.loyalty import PointsRefused
from erp.services.pos import AdvanceShort, PaymentMismatch
from erp.services.sales import CreditRefused
from tests.concurrency.crowd import at_once, refusals
from tests.factories import Shop, broken_promises
from tests.services.trading import add_customer, add_goods, rows, tender

TILLS = 6


def back(trader: Shop, sale, quantity: int, line_no: int = 1, **more):
    wanted = {"sale_id": sale.sale_id, "shift_id": trader.shift_id, "reason": "Broken"}
    return wanted | {"lines": [{"line_no": line_no, "quantity": quantity}]} | more


def test_tills_taking_back_the_same_units_never_exceed_the_sale(trader: Shop):
    sale = trader.sell({trader.variant_ids[0]: 4})
    calls = [lambda: trader.run("pos.post_return", back(trader, sale, 1)) for _ in range(8)]
    outcomes = at_once(calls)
    assert refusals(outcomes, ReturnExceedsSale) == 4
    assert sum(o.total for o in outcomes if not isinstance(o, ReturnExceedsSale)) == sale.total
    assert trader.on_hand(trader.variant_ids[0]) == 200
    assert broken_promises() == []


def second_till(trader: Shop):
    """Open a shift on another till of the shop."""
    till = {"code": "POS2", "name": "Till 2", "location_id": trader.storage_id}
    register = trader.run("pos.create_register", till)
    opening = {"register_id": register.id, "opening_float": "500.00"}
    return trader.run("pos.open_shift", opening).id


def test_of_exchanges_of_the_same_unit_one_wins(trader: Shop):
    first, other, _ = trader.variant_ids
    sale, elsewhere = trader.sell({first: 1}), second_till(trader)
    wanted = {
        "sale_id": sale.sale_id,
        "returned": [{"line_no": 1, "quantity": 1}],
        "lines": [{"variant_id": other, "quantity": 1}],
        "reason": "Leaks",
    }
    tills = [{"shift_id": shift_id} for shift_id in (trader.shift_id, elsewhere) * 2]
    outcomes = at_once([partial(trader.run, "pos.post_exchange", wanted | till) for till in tills])
    assert refusals(outcomes, ReturnExceedsSale) == 3
    assert (trader.on_hand(first), trader.on_hand(other)) == (200, 199)
    assert broken_promises() == []


def test_exchanges_either_way_and_sales_of_both_never_wait_in_a_circle(trader: Shop):
    first, other, _ = trader.variant_ids
    elsewhere, asha = second_till(trader), add_customer(trader)
    terms = {"is_active": True, "points_per_rupee": "0.1", "worth": "0.50", "minimum_points": 5}
    trader.run("loyalty.set_programme", terms)
    calls = []
    for away, goods, till in ((first, other, trader.shift_id), (other, first, elsewhere)) * 4:
        sale = trader.sell({goods: 1}, customer_id=asha)
        wanted = {
            "sale_id": sale.sale_id,
            "shift_id": till,
            "returned": [{"line_no": 1, "quantity": 1}],
            "lines": [{"variant_id": away, "quantity": 1}],
            "reason": "Wrong potency",
        }
        cart = trader.cart({other: 1, first: 1}, shift_id=till, customer_id=asha)
        calls += [
            partial(trader.run, "pos.post_exchange", wanted),
            partial(trader.run, "pos.post_sale", cart),
        ]
    outcomes = at_once(calls)
    assert [one for one in outcomes if isinstance(one, Exception)] == []
    assert broken_promises() == []


@pytest.mark.parametrize("attempt", range(5))
def test_two_tills_returning_the_last_two_lines_refund_exactly_what_was_paid(
    trader: Shop, attempt: int
):
    lines = [
        {"variant_id": v, "quantity": 1, "discount_percent": f"0.3{attempt}"}
        for v in trader.variant_ids[:2]
    ]
    sale = trader.run("pos.post_sale", trader.cart({}, lines=lines))
    assert sale.round_off != 0
    notes = at_once(
        [
            lambda: trader.run("pos.post_return", back(trader, sale, 1, 1)),
            lambda: trader.run("pos.post_return", back(trader, sale, 1, 2)),
        ]
    )
    assert sum(note.total for note in notes) == sale.total


def test_tills_never_refund_more_money_than_came(trader: Shop):
    buyer = add_customer(trader, credit_limit=Decimal(1000))
    half = [tender("credit", "210.00"), tender("cash", "210.00")]
    sale = trader.sell({trader.variant_ids[0]: 4}, customer_id=buyer, tenders=half)
    cash = {"tenders": [tender("cash", "105.00")]}
    calls = [lambda: trader.run("pos.post_return", back(trader, sale, 1, **cash)) for _ in range(4)]
    assert refusals(at_once(calls), PaymentMismatch) == 2
    assert broken_promises() == []


def test_two_tills_never_lend_past_a_customers_limit(trader: Shop):
    buyer = add_customer(trader, credit_limit=Decimal(315))
    owed = {"customer_id": buyer, "tenders": [tender("credit", "105.00")]}
    goods = [add_goods(trader) for _ in range(TILLS)]
    calls = [partial(trader.sell, {variant: 1}, **owed) for variant in goods]
    assert refusals(at_once(calls), CreditRefused) == TILLS - 3
    debts = rows(
        trader, "select sum(debit - credit) as owed from journal_line where party_id = %s", buyer
    )
    assert debts == [{"owed": Decimal(315)}]


def test_a_parked_bill_is_taken_up_by_one_till(trader: Shop):
    lines = [{"variant_id": trader.variant_ids[0], "quantity": 1}]
    cart = trader.run("pos.park_cart", {"label": "Mrs Rao", "lines": lines})
    wanted = {"cart_id": cart.id}
    outcomes = at_once([lambda: trader.run("pos.recall_cart", wanted) for _ in range(TILLS)])
    assert sum(hasattr(outcome, "cart") for outcome in outcomes) == 1


@pytest.mark.parametrize("attempt", range(4))
def test_a_month_closes_between_sales_and_never_inside_one(trader: Shop, attempt: int):
    trader.sell({trader.variant_ids[0]: 1})
    month = trader.run("accounting.list_periods").rows[0]
    closing = {"period_id": month.id, "status": "closed", "reason": f"Done {attempt}"}
    calls = [lambda: trader.sell({trader.variant_ids[0]: 1}) for _ in range(TILLS)]
    outcomes = at_once([*calls, lambda: trader.run("accounting.set_period_status", closing)])
    refused = refusals(outcomes, PeriodClosed)
    assert trader.count("sale") == 1 + TILLS - refused
    late = rows(
        trader,
        "select count(*) as n from journal_entry e join period p"
        " on (p.tenant_id, p.id) = (e.tenant_id, e.period_id) where e.recorded_at > p.closed_at",
    )
    assert late == [{"n": 0}]
    assert broken_promises() == []


def test_two_tills_never_spend_the_same_points(trader: Shop):
    terms = {"is_active": True, "points_per_rupee": "0.01", "worth": "1.00"}
    trader.run("loyalty.set_programme", terms)
    buyer = add_customer(trader)
    given = {"party_id": buyer, "points": 250, "reason": "Welcome"}
    trader.run("loyalty.adjust_points", given)
    paid = {"customer_id": buyer, "tenders": [tender("points", "105.00")]}
    goods = [add_goods(trader) for _ in range(TILLS)]
    calls = [partial(trader.sell, {variant: 1}, **paid) for variant in goods]
    assert refusals(at_once(calls), PointsRefused) == TILLS - 2
    assert trader.run("loyalty.get_points", {"party_id": buyer}).balance == 40
    assert broken_promises() == []


def test_two_tills_never_spend_the_same_advance(trader: Shop):
    buyer = add_customer(trader)
    paid = {"shift_id": trader.shift_id, "party_id": buyer, "method": "upi", "amount": "250.00"}
    trader.run("pos.take_advance", paid)
    spend = {"customer_id": buyer, "tenders": [tender("advance", "105.00")]}
    goods = [add_goods(trader) for _ in range(TILLS)]
    calls = [partial(trader.sell, {variant: 1}, **spend) for variant in goods]
    assert refusals(at_once(calls), AdvanceShort) == TILLS - 2
    assert trader.run("pos.get_advance", {"party_id": buyer}).balance == 40
    assert broken_promises() == []
