"""Customers are reminded of each late bill once per level, and not while a promise holds."""

from datetime import timedelta
from decimal import Decimal

import pytest
from pydantic import SecretStr, ValidationError

from erp.core.errors import PermissionDenied
from erp.core.settings import get_settings
from erp.services import messaging
from erp.services.payments import StepDone, WrongDay, due_reminders
from tests.factories import Shop
from tests.services.payments.paying import owing, receive
from tests.services.trading import rows

CREDIT_DAYS = 30
LEVEL = {
    "after_days": 5,
    "subject": "Reminder",
    "body": "Dear {party}: {overdue}\n{bills}\n{interest}",
}
LADDER = [LEVEL, LEVEL | {"after_days": 20, "subject": "Again after {days} days"}]


@pytest.fixture(autouse=True)
def _mail(monkeypatch):
    monkeypatch.setattr(get_settings(), "smtp_url", SecretStr("smtp://127.0.0.1:1?tls=no"))


@pytest.fixture
def late(trader: Shop):
    """A customer with two bills, and how the company reminds."""
    set_rule(trader)
    return owing(trader, 4, 6, email="accounts@buyer.example")


def set_rule(shop, **more):
    shop.run("payments.set_reminder_rule", {"levels": LADDER} | more)


def after(shop, days):
    """Return the instant so many days past the bills' due day."""
    return shop.ctx.now + timedelta(days=CREDIT_DAYS + days)


def due(shop, days, standing=""):
    found = shop.run("payments.list_due_reminders", {"standing": standing}, at=after(shop, days))
    return [(row.level, row.standing, row.overdue) for row in found.rows]


def remind(shop, customer, days, **more):
    return shop.run(
        "payments.remind_parties", {"party_ids": [customer]} | more, at=after(shop, days)
    )


def reminders(shop, customer):
    return shop.run("payments.list_reminders", {"party_id": customer}).rows


def test_nobody_is_reminded_before_the_first_level(trader, late):
    assert due(trader, 0) == []
    assert due(trader, 4) == [(0, "told", Decimal(1050))]
    assert remind(trader, late, 4).reminder_ids == []


def test_each_bill_is_reminded_once_at_each_level(trader, late):
    assert due(trader, 6) == [(1, "due", Decimal(1050))]
    assert len(remind(trader, late, 6).reminder_ids) == 1
    assert due(trader, 7) == [(1, "told", Decimal(1050))]
    assert "Every late bill" in remind(trader, late, 7).skipped[0].reason
    assert due(trader, 20) == [(2, "due", Decimal(1050))]
    remind(trader, late, 20)
    latest, first = reminders(trader, late)
    assert (latest.level, first.level, latest.bills) == (2, 1, 2)
    assert latest.subject == "Again after 20 days"
    assert rows(trader, "select count(*) as n from reminder_item")[0]["n"] == 4


def test_a_level_that_was_missed_is_not_made_up_for(trader, late):
    remind(trader, late, 25)
    (only,) = reminders(trader, late)
    assert only.level == 2
    assert due(trader, 26, "due") == []


def test_what_was_paid_is_not_asked_for(trader, late):
    receive(trader, late, "420.00")
    (row,) = due(trader, 6)
    assert row == (1, "due", Decimal(630))
    receive(trader, late, "630.00", reference="UTR 2")
    assert due(trader, 6) == []


def test_unapplied_money_counts_against_what_is_late(trader, late):
    receive(trader, late, "1000.00", settles=[])
    assert due(trader, 6) == [(1, "due", Decimal(50))]


def test_the_words_hold_the_facts(trader, late):
    set_rule(trader, interest_percent="18")
    remind(trader, late, 10)
    (row,) = reminders(trader, late)
    assert row.body.startswith("Dear Nirmala Stores: ₹1,050.00\n- ")
    assert row.body.count("- ") >= 2
    assert row.body.count("₹420.00") == row.body.count("₹630.00") == 1
    assert row.interest == Decimal("5.18")
    assert "18 % a year comes to" in row.body


@pytest.mark.parametrize(
    "odd", ["{password}", "{party.name}", "{party:>9999999}", "{party!r}", "{", "{}"]
)
def test_words_in_braces_must_be_known(trader, odd):
    with pytest.raises(ValidationError, match="brace"):
        trader.run("payments.set_reminder_rule", {"levels": [LEVEL | {"body": odd}]})


def test_levels_follow_each_other(trader):
    with pytest.raises(ValidationError, match="more days"):
        trader.run("payments.set_reminder_rule", {"levels": [LADDER[1], LADDER[0]]})


