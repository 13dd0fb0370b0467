"""Returns: at the price, tax and lot of the bill, never more than was sold or paid."""

from decimal import Decimal

import pytest

from erp.core.errors import InvalidInput, NotFound, PermissionDenied
from erp.services.billing import ReturnExceedsSale
from erp.services.pos import ApprovalRequired, DrawerShort, PaymentMismatch, ShiftClosed
from tests.factories import PIN, Shop, broken_promises
from tests.services.trading import (
    add_customer,
    add_goods,
    journal,
    member_id,
    refused,
    rows,
    snapshot,
    tender,
)

RETURN = "pos.post_return"


def wanted(trader: Shop, sale, quantity: int = 1, line_no: int = 1, **more):
    lines = [{"line_no": line_no, "quantity": quantity}]
    there = {"sale_id": sale.sale_id, "shift_id": trader.shift_id}
    return there | {"lines": lines, "reason": "Seal was broken"} | more


def sold(trader: Shop, quantity: int = 4, **more):
    return trader.sell({trader.variant_ids[0]: quantity}, **more)


def test_a_return_is_a_numbered_credit_note_and_the_goods_go_back_to_their_lot(trader: Shop):
    sale = sold(trader)
    note = trader.run(RETURN, wanted(trader, sale, 3))
    assert note.number.startswith("CPOS1/")
    assert (note.original_number, note.total) == (sale.number, 315)
    assert (note.taxable, note.cgst, note.sgst) == (300, Decimal("7.50"), Decimal("7.50"))
    first_lot = trader.lot_ids[trader.variant_ids[0]][0]
    back = rows(trader, "select on_hand from stock_balance where lot_id = %s", first_lot)
    assert back[0]["on_hand"] == 99
    related = trader.run("pos.get_sale", {"sale_id": sale.sale_id}).related
    assert [(r.kind, r.total) for r in related] == [("return", 315)]
    assert broken_promises() == []


def test_part_returns_add_up_to_the_bill_and_its_round_off(trader: Shop):
    goods = add_goods(trader, mrp="33.47", unit_cost="20.00")
    sale = trader.sell({goods: 3, trader.variant_ids[0]: 1})
    notes = [trader.run(RETURN, wanted(trader, sale, 1)) for _ in range(3)]
    notes.append(trader.run(RETURN, wanted(trader, sale, 1, line_no=2)))
    for name in ("taxable", "cgst", "sgst", "total"):
        assert sum(getattr(note, name) for note in notes) == getattr(sale, name)
    assert broken_promises() == []


def test_no_refund_exceeds_what_the_rounded_bill_cost(trader: Shop):
    dear, cheap = add_goods(trader, mrp="10.30"), add_goods(trader, mrp="0.10")
    sale = trader.sell({dear: 1, cheap: 1})
    assert sale.total == 10
    first = trader.run(RETURN, wanted(trader, sale))
    second = trader.run(RETURN, wanted(trader, sale, line_no=2))
    assert (first.total, second.total) == (10, 0)
    assert broken_promises() == []


def test_goods_given_free_come_back_for_nothing(trader: Shop):
    line = {"variant_id": trader.variant_ids[0], "quantity": 1, "discount_percent": "100"}
    cart = trader.cart({}, lines=[line], tenders=[])
    sale = trader.run("pos.post_sale", cart)
    assert trader.run(RETURN, wanted(trader, sale)).total == 0
    assert trader.on_hand(trader.variant_ids[0]) == 200
    assert broken_promises() == []


def test_more_than_was_sold_never_comes_back(trader: Shop):
    sale = sold(trader)
    trader.run(RETURN, wanted(trader, sale, 3))
    refused(trader, ReturnExceedsSale, RETURN, wanted(trader, sale, 2))
    trader.run(RETURN, wanted(trader, sale, 1))
    refused(trader, ReturnExceedsSale, RETURN, wanted(trader, sale, 1))


@pytest.mark.parametrize(
    "lines",
    [
        [{"line_no": 2, "quantity": 1}],
        [{"line_no": 1, "quantity": 1}, {"line_no": 1, "quantity": 1}],
    ],
)
def test_a_line_that_is_not_on_the_bill_or_named_twice_is_refused(trader: Shop, lines):
    refused(trader, InvalidInput, RETURN, wanted(trader, sold(trader), lines=lines))


def test_the_same_key_takes_back_once(trader: Shop):
    given = wanted(trader, sold(trader), idempotency_key="return-of-the-4")
    first = trader.answer(RETURN, given)
    before = snapshot(trader)
    again = trader.answer(RETURN, given)
    assert (again.replayed, again.text) == (True, first.text)
    assert snapshot(trader) == before


def test_money_goes_back_only_as_far_as_money_came(trader: Shop):
    buyer = add_customer(trader, credit_limit=Decimal(1000))
    half = [tender("credit", "210.00"), tender("cash", "210.00")]
    sale = sold(trader, customer_id=buyer, tenders=half)
    all_cash = wanted(trader, sale, 3, tenders=[tender("cash", "315.00")])
    assert "210" in refused(trader, PaymentMismatch, RETURN, all_cash).fields["tenders"]


