"""Interest on late payment: each late day once, on what was open of it, with the tax of what was paid late."""

from datetime import timedelta
from decimal import Decimal

import psycopg
import pytest

from erp.core.errors import DomainError, InvalidInput, PermissionDenied
from erp.core.gst.taxing import PriceMode, SupplyNature, tax_on
from erp.core.money import round_money
from erp.services.interest import (
    AlreadyBilled,
    MoneyUnmatched,
    NoRate,
    NothingOwed,
    UnknownCharge,
)
from erp.services.interest.drafting import shared_out
from erp.services.party import UnknownParty
from tests.factories import Shop, broken_promises
from tests.services.books import balance
from tests.services.payments.paying import account, owing, receive
from tests.services.payments.test_reminders import LADDER
from tests.services.trading import journal, rows
from tests.services.unchanged import refused

DUE = 30
RATE = Decimal(18)


@pytest.fixture
def late(trader: Shop):
    """Return a customer with one bill of 10 at 105, and a rate of 18 a year."""
    trader.run("payments.set_reminder_rule", {"levels": LADDER, "interest_percent": f"{RATE}"})
    return owing(trader, 10, gstin="27AAPFU0939F1ZV")


def on(shop: Shop, days: int):
    """Return the instant so many days past the bill's due day."""
    return shop.ctx.now + timedelta(days=DUE + days)


def owed(shop: Shop, days: int, **more):
    return shop.run("interest.list_owed", more, at=on(shop, days))


def bill(shop: Shop, customer, days: int, **more):
    return shop.run("interest.bill_interest", {"party_id": customer} | more, at=on(shop, days))


def interest(amount: object, days: int) -> Decimal:
    return round_money(Decimal(f"{amount}") * RATE * days / 36500)


def debt(shop: Shop, customer) -> Decimal:
    return sum((x.open for x in account(shop, customer).rows), Decimal(0))


def test_a_note_bills_the_late_days_with_the_tax_of_the_invoice(trader: Shop, late):
    assert owed(trader, 1).rows == []
    (row,) = owed(trader, 21).rows
    value = interest(1050, 20)
    assert (row.amount, row.days, row.problem, row.party_id) == (value, 20, "", late)
    made = bill(trader, late, 21)
    (note,) = made.notes
    tax = tax_on(value, Decimal(5), SupplyNature.INTRA, PriceMode.EXCLUSIVE)
    assert (note.amount, note.total, note.number[:4]) == (value, value + tax.total, "DSI/")
    assert journal(trader, note.id) == {
        ("Sundry Debtors", note.total, 0),
        ("Interest on Late Payment", 0, value),
        ("Output CGST", 0, tax.cgst),
        ("Output SGST", 0, tax.sgst),
    }
    shown = trader.run("billing.get_invoice", {"invoice_id": note.id})
    assert (shown.kind, [x.number for x in shown.related]) == (
        "debit_note", [note.original_number],
    )  # fmt: skip
    assert "18% a year" in shown.lines[0].description
    assert broken_promises() == []


def test_no_late_day_is_billed_twice_and_the_next_note_goes_on(trader: Shop, late):
    first = bill(trader, late, 11).notes[0]
    with refused(trader, NothingOwed):
        bill(trader, late, 11)
    second = bill(trader, late, 31).notes[0]
    assert first.amount + second.amount == interest(1050, 10) + interest(1050, 20)
    charges = rows(trader, "select from_day, to_day from interest_charge order by from_day")
    assert charges[1]["from_day"] == charges[0]["to_day"] + timedelta(days=1)
    assert broken_promises() == []


def test_money_stops_interest_from_the_day_it_came(trader: Shop, late):
    with_money = trader.ctx.now + timedelta(days=DUE + 5)
    given = {"party_id": late, "amount": "650.00", "method": "bank"}
    trader.run("payments.receive_payment", given, at=with_money)
    (row,) = owed(trader, 21).rows
    assert row.amount == interest(1050, 5) + interest(400, 15)
    trader.run("payments.receive_payment", given | {"amount": "400.00"}, at=on(trader, 15))
    (row,) = owed(trader, 21).rows
    assert row.amount == round_money(interest_of(1050, 5) + interest_of(400, 10))
    assert row.open == 0
    assert len(bill(trader, late, 21).notes) == 1


def interest_of(amount: int, days: int) -> Decimal:
    return Decimal(amount) * RATE * days / 36500