def test_the_usual_levels_are_offered_and_go_out_only_by_hand(trader):
    rule = trader.run("payments.get_reminder_rule", {})
    assert not rule.is_set
    assert [level.is_automatic for level in rule.levels] == [False, False, False]


def test_a_promise_holds_reminders_back_until_its_day(trader, late):
    day = after(trader, 9).date()
    promise = {"party_id": late, "amount": "1050.00", "promised_on": str(day)}
    trader.run("payments.record_promise", promise, at=after(trader, 6))
    assert due(trader, 6) == [(1, "held", Decimal(1050))]
    assert "promise" in remind(trader, late, 6).skipped[0].reason
    assert due(trader, 12) == [(1, "due", Decimal(1050))]
    (row,) = trader.run("payments.list_promises", {"party_id": late}, at=after(trader, 12)).rows
    assert row.standing == "broken"


def test_a_promise_is_kept_by_what_came_until_its_day(trader, late):
    soon = str(trader.ctx.today + timedelta(days=5))
    about = {"party_id": late, "amount": "400.00", "promised_on": soon}
    promise = trader.run("payments.record_promise", about)
    paid = receive(trader, late, "420.00")
    asked = {"party_id": late}
    assert trader.run("payments.list_promises", asked).rows[0].standing == "kept"
    back = {"payment_id": paid.id, "reason": "bounced"}
    trader.run("payments.reverse_payment", back)
    assert trader.run("payments.list_promises", asked).rows[0].standing == "open"
    trader.run("payments.withdraw_promise", {"promise_id": promise.id})
    assert trader.run("payments.list_promises", asked).rows[0].standing == "withdrawn"
    with pytest.raises(StepDone):
        trader.run("payments.withdraw_promise", {"promise_id": promise.id})


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"amount": "0"}, "note"),
        ({"in_days": -1}, "promised_on"),
        ({"in_days": 400}, "promised_on"),
    ],
)
def test_a_promise_that_says_nothing_is_refused(trader, late, more, field):
    day = trader.ctx.today + timedelta(days=more.pop("in_days", 3))
    given = {"party_id": late, "amount": "10.00", "promised_on": str(day)} | more
    with pytest.raises(WrongDay) as refusal:
        trader.run("payments.record_promise", given)
    assert field in refusal.value.fields


def test_without_address_it_is_said_and_a_call_is_noted(trader):
    set_rule(trader)
    customer = owing(trader, 4)
    assert "e-mail" in remind(trader, customer, 6).skipped[0].reason
    assert len(remind(trader, customer, 6, method="phone", note="Will call back").reminder_ids) == 1
    (row,) = reminders(trader, customer)
    assert (row.method, row.message_status, row.note) == ("phone", "", "Will call back")


def test_without_a_mail_server_nothing_is_half_done(trader, late, monkeypatch):
    monkeypatch.setattr(get_settings(), "smtp_url", SecretStr(""))
    with pytest.raises(messaging.ChannelNotSetUp):
        remind(trader, late, 6)
    assert reminders(trader, late) == []


def test_only_levels_that_say_so_go_out_by_themselves(trader, late):
    made = trader.run("payments.remind_automatically", {}, at=after(trader, 6))
    assert made.reminder_ids == []
    ladder = [LADDER[0] | {"is_automatic": True}, LADDER[1]]
    set_rule(trader, levels=ladder)
    made = trader.run("payments.remind_automatically", {}, at=after(trader, 6))
    assert len(made.reminder_ids) == 1
    again = trader.run("payments.remind_automatically", {}, at=after(trader, 7))
    assert again.reminder_ids == []
    assert trader.run("payments.remind_automatically", {}, at=after(trader, 21)).reminder_ids == []
    assert reminders(trader, late)[0].level == 1


def test_who_cannot_be_mailed_keeps_nobody_else_from_it(trader, late, monkeypatch):
    """However many larger debtors have no address or stand at a level that waits for people."""
    set_rule(trader, levels=[LADDER[0] | {"is_automatic": True}, LADDER[1]])
    owing(trader, 4, 6, 8)
    monkeypatch.setattr(due_reminders, "MOST", 1)
    made = trader.run("payments.remind_automatically", {}, at=after(trader, 6))
    assert len(made.reminder_ids) == 1
    assert len(reminders(trader, late)) == 1


def test_a_cashier_reminds_nobody(trader, late):
    given = {"party_ids": [late]}
    with pytest.raises(PermissionDenied):
        trader.run("payments.remind_parties", given, by=trader.acting_as("cashier"))
