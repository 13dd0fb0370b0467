"""Payments settle what is owed, oldest first or as told, and can be taken back."""

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from erp.core import db
from erp.core.errors import InvalidInput, PermissionDenied
from erp.core.ids import new_id
from erp.services import party
from erp.services.accounting import HeldItem, NotOpen, PeriodClosed, Side, oldest_first
from erp.services.payments import (
    BeyondCashDiscount,
    BeyondWriteOff,
    DeductionNotSettled,
    NothingToMatch,
    PaidBefore,
    SettlesTooMuch,
    StepDone,
)
from erp.services.sales import Overdue
from tests.factories import Shop, broken_promises
from tests.services.billing.bills.billing import bill, billed, came, registered
from tests.services.billing.bills.billing import goods as stock
from tests.services.books import balance
from tests.services.payments.paying import account, owing, receive
from tests.services.sales.ordering import deliver, goods, order
from tests.services.trading import journal, rows

EXAMPLES = json.loads((Path(__file__).parents[2] / "data" / "gst_examples.json").read_text())


def test_a_payment_settles_what_is_due_first(trader: Shop):
    customer = owing(trader, 4, 6)
    paid = receive(trader, customer, "500.00", reference="UTR 1")
    assert paid.number.startswith("RC/")
    assert (paid.settled, paid.unapplied) == (500, 0)
    found = account(trader, customer)
    assert [(row.amount, row.open) for row in found.rows] == [(630, 550)]
    assert (found.owed, found.unapplied, found.balance) == (550, 0, 550)
    assert balance(trader, "debtors") == 550
    shown = trader.run("payments.get_payment", {"payment_id": paid.id})
    assert [row.amount for row in shown.settles] == [420, 80]
    assert broken_promises() == []


def test_a_payment_settles_what_it_is_told_to(trader: Shop):
    customer = owing(trader, 4, 6)
    second = account(trader, customer).rows[1]
    settles = [{"item_id": second.id, "amount": "600.00"}]
    paid = receive(trader, customer, "700.00", settles=settles)
    assert (paid.settled, paid.unapplied) == (600, 100)
    found = account(trader, customer)
    assert (found.owed, found.unapplied, found.balance) == (450, 100, 350)
    matched = trader.run("payments.match_items", {"party_id": customer})
    assert matched.amount == 100
    assert account(trader, customer).owed == 350
    with pytest.raises(NothingToMatch):
        trader.run("payments.match_items", {"party_id": customer})
    assert broken_promises() == []


@pytest.mark.parametrize(
    ("settles", "error"),
    [("431.00", NotOpen), ("420.00", SettlesTooMuch)],
)
def test_no_more_is_settled_than_is_open_and_paid(trader: Shop, settles: str, error: type):
    customer = owing(trader, 4)
    item = account(trader, customer).rows[0]
    with pytest.raises(error):
        receive(trader, customer, "440.00" if error is NotOpen else "400.00",
                settles=[{"item_id": item.id, "amount": settles}])  # fmt: skip
    assert balance(trader, "debtors") == 420
    assert trader.count("payment") == 0
    assert trader.count("allocation") == 0


def test_what_another_owes_is_not_settled(trader: Shop):
    customer = owing(trader, 4)
    other = owing(trader, 4, name="Other", gstin="27AAPFU0939F1ZV")
    item = account(trader, other).rows[0]
    with pytest.raises(NotOpen):
        receive(trader, customer, "10.00", settles=[{"item_id": item.id, "amount": "10.00"}])


def test_a_discount_for_paying_books_the_example(trader: Shop):
    """Journal J23: 10,290 paid of 10,500 with a discount of 210."""
    customer = owing(trader, 100, credit_limit="1000000.00")
    paid = receive(trader, customer, "10290.00", discount="210.00")
    lines = next(j for j in EXAMPLES["journal_examples"] if j["id"] == "J23")["lines"]
    assert journal(trader, paid.id) == {
        (x["account"], Decimal(x["debit"]), Decimal(x["credit"])) for x in lines
    }
    assert account(trader, customer).rows == []


