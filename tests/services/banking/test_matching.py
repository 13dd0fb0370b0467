"""Lines of the bank become lines of the books: by suggestion, by hand, and back again."""

from dataclasses import replace
from decimal import Decimal

import pytest
from psycopg.errors import CheckViolation

from erp.adapters.pdf.reconciliation import agreement
from erp.core import db
from erp.core.errors import InvalidInput, PermissionDenied
from erp.core.ids import new_id
from erp.models.banking import BankMatchMember
from erp.services import banking
from erp.services.accounting import KeptAccount
from tests.factories import Shop, broken_promises
from tests.services.banking.statements import (
    accept,
    bank_account,
    bring,
    csv_of,
    days_ago,
    declined,
    line_of,
    reconciliation,
    suggested,
    waiting,
)
from tests.services.books import balance
from tests.services.payments.paying import owing, receive
from tests.services.unchanged import refused

CHARGES = [
    {"account_key": "bank_charges", "amount": "-100.00"},
    {"account_key": "input_cgst", "amount": "-9.00"},
    {"account_key": "input_sgst", "amount": "-9.00"},
]


@pytest.fixture
def account(trader: Shop):
    return bank_account(trader)


def entry_lines(shop, account):
    return shop.run("banking.list_waiting", {"bank_account_id": account}).rows


def book(shop, line, lines, **more):
    given = {"bank_line_id": line.id, "lines": lines} | more
    return shop.run("banking.book_line", given).id


def posted(shop, match_id):
    """Return the lines that a match booked, above zero where debited."""
    with db.unit_of_work(shop.ctx) as session:
        rows = db.fetch_all(
            session,
            "select a.key, l.debit - l.credit as amount from bank_match m join journal_line l"
            " on (l.tenant_id, l.entry_id) = (m.tenant_id, m.entry_id) join account a"
            " on (a.tenant_id, a.id) = (l.tenant_id, l.account_id) where m.id = %s",
            (match_id,),
        )
    return {row["key"]: row["amount"] for row in rows}


def test_a_payment_that_is_recorded_comes_before_invoices_of_its_amount(trader, account):
    customer = owing(trader, 4, 4, name="Nirmala Stores")
    receive(trader, customer, "420.00", reference="UTR998877", settles=[])
    line = line_of(trader, account, 420, "NEFT CR UTR998877 NIRMALA STORES")
    first, *others = suggested(trader, line)
    assert first.action == "banking.match_lines"
    assert first.reasons[1:] == ["UTR998877 stands in the bank's text", "Nirmala Stores is named"]
    debts = [row for row in others if row.action == "banking.receive_for_line"]
    assert debts
    assert all(row.is_ambiguous and row.score < first.score for row in debts)
    accept(trader, first)
    assert waiting(trader, account) == []
    assert (balance(trader, "bank"), reconciliation(trader, account).open_in_books) == (420, 0)
    assert broken_promises() == []


def test_an_open_invoice_is_received_for_a_line_and_ambiguity_is_said(trader, account):
    customer = owing(trader, 4, 4, name="Nirmala Stores")
    line = line_of(trader, account, 420, "NEFT CR 000123")
    first = suggested(trader, line)[0]
    assert first.is_ambiguous
    assert "2 invoices have this amount" in first.reasons
    items = trader.run("payments.list_items", {"party_id": customer}).rows
    number = items[1].narration.rpartition(" ")[2]
    named = line_of(trader, account, 420, f"NEFT CR {number} NIRMALA", "UTR7001")
    best = suggested(trader, named)[0]
    assert (best.is_ambiguous, best.action) == (False, "banking.receive_for_line")
    assert best.given["settles"][0]["item_id"] == str(items[1].id)
    done = accept(trader, best)
    payment = trader.run("payments.get_payment", {"payment_id": done.payment_id})
    assert (payment.reference, payment.unapplied) == ("UTR7001", 0)
    with declined(trader, banking.NotEqual, "Money came"):
        given = {"bank_line_id": line.id, "party_id": customer}
        trader.run("banking.pay_for_line", given)
    assert broken_promises() == []


