"""A statement is brought in whole or not at all, nothing twice, and nothing between two is missing."""

from datetime import timedelta
from decimal import Decimal

import pytest

from erp.core.errors import InvalidInput, PermissionDenied
from erp.services import banking
from tests.factories import Shop, broken_promises
from tests.services.banking.statements import (
    bank_account,
    bring,
    csv_of,
    days_ago,
    declined,
    reconciliation,
    upload,
    waiting,
)
from tests.services.banking.test_reading import CAMT, OFX1
from tests.services.unchanged import refused


@pytest.fixture
def account(trader: Shop):
    return bank_account(trader)


def lines(shop, *amounts, first=5, text="NEFT"):
    return [(days_ago(shop, first - at), f"{text} {at}", "", a) for at, a in enumerate(amounts)]


def test_overlapping_statements_bring_nothing_twice(trader, account):
    made = lines(trader, 500, -20, 300, 300, -5)
    made[3] = made[2]
    first = bring(trader, account, csv_of("1000", *made[:3]))
    assert (first.lines, first.known, first.opening, first.closing) == (3, 0, 1000, 1780)
    kinds = [(line.kind, line.amount) for line in waiting(trader, account)]
    assert kinds[0] == ("opening", 1000)
    second = bring(trader, account, csv_of("1480", *made[2:]))
    assert (second.lines, second.known, second.closing) == (2, 1, 2075)
    with declined(trader, banking.NothingNew, "All 2 lines are known"):
        bring(trader, account, csv_of("1480", *made[2:4]))
    found = reconciliation(trader, account)
    assert (found.said_by_bank, found.statement_closing, found.difference) == (2075, 2075, 0)
    statements = trader.run("banking.list_statements", {"bank_account_id": account}).rows
    assert [row.known_count for row in statements] == [1, 0]
    assert broken_promises() == []


def test_the_same_file_is_recognised(trader, account):
    content = csv_of("0", *lines(trader, 5))
    kept = upload(trader, account, content)
    again = upload(trader, account, content, "other-name.csv")
    assert (again.id, kept.is_known, again.is_known) == (kept.id, False, True)


def test_a_statement_between_two_must_come_first(trader, account):
    bring(trader, account, csv_of("1000", *lines(trader, 500)))
    later = csv_of("9000", *lines(trader, 1, first=1))
    with declined(trader, banking.StatementMissing, r"begins with ₹9,000.00, .*₹1,500.00"):
        bring(trader, account, later)
    with declined(trader, banking.WrongStatement, "This one is older"):
        bring(trader, account, csv_of("0", *lines(trader, 1000, first=9)))
    changed = csv_of("1000", *lines(trader, 500, 7))
    with declined(trader, banking.WrongStatement, "stand in the file differently"):
        bring(trader, account, changed, closing="1600.00", opening="1093.00")


def test_balances_are_held_against_each_other_and_asked_for(trader, account):
    head = "Date,Narration,Amount"
    day = days_ago(trader, 1)
    content = f"{head}\n{day:%d/%m/%Y},NEFT,500\n".encode()
    with declined(trader, banking.WrongStatement, "Type the balance before"):
        bring(trader, account, content)
    with declined(trader, banking.UnprovenStatement, r"confirm ₹600.00"):
        bring(trader, account, content, opening="100.00")
    with declined(trader, banking.WrongStatement, "is not the opening"):
        bring(trader, account, content, opening="100.00", closing="601.00")
    made = bring(trader, account, content, opening="100.00", confirm=["unproven_statement"])
    assert made.closing == 600
    more = f"{head}\n{trader.ctx.today:%d/%m/%Y},NEFT,1\n".encode()
    assert bring(trader, account, more, closing="601.00").opening == 600


def test_a_file_with_a_bad_row_brings_nothing_and_says_where(trader, account):
    content = csv_of("0", *lines(trader, 5, 6)).replace(b"5.00,5.00", b"five,5.00")
    given = {"file_id": upload(trader, account, content).id}
    seen = trader.run("banking.preview_statement", given)
    assert (seen.problems, seen.refusal_code) == (1, "wrong_statement")
    assert seen.rows[0].problem == "Deposit Amt.: five is no amount."
    with refused(trader, banking.WrongStatement) as caught:
        trader.run("banking.import_statement", given)
    assert "rows.4.Deposit Amt." in caught.value.fields
    with pytest.raises(InvalidInput, match="not so many columns"):
        trader.run("banking.preview_statement", given | {"columns": {"date": 40}})


def test_how_a_file_was_read_is_kept_for_the_next(trader, account):
    head = "When,What,Ref,Out,In,Left"
    first = csv_of("0", *lines(trader, 5), head=head)
    columns = {"date": 0, "text": 1, "reference": 2, "debit": 3, "credit": 4, "balance": 5}
    kept = upload(trader, account, first)
    assert (
        "No row moves money"
        in trader.run("banking.preview_statement", {"file_id": kept.id}).refusal
    )
    bring(trader, account, first, columns=columns, date_order="dmy")
    second = csv_of("5", *lines(trader, 7, first=1), head=head)
    seen = trader.run("banking.preview_statement", {"file_id": upload(trader, account, second).id})
    assert (seen.columns, seen.new, seen.refusal) == (columns, 1, "")


@pytest.mark.parametrize(
    ("content", "about", "says"),
    [
        (OFX1, {"number": "999900001111"}, "of account 50200012345678"),
        (OFX1, {"ifsc": "SBIN0000001"}, "of branch HDFC0000001"),
        (CAMT, {"number": "999900001111"}, "of account 50200012345678"),
        (CAMT.replace(b'"INR"', b'"USD"'), {}, "in INR USD"),
        (OFX1.replace(b"<CURDEF>INR", b"<CURDEF>USD"), {}, "in USD"),
        (CAMT.replace(b"420.00", b"42.00"), {}, "is not the opening"),
    ],
)
def test_a_statement_of_another_account_is_refused(trader, content, about, says):
    account = bank_account(trader, **about)
    with declined(trader, banking.WrongStatement, says):
        bring(trader, account, content)


@pytest.mark.parametrize("content", [OFX1, CAMT])
def test_standard_formats_are_imported(trader, content):
    made = bring(trader, bank_account(trader), content)
    assert (made.lines, made.opening, made.closing) == (2, 1000, 1370)
    assert broken_promises() == []


def test_an_account_is_a_ledger_account_of_a_bank_and_only_one(trader, account):
    with refused(trader, banking.AccountTaken):
        bank_account(trader)
    for key in ("cash", "cheques_in_hand", "nothing"):
        with refused(trader, banking.NoBankAccount):
            bank_account(trader, account_key=key)
    given = {"bank_account_id": account, "name": "Main", "bank_name": "B", "number": "12345"}
    trader.run("banking.change_account", given)
    (row,) = trader.run("banking.list_accounts").rows
    assert (row.name, row.number, row.until, row.at_bank) == ("Main", "12345", None, Decimal(0))
    with refused(trader, PermissionDenied):
        trader.run("banking.change_account", given, by=trader.acting_as("manager"))


def test_the_first_statement_may_lie_at_the_beginning_of_the_calendar(trader, account):
    first = bring(trader, account, b"Date,Text,Amount,Balance\n0001-01-01,x,5.00,15.00\n")
    assert first.opening == 10
    later = trader.ctx.now + timedelta(days=1)
    assert trader.run(
        "banking.suggest_matches", {"bank_line_id": waiting(trader, account)[1].id}, at=later
    )
    found = reconciliation(trader, account, as_of="9999-12-31")
    assert found.difference == 0