def test_money_that_came_in_time_bears_no_interest_however_late_it_is_matched(trader: Shop, late):
    paid = receive(trader, late, "1050.00", settles=[])
    with refused(trader, MoneyUnmatched) as caught:
        bill(trader, late, 21)
    assert "1,050.00" in caught.value.message
    items = account(trader, late).rows
    sides = {x.side: x.id for x in items}
    pair = {"debit_id": sides["debit"], "credit_id": sides["credit"], "amount": "1050.00"}
    trader.run("payments.match_items", {"party_id": late, "pairs": [pair]}, at=on(trader, 20))
    assert paid
    assert owed(trader, 21).rows == []


def test_a_note_that_is_taken_back_leaves_nothing_and_its_days_can_be_billed_again(
    trader: Shop, late
):
    note = bill(trader, late, 11).notes[0]
    given = {"note_id": note.id, "reason": "Waived"}
    back = trader.run("interest.reverse_interest", given, at=on(trader, 12))
    assert (back.total, back.number[:4], back.original_number) == (
        note.total, "CSI/", note.original_number,
    )  # fmt: skip
    assert debt(trader, late) == 1050
    assert balance(trader, "interest_income") == 0
    with refused(trader, AlreadyBilled):
        trader.run("interest.reverse_interest", given)
    again = bill(trader, late, 11).notes[0]
    assert again.amount == note.amount
    listed = trader.run("interest.list_notes").rows
    assert [(x.number, x.standing, x.reversal_number) for x in listed] == [
        (again.number, "billed", ""), (note.number, "reversed", back.number),
    ]  # fmt: skip
    assert broken_promises() == []


def test_days_of_a_note_that_was_taken_back_are_billed_between_others(trader: Shop, late):
    first = bill(trader, late, 11).notes[0]
    second = bill(trader, late, 21).notes[0]
    bill(trader, late, 31)
    given = {"note_id": second.id, "reason": "Waived by mistake"}
    trader.run("interest.reverse_interest", given, at=on(trader, 31))
    (row,) = owed(trader, 31).rows
    assert (row.amount, row.days) == (second.amount, 10)
    assert len(owed(trader, 41).rows) == 2
    trader.run("interest.reverse_interest", given | {"note_id": first.id}, at=on(trader, 31))
    spans = sorted((x.from_day, x.to_day) for x in owed(trader, 41).rows)
    assert [(to - since).days + 1 for since, to in spans] == [20, 10]
    (note,) = bill(trader, late, 41).notes
    assert note.amount == interest(1050, 20) + interest(1050, 10)
    assert owed(trader, 41).rows == []
    standing = rows(
        trader, "select from_day, to_day from interest_charge where reversed_on is null"
    )
    assert sum((x["to_day"] - x["from_day"]).days + 1 for x in standing) == 40
    assert broken_promises() == []


def test_money_between_billed_days_spares_only_the_days_after_it(trader: Shop, late):
    first = bill(trader, late, 11).notes[0]
    given = {"party_id": late, "amount": "650.00", "method": "bank"}
    trader.run("payments.receive_payment", given, at=on(trader, 16))
    bill(trader, late, 21)
    back = {"note_id": first.id, "reason": "Typed for another"}
    trader.run("interest.reverse_interest", back, at=on(trader, 21))
    (row,) = owed(trader, 21).rows
    assert row.amount == interest(1050, 10)


def test_goods_still_come_back_at_what_they_cost_after_interest(trader: Shop, late):
    bill(trader, late, 11)
    (invoice,) = rows(trader, "select id from invoice where kind = 'tax_invoice'"
                              " and origin_type = 'sales_invoice'")  # fmt: skip
    lines = [{"line_no": 1, "quantity": 10}]
    given = {"invoice_id": invoice["id"], "lines": lines, "reason": "Broken"}
    note = trader.run("billing.take_back_goods", given, at=on(trader, 12))
    assert note.total == 1050
    assert broken_promises() == []


def test_interest_bears_no_interest(trader: Shop, late):
    bill(trader, late, 11)
    numbers = {x.number for x in owed(trader, 200).rows}
    assert len(numbers) == 1
    assert not any(number.startswith("DSI") for number in numbers)


@pytest.mark.parametrize("percent", ["0", None])
def test_without_a_rate_nothing_is_owed_and_the_refusal_says_where_to_set_it(
    trader: Shop, percent: str | None
):
    customer = owing(trader, 2)
    if percent:
        given = {"levels": LADDER, "interest_percent": percent}
        trader.run("payments.set_reminder_rule", given)
    assert owed(trader, 40).rows == []
    with refused(trader, NoRate) as caught:
        bill(trader, customer, 40)
    assert "reminders" in caught.value.message