def test_no_more_cash_goes_back_than_is_in_the_drawer(trader: Shop):
    sale = sold(trader)
    emptied = {"shift_id": trader.shift_id, "amount": "-815.01", "reason": "To the safe"}
    trader.run("pos.move_cash", emptied)
    refusal = refused(trader, DrawerShort, RETURN, wanted(trader, sale))
    assert refusal.fields == {"tenders": "more than is in the drawer"}
    trader.run("pos.move_cash", emptied | {"amount": "0.01", "reason": "Found"})
    trader.run(RETURN, wanted(trader, sale))
    assert broken_promises() == []


def test_an_empty_drawer_still_gives_back_by_upi(trader: Shop):
    sale = sold(trader, tenders=[tender("upi", "420.00")])
    emptied = {"shift_id": trader.shift_id, "amount": "-500.00", "reason": "To the safe"}
    trader.run("pos.move_cash", emptied)
    assert trader.run(RETURN, wanted(trader, sale, tenders=[tender("upi", "105.00")])).total == 105


def test_debts_are_lowered_first_where_nothing_is_said(trader: Shop):
    buyer = add_customer(trader, credit_limit=Decimal(1000))
    half = [tender("credit", "210.00"), tender("cash", "210.00")]
    sale = sold(trader, customer_id=buyer, tenders=half)
    note = trader.run(RETURN, wanted(trader, sale, 3))
    refunds = {name: credit for name, _, credit in journal(trader, note.return_id) if credit}
    assert (refunds["Sundry Debtors"], refunds["Cash in Hand"]) == (210, 105)


def open_on_account(trader: Shop, buyer) -> dict:
    """Return what is open of each document that touched a customer's account."""
    found = rows(
        trader,
        "select e.origin_id, i.amount - i.settled as open from open_item i"
        " join journal_entry e on (e.tenant_id, e.id) = (i.tenant_id, i.entry_id)"
        " where i.party_id = %s",
        buyer,
    )
    return {row["origin_id"]: row["open"] for row in found}


def test_a_return_on_account_settles_its_own_bill_and_no_other(trader: Shop):
    buyer = add_customer(trader, credit_limit=Decimal(1000))
    older = sold(trader, 1, customer_id=buyer, tenders=[tender("credit", "105.00")])
    sale = sold(trader, customer_id=buyer, tenders=[tender("credit", "420.00")])
    note = trader.run(RETURN, wanted(trader, sale, 3))
    left = {older.sale_id: 105, sale.sale_id: 105, note.return_id: 0}
    assert open_on_account(trader, buyer) == left
    assert broken_promises() == []


def test_what_exceeds_the_open_rest_of_the_bill_stands_on_the_account(trader: Shop):
    buyer = add_customer(trader, credit_limit=Decimal(1000))
    half = [tender("credit", "105.00"), tender("cash", "315.00")]
    sale = sold(trader, customer_id=buyer, tenders=half)
    given = wanted(trader, sale, 2, tenders=[tender("credit", "210.00")])
    note = trader.run(RETURN, given)
    assert open_on_account(trader, buyer) == {sale.sale_id: 0, note.return_id: 105}
    assert broken_promises() == []


def test_a_nameless_customer_is_given_no_credit(trader: Shop):
    given = wanted(trader, sold(trader), tenders=[tender("credit", "105.00")])
    refused(trader, PaymentMismatch, RETURN, given)


@pytest.mark.parametrize("amount", ["104.99", "105.01"])
def test_a_refund_is_exactly_the_goods_value(trader: Shop, amount: str):
    given = wanted(trader, sold(trader), tenders=[tender("cash", amount)])
    refused(trader, PaymentMismatch, RETURN, given)


def test_a_return_beyond_the_cashiers_limit_needs_an_approval(trader: Shop):
    cashier, sale = trader.acting_as("cashier"), sold(trader, 30)
    given = wanted(trader, sale, 20) | {"return_id": sale.sale_id.__class__(int=7)}
    error = refused(trader, ApprovalRequired, RETURN, given, by=cashier)
    assert error.details["level"] == "2100.00"
    asked = {
        "origin_id": given["return_id"],
        "kind": "return",
        "level": "2100.00",
        "approver_id": member_id(trader, "manager"),
        "pin": PIN,
        "reason": "Whole box was wrong",
    }
    assert trader.run("pos.request_approval", asked, by=cashier).granted
    assert trader.run(RETURN, given, by=cashier).total == 2100


def test_a_closed_shift_takes_nothing_back(trader: Shop):
    sale = sold(trader)
    counted = {"shift_id": trader.shift_id, "counted_cash": "920.00"}
    trader.run("pos.close_shift", counted)
    refused(trader, ShiftClosed, RETURN, wanted(trader, sale))


@pytest.mark.parametrize("role", ["storekeeper", "accountant", "auditor"])
def test_only_those_at_the_till_take_back(trader: Shop, role: str):
    refused(
        trader, PermissionDenied, RETURN, wanted(trader, sold(trader)), by=trader.acting_as(role)
    )


def test_a_return_is_not_taken_back_again(trader: Shop):
    note = trader.run(RETURN, wanted(trader, sold(trader)))
    refused(trader, NotFound, RETURN, wanted(trader, sold(trader)) | {"sale_id": note.return_id})


def test_a_strangers_sale_is_not_there(trader: Shop, stranger: Shop):
    theirs = sold(stranger)
    before = snapshot(stranger)
    refused(trader, NotFound, RETURN, wanted(trader, theirs))
    assert snapshot(stranger) == before
