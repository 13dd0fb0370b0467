"""A bill is paid in parts: each ages, is reminded, bears interest and is settled by itself; the account stays."""

from datetime import timedelta
from decimal import Decimal

import psycopg
import pytest

from erp.core import db
from erp.core.clock import utc_now
from erp.core.errors import InvalidInput, PermissionDenied
from erp.core.ids import new_id
from erp.services.payments import NothingOpen
from tests.factories import Shop, broken_promises
from tests.services.books import balance
from tests.services.payments.paying import account, owing, receive
from tests.services.sales.ordering import buyer, deliver, goods, order
from tests.services.trading import rows
from tests.services.unchanged import refused


def agree(shop: Shop, item_id, **more):
    given = {"item_id": item_id, "reason": "Agreed by phone"} | more
    return shop.run("payments.agree_instalments", given, by=more.pop("by", None))


def parts_of(shop: Shop, customer):
    """Return day, amount and what is open of the parts, the earliest first."""
    today = shop.ctx.today
    return [
        ((row.due_on - today).days, row.amount, row.open) for row in account(shop, customer).rows
    ]


def owed(shop: Shop, customer) -> Decimal:
    """Return what all open items of a customer come to."""
    found: Decimal = account(shop, customer).balance
    return found


def test_terms_split_what_is_open_to_the_paisa_and_the_account_stays(trader: Shop):
    customer = owing(trader, 1)
    (item,) = account(trader, customer).rows
    done = agree(trader, item.id, terms="30/60/90/100/110/120/130")
    assert [part.amount for part in done.parts] == [15] * 7
    assert owed(trader, customer) == balance(trader, "debtors") == 105
    rows = account(trader, customer).rows
    assert [(row.part, row.parts) for row in rows] == [(n, 7) for n in range(1, 8)]
    third = agree(trader, rows[2].id, terms="91 95 99")
    assert [part.amount for part in third.parts] == [5, 5, 5]
    assert broken_promises() == []


def test_a_part_is_paid_by_itself_and_the_earliest_first(trader: Shop):
    customer = owing(trader, 4)
    (item,) = account(trader, customer).rows
    agree(trader, item.id, terms="10/20/30")
    paid = receive(trader, customer, "150.00")
    assert paid.settled == 150
    assert parts_of(trader, customer) == [(20, 140, 130), (30, 140, 140)]
    second = account(trader, customer).rows[0]
    agree(trader, second.id, parts=[
        {"due_on": trader.ctx.today + timedelta(days=21), "amount": "100.00"},
        {"due_on": trader.ctx.today + timedelta(days=25), "amount": "30.00"},
    ])  # fmt: skip
    assert parts_of(trader, customer) == [(21, 110, 100), (25, 30, 30), (30, 140, 140)]
    trader.run("payments.reverse_payment", {"payment_id": paid.id, "reason": "Bounced"})
    assert owed(trader, customer) == balance(trader, "debtors") == 420
    assert broken_promises() == []


def test_ageing_reminders_and_interest_follow_each_part(trader: Shop):
    customer = owing(trader, 4)
    (item,) = account(trader, customer).rows
    agree(trader, item.id, terms="10/40/200")
    level = {"after_days": 5, "subject": "Late", "body": "{overdue} {bills} {interest}"}
    rule = {"levels": [level, level | {"after_days": 25}], "interest_percent": "18"}
    trader.run("payments.set_reminder_rule", rule)
    later = utc_now() + timedelta(days=50)
    aged = trader.run("payments.age_items", {}, at=later).rows[0]
    assert (aged.days_30, aged.days_60, aged.not_due) == (140, 140, 140)
    (due,) = trader.run("payments.list_due_reminders", {}, at=later).rows
    interest = (Decimal(140) * 18 * 40 / 36500).quantize(Decimal("0.01")) + (
        Decimal(140) * 18 * 10 / 36500
    ).quantize(Decimal("0.01"))
    assert (due.overdue, due.level, due.interest) == (280, 2, interest)
    phone = {"party_ids": [customer], "method": "phone", "note": "Rang"}
    assert len(trader.run("payments.remind_parties", phone, at=later).reminder_ids) == 1
    assert trader.run("payments.list_due_reminders", {}, at=later).rows == []
    much_later = utc_now() + timedelta(days=210)
    (again,) = trader.run("payments.list_due_reminders", {}, at=much_later).rows
    assert again.overdue == 420