def test_a_payment_of_somebody_else_does_not_come_before_an_invoice_that_is_named(trader, account):
    other = owing(trader, 4, name="Kulkarni Sons")
    receive(trader, other, "420.00", paid_on=str(days_ago(trader, 20)))
    customer = owing(trader, 4, name="Nirmala Stores")
    (item,) = trader.run("payments.list_items", {"party_id": customer}).rows
    number = item.narration.rpartition(" ")[2]
    line = line_of(trader, account, 420, f"NEFT CR {number}")
    first = suggested(trader, line)[0]
    assert (first.given.get("party_id"), first.is_ambiguous) == (str(customer), False)
    receive(trader, customer, "420.00", paid_on=str(days_ago(trader, 3)), settles=[])
    (named,) = [
        row
        for row in suggested(trader, line)
        if row.title.endswith("Nirmala Stores") and "settles" in row.given
    ]
    assert named.is_ambiguous
    assert named.reasons[-1] == "A payment of this party is in the books already"


def test_a_whole_balance_and_a_bill_are_found_by_amount(trader, account):
    owing(trader, 4, 3, name="Nirmala Stores")
    line = line_of(trader, account, 735, "RTGS NIRMALA")
    assert suggested(trader, line)[0].title == "The whole balance of Nirmala Stores"


def test_entries_of_a_day_are_taken_together(trader, account):
    customer = owing(trader, 8)
    for amount in ("100.00", "20.00"):
        receive(trader, customer, amount, paid_on=str(days_ago(trader, 1)))
    line = line_of(trader, account, 120, "CMS DEPOSIT")
    first = suggested(trader, line)[0]
    assert first.title.startswith("All 2 entries of")
    accept(trader, first)
    assert broken_promises() == []


def test_a_cheque_is_cleared_on_the_banks_day(trader, account):
    customer = owing(trader, 4)
    before = str(days_ago(trader, 1))
    cheque = {"method": "cheque", "reference": "004512", "cheque_on": before, "paid_on": before}
    receive(trader, customer, "420.00", **cheque)
    line = line_of(trader, account, 420, "CLG CHQ 4512")
    first = suggested(trader, line)[0]
    assert (first.action, first.is_ambiguous) == ("banking.clear_cheque", False)
    accept(trader, first)
    assert (balance(trader, "cheques_in_hand"), balance(trader, "bank")) == (0, 420)
    assert broken_promises() == []


@pytest.mark.parametrize(
    ("method", "taken", "came", "booked"),
    [
        ("upi", 5075, "5075.00", {"bank": "5075.00", "upi_clearing": "-5075.00"}),
        (
            "card",
            3000,
            "2946.90",
            {"bank": "2946.90", "card_clearing": "-3000.00", "gateway_charges": "45.00",
             "input_cgst": "4.05", "input_sgst": "4.05"},
        ),
    ],
)  # fmt: skip
def test_takings_come_to_the_bank_as_in_the_examples(trader, account, method, taken, came, booked):
    """Journals J09 and J10 of the domain rules."""
    key = f"{method}_clearing"
    lines = [
        {"account_key": key, "debit": str(taken)},
        {"account_key": "capital", "credit": str(taken)},
    ]
    given = {"effective_on": days_ago(trader, 1), "narration": "Takings", "lines": lines}
    trader.run("accounting.post_manual_entry", given)
    bring(trader, account, csv_of("0", (trader.ctx.today, f"{method} settlement", "", float(came))))
    first = suggested(trader, waiting(trader, account)[0])[0]
    done = accept(trader, first)
    assert posted(trader, done.id) == {key: Decimal(amount) for key, amount in booked.items()}
    again = line_of(trader, account, float(came), f"{method} settlement again")
    assert all(row.action != "banking.book_line" for row in suggested(trader, again))
    trader.run("banking.unmatch", {"match_id": done.id, "reason": "x", "take_back": True})
    assert suggested(trader, again)[0].title == first.title
    assert broken_promises() == []


@pytest.mark.parametrize(("method", "proposed"), [("card", 1), ("upi", 0)])
def test_a_transfer_a_little_below_a_days_takings_brings_no_charge_unasked(
    trader, account, method, proposed
):
    lines = [
        {"account_key": f"{method}_clearing", "debit": "3000"},
        {"account_key": "capital", "credit": "3000"},
    ]
    given = {"effective_on": days_ago(trader, 1), "narration": "Takings", "lines": lines}
    trader.run("accounting.post_manual_entry", given)
    bring(trader, account, csv_of("0", (trader.ctx.today, "NEFT KULKARNI", "", 2946.90)))
    found = suggested(trader, waiting(trader, account)[0])
    assert [(row.is_ambiguous, row.reasons[-1]) for row in found] == [
        (True, "The bank's text speaks of no takings")
    ] * proposed


