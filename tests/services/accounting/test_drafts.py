"""Drafts, and entries that come again: each day once, and what cannot be posted says why."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from erp.core import db
from erp.core.errors import Conflict, InvalidInput, NotFound
from erp.services.accounting import CodeTaken, EntryUnbalanced
from erp.services.accounting.recurring import Interval, due_day
from tests.concurrency.crowd import at_once
from tests.factories import Shop
from tests.isolation.bookkeeping import draft
from tests.services.accounting.test_posting import RENT, entry, post
from tests.services.branches import add_branch
from tests.services.trading import rows, snapshot


def template(trader: Shop, first_on: date, **facts: object) -> dict[str, object]:
    lines = draft(trader)["lines"]
    return {"narration": "Rent", "lines": lines, "first_on": first_on, "posts": True} | facts


def manual(trader: Shop) -> list[date]:
    found = rows(
        trader, "select effective_on from journal_entry where origin_type = 'manual' order by 1"
    )
    return [row["effective_on"] for row in found]


def test_a_draft_need_not_balance_until_it_is_posted_once(trader: Shop):
    half = draft(trader) | {"lines": [{"account_key": "rent", "debit": "5.00"}]}
    kept = trader.run("accounting.save_draft", half).id
    with pytest.raises((EntryUnbalanced, InvalidInput)):
        trader.run("accounting.post_draft", {"draft_id": kept})
    nameless = {"draft_id": kept, "lines": [{"debit": "5.00", "cost_centre": ""}]}
    trader.run("accounting.save_draft", draft(trader) | nameless)
    with pytest.raises(InvalidInput) as refusal:
        trader.run("accounting.post_draft", {"draft_id": kept})
    assert list(refusal.value.fields) == ["lines.0.account_key"]
    assert rows(trader, "select 1 from journal_entry where origin_type = 'manual'") == []
    trader.run("accounting.save_draft", draft(trader) | {"draft_id": kept})
    asked = {"draft_id": kept}
    outcomes = at_once([lambda: trader.run("accounting.post_draft", dict(asked)) for _ in range(4)])
    assert len([x for x in outcomes if isinstance(x, Conflict)]) == 3
    assert manual(trader) == [trader.ctx.today]
    assert trader.run("accounting.get_draft", asked).entry_id is not None
    for name in ("post_draft", "drop_draft"):
        with pytest.raises(Conflict):
            trader.run(f"accounting.{name}", asked)


def test_posting_from_the_form_is_done_with_its_draft(trader: Shop, stranger: Shop):
    kept = trader.run("accounting.save_draft", draft(trader)).id
    with pytest.raises(NotFound):
        stranger.run("accounting.post_manual_entry", entry(stranger, draft_id=kept))
    post(trader, RENT, draft_id=kept)
    with pytest.raises(Conflict):
        post(trader, RENT, draft_id=kept)
    assert trader.run("accounting.list_drafts").rows == []
    assert len(manual(trader)) == 1


def test_a_draft_and_a_reversal_stand_in_the_branch_they_are_about(trader: Shop):
    there = add_branch(trader, gstin=None).ctx
    kept, typed = (trader.run("accounting.save_draft", draft(trader), by=there).id for _ in "ab")
    assert {x.branch for x in trader.run("accounting.list_drafts").rows} == {"Two"}
    posted = trader.run("accounting.post_draft", {"draft_id": kept})
    post(trader, RENT, draft_id=typed)
    trader.run("accounting.reverse_entry", {"entry_id": posted.id, "reason": "x"})
    found = rows(trader, "select branch_id from journal_entry where origin_type = 'manual'")
    assert [x["branch_id"] for x in found] == [there.branch_id] * 3


def test_a_template_makes_each_of_its_days_once(trader: Shop):
    today = trader.ctx.today
    trader.run(
        "accounting.save_template", template(trader, today - timedelta(days=21), every="week")
    )
    made = trader.run("accounting.make_due_entries")
    assert (made.posted, made.waiting, made.kept_back) == (4, 0, [])
    again = trader.run("accounting.make_due_entries")
    assert (again.posted, again.waiting) == (0, 0)
    assert manual(trader) == [today - timedelta(days=7 * n) for n in (3, 2, 1, 0)]
    (row,) = trader.run("accounting.list_templates").rows
    assert (row.next_on, row.made) == (today + timedelta(days=7), 4)


def test_a_template_that_is_replaced_makes_no_day_again(trader: Shop):
    today = trader.ctx.today
    given = template(trader, today - timedelta(days=21), every="week")
    kept = trader.run("accounting.save_template", given).id
    trader.run("accounting.make_due_entries")
    (row,) = trader.run("accounting.list_templates").rows
    assert (row.first_on, len(row.lines)) == (today - timedelta(days=21), len(given["lines"]))
    again = given | {"template_id": kept, "first_on": today - timedelta(days=20)}
    with pytest.raises(InvalidInput):
        trader.run("accounting.save_template", again | {"ends_on": today})
    trader.run("accounting.save_template", again)
    assert trader.run("accounting.make_due_entries").posted == 0
    (row,) = trader.run("accounting.list_templates").rows
    assert row.next_on == today + timedelta(days=1)
    assert len(manual(trader)) == 4


def test_a_template_of_the_31st_that_is_changed_in_february_is_of_the_31st(trader: Shop):
    year = trader.ctx.today.year + 1
    last = date(year, 3, 1) - timedelta(days=1)
    given = template(trader, date(year, 1, 31))
    kept = trader.run("accounting.save_template", given).id
    with db.unit_of_work(trader.ctx) as session:
        made = "update entry_template set next_on = %s, made = 1 where tenant_id = %s and id = %s"
        db.execute(session, made, (last, trader.tenant_id, kept))
    trader.run("accounting.save_template", given | {"template_id": kept, "first_on": last})
    (row,) = trader.run("accounting.list_templates").rows
    assert (row.first_on, row.next_on, row.made) == (date(year, 1, 31), last, 1)
    trader.run(
        "accounting.save_template", given | {"template_id": kept, "first_on": date(year, 2, 20)}
    )
    (row,) = trader.run("accounting.list_templates").rows
    assert (row.first_on, row.next_on, row.made) == (date(year, 2, 20), date(year, 2, 20), 0)


def test_many_who_ask_at_once_make_each_day_once(trader: Shop):
    trader.run("accounting.save_template", template(trader, trader.ctx.today))
    at_once([lambda: trader.run("accounting.make_due_entries") for _ in range(4)])
    assert len(manual(trader)) == 1


def test_what_a_template_cannot_post_waits_and_says_why(trader: Shop):
    today = trader.ctx.today
    last = today.replace(day=1) - timedelta(days=1)
    post(trader, effective_on=last)
    months = trader.run("accounting.list_periods").rows
    month = next(row for row in months if row.starts_on == last.replace(day=1))
    trader.run(
        "accounting.set_period_status",
        {"period_id": month.id, "status": "closed", "reason": "done"},
    )
    kept = {
        "lines": [
            {"account_key": "inventory", "debit": "1"},
            {"account_key": "bank", "credit": "1"},
        ]
    }
    trader.run("accounting.save_template", template(trader, last, every="year", ends_on=last))
    trader.run("accounting.save_template", template(trader, today, narration="Goods") | kept)
    trader.run("accounting.save_template", template(trader, today, narration="Power"))
    made = trader.run("accounting.make_due_entries")
    assert (made.posted, made.waiting, len(made.kept_back)) == (1, 2, 2)
    waiting = {x.narration: x.why for x in trader.run("accounting.list_drafts").rows}
    assert "closed" in waiting["Rent"]
    assert "follows the stock" in waiting["Goods"]
    assert [
        x.narration for x in trader.run("accounting.list_templates", {"is_active": False}).rows
    ] == ["Rent"]
    assert trader.run("accounting.trial_balance").total_debit > 0


def test_a_template_that_proposes_leaves_drafts(trader: Shop):
    trader.run("accounting.save_template", template(trader, trader.ctx.today, posts=False))
    made = trader.run("accounting.make_due_entries")
    assert (made.posted, made.waiting) == (0, 1)
    assert manual(trader) == []


@pytest.mark.parametrize(
    ("first", "every", "number", "due"),
    [
        (date(2026, 1, 31), "month", 1, date(2026, 2, 28)),
        (date(2026, 1, 31), "month", 2, date(2026, 3, 31)),
        (date(2024, 2, 29), "year", 1, date(2025, 2, 28)),
        (date(2026, 11, 30), "quarter", 1, date(2027, 2, 28)),
        (date(2026, 12, 28), "week", 1, date(2027, 1, 4)),
        (date(9999, 12, 31), "month", 1, None),
        (date(9999, 12, 31), "week", 1, None),
    ],
)
def test_a_day_keeps_its_place_in_the_month(first, every, number, due):
    assert due_day(first, Interval(every), number) == due


def test_cost_centres_are_named_once_and_stand_on_lines_only_while_in_use(
    trader: Shop, stranger: Shop
):
    made = trader.run("accounting.create_cost_centre", {"code": "CLINIC", "name": "Clinic"})
    with pytest.raises(CodeTaken):
        trader.run("accounting.create_cost_centre", {"code": "CLINIC", "name": "Other"})
    stranger.run("accounting.create_cost_centre", {"code": "CLINIC", "name": "Theirs"})
    typed = [
        {"account_key": "rent", "debit": "5", "cost_centre": "CLINIC"},
        {"account_key": "bank", "credit": "5"},
    ]
    trader.run("accounting.post_manual_entry", entry(trader, ()) | {"lines": typed})
    rest = {"centre_id": made.id, "name": "Rooms", "is_active": False}
    trader.run("accounting.change_cost_centre", rest)
    before = snapshot(trader)
    for code in ("CLINIC", "NOWHERE"):
        typed[0]["cost_centre"] = code
        with pytest.raises(NotFound) as refusal:
            trader.run("accounting.post_manual_entry", entry(trader, ()) | {"lines": typed})
        assert list(refusal.value.fields) == ["lines.0.cost_centre"]
    assert snapshot(trader) == before
    found = trader.run("accounting.profit_and_loss", {"by": "cost_centre"})
    assert dict(zip([x.label for x in found.columns], found.net_profit, strict=True))[
        "Rooms"
    ] == Decimal(-5)
