"""A line of the bank, and one of the books, is matched once, however many accept it at the same time."""

from functools import partial

from erp.services.banking import AlreadyMatched, NothingNew
from tests.concurrency.crowd import at_once, refusals
from tests.factories import Shop, broken_promises
from tests.services.banking.statements import bank_account, csv_of, line_of, suggested, upload
from tests.services.books import balance


def test_a_line_is_accepted_by_one_of_many(trader: Shop):
    line = line_of(trader, bank_account(trader), -118)
    part = {"account_key": "bank_charges", "amount": "-118.00"}
    given = {"bank_line_id": line.id, "lines": [part]}
    answers = at_once([partial(trader.run, "banking.book_line", given)] * 5)
    assert refusals(answers, AlreadyMatched) == 4
    assert balance(trader, "bank_charges") == 118
    assert broken_promises() == []


def test_an_entry_is_one_line_of_many(trader: Shop):
    account = bank_account(trader)
    lines = [{"account_key": "bank", "debit": "7.00"}, {"account_key": "capital", "credit": "7.00"}]
    given = {"effective_on": trader.ctx.today, "narration": "x", "lines": lines}
    trader.run("accounting.post_manual_entry", given)
    waits = [line_of(trader, account, 7, f"NEFT {at}") for at in range(4)]
    accepting = [suggested(trader, line)[0].given for line in waits]
    answers = at_once([partial(trader.run, "banking.match_lines", one) for one in accepting])
    assert refusals(answers, AlreadyMatched) == 3
    assert broken_promises() == []


def test_a_statement_is_imported_once_by_many(trader: Shop):
    account = bank_account(trader)
    kept = upload(trader, account, csv_of("0", (trader.ctx.today, "NEFT", "", 7)))
    given = {"file_id": kept.id}
    answers = at_once([partial(trader.run, "banking.import_statement", given)] * 4)
    assert refusals(answers, NothingNew) == 3
    assert trader.run("banking.get_account", {"bank_account_id": account}).at_bank == 7
    assert broken_promises() == []