def test_a_payment_by_upi_is_found_by_its_reference(trader, account):
    customer = owing(trader, 4)
    for reference in ("632710045511", "632710045512"):
        receive(trader, customer, "210.00", method="upi", reference=reference)
    line = line_of(trader, account, 210, "UPI/632710045512/ASHA")
    first = suggested(trader, line)[0]
    assert first.reasons == ["Its reference 632710045512 stands in the bank's text"]
    accept(trader, first)
    assert (balance(trader, "bank"), balance(trader, "upi_clearing")) == (210, 210)
    again = line_of(trader, account, 210, "UPI/632710045512/ASHA again")
    assert all("reference" not in row.reasons[0] for row in suggested(trader, again))
    other = line_of(trader, account, 210, "UPI/632710045511/ASHA")
    accept(trader, suggested(trader, other)[0])
    assert suggested(trader, again) == [] or all(
        row.action != "banking.book_line" for row in suggested(trader, again)
    )
    assert broken_promises() == []


def test_the_beginning_is_everything_in_the_books_or_a_difference(trader, account):
    owner = [
        {"account_key": "bank", "debit": "900.00"},
        {"account_key": "capital", "credit": "900.00"},
    ]
    given = {"effective_on": days_ago(trader, 9), "narration": "Brought in", "lines": owner}
    trader.run("accounting.post_manual_entry", given)
    bring(trader, account, csv_of("1000", (days_ago(trader, 5), "x", "", 5)))
    opening = waiting(trader, account)[0]
    (differs,) = suggested(trader, opening)
    assert "The books have ₹900.00 in 1 entry; the bank says ₹1,000.00" in differs.reasons
    done = accept(trader, differs)
    assert balance(trader, "opening_difference") == -100
    trader.run("banking.unmatch", {"match_id": done.id, "reason": "x", "take_back": True})
    missing = [
        {"account_key": "bank", "debit": "100.00"},
        {"account_key": "capital", "credit": "100.00"},
    ]
    trader.run("accounting.post_manual_entry", given | {"lines": missing})
    (equal,) = suggested(trader, opening)
    assert (equal.score, equal.action) == (95, "banking.match_lines")
    accept(trader, equal)
    assert broken_promises() == []


def test_a_line_is_booked_to_the_paisa_and_taken_back(trader, account):
    line = line_of(trader, account, -118, "ACCOUNT CHARGES")
    with declined(trader, banking.NotEqual, "The parts are -₹100.00, but -₹118.00"):
        book(trader, line, CHARGES[:1])
    with refused(trader, KeptAccount, "lines.0.account_key"):
        book(trader, line, [{"account_key": "inventory", "amount": "-118.00"}])
    with refused(trader, InvalidInput, "lines.0.account_key"):
        book(trader, line, [{"account_key": "bank", "amount": "-118.00"}])
    match_id = book(trader, line, CHARGES)
    assert (balance(trader, "bank"), balance(trader, "bank_charges")) == (-118, 100)
    with refused(trader, banking.AlreadyMatched):
        book(trader, line, CHARGES)
    undo = {"match_id": match_id, "reason": "Wrong account", "take_back": True}
    trader.run("banking.unmatch", undo | {"take_back": False})
    assert [row.origin_id for row in entry_lines(trader, account)] == [match_id]
    trader.run("banking.unmatch", undo)
    assert (balance(trader, "bank"), balance(trader, "input_cgst")) == (0, 0)
    found = reconciliation(trader, account)
    assert (found.per_books, found.not_in_books, found.open_in_books) == (0, -118, 0)
    with refused(trader, banking.NotUndoable):
        trader.run("banking.unmatch", undo)
    book(trader, line, CHARGES)
    assert broken_promises() == []


def test_a_payment_and_what_took_it_back_are_matched_without_the_bank(trader, account):
    customer = owing(trader, 4)
    paid = receive(trader, customer, "420.00")
    trader.run("payments.reverse_payment", {"payment_id": paid.id, "reason": "Typed twice"})
    named = [
        {"entry_id": row.entry_id, "line_no": row.line_no} for row in entry_lines(trader, account)
    ]
    given = {"bank_account_id": account, "ledger_lines": named}
    with declined(trader, banking.NotEqual, "differ by ₹420.00|belong together"):
        trader.run("banking.match_lines", given | {"ledger_lines": named[:1]})
    trader.run("banking.match_lines", given)
    assert entry_lines(trader, account) == []
    with refused(trader, banking.AlreadyMatched):
        trader.run("banking.match_lines", given)
    assert broken_promises() == []


