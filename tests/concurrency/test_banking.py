"""A line of the bank, and one of the books, is matched once, however many accept it at the same time."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from uuid import UUID

import psycopg
import pytest

from erp.core import db
from erp.services import accounting
from erp.services.accounting import OpeningInUse
from erp.services.banking import AlreadyMatched, EntryTakenBack, NothingNew
from tests.concurrency.crowd import at_once, refusals
from tests.factories import Shop, broken_promises
from tests.services.banking.statements import bank_account, csv_of, line_of, suggested, upload
from tests.services.books import balance
from tests.services.trading import rows


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


def opened(shop: Shop, day: date) -> tuple[UUID, UUID]:
    """Import what the bank owed; return the import, and its entry."""
    content = "kind,code,debit,credit,bill,bill_date,due_date\naccount,1100,7,,,,\n"
    shop.run("accounting.import_opening", {"opening_on": day, "content": content})
    standing = shop.run("accounting.list_openings").rows[0]
    (entry,) = rows(
        shop,
        "select e.id from journal_entry e where e.recorded_at = %s and e.purpose = 'accounts'",
        standing.imported_at,
    )
    return standing.id, entry["id"]


def test_an_opening_is_taken_back_or_matched_and_never_both(trader: Shop):
    account = bank_account(trader)
    for at in range(4):
        opening_id, entry_id = opened(trader, trader.ctx.today)
        line = line_of(trader, account, 7, f"NEFT {at}")
        (of_bank,) = rows(
            trader,
            "select l.line_no from journal_line l join account a on a.id = l.account_id"
            " where l.entry_id = %s and a.key = 'bank'",
            entry_id,
        )
        match = {
            "bank_account_id": account,
            "bank_lines": [{"bank_line_id": line.id}],
            "ledger_lines": [{"entry_id": entry_id, "line_no": of_bank["line_no"]}],
        }
        back = {"opening_id": opening_id, "reason": "Wrong file"}
        answers = at_once(
            [
                partial(trader.run, "banking.match_lines", match),
                partial(trader.run, "accounting.take_back_opening", back),
            ]
        )
        assert refusals(answers, (OpeningInUse, EntryTakenBack)) == 1
        if not isinstance(answers[0], EntryTakenBack):
            undone = {"match_id": answers[0].id, "reason": "Again"}
            trader.run("banking.unmatch", undone)
            trader.run("accounting.take_back_opening", back)
        with pytest.raises(EntryTakenBack):
            trader.run("banking.match_lines", match)
    assert broken_promises() == []


def until_blocked(owner: psycopg.Connection) -> bool:
    """Wait until somebody waits for a lock."""
    waiting = "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
    until = time.monotonic() + 20
    while owner.execute(waiting).fetchone() is None:
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def test_matching_waits_for_an_import_that_is_being_taken_back(
    trader: Shop, owner: psycopg.Connection
):
    """The bank is held before the import looks whether anything rests on it."""
    account = bank_account(trader)
    opening_id, entry_id = opened(trader, trader.ctx.today)
    line = line_of(trader, account, 7)
    match = {
        "bank_account_id": account,
        "bank_lines": [{"bank_line_id": line.id}],
        "ledger_lines": [{"entry_id": entry_id, "line_no": 1}],
    }
    with ThreadPoolExecutor(1) as pool, db.unit_of_work(trader.ctx) as session:
        given = accounting.TakeBackOpening(
            opening_id=opening_id, reason="Wrong file", idempotency_key="taken-back"
        )
        accounting.take_back_opening(session, trader.ctx, given)
        asked = pool.submit(trader.run, "banking.match_lines", match)
        assert until_blocked(owner)
        session.commit()
        with pytest.raises(EntryTakenBack):
            asked.result(timeout=30)
    assert broken_promises() == []