def test_a_small_rest_is_given_up_within_ones_limit(trader: Shop):
    customer = owing(trader, 4)
    accountant = trader.acting_as("accountant")
    given = {"party_id": customer, "amount": "300.00", "method": "cash", "write_off": "120.00"}
    with pytest.raises(BeyondWriteOff):
        trader.run("payments.receive_payment", given, by=accountant)
    within = given | {"amount": "419.50", "write_off": "0.50"}
    trader.run("payments.receive_payment", within, by=accountant)
    assert (balance(trader, "debtors"), balance(trader, "bad_debts")) == (0, Decimal("0.50"))
    assert balance(trader, "petty_cash") == Decimal("-80.50")  # the first float came from it


def test_what_a_payment_settled_is_open_again_when_it_is_taken_back(trader: Shop):
    customer = owing(trader, 4)
    paid = receive(trader, customer, "420.00")
    back = {"payment_id": paid.id, "reason": "Typed twice"}
    trader.run("payments.reverse_payment", back)
    found = account(trader, customer)
    assert [(row.amount, row.open) for row in found.rows] == [(420, 420)]
    shown = trader.run("payments.get_payment", {"payment_id": paid.id})
    assert (shown.standing, shown.settles, shown.unapplied) == ("reversed", [], 0)
    with pytest.raises(StepDone):
        trader.run("payments.reverse_payment", back)
    assert broken_promises() == []


def test_a_note_settles_its_own_invoice_and_the_rest_stands_on_the_account(trader: Shop):
    customer = owing(trader, 2)
    sent = deliver(trader, order(trader, customer, goods(trader, 4)), 4)
    note = {"invoice_id": sent.invoice_id, "reason": "No"}
    back = [note | {"lines": [{"line_no": 1, "quantity": units}]} for units in (1, 3)]
    trader.run("billing.take_back_goods", back[0])
    assert [row.open for row in account(trader, customer).rows] == [210, 315]
    receive(trader, customer, "525.00")
    trader.run("billing.take_back_goods", back[1])
    found = account(trader, customer)
    assert (found.owed, found.unapplied) == (0, 315)
    assert broken_promises() == []


def test_money_goes_back_to_a_customer_and_to_a_supplier(trader: Shop):
    customer = owing(trader, 1)
    receive(trader, customer, "205.00")
    given = {"party_id": customer, "amount": "100.00", "method": "bank", "ledger": "customer"}
    paid = trader.run("payments.make_payment", given)
    assert paid.number.startswith("PY/")
    assert (paid.settled, balance(trader, "debtors")) == (100, 0)
    assert account(trader, customer).rows == []
    assert broken_promises() == []


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"method": "cheque", "cheque_on": "2026-11-21"}, "reference"),
        ({"method": "cheque", "reference": "1"}, "cheque_on"),
        ({"cheque_on": "2026-11-21"}, "cheque_on"),
        ({"paid_on": "2099-01-01"}, "paid_on"),
        ({"paid_on": "2020-01-01"}, "paid_on"),
        ({"method": "cheque", "reference": "1", "cheque_on": "2099-01-01"}, "cheque_on"),
    ],
)
def test_what_makes_no_sense_names_its_field(trader: Shop, more: dict[str, str], field: str):
    customer = owing(trader, 1)
    with pytest.raises(InvalidInput) as refused:
        receive(trader, customer, "10.00", **more)
    assert list(refused.value.fields) == [field]
    assert trader.count("payment") == 0


def test_the_same_reference_is_asked_about(trader: Shop):
    customer = owing(trader, 4)
    receive(trader, customer, "100.00", reference="utr-9")
    with pytest.raises(PaidBefore):
        receive(trader, customer, "100.00", reference="UTR-9")
    receive(trader, customer, "100.00", reference="UTR-9", confirm=["paid_before"])


def test_nobody_without_an_account_pays(trader: Shop):
    walk_in = rows(trader, "select id from party where code = %s", party.WALK_IN_CODE)[0]["id"]
    with pytest.raises(party.UnknownParty):
        receive(trader, walk_in, "10.00")