def test_days_that_are_not_over_and_strangers_are_refused(trader: Shop, late, stranger: Shop):
    with refused(trader, InvalidInput) as caught:
        bill(trader, late, 5, until=on(trader, 6).date())
    assert "until" in caught.value.fields
    note = bill(trader, late, 11).notes[0]
    stranger.run("payments.set_reminder_rule", {"levels": LADDER, "interest_percent": "18"})
    with refused(stranger, UnknownParty):
        stranger.run("interest.bill_interest", {"party_id": late})
    with refused(stranger, UnknownCharge):
        given = {"note_id": note.id, "reason": "x"}
        stranger.run("interest.reverse_interest", given)
    assert stranger.run("interest.list_notes").rows == []
    with refused(trader, PermissionDenied):
        given = {"party_id": late}
        trader.run("interest.bill_interest", given, by=trader.acting_as("auditor"))


def test_what_is_no_invoice_is_shown_with_its_reason_and_not_billed(trader: Shop, late):
    day = trader.ctx.today
    content = (
        "kind,code,debit,credit,bill,bill_date,due_date\n"
        f"customer,{code_of(trader, late)},500.00,,OLD-1,{day - timedelta(days=60)},{day}\n"
    )
    trader.run("accounting.import_opening", {"opening_on": str(day), "content": content})
    found = {bool(x.problem): x for x in owed(trader, 11).rows}
    assert "no invoice" in found[True].problem
    assert found[False].problem == ""
    assert len(bill(trader, late, 11).notes) == 1


def code_of(shop: Shop, customer) -> str:
    code: str = rows(shop, "select code from party where id = %s", customer)[0]["code"]
    return code


@pytest.mark.usefixtures("late")
def test_a_cancelled_invoice_owes_no_interest(trader: Shop):
    (invoice,) = rows(trader, "select id from invoice where kind = 'tax_invoice'"
                              " and origin_type = 'sales_invoice'")  # fmt: skip
    given = {"invoice_id": invoice["id"], "reason": "Wrong customer"}
    trader.run("billing.cancel_invoice", given, at=on(trader, 3))
    assert owed(trader, 20).rows == []


def test_an_invoice_of_interest_days_is_met_by_notes_and_not_cancelled(trader: Shop, late):
    bill(trader, late, 11)
    (invoice,) = rows(trader, "select id from invoice where kind = 'tax_invoice'"
                              " and origin_type = 'sales_invoice'")  # fmt: skip
    given = {"invoice_id": invoice["id"], "reason": "x"}
    with pytest.raises(DomainError, match="note"):
        trader.run("billing.cancel_invoice", given, at=on(trader, 12))


@pytest.mark.parametrize("amount", ["0.01", "0.99", "100.00", "33.33"])
def test_shares_add_up_to_the_interest(amount: str):
    worth = {("taxable", Decimal(5)): Decimal("33.33"), ("taxable", Decimal(18)): Decimal("66.67"),
             ("exempt", Decimal(0)): Decimal("12.01")}  # fmt: skip
    shares = shared_out(Decimal(amount), worth)
    assert sum(shares.values()) == Decimal(amount)
    assert all(share >= 0 for share in shares.values())
    nothing = dict.fromkeys(worth, Decimal(0))
    assert sum(shared_out(Decimal(amount), nothing).values()) == Decimal(amount)


def test_the_database_lets_no_day_be_billed_twice_and_no_charge_change(
    trader: Shop, late, database_url: str
):
    bill(trader, late, 21)
    with psycopg.connect(database_url, autocommit=True) as connection:
        doubled = (
            "insert into interest_charge (tenant_id, id, company_id, party_id, item_id, invoice_id,"
            " note_id, from_day, to_day, percent, amount, user_id) select tenant_id, gen_random_uuid(),"
            " company_id, party_id, item_id, invoice_id, note_id, from_day + 3, to_day + 3, percent,"
            " amount, user_id from interest_charge where tenant_id = %s"
        )
        with pytest.raises(psycopg.errors.CheckViolation, match="interest on these days is billed"):
            connection.execute(doubled, (trader.ctx.tenant_id,))
        with pytest.raises(psycopg.errors.CheckViolation, match="never changed"):
            connection.execute("update interest_charge set amount = amount + 1")
