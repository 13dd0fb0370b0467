"""Advances: a numbered voucher, owed per customer in the books, spent once, paid back exactly."""

from decimal import Decimal

import pytest

from erp.core.errors import NotFound
from erp.services.pos import (
    AdvanceShort,
    ApprovalRequired,
    DrawerShort,
    PaymentMismatch,
    ShiftClosed,
)
from tests.factories import Shop, broken_promises
from tests.services.trading import add_customer, journal, refused, rows, tender


def taken(trader: Shop, party_id, amount="300.00", **more):
    wanted = {"shift_id": trader.shift_id, "party_id": party_id, "method": "cash"}
    return trader.run("pos.take_advance", wanted | {"amount": amount} | more)


def held(trader: Shop, party_id) -> Decimal:
    balance: Decimal = trader.run("pos.get_advance", {"party_id": party_id}).balance
    return balance


def test_an_advance_has_a_voucher_and_is_owed_without_tax(trader: Shop):
    asha = add_customer(trader)
    first, second = taken(trader, asha, note="Arnica, 20 bottles"), taken(trader, asha, "50.00")
    assert first.number.startswith("RV/")
    assert int(second.number[-5:]) == int(first.number[-5:]) + 1
    assert second.balance == held(trader, asha) == 350
    assert journal(trader, first.voucher_id) == {
        ("Cash in Hand", Decimal(300), 0),
        ("Advance from Customers", 0, Decimal(300)),
    }
    listed = trader.run("pos.list_advances", {"party_id": asha}).rows
    assert [row.amount for row in listed] == [50, 300]
    assert broken_promises() == []


def test_a_bill_is_paid_from_it_and_a_return_may_be_kept_as_one(trader: Shop):
    asha = add_customer(trader)
    taken(trader, asha)
    paid = [tender("advance", "200.00"), tender("cash", "10.00")]
    sale = trader.sell({trader.variant_ids[0]: 2}, customer_id=asha, tenders=paid)
    assert (sale.taxable, held(trader, asha)) == (200, 100)
    lines = [{"line_no": 1, "quantity": 1}]
    wanted = {"sale_id": sale.sale_id, "shift_id": trader.shift_id, "reason": "x", "lines": lines}
    trader.run("pos.post_return", wanted | {"tenders": [tender("advance", "105.00")]})
    assert held(trader, asha) == 205
    assert broken_promises() == []


def test_nobody_spends_more_than_they_paid_before(trader: Shop):
    asha, ravi = add_customer(trader), add_customer(trader, name="Ravi")
    taken(trader, asha, "100.00")
    cart = trader.cart({trader.variant_ids[0]: 1}, tenders=[tender("advance", "105.00")])
    for buyer in (asha, ravi, None):
        refused(trader, AdvanceShort, "pos.post_sale", cart | {"customer_id": buyer})


def test_what_is_not_spent_is_paid_back_within_the_limit_and_the_drawer(trader: Shop):
    asha = add_customer(trader)
    taken(trader, asha, "3000.00", method="upi")
    wanted = {"shift_id": trader.shift_id, "party_id": asha, "method": "cash", "reason": "No stock"}
    back = "pos.pay_back_advance"
    refused(trader, AdvanceShort, back, wanted | {"amount": "3000.01"})
    refused(trader, DrawerShort, back, wanted | {"amount": "600.00"})
    cashier = trader.acting_as("cashier")
    refused(trader, ApprovalRequired, back, wanted | {"amount": "2000.01"}, by=cashier)
    voucher = trader.run(back, wanted | {"amount": "500.00"}, by=cashier)
    assert (voucher.number[:3], voucher.balance) == ("FV/", 2500)
    report = trader.run("pos.get_shift", {"shift_id": trader.shift_id})
    assert report.expected_cash == 0
    assert broken_promises() == []


def test_the_count_at_closing_knows_advances(trader: Shop):
    taken(trader, add_customer(trader))
    counted = {"shift_id": trader.shift_id, "counted_cash": "800.00"}
    assert trader.run("pos.close_shift", counted).difference == 0
    assert broken_promises() == []


def test_an_advance_needs_a_name_and_an_open_shift(trader: Shop, stranger: Shop):
    walk_in = rows(trader, "select id from party where code = 'WALK-IN'")[0]["id"]
    wanted = {"shift_id": trader.shift_id, "method": "cash", "amount": "10.00"}
    refused(trader, PaymentMismatch, "pos.take_advance", wanted | {"party_id": walk_in})
    theirs = add_customer(stranger)
    refused(trader, NotFound, "pos.take_advance", wanted | {"party_id": theirs})
    asha = add_customer(trader)
    trader.run("pos.close_shift", {"shift_id": trader.shift_id, "counted_cash": "500.00"})
    refused(trader, ShiftClosed, "pos.take_advance", wanted | {"party_id": asha})
    with pytest.raises(NotFound):
        trader.run("pos.get_advance", {"party_id": theirs})


def test_what_is_left_names_the_receipts_it_is_left_of(trader: Shop, stranger: Shop):
    asha, ravi = add_customer(trader), add_customer(trader, name="Ravi")
    first = taken(trader, asha, "100.00")
    second = taken(trader, asha, "60.00")
    taken(trader, ravi, "500.00")
    trader.sell({trader.variant_ids[0]: 1}, customer_id=asha, tenders=[tender("advance", "105.00")])
    found = trader.run("pos.list_open_advances", {"limit": 1})
    assert [(row.customer, row.balance) for row in found.rows] == [("Ravi", 500)]
    (rest,) = trader.run("pos.list_open_advances", {"cursor": found.next_cursor}).rows
    assert (rest.id, rest.balance, rest.vouchers) == (asha, 55, second.number)
    assert first.number not in rest.vouchers
    assert trader.run("pos.list_open_advances", {"search": "ravi"}).rows[0].vouchers
    assert stranger.run("pos.list_open_advances").rows == []
