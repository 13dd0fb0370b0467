"""Takings that come to the company's one bank account stand in the books of the branch that took them."""

from decimal import Decimal

import pytest

from erp.core.errors import NotFound
from erp.core.ids import new_id
from tests.factories import broken_promises
from tests.services.banking.statements import (
    accept,
    bank_account,
    days_ago,
    line_of,
    suggested,
)
from tests.services.inventory.past_goods import second_branch
from tests.services.trading import rows

DAY = 1


@pytest.fixture
def account(trader):
    return bank_account(trader)


@pytest.fixture
def far(trader):
    return second_branch(trader).ctx


def taken(shop, ctx, key, amount):
    """Book takings of a day in the branch of a context."""
    lines = [
        {"account_key": key, "debit": amount},
        {"account_key": "capital", "credit": amount},
    ]
    given = {"effective_on": days_ago(shop, DAY), "narration": "Takings", "lines": lines}
    shop.run("accounting.post_manual_entry", given, by=ctx)


def held(shop, key):
    """Return what each branch has on an account, without those that have nothing."""
    found = rows(
        shop,
        "select e.branch_id, sum(l.debit - l.credit) as amount from journal_line l"
        "  join journal_entry e on (e.tenant_id, e.id) = (l.tenant_id, l.entry_id)"
        "  join account a on (a.tenant_id, a.id) = (l.tenant_id, l.account_id)"
        " where l.tenant_id = %s and a.key = %s group by e.branch_id having sum(l.debit - l.credit) <> 0",
        shop.tenant_id,
        key,
    )
    return {row["branch_id"]: row["amount"] for row in found}


def test_a_branchs_takings_empty_its_own_clearing_whoever_accepts(trader, account, far):
    taken(trader, trader.ctx, "upi_clearing", "700.00")
    taken(trader, far, "upi_clearing", "300.00")
    line = line_of(trader, account, 300, "UPI settlement")
    first = suggested(trader, line)[0]
    assert first.title.endswith(", Second")
    accept(trader, first)
    assert held(trader, "upi_clearing") == {trader.ctx.branch_id: 700}
    assert held(trader, "bank") == {far.branch_id: 300}
    other = line_of(trader, account, 700, "UPI settlement")
    accept(trader, suggested(trader, other)[0])
    assert held(trader, "upi_clearing") == {}
    assert broken_promises() == []


def test_one_settlement_of_all_branches_is_booked_in_each_with_its_share_of_the_charge(
    trader, account, far
):
    taken(trader, trader.ctx, "card_clearing", "2000.00")
    taken(trader, far, "card_clearing", "1000.00")
    line = line_of(trader, account, 2946.90, "CARD settlement")
    first = suggested(trader, line)[0]
    assert "₹2,000.00" in first.reasons[0]
    assert "₹1,000.00" in first.reasons[0]
    done = accept(trader, first)
    assert held(trader, "card_clearing") == {}
    assert held(trader, "bank") == {
        trader.ctx.branch_id: Decimal("1964.60"),
        far.branch_id: Decimal("982.30"),
    }
    charged = [held(trader, key) for key in ("gateway_charges", "input_cgst", "input_sgst")]
    assert sum(sum(each.values()) for each in charged) == Decimal("53.10")
    assert broken_promises() == []
    trader.run("banking.unmatch", {"match_id": done.id, "reason": "x", "take_back": True})
    assert held(trader, "bank") == {}
    assert held(trader, "card_clearing") == {trader.ctx.branch_id: 2000, far.branch_id: 1000}
    assert suggested(trader, line)[0].title == first.title
    assert broken_promises() == []


def test_a_part_of_no_known_branch_is_refused(trader, account):
    line = line_of(trader, account, 10, "CASH")
    part = {"account_key": "capital", "amount": "10.00", "branch_id": new_id()}
    with pytest.raises(NotFound) as refusal:
        trader.run("banking.book_line", {"bank_line_id": line.id, "lines": [part]})
    assert refusal.value.fields.keys() == {"lines.0.branch_id"}
    own = {"bank_line_id": line.id, "lines": [part | {"branch_id": None}]}
    trader.run("banking.book_line", own)
    assert held(trader, "bank") == {trader.ctx.branch_id: 10}
