"""A reverse charge or a change of credit that was typed wrong is cancelled: once, and before its return is filed."""

from datetime import date
from functools import partial
from typing import Any

import pytest
from psycopg.errors import CheckViolation, InsufficientPrivilege

from erp.core import db
from erp.core.ids import new_id
from erp.services.accounting import PeriodClosed
from erp.services.gst_returns import (
    CreditShort,
    RecordCancelled,
    RecordKept,
    ReturnOutdated,
    TaxPeriodFiled,
    UnknownRecord,
    get_printed_self_invoice,
)
from tests.concurrency.crowd import at_once, refusals
from tests.factories import Shop, broken_promises
from tests.services.books import balance
from tests.services.gst_returns.months import (
    at,
    deposit,
    detail,
    file_return,
    gstin_of,
    prepare,
    purchase,
)
from tests.services.gst_returns.test_lost_goods import losses, lot, reverse, write_off
from tests.services.purchasing.ordering import supplier
from tests.services.trading import rows

WHY = {"reason": "Typed with a nought too many"}


def carrier(shop: Shop, **facts: Any) -> Any:
    about = {"name": "Ganesh Roadways", "gst_category": "unregistered", "state_code": "27"}
    return supplier(shop, **(about | facts))


def charge(shop: Shop, supplier_id: Any, day: int = 6, month: int = 10, **facts: Any) -> Any:
    """Record freight of 2,000 under reverse charge, on which 50 of each half are owed."""
    given = {
        "gstin": gstin_of(shop), "supplier_id": supplier_id, "description": "Freight to Pune",
        "hsn": "996791", "taxable": "2000.00", "rate": "5",
    }  # fmt: skip
    return shop.run("gst_returns.record_reverse_charge", given | facts, at=at(day, month))


def change(shop: Shop, kind: str, day: int = 6, month: int = 10, **heads: str) -> Any:
    given = {"gstin": gstin_of(shop), "kind": kind, "reason": "By the rule"} | heads
    return shop.run("gst_returns.change_credit", given, at=at(day, month))


def cancel(shop: Shop, made: Any, **more: Any) -> None:
    """Cancel a reverse charge or a change of credit."""
    is_charge = rows(shop, "select 1 from gst_reverse_charge where id = %s", made.id)
    kind = "reverse_charge" if is_charge else "credit_change"
    shop.run(f"gst_returns.cancel_{kind}", {f"{kind}_id": made.id} | WHY, **more)


def close_october(shop: Shop) -> None:
    periods = shop.run("accounting.list_periods").rows
    october = next(row for row in periods if row.starts_on == date(2025, 10, 1))
    closed = {"period_id": october.id, "status": "closed", "reason": "Done"}
    shop.run("accounting.set_period_status", closed, at=at(20, 11))


def test_a_cancelled_reverse_charge_leaves_nothing_owed_and_nothing_stated(trader: Shop) -> None:
    made = charge(trader, carrier(trader))
    right = charge(trader, carrier(trader, name="Om Roadways"), taxable="200.00")
    assert balance(trader, "creditors") == -2200
    cancel(trader, made, at=at(9))
    accounts = ("creditors", "freight_inward", "input_cgst_rcm", "rcm_cgst")
    assert [balance(trader, key) for key in accounts] == [-200, 200, 5, -5]
    listed = trader.run("gst_returns.list_reverse_charges").rows
    assert [(row.number, row.standing, row.cancel_reason) for row in listed] == [
        (right.number, "recorded", ""),
        (made.number, "cancelled", WHY["reason"]),
    ]
    prepared = detail(trader, prepare(trader, "gstr3b"))
    assert prepared.figures["cells"]["3.1(d)"]["taxable"] == "200.00"
    assert prepared.differences == []
    left = "select sum(abs(amount - settled)) as open from open_item"
    assert rows(trader, left)[0]["open"] == 200
    assert broken_promises() == []


