"""A supplier's commercial credit note: owed less, without tax, once per number."""

from datetime import timedelta

import pytest

from erp.core.errors import PermissionDenied
from erp.services.payments import NoteKnown, WrongDay
from tests.factories import Shop, broken_promises
from tests.services.billing.bills.billing import registered
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
