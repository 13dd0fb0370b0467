"""Claims of returns: journals as the domain rules have them, answers, ages and recovery."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest

from erp.core import db
from erp.core.clock import utc_now
from erp.core.errors import InvalidInput, PermissionDenied
from erp.core.ids import new_id
from erp.core.money import ZERO
from erp.services.billing import BeyondBillLimit, ClaimSettled, OwnBill
from tests.factories import broken_promises
from tests.services.billing.bills.billing import bill, billed, came, decide, goods, settle, usual
from tests.services.billing.returns.returning import (
    came_before,
    leaving,
    returnable,
    send_back,
    shown,
)
from tests.services.books import balance
from tests.services.unchanged import refused

EXAMPLES = json.loads((Path(__file__).parents[3] / "data" / "gst_examples.json").read_text())


def booked(shop, *origins):
    """Return what documents booked in the end, named as the examples do."""
    with db.unit_of_work(shop.ctx) as session:
        rows = db.fetch_all(
            session,
            "select a.name, sum(l.debit - l.credit) as amount from journal_line l"
            " join journal_entry e on (e.tenant_id, e.id) = (l.tenant_id, l.entry_id)"
            " join account a on (a.tenant_id, a.id) = (l.tenant_id, l.account_id)"
            " where e.tenant_id = %s and e.origin_id = any(%s)"
            " group by a.name having sum(l.debit - l.credit) <> 0",
            (shop.tenant_id, list(origins)),
        )
    return {row["name"]: row["amount"] for row in rows}


def example(number):
    lines = next(j for j in EXAMPLES["journal_examples"] if j["id"] == number)["lines"]
    return {x["account"]: Decimal(x["debit"]) - Decimal(x["credit"]) for x in lines}


@pytest.fixture
def receipt(shop):
    """Twenty bottles at 100, billed at that."""
    came_in = came_before(shop, goods(shop, 20, unit_cost="100", days=-1))
    bill(shop, "2100.00", billed(came_in, 20, "100"))
    return came_in


def test_a_return_that_is_credited_in_full_books_j07(shop, receipt):
    made = send_back(shop, leaving(shop, receipt, 20))
    settle(shop, made.claim_id, "2000.00", "100.00")
    assert booked(shop, made.id, made.claim_id) == example("J07")
    assert broken_promises() == []


def test_expired_goods_credited_at_80_percent_book_j19(shop, receipt):
    line = {"lot_id": receipt.lines[0].lot_id, "quantity": 20}
    ends = {"from_location_id": shop.storage_id, "to_location_id": shop.expired_store_id}
    shop.run("inventory.transfer_stock", ends | {"lines": [line]})
    store = {"location_id": shop.expired_store_id}
    made = send_back(shop, leaving(shop, receipt, 20, "expired", **store))
    answer = settle(shop, made.claim_id, "1600.00", "80.00")
    assert answer.lost == Decimal("420.00")
    assert booked(shop, made.id, made.claim_id) == example("J19")
    assert broken_promises() == []


def test_a_refused_claim_is_lost_with_its_tax_and_says_why(shop, receipt):
    made = send_back(
        shop, leaving(shop, receipt, 15, "expired"), leaving(shop, came(shop, goods(shop, 5)), 5)
    )
    with refused(shop, InvalidInput, "reason"):
        settle(shop, made.claim_id, "0.00", "0.00", credit_note="", reason="")
    with refused(shop, InvalidInput, "credit_note"):
        settle(shop, made.claim_id, "1.00", "0.00", credit_note="")
    settle(shop, made.claim_id, "0.00", "0.00", credit_note="", reason="Seals were broken")
    assert balance(shop, "loss_expired") == Decimal("1575.00")
    assert balance(shop, "creditors") == Decimal("-2100.00")
    assert shown(shop, made).claim_reason == "Seals were broken"
    with refused(shop, ClaimSettled):
        settle(shop, made.claim_id, "0.00", "0.00", reason="Again")
    assert broken_promises() == []


def test_a_loss_is_shared_by_the_reasons_of_the_lines(shop, receipt):
    other = came(shop, goods(shop, 10, at=1, unit_cost="100"))
    bill(shop, "1050.00", billed(other, 10, "100"), bill_number="SBL/118")
    made = send_back(
        shop, leaving(shop, receipt, 10, "expired"), leaving(shop, other, 10, "wrong_goods")
    )
    settle(shop, made.claim_id, "1000.00", "50.00")
    assert balance(shop, "loss_expired") == balance(shop, "stock_adjustment") == 525
    assert broken_promises() == []


def test_who_may_not_bear_a_loss_does_not_record_one(shop, receipt, manager, accountant):
    made = send_back(shop, leaving(shop, receipt, 10), by=manager)
    with refused(shop, PermissionDenied):
        settle(shop, made.claim_id, "999.00", "50.00", by=accountant)
    with refused(shop, OwnBill):
        settle(shop, made.claim_id, "999.00", "50.00", by=manager)
    poor = replace(
        shop.ctx, permissions=manager.permissions, limits={"bill_difference": Decimal(5)}
    )
    with refused(shop, BeyondBillLimit):
        settle(shop, made.claim_id, "994.00", "50.00", by=poor)
    with refused(shop, InvalidInput, "credited_tax"):
        settle(shop, made.claim_id, "1000.00", "50.01", by=accountant)
    assert settle(shop, made.claim_id, "1000.00", "50.00", by=accountant).lost == ZERO


def test_the_database_keeps_a_claim_to_a_bill_or_a_return(shop, receipt):
    made = send_back(shop, leaving(shop, receipt, 1))
    bill_id = shop.run("billing.list_bills").rows[0].id
    for change in (("return_id", None), ("bill_id", bill_id)):
        with pytest.raises(psycopg.errors.CheckViolation), db.unit_of_work(shop.ctx) as session:
            db.raw(session).execute(
                f"update supplier_claim set {change[0]} = %s where id = %s".encode(),  # noqa: S608
                (change[1], made.claim_id),
            )
    with pytest.raises(psycopg.errors.CheckViolation), db.unit_of_work(shop.ctx) as session:
        db.raw(session).execute(b"update billed_goods set back = paid + free + 1")


def test_what_may_go_back_is_listed_by_urgency(shop, receipt):
    fresh = came(shop, goods(shop, 10, days=300))
    near = came(shop, goods(shop, 10, days=100), goods(shop, 10, at=1, days=120))
    shop.run("inventory.set_claim_terms", {"opens_days": 110, "closes_days": 30})
    hold = {"lot_id": near.lines[1].lot_id, "reason": "Leaks"}
    shop.run("inventory.hold_lot", hold)
    found = returnable(shop)
    lots = [receipt.lines[0], near.lines[0], near.lines[1], fresh.lines[0]]
    assert [found[lot.lot_id].reason for lot in lots] == [
        "expired",
        "near_expiry",
        "damaged",
        "excess",
    ]
    assert list(found) == [lot.lot_id for lot in lots]
    first = found[receipt.lines[0].lot_id]
    assert (first.units, first.cost, first.bills) == (20, Decimal("2000.00"), "SBL/117")
    assert first.is_in_window
    assert found[fresh.lines[0].lot_id].bills == ""

    send_back(shop, leaving(shop, receipt, 15))
    left = returnable(shop)[receipt.lines[0].lot_id]
    assert (left.units, left.came, left.back) == (5, 20, 15)
    assert list(returnable(shop, reason="damaged")) == [near.lines[1].lot_id]
    assert list(returnable(shop, search="arnica 2")) == [near.lines[1].lot_id]
    seen, cursor = [], ""
    while True:
        page = shop.run(
            "billing.list_returnable", {"supplier_id": usual(shop), "limit": 1, "cursor": cursor}
        )
        seen += [row.lot_id for row in page.rows]
        cursor = page.next_cursor
        if not cursor:
            break
    assert seen == list(returnable(shop))


def test_goods_of_a_waiting_bill_say_so(shop):
    came_in = came(shop, goods(shop, 10))
    made = bill(shop, "735.00", billed(came_in, 10, "70"))
    assert returnable(shop)[came_in.lines[0].lot_id].bill_waiting == made.number


def test_returns_and_claims_are_listed(shop, receipt):
    waiting = send_back(shop, leaving(shop, receipt, 5))
    settled = send_back(shop, leaving(shop, receipt, 5))
    settle(shop, settled.claim_id, "400.00", "20.00")
    apart = send_back(shop, leaving(shop, came(shop, goods(shop, 5)), 5))
    claimed = bill(
        shop, "735.00", billed(came(shop, goods(shop, 10)), 10, "70"), bill_number="SBL/118"
    )
    decide(shop, claimed, "claimed")

    rows = shop.run("billing.list_returns").rows
    assert [(row.id, row.standing) for row in rows] == [
        (apart.id, "unbilled"),
        (settled.id, "settled"),
        (waiting.id, "open"),
    ]
    assert [r.id for r in shop.run("billing.list_returns", {"standing": "open"}).rows] == [
        waiting.id
    ]
    claims = shop.run("billing.list_claims", {"standing": "open"})
    assert [(row.return_id, row.subject) for row in claims.rows] == [
        (waiting.id, ""),
        (None, "SBL/118"),
    ]
    assert claims.still_asked == Decimal("525.00") + Decimal("105.00")
    assert shop.run("billing.list_claims", {"older_than": 1}).rows == []
    first = shop.run("billing.list_claims", {"limit": 2})
    rest = shop.run("billing.list_claims", {"limit": 2, "cursor": first.next_cursor})
    assert [r.answer for r in [*first.rows, *rest.rows]] == ["open", "part", "open"]
    detail = shown(shop, settled)
    assert (detail.credited, detail.total, detail.lines[0].bill_number) == (
        Decimal("400.00"),
        Decimal("525.00"),
        "SBL/117",
    )
    assert len(detail.entries) == 2


def test_recovery_is_of_what_suppliers_answered(shop, receipt):
    today = shop.ctx.today
    first = send_back(shop, leaving(shop, receipt, 10))
    send_back(shop, leaving(shop, receipt, 10))
    span = {"from_day": today, "to_day": today}
    (row,) = shop.run("billing.claim_recovery", span).rows
    assert (row.claims, row.claimed, row.share) == (2, Decimal("2100.00"), None)
    settle(shop, first.claim_id, "800.00", "40.00")
    (row,) = shop.run("billing.claim_recovery", span | {"supplier_id": usual(shop)}).rows
    assert (row.settled, row.recovered, row.share) == (1050, 840, Decimal("80.0"))
    assert shop.run("billing.claim_recovery", span | {"supplier_id": new_id()}).rows == []
    with refused(shop, InvalidInput, "to_day"):
        shop.run("billing.claim_recovery", {"from_day": today, "to_day": today - timedelta(days=1)})


def test_people_are_reminded_of_old_claims_once_a_week(shop, receipt):
    send_back(shop, leaving(shop, receipt, 10))
    monday = utc_now() + timedelta(days=31)
    monday -= timedelta(days=monday.weekday() - 7)
    assert shop.run("billing.remind_of_claims").claims == 0
    told = shop.run("billing.remind_of_claims", at=monday)
    assert (told.claims, told.asked) == (1, Decimal("1050.00"))
    assert told.told == 3
    assert shop.run("billing.remind_of_claims", at=monday + timedelta(days=1)).told == 0
    assert shop.run("billing.remind_of_claims", at=monday + timedelta(days=7)).told == 3


def test_who_may_not_see_returns_is_refused(shop, receipt):
    made = send_back(shop, leaving(shop, receipt, 1))
    cashier, storekeeper = shop.acting_as("cashier"), shop.acting_as("storekeeper")
    about = {"supplier_id": usual(shop)}
    for name, given in (
        ("billing.list_returnable", about),
        ("billing.list_returns", {}),
        ("billing.get_return", {"return_id": made.id}),
    ):
        with refused(shop, PermissionDenied):
            shop.run(name, given, by=cashier)
        shop.run(name, given, by=storekeeper)
    with refused(shop, PermissionDenied):
        shop.run("billing.list_claims", by=storekeeper)