def test_each_invoice_of_a_customer_with_terms_is_due_in_parts(trader: Shop):
    customer = buyer(trader, credit_days=30)
    trader.run("payments.set_instalment_terms", {"party_id": customer, "terms": "30/60/90"})
    assert trader.run("payments.get_instalment_terms", {"party_id": customer}).terms == "30/60/90"
    sent = deliver(trader, order(trader, customer, goods(trader, 1)), 1)
    assert parts_of(trader, customer) == [(30, 35, 35), (60, 35, 35), (90, 35, 35)]
    statement = trader.run("payments.get_statement", {"party_id": customer})
    assert [(line.debit, line.balance) for line in statement.lines] == [(105, 105)]
    back = {"invoice_id": sent.invoice_id, "reason": "No", "lines": [{"line_no": 1, "quantity": 1}]}
    trader.run("billing.take_back_goods", back)
    assert account(trader, customer).rows == []
    trader.run("payments.set_instalment_terms", {"party_id": customer})
    told = rows(
        trader,
        "select payload from event where name = 'payments.instalment_terms_set.v1' order by id",
    )
    assert [row["payload"]["terms"] for row in told] == ["30/60/90", ""]
    deliver(trader, order(trader, customer, goods(trader, 1)), 1)
    assert parts_of(trader, customer) == [(30, 105, 105)]
    assert owed(trader, customer) == balance(trader, "debtors")
    assert broken_promises() == []


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "terms"),
        ({"terms": "30/60", "parts": [{"due_on": "2026-12-01", "amount": "1.00"}]}, "terms"),
        ({"terms": "60/30"}, "terms"),
        ({"terms": "30/30"}, "terms"),
        ({"terms": "9999"}, "terms"),
        ({"parts": [{"due_on": "2001-01-01", "amount": "105.00"}]}, "parts.0.due_on"),
        ({"parts": [{"due_on": "2999-01-01", "amount": "105.00"}]}, "parts.0.due_on"),
    ],
)
def test_what_is_no_plan_is_refused_at_its_field(trader: Shop, given, field):
    customer = owing(trader, 1)
    (item,) = account(trader, customer).rows
    with refused(trader, InvalidInput, field):
        agree(trader, item.id, **given)


def test_parts_that_are_not_what_is_open_are_refused(trader: Shop):
    customer = owing(trader, 1)
    (item,) = account(trader, customer).rows
    day = str(trader.ctx.today + timedelta(days=9))
    with refused(trader, InvalidInput, "parts.0.amount"):
        agree(trader, item.id, parts=[{"due_on": day, "amount": "104.99"}])
    twice = [{"due_on": day, "amount": "52.50"}] * 2
    with refused(trader, InvalidInput, "parts.1.due_on"):
        agree(trader, item.id, parts=twice)
    receive(trader, customer, "105.00")
    with refused(trader, NothingOpen):
        agree(trader, item.id, terms="30/60")


def test_a_payment_stays_whole_so_that_it_is_listed_once_and_taken_back(trader: Shop):
    customer = owing(trader, 1)
    paid = {"party_id": customer, "ledger": "customer", "amount": "90.00", "method": "bank"}
    given = {"settles": [], "note": "Lent back"}
    made = trader.run("payments.make_payment", paid | given)
    item = next(row for row in account(trader, customer).rows if row.amount == 90)
    with refused(trader, NothingOpen):
        agree(trader, item.id, terms="10/20/30")
    assert len(trader.run("payments.list_payments", {}).rows) == 1
    trader.run("payments.reverse_payment", {"payment_id": made.id, "reason": "Wrong"})
    assert owed(trader, customer) == 105
    assert broken_promises() == []


def test_whoever_may_not_pay_agrees_nothing_with_a_supplier(trader: Shop):
    landlord = buyer(trader)
    lines = [
        {"account_key": "rent", "debit": "100.00"},
        {"account_key": "creditors", "credit": "100.00", "party_id": landlord},
    ]
    entry = {"effective_on": trader.ctx.today, "narration": "Rent", "lines": lines}
    trader.run("accounting.post_manual_entry", entry)
    wanted = {"party_id": landlord, "ledger": "supplier"}
    (item,) = trader.run("payments.list_items", wanted).rows
    given = {"item_id": item.id, "terms": "10/20", "reason": "Told"}
    with pytest.raises(PermissionDenied):
        trader.run("payments.agree_instalments", given, by=trader.acting_as("manager"))
    trader.run("payments.agree_instalments", given)
    rows = trader.run("payments.list_items", wanted).rows
    assert [row.open for row in rows] == [50, 50]
    assert -balance(trader, "creditors") == 100


def _write(shop: Shop, item_id) -> None:
    row = "insert into instalment (tenant_id, id, plan_id, item_id, place, due_on, amount, reason, user_id)"
    values = " values (%s, %s, %s, %s, 1, current_date, 104, 'x', %s)"
    whose = (shop.tenant_id, new_id(), new_id(), item_id, shop.ctx.user_id)
    with db.unit_of_work(shop.ctx) as session:
        db.execute(session, row + values, whose)


def test_the_database_keeps_parts_to_what_is_open(trader: Shop):
    customer = owing(trader, 1)
    (item,) = account(trader, customer).rows
    with pytest.raises(psycopg.errors.CheckViolation):
        _write(trader, item.id)
    assert owed(trader, customer) == 105
