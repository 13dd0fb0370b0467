"""Petty cash: topped up to its amount, spent by its keeper, counted, never overdrawn."""

import psycopg
import pytest

from erp.core import db
from erp.core.errors import InvalidInput
from erp.core.ids import new_id
from erp.services.expenses import (
    CashBeyondRule,
    FloatFull,
    NotCustodian,
    NotInTheBox,
    OwnClaim,
)
from tests.factories import Shop, broken_promises
from tests.services.books import balance
from tests.services.expenses.spending import COURIER, box, claim, decide, spend, spent


def held(shop: Shop) -> object:
    return shop.run("expenses.list_floats", {}).rows[0].balance


def test_a_top_up_fills_the_box_to_its_amount(shop: Shop):
    float_id = box(shop)
    assert (balance(shop, "petty_floats"), balance(shop, "bank")) == (5000, -5000)
    with pytest.raises(FloatFull) as refused:
        shop.run("expenses.top_up_float", {"float_id": float_id})
    assert "amount" in refused.value.fields
    spend(shop, spent(shop, "1200.00"))
    with pytest.raises(FloatFull):
        shop.run("expenses.top_up_float", {"float_id": float_id, "amount": "1200.01"})
    before = balance(shop, "petty_cash")
    cash = {"float_id": float_id, "amount": "200.00", "source": "petty_cash"}
    assert shop.run("expenses.top_up_float", cash).balance == 4000
    assert balance(shop, "petty_cash") == before - 200
    assert broken_promises() == []


def test_a_voucher_is_booked_at_once_with_its_credit(shop: Shop):
    box(shop)
    made = spend(shop, spent(shop, "1180.00", "Courier and postage", **COURIER))
    assert made.number.startswith("PV/")
    assert (balance(shop, "postage"), balance(shop, "input_cgst")) == (1000, 90)
    assert (balance(shop, "petty_floats"), held(shop)) == (3820, 3820)
    assert balance(shop, "creditors") == 0
    assert broken_promises() == []


def test_the_box_is_never_overdrawn(shop: Shop):
    float_id = box(shop)
    with pytest.raises(NotInTheBox) as refused:
        spend(shop, spent(shop, "5000.01"))
    assert "lines.0.amount" in refused.value.fields
    with pytest.raises(psycopg.errors.CheckViolation), db.unit_of_work(shop.ctx) as session:
        db.raw(session).execute(
            "insert into petty_move (tenant_id, id, float_id, kind, amount, counted, moved_on, note, user_id,"
            " recorded_at) values (%s, %s, %s, 'counted', -5000.01, 0, now(), '', %s, now())",
            (shop.tenant_id, new_id(), float_id, shop.ctx.user_id),
        )
    assert held(shop) == 5000


def test_nobody_writes_the_balance(shop: Shop):
    float_id = box(shop)
    with pytest.raises(psycopg.errors.CheckViolation), db.unit_of_work(shop.ctx) as session:
        db.raw(session).execute("update petty_float set balance = 9 where id = %s", (float_id,))
    with pytest.raises(psycopg.errors.Error), db.unit_of_work(shop.ctx) as session:
        db.raw(session).execute("update petty_move set amount = 9")


def test_only_its_keeper_spends_and_counts(shop: Shop):
    float_id = box(shop, custodian_id=shop.user_ids["cashier"])
    with pytest.raises(NotCustodian):
        spend(shop, spent(shop, "10.00"))
    counted = {"float_id": float_id, "counted": "5000.00"}
    with pytest.raises(NotCustodian):
        shop.run("expenses.count_float", counted, by=shop.acting_as("manager"))
    spend(shop, spent(shop, "10.00"), role="accountant")


def test_a_count_books_what_is_short(shop: Shop):
    float_id = box(shop)
    short = {"float_id": float_id, "counted": "4990.00"}
    with pytest.raises(InvalidInput) as refused:
        shop.run("expenses.count_float", short)
    assert "4990" not in refused.value.message
    assert "10.00" in refused.value.fields["note"]
    assert refused.value.message != refused.value.fields["note"]
    answer = shop.run("expenses.count_float", short | {"note": "Change not taken"})
    assert (answer.difference, answer.balance) == (-10, 4990)
    assert balance(shop, "cash_short_over") == 10
    assert shop.run("expenses.count_float", short).difference == 0
    over = {"float_id": float_id, "counted": "5001.00", "note": "Found it"}
    assert shop.run("expenses.count_float", over).difference == 11
    assert broken_promises() == []


def test_a_voucher_taken_back_puts_its_cash_back(shop: Shop):
    box(shop)
    made = spend(shop, spent(shop, "300.00"))
    gone = {"claim_id": made.id, "reason": "Goods went back"}
    shop.run("expenses.reverse_claim", gone, by=shop.acting_as("owner"))
    assert (held(shop), balance(shop, "travel")) == (5000, 0)
    assert broken_promises() == []


def test_who_spent_petty_cash_does_not_take_the_voucher_back(shop: Shop):
    box(shop)
    made = spend(shop, spent(shop, "300.00"))
    gone = {"claim_id": made.id, "reason": "Goods went back"}
    with pytest.raises(OwnClaim, match="paid this yourself"):
        shop.run("expenses.reverse_claim", gone, by=shop.acting_as("manager"))
    with pytest.raises(psycopg.errors.CheckViolation), db.unit_of_work(shop.ctx) as session:
        db.execute(
            session,
            "update expense_claim set status = 'reversed', reversed_on = current_date, ended_by = claimant_id,"
            " end_reason = 'x' where id = %s",
            (made.id,),
        )
    assert held(shop) == 4700


def test_the_book_says_what_came_and_went(shop: Shop):
    float_id = box(shop)
    spend(shop, spent(shop, "300.00"))
    shop.run("expenses.count_float", {"float_id": float_id, "counted": "4700.00"})
    book = shop.run("expenses.petty_cash_book", {"float_id": float_id})
    assert [row.kind for row in book.rows] == ["top_up", "spent", "counted"]
    assert [row.balance for row in book.rows] == [5000, 4700, 4700]
    assert (book.opening, book.received, book.paid, book.closing) == (0, 5000, 300, 4700)


def test_much_cash_to_one_supplier_in_a_day_is_asked_about(shop: Shop):
    box(shop, "30000.00")
    spend(shop, spent(shop, "6000.00", supplier="Ravi Electricals"))
    with pytest.raises(CashBeyondRule):
        spend(shop, spent(shop, "4000.01", supplier="ravi electricals"))
    spend(shop, spent(shop, "4000.00", supplier="Ravi Electricals"))
    spend(shop, spent(shop, "1.00", supplier="Ravi Electricals"), confirm=["cash_beyond_rule"])
    halves = [spent(shop, "6000.00", supplier=name) for name in ("Asha Paints", "asha paints")]
    with pytest.raises(CashBeyondRule):
        spend(shop, *halves)


def test_a_claim_and_a_voucher_of_one_bill_are_asked_about(shop: Shop):
    box(shop)
    line = spent(shop, "1180.00", "Courier and postage", **COURIER)
    decide(shop, claim(shop, line))
    with pytest.raises(Exception, match="has this bill"):
        spend(shop, line)