def test_the_entry_that_takes_back_is_of_the_same_day(trader: Shop) -> None:
    made = change(trader, "common", cgst="90.00", sgst="90.00")
    cancel(trader, made, at=at(3, 11))
    entries = rows(
        trader,
        "select purpose, effective_on, total, reverses_entry_id is not null as is_back from journal_entry"
        " where origin_id = %s order by id",
        made.id,
    )
    assert [(e["purpose"], e["effective_on"], e["total"], e["is_back"]) for e in entries] == [
        ("booked", date(2025, 10, 6), 180, False),
        ("cancelled", date(2025, 10, 6), 180, True),
    ]
    cells = detail(trader, prepare(trader, "gstr3b")).figures["cells"]
    assert cells["4(B)(1)"]["cgst"] == "0.00"
    assert balance(trader, "credit_given_up") == 0
    (row,) = trader.run("gst_returns.list_credit_changes").rows
    assert (row.standing, row.cancel_reason) == ("cancelled", WHY["reason"])
    assert broken_promises() == []


def test_what_a_filed_return_states_is_not_cancelled_and_its_remedy_is_told(trader: Shop) -> None:
    charged = charge(trader, carrier(trader))
    changes = {
        kind: change(trader, kind, cgst="1.00") for kind in ("unpaid", "reclaimed", "common")
    }
    file_return(trader, prepare(trader))
    deposit(trader, "102.00")
    file_return(trader, prepare(trader, "gstr3b"))
    for made, remedy in (
        (charged, "without the tax"),
        (changes["unpaid"], "Claim it again"),
        (changes["reclaimed"], "Reverse it anew"),
        (changes["common"], "journal entry of today"),
    ):
        with pytest.raises(TaxPeriodFiled, match=remedy) as refused:
            cancel(trader, made)
        assert set(refused.value.fields) <= {"reverse_charge_id", "credit_change_id"}
    assert {row.standing for row in trader.run("gst_returns.list_credit_changes").rows} == {"filed"}
    assert [row.standing for row in trader.run("gst_returns.list_reverse_charges").rows] == [
        "filed"
    ]
    assert broken_promises() == []


def test_what_is_paid_is_set_apart_first(trader: Shop) -> None:
    owed_to = carrier(trader)
    made = charge(trader, owed_to)
    paid = {"party_id": owed_to, "ledger": "supplier", "amount": "500.00", "method": "bank"}
    payment = trader.run("payments.make_payment", paid, at=at(7))
    with pytest.raises(RecordKept, match=r"500\.00 of SLF"):
        cancel(trader, made, at=at(8))
    back = {"payment_id": payment.id, "reason": "Typed twice"}
    trader.run("payments.reverse_payment", back, at=at(8))
    cancel(trader, made, at=at(8))
    assert balance(trader, "creditors") == 0
    assert broken_promises() == []


def test_a_reversal_of_which_something_was_claimed_again_is_kept(trader: Shop) -> None:
    first = change(trader, "unpaid", 5, igst="30.00")
    change(trader, "unpaid", 9, igst="40.00")
    again = change(trader, "reclaimed", 7, igst="25.00")
    with pytest.raises(RecordKept, match=r"25\.00 IGST of it were claimed again"):
        cancel(trader, first, at=at(12))
    cancel(trader, again, at=at(12))
    cancel(trader, first, at=at(12))
    with pytest.raises(CreditShort, match=r"40\.00 IGST"):
        change(trader, "reclaimed", 12, igst="40.01")
    assert broken_promises() == []


def test_lost_goods_whose_reversal_was_cancelled_wait_again(trader: Shop) -> None:
    write_off(trader, lot(trader), 3)
    assert reverse(trader).tax == 15
    (listed,) = trader.run("gst_returns.list_credit_changes").rows
    cancel(trader, listed)
    (lost,) = losses(trader, state="waiting")
    assert (lost.tax, lost.standing) == (15, "waiting")
    assert balance(trader, "loss_expired") == 300
    assert reverse(trader).tax == 15
    assert [(row.standing, row.tax) for row in losses(trader)] == [("reversed", 15)]
    assert len(rows(trader, "select 1 from gst_credit_loss")) == 2
    assert broken_promises() == []