def test_a_reconciliation_of_any_day_leads_from_the_books_to_the_bank(trader, account):
    customer = owing(trader, 8)
    for amount in ("300.00", "77.00"):
        receive(trader, customer, amount, paid_on=str(days_ago(trader, 4)))
    one = trader.run("banking.list_waiting", {"bank_account_id": account, "limit": 1})
    next_ = {"bank_account_id": account, "cursor": one.next_cursor}
    assert [*one.rows, *trader.run("banking.list_waiting", next_).rows] == entry_lines(
        trader, account
    )
    bring(
        trader,
        account,
        csv_of("0", (days_ago(trader, 2), "CMS", "", 300), (days_ago(trader, 1), "FEE", "", -10)),
    )
    accept(trader, suggested(trader, waiting(trader, account)[0])[0])
    before = reconciliation(trader, account, as_of=str(days_ago(trader, 3)))
    assert (before.per_books, before.not_at_bank, before.per_bank, before.said_by_bank) == (
        377,
        377,
        0,
        0,
    )
    now = reconciliation(trader, account)
    assert (now.per_books, now.not_at_bank, now.not_in_books, now.per_bank) == (377, 77, -10, 290)
    assert (now.difference, now.statement_closing) == (0, 290)
    assert (now.agrees, agreement(now)) == (True, "It agrees with the bank's statement.")
    assert (before.agrees, "no statement" in agreement(before)) == (None, True)
    assert "does not agree" in agreement(now.model_copy(update={"agrees": False}))
    assert [(row.side, row.amount, row.age_days) for row in now.lines] == [
        ("bank", -10, 0),
        ("books", 77, 3),
    ]
    asked = {"bank_account_id": account, "limit": 1}
    page = trader.run("banking.list_open_lines", asked)
    rest = trader.run("banking.list_open_lines", asked | {"cursor": page.next_cursor})
    assert [*page.rows, *rest.rows] == now.lines


def test_the_database_keeps_matches_balanced_and_unchanged(trader, account):
    line = line_of(trader, account, -118)
    match_id = book(trader, line, CHARGES)
    other = line_of(trader, account, 5)
    row = {"tenant_id": trader.tenant_id, "id": new_id(), "match_id": match_id, "bank_line_id": other.id,
           "amount": "5.00", "day": other.booked_on, "is_live": True}  # fmt: skip
    with pytest.raises(CheckViolation, match="same sum"), db.unit_of_work(trader.ctx) as session:
        db.insert_rows(session, BankMatchMember, [row])
    for change in (
        "update bank_match set kind = 'cheque'",
        "update bank_match set member_count = 9",
    ):
        with (
            pytest.raises(CheckViolation, match="only undone"),
            db.unit_of_work(trader.ctx) as session,
        ):
            db.execute(session, change)


def test_reconciling_takes_its_right_and_paying_one_more(trader, account):
    line = line_of(trader, account, 420)
    customer = owing(trader, 4)
    given = {"bank_line_id": line.id, "party_id": customer}
    manager = trader.acting_as("manager")
    with refused(trader, PermissionDenied):
        trader.run("banking.receive_for_line", given, by=manager)
    assert trader.run("banking.list_lines", {"bank_account_id": account}, by=manager).rows
    accountant = trader.acting_as("accountant")
    bare = accountant.permissions - {"payments.receive"}
    with refused(trader, PermissionDenied):
        trader.run("banking.receive_for_line", given, by=replace(accountant, permissions=bare))
    trader.run("banking.receive_for_line", given, by=accountant)


def test_an_opening_balance_that_was_taken_back_is_not_suggested(trader, account):
    """Neither it nor what took it back, alone, with its day, or as the beginning of the books."""
    content = "kind,code,debit,credit,bill,bill_date,due_date\naccount,1100,7,,,,\n"
    given = {"opening_on": days_ago(trader, 5), "content": content}
    trader.run("accounting.import_opening", given)
    bring(trader, account, csv_of("7", (days_ago(trader, 4), "NEFT", "", 7)))
    first, line = waiting(trader, account)
    assert suggested(trader, line)[0].action == "banking.match_lines"
    opening = trader.run("accounting.list_openings").rows[0].id
    trader.run("accounting.take_back_opening", {"opening_id": opening, "reason": "Wrong file"})
    offered = suggested(trader, line)
    assert [row for row in offered if row.action == "banking.match_lines"] == []
    (differs,) = suggested(trader, first)
    assert "₹0.00 in 0 entries" in differs.reasons[0]
    taken = line_of(trader, account, -7)
    assert [row for row in suggested(trader, taken) if row.action == "banking.match_lines"] == []
    accept(trader, differs)
    assert broken_promises() == []