def test_a_closed_month_takes_no_payment(trader: Shop):
    customer = owing(trader, 1)
    period = rows(trader, "select id from period order by starts_on desc limit 1")[0]["id"]
    closed = {"period_id": period, "status": "closed", "reason": "Filed"}
    trader.run("accounting.set_period_status", closed)
    with pytest.raises(PeriodClosed):
        receive(trader, customer, "10.00")


def test_who_receives_may_not_pay(trader: Shop):
    customer = owing(trader, 1)
    given = {"party_id": customer, "amount": "10.00", "method": "bank"}
    with pytest.raises(PermissionDenied):
        trader.run("payments.make_payment", given, by=trader.acting_as("manager"))
    with pytest.raises(PermissionDenied):
        trader.run("payments.receive_payment", given, by=trader.acting_as("cashier"))


def test_debts_age_by_their_day_and_as_of_any_day(trader: Shop):
    customer = owing(trader, 4)
    later = trader.ctx.now + timedelta(days=75)
    aged = trader.run("payments.age_items", {}, at=later)
    (row,) = [row for row in aged.rows if row.party_id == customer]
    assert (row.not_due, row.days_60, row.balance) == (0, 420, 420)
    receive(trader, customer, "420.00")
    assert trader.run("payments.age_items", {}).balance == 0
    day_before = trader.ctx.today - timedelta(days=1)
    assert trader.run("payments.age_items", {"as_of": str(day_before)}).rows == []
    given = {"as_of": str(trader.ctx.today), "bucket": "90+"}
    assert trader.run("payments.age_items", given).rows == []


def test_credit_is_stopped_by_what_is_open_past_its_day(trader: Shop):
    """What was paid without saying for what counts against it."""
    customer = owing(trader, 4)
    later = trader.ctx.now + timedelta(days=40)
    made = order(trader, customer, goods(trader, 1))
    going = {"order_id": made.id, "lines": [{"order_line_no": 1, "quantity": 1}]}
    with pytest.raises(Overdue):
        trader.run("billing.deliver_order", going, at=later, by=trader.acting_as("storekeeper"))
    receive(trader, customer, "420.00", settles=[])
    trader.run("billing.deliver_order", going, at=later, by=trader.acting_as("storekeeper"))


def test_a_suppliers_bill_is_paid_when_it_is_due(trader: Shop):
    supplier = registered(trader)
    receipt = came(trader, stock(trader, 10, unit_cost="60.00"), supplier_id=supplier)
    made = bill(trader, "630.00", billed(receipt, 10, "60.00"), supplier_id=supplier)
    (row,) = account(trader, supplier, ledger="supplier").rows
    shown = trader.run("billing.get_bill", {"bill_id": made.id})
    assert (row.open, row.due_on) == (630, shown.due_on)
    assert row.narration == "Bill SBL/117 of SBL Agencies"
    given = {"party_id": supplier, "amount": "600.00", "discount": "30.00", "method": "bank"}
    trader.run("payments.make_payment", given)
    assert account(trader, supplier, ledger="supplier").rows == []
    assert (balance(trader, "creditors"), balance(trader, "purchase_discounts")) == (0, -30)
    assert broken_promises() == []


def test_the_database_keeps_allocations_to_one_party(trader: Shop):
    mine, theirs = owing(trader, 1), owing(trader, 1, name="Other")
    receive(trader, mine, "205.00")
    items = rows(trader, "select id, party_id, side from open_item where settled < amount")
    debit = next(row["id"] for row in items if row["party_id"] == theirs)
    credit = next(row["id"] for row in items if row["side"] == "credit")
    with pytest.raises(Exception, match="one party"), db.unit_of_work(trader.ctx) as session:
        db.execute(
            session,
            "insert into allocation (tenant_id, id, debit_item_id, credit_item_id, amount,"
            " allocated_on, reason, user_id) values (%s, uuidv7(), %s, %s, 1, now(), '', %s)",
            (trader.tenant_id, debit, credit, trader.ctx.user_id),
        )