def test_books_that_are_closed_are_opened_first(trader: Shop) -> None:
    made = change(trader, "common", cgst="90.00")
    close_october(trader)
    with pytest.raises(PeriodClosed):
        cancel(trader, made, at=at(21, 11))
    assert rows(trader, "select 1 from gst_credit_change where cancelled_at is not null") == []


def test_it_is_cancelled_by_one_of_many(trader: Shop) -> None:
    for made in (charge(trader, carrier(trader)), change(trader, "common", cgst="90.00")):
        answers = at_once([partial(cancel, trader, made, at=at(9))] * 4)
        assert refusals(answers, RecordCancelled) == 3
    assert balance(trader, "creditors") == balance(trader, "credit_given_up") == 0
    for kind in ("reverse_charge", "credit_change"):
        with pytest.raises(UnknownRecord):
            trader.run(f"gst_returns.cancel_{kind}", {f"{kind}_id": new_id()} | WHY)
    assert broken_promises() == []


def test_it_is_cancelled_or_claimed_again_not_both(trader: Shop) -> None:
    made = change(trader, "unpaid", 5, igst="30.00")
    again = partial(change, trader, "reclaimed", 7, igst="30.00")
    answers = at_once([partial(cancel, trader, made, at=at(9)), again, again])
    assert refusals(answers, (RecordKept, CreditShort)) == 2
    assert balance(trader, "credit_to_reclaim") == 0
    assert broken_promises() == []


def test_it_is_cancelled_or_filed_not_both(trader: Shop) -> None:
    purchase(trader, "A-1", "1000.00", "5")
    made = change(trader, "common", cgst="9.00")
    file_return(trader, prepare(trader))
    prepared = prepare(trader, "gstr3b")
    filing = partial(file_return, trader, prepared)
    answers = at_once([partial(cancel, trader, made, at=at(16, 11)), filing])
    assert refusals(answers, (TaxPeriodFiled, ReturnOutdated)) == 1
    (row,) = trader.run("gst_returns.list_credit_changes").rows
    filed = detail(trader, prepared).status == "filed"
    assert (row.standing == "filed") == filed
    assert broken_promises() == []


@pytest.mark.parametrize("table", ["gst_reverse_charge", "gst_credit_change"])
@pytest.mark.parametrize(
    ("set_to", "refusal"),
    [
        ("cgst = cgst + 1", InsufficientPrivilege),
        ("cancelled_at = null, cancelled_by = null, cancel_reason = ''", CheckViolation),
        ("cancel_reason = 'Otherwise'", CheckViolation),
    ],
)
def test_the_database_changes_nothing_else_of_it(trader: Shop, table, set_to, refusal) -> None:
    made = charge(trader, carrier(trader))
    if table == "gst_credit_change":
        made = change(trader, "common", cgst="9.00")
    cancel(trader, made)
    with pytest.raises(refusal), db.unit_of_work(trader.ctx) as session:
        db.execute(
            session,
            f"update {table} set {set_to} where tenant_id = %s",  # noqa: S608  of the test
            (trader.tenant_id,),
        )


def test_the_database_cancels_nothing_of_a_filed_return(trader: Shop) -> None:
    made = change(trader, "common", cgst="9.00")
    file_return(trader, prepare(trader))
    deposit(trader, "9.00")
    file_return(trader, prepare(trader, "gstr3b"))
    with pytest.raises(CheckViolation, match="filed"), db.unit_of_work(trader.ctx) as session:
        db.execute(
            session,
            "update gst_credit_change set cancelled_at = now(), cancelled_by = user_id, cancel_reason = 'x'"
            " where tenant_id = %s and id = %s",
            (trader.tenant_id, made.id),
        )


def test_a_cancelled_self_invoice_is_marked_on_its_paper(trader: Shop) -> None:
    made = charge(trader, carrier(trader))
    cancel(trader, made, at=at(9))
    with db.unit_of_work(trader.ctx) as session:
        paper = get_printed_self_invoice(session, trader.ctx, made.id)
    assert paper.cancelled == f"on 09-10-2025: {WHY['reason']}"
