"""Rules propose, and book by themselves what nobody needs to look at."""

from datetime import timedelta

import pytest

from erp.core import db
from erp.services import accounting, banking
from erp.services.accounting import KeptAccount
from tests.factories import Shop, broken_promises
from tests.services.banking.statements import (
    bank_account,
    bring,
    csv_of,
    days_ago,
    suggested,
    waiting,
)
from tests.services.books import balance
from tests.services.payments.paying import owing, receive
from tests.services.unchanged import refused


@pytest.fixture
def account(trader: Shop):
    return bank_account(trader)


RULE = {"name": "Charges", "contains": "charges", "direction": "out", "account_key": "bank_charges"}


def test_a_rule_is_tried_proposes_and_books_when_it_is_automatic(trader, account):
    bring(
        trader,
        account,
        csv_of(
            "0", (days_ago(trader, 2), "SMS Charges", "", -15), (days_ago(trader, 1), "NEFT", "", 9)
        ),
    )
    waits = waiting(trader, account)[0]
    conditions = {"bank_account_id": account, "contains": "CHARGES"}
    assert trader.run("banking.try_rule", conditions).waiting == 1
    rule = trader.run("banking.set_rule", RULE | {"bank_account_id": account}).id
    first = suggested(trader, waits)[0]
    assert (first.reasons, first.action) == (["The rule Charges fits"], "banking.book_line")
    applying = {"bank_account_id": account}
    assert trader.run("banking.apply_rules", applying).booked == 0
    rule = trader.run(
        "banking.set_rule",
        RULE | {"bank_account_id": account, "rule_id": rule, "is_automatic": True},
    ).id
    assert trader.run("banking.apply_rules", applying).booked == 1
    assert balance(trader, "bank_charges") == 15
    assert [row.used for row in trader.run("banking.list_rules", applying).rows] == [1]
    trader.run("banking.remove_rule", {"rule_id": rule})
    with refused(trader, banking.UnknownRule):
        trader.run("banking.remove_rule", {"rule_id": rule})
    with refused(trader, KeptAccount):
        trader.run(
            "banking.set_rule", RULE | {"bank_account_id": account, "account_key": "inventory"}
        )
    assert broken_promises() == []


def test_a_line_that_a_rule_cannot_book_waits_and_the_others_do_not(trader, account):
    long_ago = trader.ctx.today - timedelta(days=400)
    bring(
        trader,
        account,
        csv_of("0", (long_ago, "NEFT ASHA", "", 5), (days_ago(trader, 1), "NEFT ASHA", "", 9)),
    )
    customer = owing(trader, 4, name="Asha")
    rule = {"bank_account_id": account, "name": "Asha", "contains": "asha", "party_id": customer}
    trader.run("banking.set_rule", rule | {"is_automatic": True})
    done = trader.run("banking.apply_rules", {"bank_account_id": account})
    assert (done.booked, done.refused) == (1, 1)
    assert "more than a year ago" in done.first_refusal
    assert [line.amount for line in waiting(trader, account)] == [5]
    assert broken_promises() == []


def test_rules_book_nothing_of_a_closed_month_and_nothing_that_the_books_have(trader, account):
    with_number = owing(trader, 4, name="Asha")
    shut, today = days_ago(trader, 40).replace(day=5), trader.ctx.today
    for name, more in (
        ("Fees", {"contains": "fee", "account_key": "bank_charges"}),
        ("Asha", {"contains": "asha", "party_id": with_number}),
    ):
        trader.run(
            "banking.set_rule",
            {"bank_account_id": account, "name": name, "is_automatic": True} | more,
        )
    receive(trader, with_number, "77.00")
    bring(
        trader,
        account,
        csv_of(
            "0",
            *((shut, text, "", amount) for text, amount in (("FEE 1", -5), ("ASHA 1", 9))),
            *((today, text, "", amount) for text, amount in (("FEE 2", -6), ("ASHA 2", 8))),
            (today, "NEFT ASHA", "", 77),
        ),
    )
    given = [{"account_key": "cash", "debit": "1"}, {"account_key": "capital", "credit": "1"}]
    entry = {"effective_on": shut, "narration": "In that month", "lines": given}
    trader.run("accounting.post_manual_entry", entry)
    with db.unit_of_work(trader.ctx) as session:
        period = accounting.period_id(session, trader.ctx, shut)
    trader.run(
        "accounting.set_period_status",
        {"period_id": period, "status": "closed", "reason": "Filed"},
    )
    done = trader.run("banking.apply_rules", {"bank_account_id": account})
    assert (done.booked, done.refused, done.left, done.next_cursor) == (2, 2, 1, "")
    assert "closed" in done.first_refusal
    assert [line.text for line in waiting(trader, account)] == ["FEE 1", "ASHA 1", "NEFT ASHA"]
    assert [row.reference for row in trader.run("payments.list_payments", {}).rows] == ["", ""]
    found = suggested(trader, waiting(trader, account)[2])
    first = found[0]
    assert (first.action, first.is_ambiguous) == ("banking.match_lines", False)
    rule = next(row for row in found if "rule" in row.reasons[0])
    assert (rule.is_ambiguous, rule.score < first.score) == (True, True)
    assert broken_promises() == []