def test_a_statement_runs_from_day_to_day_and_closes_at_the_balance(trader: Shop):
    customer = owing(trader, 4, 6)
    receive(trader, customer, "500.00")
    found = trader.run("payments.get_statement", {"party_id": customer})
    assert [line.balance for line in found.lines] == [420, 1050, 550]
    assert (found.opening, found.debits, found.credits, found.closing) == (0, 1050, 500, 550)
    assert found.closing == account(trader, customer).balance
    tomorrow = trader.ctx.today + timedelta(days=1)
    later = {"party_id": customer, "from_day": str(tomorrow), "to_day": str(tomorrow)}
    then = trader.run("payments.get_statement", later)
    assert (then.opening, then.lines, then.closing) == (550, [], 550)
    ends = {"party_id": customer, "from_day": "0001-01-01", "to_day": "9999-12-31"}
    assert trader.run("payments.get_statement", ends).closing == 550
    first = {"party_id": customer, "to_day": "0001-01-01"}
    assert trader.run("payments.get_statement", first).closing == 0
    with pytest.raises(InvalidInput) as refused:
        trader.run("payments.get_statement", later | {"to_day": str(trader.ctx.today)})
    assert list(refused.value.fields) == ["from_day"]


@pytest.mark.parametrize(("discount", "is_given"), [("21.00", True), ("21.10", False)])
def test_a_discount_for_paying_keeps_to_ones_limit(trader: Shop, discount: str, *, is_given: bool):
    customer = owing(trader, 4)
    rest = Decimal(420) - Decimal(discount)
    given = {"party_id": customer, "amount": rest, "method": "bank", "discount": discount}
    by = trader.acting_as("accountant")
    if is_given:
        trader.run("payments.receive_payment", given, by=by)
        assert balance(trader, "discount_allowed") == 21
        return
    with pytest.raises(BeyondCashDiscount):
        trader.run("payments.receive_payment", given, by=by)


@pytest.mark.parametrize("field", ["discount", "write_off"])
def test_nothing_is_given_up_that_settles_nothing(trader: Shop, field: str):
    customer = owing(trader, 4)
    for more in ({"amount": "500.00"}, {"amount": "100.00", "settles": []}):
        with pytest.raises(DeductionNotSettled):
            receive(trader, customer, **more, **{field: "10.00"})
    paid_back = {"party_id": customer, "amount": "1.00", "method": "bank", field: "10.00"}
    with pytest.raises(InvalidInput) as refused:
        trader.run("payments.make_payment", paid_back | {"ledger": "customer"})
    assert list(refused.value.fields) == [field]
    with pytest.raises(InvalidInput):
        trader.run("payments.receive_payment", paid_back | {"ledger": "supplier"})
    assert trader.count("payment") == 0


def test_what_was_matched_is_set_apart_again(trader: Shop):
    customer = owing(trader, 4)
    item = account(trader, customer).rows[0]
    receive(trader, customer, "100.00")
    trader.run("payments.set_apart", {"item_id": item.id, "reason": "Wrong invoice"})
    found = account(trader, customer)
    assert (found.owed, found.unapplied) == (420, 100)
    with pytest.raises(NothingToMatch):
        trader.run("payments.set_apart", {"item_id": item.id, "reason": "Again"})
    assert broken_promises() == []


def test_a_suppliers_account_asks_for_the_right_to_pay(trader: Shop):
    given = {"party_id": registered(trader), "ledger": "supplier"}
    with pytest.raises(PermissionDenied):
        trader.run("payments.match_items", given, by=trader.acting_as("manager"))


def test_sums_are_of_everything_however_much_is_listed(trader: Shop):
    customer = owing(trader, 1, 2, 3)
    found = account(trader, customer, limit=1)
    assert (len(found.rows), found.owed) == (1, 630)


def test_the_oldest_meet_in_one_pass():
    def item(side: Side, amount: int) -> HeldItem:
        return HeldItem(new_id(), new_id(), side, Decimal(amount), date(2026, 11, 1), "x")

    items = [item(side, 1 + n % 3) for side in Side for n in range(20_000)]
    matches = oldest_first(items)
    assert len(matches) == 1_000
    assert len(oldest_first(items, most=100_000)) == 20_000
