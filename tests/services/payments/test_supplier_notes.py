"""A supplier's commercial credit note: owed less, without tax, once per number."""

from datetime import timedelta

import pytest

from erp.core.errors import PermissionDenied
from erp.services.payments import NoteKnown, NoteReversed, UnknownNote, WrongDay
from tests.factories import Shop, broken_promises
from tests.services.billing.bills.billing import bill, billed, came, goods, registered
from tests.services.books import balance
from tests.services.unchanged import refused


def note(shop: Shop, supplier, **more):
    given = {"supplier_id": supplier, "number": "TOD/7", "amount": "500.00"}
    return shop.run("payments.record_supplier_note", given | more)


def test_a_note_lowers_what_is_owed_and_waits_to_be_matched(trader: Shop):
    supplier = registered(trader, name="SBL Agencies")
    note(trader, supplier, note="Turnover 2025-26")
    assert (balance(trader, "creditors"), balance(trader, "purchase_discounts")) == (500, -500)
    asked = {"party_id": supplier, "ledger": "supplier"}
    found = trader.run("payments.list_items", asked)
    assert (found.unapplied, found.rows[0].narration) == (
        500, "Credit note TOD/7 of SBL Agencies: Turnover 2025-26",
    )  # fmt: skip
    assert broken_promises() == []


def test_a_number_comes_once_however_it_is_written(trader: Shop):
    supplier, other = registered(trader, name="SBL"), registered(trader, name="Bakson")
    note(trader, supplier)
    with refused(trader, NoteKnown, "number"):
        note(trader, supplier, number="tod/7", amount="9.00")
    note(trader, other)
    assert balance(trader, "creditors") == 1000


def test_a_day_to_come_and_whoever_may_not_pay_are_refused(trader: Shop):
    supplier = registered(trader, name="SBL")
    with refused(trader, WrongDay, "noted_on"):
        note(trader, supplier, noted_on=str(trader.ctx.today + timedelta(days=1)))
    given = {"supplier_id": supplier, "number": "1", "amount": "5.00"}
    with pytest.raises(PermissionDenied):
        trader.run("payments.record_supplier_note", given, by=trader.acting_as("manager"))


def reverse(shop: Shop, note_id, **more):
    given = {"note_id": note_id, "reason": "Wrong amount"}
    return shop.run("payments.reverse_supplier_note", given, **more)


def listed(shop: Shop, supplier):
    return shop.run("payments.list_supplier_notes", {"supplier_id": supplier}).rows


def test_a_note_is_taken_back_once_and_its_number_recorded_again(trader: Shop):
    supplier = registered(trader, name="SBL")
    made = note(trader, supplier)
    reverse(trader, made.id)
    assert (balance(trader, "creditors"), balance(trader, "purchase_discounts")) == (0, 0)
    account = trader.run("payments.list_items", {"party_id": supplier, "ledger": "supplier"})
    assert account.rows == []
    with refused(trader, NoteReversed, "note_id"):
        reverse(trader, made.id)
    again = note(trader, supplier, amount="450.00")
    with refused(trader, NoteKnown, "number"):
        note(trader, supplier)
    reverse(trader, again.id)
    third = note(trader, supplier, amount="460.00")
    found = listed(trader, supplier)
    assert [(row.id, row.amount, row.reversed_on is None) for row in found] == [
        (third.id, 460, True), (again.id, 450, False), (made.id, 500, False),
    ]  # fmt: skip
    assert broken_promises() == []


def test_bills_that_a_note_settled_are_open_again(trader: Shop):
    supplier = registered(trader)
    bill(trader, "378.00", billed(came(trader, goods(trader, 10)), 6, "60"))
    asked = {"party_id": supplier, "ledger": "supplier"}
    made = note(trader, supplier, amount="100.00")
    trader.run("payments.match_items", asked)
    assert trader.run("payments.list_items", asked).owed == 278
    reverse(trader, made.id)
    found = trader.run("payments.list_items", asked)
    assert (found.owed, found.unapplied) == (378, 0)
    assert broken_promises() == []


def test_a_note_is_taken_back_by_who_may_pay_and_not_by_strangers(trader: Shop, stranger: Shop):
    made = note(trader, registered(trader))
    with refused(stranger, UnknownNote, "note_id"):
        reverse(stranger, made.id)
    with pytest.raises(PermissionDenied):
        reverse(trader, made.id, by=trader.acting_as("manager"))
