"""Manual entries: balanced, in an open month, taken back at most once, in this company only."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from pydantic import ValidationError

from erp.core.errors import NotFound, PermissionDenied
from erp.services.accounting import AlreadyReversed, EntryUnbalanced, PeriodClosed
from tests.factories import Shop
from tests.services.trading import refused, rows, snapshot

RENT = (("rent", "1500.00", "0"), ("bank", "0", "1500.00"))


def entry(trader: Shop, lines=RENT, **facts: object) -> dict[str, object]:
    typed = [{"account_key": key, "debit": debit, "credit": credit} for key, debit, credit in lines]
    return {"effective_on": trader.ctx.today, "narration": "Rent", "lines": typed} | facts


def post(trader: Shop, lines=RENT, **facts: object):
    return trader.run("accounting.post_manual_entry", entry(trader, lines, **facts))


def close(trader: Shop, status: str = "closed"):
    periods = trader.run("accounting.list_periods").rows
    wanted = {"period_id": periods[0].id, "status": status, "reason": "Month is done"}
    trader.run("accounting.set_period_status", wanted)


def test_an_entry_stands_in_the_journal_with_its_lines(trader: Shop):
    made = post(trader)
    found = trader.run("accounting.get_entry", {"entry_id": made.id})
    assert found.total == Decimal(1500)
    assert [(x.account_name, x.debit, x.credit) for x in found.lines] == [
        ("Rent", Decimal(1500), Decimal(0)),
        ("Bank", Decimal(0), Decimal(1500)),
    ]


def test_the_same_key_posts_once(trader: Shop):
    wanted = entry(trader, idempotency_key="rent-november")
    first = trader.answer("accounting.post_manual_entry", wanted)
    before = snapshot(trader)
    again = trader.answer("accounting.post_manual_entry", wanted)
    assert (again.replayed, again.text) == (True, first.text)
    assert snapshot(trader) == before


@pytest.mark.parametrize(
    ("lines", "field"),
    [
        ((("rent", "1500.00", "0"), ("bank", "0", "1499.99")), "lines"),
        ((("rent", "0", "0"), ("bank", "0", "0")), "lines.0.debit"),
        ((("rent", "5.00", "5.00"), ("bank", "0", "0")), "lines.0.debit"),
        ((("rent", "5.00", "0"), ("bank", "5.00", "5.00")), "lines.1.debit"),
    ],
)
def test_what_does_not_balance_is_refused_at_its_line(trader: Shop, lines, field: str):
    wanted = entry(trader, lines)
    error = refused(trader, EntryUnbalanced, "accounting.post_manual_entry", wanted)
    assert field in error.fields


@pytest.mark.parametrize("amount", ["-1.00", "0.001", "NaN", "Infinity", "1e17", "abc"])
def test_what_is_no_amount_is_refused(trader: Shop, amount: str):
    lines = (("rent", amount, "0"), ("bank", "0", amount))
    refused(trader, ValidationError, "accounting.post_manual_entry", entry(trader, lines))


def test_an_account_that_is_not_in_the_chart_is_refused(trader: Shop):
    lines = (("rent", "1.00", "0"), ("no_such_account", "0", "1.00"))
    refused(trader, NotFound, "accounting.post_manual_entry", entry(trader, lines))


@pytest.mark.parametrize("status", ["closed", "locked"])
def test_a_closed_month_takes_no_entry(trader: Shop, status: str):
    post(trader)
    close(trader, status)
    error = refused(trader, PeriodClosed, "accounting.post_manual_entry", entry(trader))
    assert "effective_on" in error.fields


def test_an_open_month_beside_a_closed_one_goes_on(trader: Shop):
    last = trader.ctx.today.replace(day=1) - timedelta(days=1)
    post(trader, effective_on=last)
    close(trader)
    post(trader, effective_on=last)


@pytest.mark.parametrize("role", ["cashier", "manager", "auditor", "storekeeper"])
def test_only_accountants_post(trader: Shop, role: str):
    by = trader.acting_as(role)
    refused(trader, PermissionDenied, "accounting.post_manual_entry", entry(trader), by=by)


def test_a_reversal_is_the_opposite_and_is_linked(trader: Shop):
    made = post(trader)
    wanted = {"entry_id": made.id, "reason": "Wrong month"}
    back = trader.run("accounting.reverse_entry", wanted)
    reversal = trader.run("accounting.get_entry", {"entry_id": back.id})
    assert reversal.reverses_entry_id == made.id
    assert {(x.account_name, x.debit, x.credit) for x in reversal.lines} == {
        ("Rent", Decimal(0), Decimal(1500)),
        ("Bank", Decimal(1500), Decimal(0)),
    }
    original = trader.run("accounting.get_entry", {"entry_id": made.id})
    assert original.reversed_by_id == back.id


def test_an_entry_is_taken_back_once(trader: Shop):
    made = post(trader)
    trader.run("accounting.reverse_entry", {"entry_id": made.id, "reason": "Wrong"})
    twice = {"entry_id": made.id, "reason": "Wrong again"}
    refused(trader, AlreadyReversed, "accounting.reverse_entry", twice)


def test_a_documents_entry_is_not_taken_back_by_hand(trader: Shop):
    sale = trader.sell({trader.variant_ids[0]: 1})
    booked = trader.run("accounting.list_entries", {"origin_id": sale.sale_id}).rows
    wanted = {"entry_id": booked[0].id, "reason": "Wrong"}
    refused(trader, NotFound, "accounting.reverse_entry", wanted)


@pytest.mark.parametrize("name", ["accounting.reverse_entry", "accounting.get_entry"])
def test_a_strangers_entry_is_not_there(trader: Shop, stranger: Shop, name: str):
    made = post(stranger)
    reason = {"reason": "Wrong"} if name.endswith("reverse_entry") else {}
    before = snapshot(stranger)
    refused(trader, NotFound, name, {"entry_id": made.id} | reason)
    assert snapshot(stranger) == before


def test_posted_lines_are_never_changed_or_removed(trader: Shop, owner):
    made = post(trader)
    for statement in (
        "update journal_line set debit = debit + 1 where entry_id = %s and debit > 0",
        "delete from journal_line where entry_id = %s",
        "update journal_entry set total = total + 1 where id = %s",
        "delete from journal_entry where id = %s",
    ):
        with pytest.raises(Exception, match="never changed or deleted"):
            owner.execute(statement, (made.id,))


def test_a_line_added_behind_the_services_back_is_refused_by_the_database(trader: Shop, owner):
    made = post(trader)
    with pytest.raises(Exception, match="does not balance"):
        owner.execute(
            "insert into journal_line (tenant_id, entry_id, line_no, account_id, effective_on,"
            " debit, credit, note) select tenant_id, entry_id, 9, account_id, effective_on, 1, 0, ''"
            " from journal_line where entry_id = %s limit 1",
            (made.id,),
        )


def test_the_trial_balance_of_any_day_is_the_sum_of_its_lines(trader: Shop):
    today = trader.ctx.today
    month = today.replace(day=1)
    days = [month - timedelta(days=n) for n in (45, 20, 1)] + [month, today]
    for number, day in enumerate(days, start=1):
        amount = f"{number * 100}.00"
        post(trader, (("rent", amount, "0"), ("bank", "0", amount)), effective_on=day)
    for asked in sorted({*days, *(day + timedelta(days=3) for day in days), date(2000, 1, 1)}):
        report = trader.run("accounting.trial_balance", {"as_of": asked})
        lines = rows(
            trader,
            "select a.code, sum(l.debit - l.credit) as amount from journal_line l"
            " join account a on (a.tenant_id, a.id) = (l.tenant_id, l.account_id)"
            " where l.effective_on <= %s group by a.code having sum(l.debit - l.credit) <> 0"
            " order by a.code",
            asked,
        )
        assert [(r.code, r.debit - r.credit) for r in report.rows] == [
            (line["code"], line["amount"]) for line in lines
        ]
        assert report.total_debit == report.total_credit
