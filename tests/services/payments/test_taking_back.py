"""What is taken back leaves nothing open of itself, and stands in the branch that booked it."""

from decimal import Decimal

from erp.core import db
from erp.services.accounting import StaysMatched
from tests.factories import Shop, broken_promises
from tests.services.banking.statements import bank_account, line_of
from tests.services.billing.bills.billing import registered
from tests.services.books import balance
from tests.services.inventory.past_goods import second_branch
from tests.services.payments.paying import account, owing, receive
from tests.services.unchanged import refused


def booked_in(shop: Shop) -> dict[str, Decimal]:
    """Return the balances of the accounts of a shop's branch that are not zero."""
    with db.unit_of_work(shop.ctx) as session:
        rows = db.fetch_all(
            session,
            "select a.key, sum(l.debit - l.credit) as amount from journal_entry e"
            " join journal_line l on (l.tenant_id, l.entry_id) = (e.tenant_id, e.id)"
            " join account a on (a.tenant_id, a.id) = (l.tenant_id, l.account_id)"
            " where e.branch_id = %s group by a.key having sum(l.debit - l.credit) <> 0",
            (shop.ctx.branch_id,),
        )
    return {row["key"]: row["amount"] for row in rows}


def typed(shop: Shop, *lines: tuple[str, str, str], party=None):
    given = [
        {"account_key": key, "debit": debit, "credit": credit}
        | ({"party_id": party} if key in {"debtors", "creditors"} else {})
        for key, debit, credit in lines
    ]
    wanted = {"effective_on": shop.ctx.today, "narration": "Typed", "lines": given}
    return shop.run("accounting.post_manual_entry", wanted).id


def reverse(shop: Shop, entry_id, **more):
    wanted = {"entry_id": entry_id, "reason": "Typed wrong"}
    return shop.run("accounting.reverse_entry", wanted, **more).id


def test_a_cheque_is_banked_and_taken_back_in_the_branch_that_received_it(trader: Shop):
    far = second_branch(trader)
    customer = owing(trader, 4)
    about = {"method": "cheque", "reference": "000123", "cheque_on": str(trader.ctx.today)}
    paid = receive(trader, customer, "420.00", **about)
    far.run("payments.bank_cheque", {"payment_id": paid.id})
    assert booked_in(far) == {}
    assert booked_in(trader)["bank"] == 420
    far.run("payments.reverse_payment", {"payment_id": paid.id, "reason": "Bounced"})
    assert booked_in(far) == {}
    assert {"bank", "cheques_in_hand"}.isdisjoint(booked_in(trader))
    assert broken_promises() == []


def test_a_suppliers_note_is_taken_back_in_the_branch_that_recorded_it(trader: Shop):
    far, supplier = second_branch(trader), registered(trader)
    given = {"supplier_id": supplier, "number": "TOD/7", "amount": "500.00"}
    note = trader.run("payments.record_supplier_note", given)
    wanted = {"note_id": note.id, "reason": "Wrong amount"}
    far.run("payments.reverse_supplier_note", wanted)
    assert booked_in(far) == {}
    assert (balance(trader, "creditors"), broken_promises()) == (0, [])


def test_what_was_booked_for_a_line_is_taken_back_in_its_branch_and_opens_nothing(trader: Shop):
    far, customer = second_branch(trader), owing(trader, 4)
    line = line_of(trader, bank_account(trader), 420)
    parts = [{"account_key": "debtors", "amount": "420.00", "party_id": customer}]
    made = trader.run("banking.book_line", {"bank_line_id": line.id, "lines": parts})
    trader.run("payments.match_items", {"party_id": customer})
    assert account(trader, customer).rows == []
    undo = {"match_id": made.id, "reason": "Another's", "take_back": True}
    far.run("banking.unmatch", undo)
    assert booked_in(far) == {}
    found = account(trader, customer)
    assert (len(found.rows), found.owed, found.unapplied) == (1, 420, 0)
    assert broken_promises() == []


def test_a_typed_receipt_that_is_taken_back_opens_the_invoice_and_nothing_else(trader: Shop):
    customer = owing(trader, 4)
    made = typed(trader, ("bank", "420.00", "0"), ("debtors", "0", "420.00"), party=customer)
    trader.run("payments.match_items", {"party_id": customer})
    back = reverse(trader, made)
    found = account(trader, customer)
    assert [(row.origin_type, row.open) for row in found.rows] == [("sales_invoice", 420)]
    reverse(trader, back)
    found = account(trader, customer)
    assert (len(found.rows), found.owed, found.unapplied) == (2, 420, 420)
    assert broken_promises() == []


def test_a_typed_debt_that_is_taken_back_takes_no_later_money(trader: Shop):
    customer = owing(trader)
    made = typed(trader, ("debtors", "75.00", "0"), ("other_income", "0", "75.00"), party=customer)
    reverse(trader, made)
    assert account(trader, customer).rows == []
    paid = receive(trader, customer, "75.00")
    assert (paid.settled, paid.unapplied) == (0, 75)
    assert broken_promises() == []


def test_what_was_taken_back_stays_matched_with_what_took_it_back(trader: Shop):
    customer = owing(trader, 4)
    paid = receive(trader, customer, "420.00")
    taken = {"payment_id": paid.id, "reason": "Bounced"}
    trader.run("payments.reverse_payment", taken)
    items = account(trader, customer, is_open=False).rows
    pair = [item for item in items if item.origin_type == "payment"]
    assert [item.open for item in pair] == [0, 0]
    for item in pair:
        with refused(trader, StaysMatched, "item_id"):
            trader.run("payments.set_apart", {"item_id": item.id, "reason": "Again"})
    assert broken_promises() == []
