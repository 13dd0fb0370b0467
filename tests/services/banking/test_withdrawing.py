"""A wrong import is withdrawn: newest first, with nothing matched; what it was stays on record."""

import psycopg
import pytest

from erp.core import db
from erp.core.errors import PermissionDenied
from erp.services.banking import NotNewest, StatementMatched
from tests.concurrency.crowd import at_once
from tests.factories import Shop, broken_promises
from tests.services.banking.statements import (
    accept,
    bank_account,
    bring,
    csv_of,
    days_ago,
    declined,
    reconciliation,
    suggested,
    waiting,
)
from tests.services.payments.paying import owing, receive
from tests.services.trading import rows


@pytest.fixture
def account(trader: Shop):
    return bank_account(trader)


def lines(shop: Shop):
    """Return two days at the bank."""
    return (
        (days_ago(shop, 2), "NEFT NIRMALA", "", 420),
        (days_ago(shop, 1), "SMS CHARGES", "", -18),
    )


def statements(shop: Shop, account):
    return shop.run("banking.list_statements", {"bank_account_id": account}).rows


def withdraw(shop: Shop, statement_id, **more):
    given = {"statement_id": statement_id, "reason": "Of another account"}
    return shop.run("banking.withdraw_statement", given, **more)


def test_a_withdrawn_statement_counts_no_more_and_its_file_comes_again(trader, account):
    first, second = lines(trader)
    bring(trader, account, csv_of("0", first))
    content = csv_of("420", second)
    bring(trader, account, content)
    newest, oldest = statements(trader, account)
    with declined(trader, NotNewest, "newer statement follows"):
        withdraw(trader, oldest.id)
    withdraw(trader, newest.id)
    assert [row.id for row in statements(trader, account)] == [oldest.id]
    assert [row.amount for row in waiting(trader, account)] == [420]
    assert reconciliation(trader, account).per_bank == 420
    kept = rows(trader, "select withdraw_reason from bank_statement where id = %s", newest.id)
    assert kept[0]["withdraw_reason"] == "Of another account"
    again = bring(trader, account, content)
    assert (again.lines, again.known) == (1, 0)
    assert reconciliation(trader, account).per_bank == 402
    assert broken_promises() == []


def test_the_first_statement_goes_with_the_balance_before_it(trader, account):
    bring(trader, account, csv_of("100", *lines(trader)))
    withdraw(trader, statements(trader, account)[0].id)
    assert waiting(trader, account) == []
    bring(trader, account, csv_of("200", *lines(trader)))
    assert reconciliation(trader, account).per_bank == 602
    assert broken_promises() == []


def test_what_is_matched_is_undone_before(trader, account):
    customer = owing(trader, 4, name="Nirmala Stores")
    receive(trader, customer, "420.00", paid_on=str(days_ago(trader, 2)))
    bring(trader, account, csv_of("0", *lines(trader)))
    done = accept(trader, suggested(trader, waiting(trader, account)[0])[0])
    statement = statements(trader, account)[0].id
    with declined(trader, StatementMatched, "1 of its lines are matched"):
        withdraw(trader, statement)
    trader.run("banking.unmatch", {"match_id": done.id, "reason": "Wrong file"})
    withdraw(trader, statement)
    assert waiting(trader, account) == []
    assert broken_promises() == []


def test_a_statement_is_withdrawn_once_however_many_ask(trader, account):
    bring(trader, account, csv_of("0", *lines(trader)))
    statement = statements(trader, account)[0].id
    outcomes = at_once([lambda: withdraw(trader, statement) for _ in range(4)])
    assert sum(isinstance(x, Exception) for x in outcomes) == 3
    assert broken_promises() == []


@pytest.mark.parametrize(
    "change",
    [
        "update bank_statement set closing = closing + 1",
        "delete from bank_statement",
        "update bank_line set amount = amount + 1",
        "update bank_line set is_live = false",
        "delete from bank_line",
    ],
)
def test_the_database_changes_nothing_else_of_statements(trader, account, owner, change):
    bring(trader, account, csv_of("0", *lines(trader)))
    with pytest.raises(psycopg.errors.CheckViolation):
        owner.execute(change)


def test_whoever_may_not_reconcile_withdraws_nothing(trader, account):
    bring(trader, account, csv_of("0", *lines(trader)))
    with pytest.raises(PermissionDenied):
        withdraw(trader, statements(trader, account)[0].id, by=trader.acting_as("auditor"))
    with db.unit_of_work(trader.ctx) as session:
        assert (
            db.fetch_one(session, "select 1 from bank_statement where withdrawn_at is not null")
            is None
        )
