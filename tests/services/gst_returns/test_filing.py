"""A return is frozen, mended, reviewed and filed; what is filed stays."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from psycopg.errors import CheckViolation

from erp.core import db
from erp.core.errors import PermissionDenied
from erp.core.ids import new_id
from erp.services import accounting
from erp.services.gst_returns import (
    CashShort,
    CreditShort,
    DepositKnown,
    ReturnFiled,
    ReturnNotReady,
    ReturnOutdated,
    ReviewMissing,
    TaxPeriodFiled,
    UnknownRegistration,
    WrongTaxPeriod,
)
from tests.factories import Shop, broken_promises, gstin_in
from tests.services.gst_returns.months import (
    ARN,
    OCTOBER,
    at,
    buyer,
    detail,
    file_return,
    gstin_of,
    invoice,
    prepare,
    purchase,
)
from tests.services.trading import rows, snapshot


def sold(shop: Shop, **facts: Any) -> Any:
    """Sell ten units for a thousand to a registered retailer in October."""
    known = {"gstin": gstin_in("27"), "gst_category": "regular"} | facts
    return invoice(shop, 6, buyer(shop, **known), (shop.variant_ids[0], 10, "100.00"))


def typed(shop: Shop, amount: str, *, back: bool = False) -> Any:
    """Type an entry on output tax that no document stands for."""
    sides = [
        {"account_key": "bank", "debit": amount},
        {"account_key": "output_cgst", "credit": amount},
    ]
    if back:
        sides = [
            {"account_key": "bank", "credit": amount},
            {"account_key": "output_cgst", "debit": amount},
        ]
    entry = {"effective_on": date(2025, 10, 9), "narration": "By mistake", "lines": sides}
    return shop.run("accounting.post_manual_entry", entry, at=at(9))


def test_a_difference_is_shown_mended_and_gone(trader: Shop) -> None:
    sold(trader)
    typed(trader, "7.00")
    made = prepare(trader)
    found = detail(trader, made)
    assert (made.version, made.blocking) == (1, 1)
    assert found.differences[0]["label"] == "By mistake"
    assert found.differences[0]["page"].startswith("/books/journal/")
    assert found.differences[0]["books"]["cgst"] == "7.00"
    for name in ("get_portal_file", "file_return"):
        given = {"return_id": made.id}
        more = {"arn": ARN, "filed_on": date(2025, 11, 15)} if name == "file_return" else {}
        with pytest.raises(ReturnNotReady):
            trader.run(f"gst_returns.{name}", given | more, at=at(15, 11))
    typed(trader, "7.00", back=True)
    again = prepare(trader)
    assert (again.version, again.blocking, detail(trader, again).differences) == (2, 0, [])
    with pytest.raises(ReturnOutdated, match="Version 2"):
        file_return(trader, made)
    third = prepare(trader)
    wanted = "gst_returns.get_portal_file"
    with pytest.raises(ReturnOutdated, match="Version 3"):
        trader.run(wanted, {"return_id": again.id}, at=at(15, 11))
    with pytest.raises(ReturnNotReady, match="not over"):
        trader.run(wanted, {"return_id": third.id}, at=at(31))
    assert trader.run(wanted, {"return_id": third.id}).file_name.endswith("_102025_v3.json")
    again = third
    file_return(trader, again)
    assert broken_promises() == []


def test_what_nothing_can_mend_is_accepted_with_a_reason_and_kept(trader: Shop) -> None:
    """March's tax, paid by hand in October: an entry of no document that stays."""
    sold(trader)
    typed(trader, "7.00", back=True)
    found = detail(trader, prepare(trader)).differences[0]
    taken = {"matter": found["matter"], "reason": "Tax of March, before going live"}
    about = {"gstin": gstin_of(trader), "form": "gstr1", "starts_on": OCTOBER, "accepted": [taken]}
    clerk = replace(trader.ctx, permissions=frozenset({"gst_returns.prepare"}))
    with pytest.raises(PermissionDenied):
        trader.run("gst_returns.prepare_return", about, by=clerk, at=at(12, 11))
    made = trader.run("gst_returns.prepare_return", about, at=at(12, 11))
    kept = detail(trader, made)
    assert (made.blocking, kept.differences) == (0, [])
    assert [(one["label"], one["tax"]) for one in kept.figures["accepted"]] == [
        ("By mistake", "-7.00")
    ]
    assert "Tax of March" in kept.problems[0]["message"]
    again = prepare(trader)
    assert again.blocking == 0
    typed(trader, "3.00")
    assert prepare(trader).blocking == 1
    typed(trader, "3.00", back=True)
    file_return(trader, prepare(trader))
    assert broken_promises() == []


def test_what_changed_since_it_was_prepared_refuses_to_be_filed(trader: Shop) -> None:
    sold(trader)
    made = prepare(trader)
    sold(trader, name="Late", gstin="", gst_category="unregistered")
    with pytest.raises(ReturnOutdated, match="Prepare it again"):
        file_return(trader, made)
    file_return(trader, prepare(trader))


def test_a_filed_period_takes_no_more_tax(trader: Shop) -> None:
    sold(trader)
    first = prepare(trader)
    file_return(trader, first)
    purchase(trader, "B-1", "1000.00", "5")
    before = snapshot(trader)
    for late in (
        lambda: sold(trader, name="Late", gstin="", gst_category="unregistered"),
        lambda: typed(trader, "1.00"),
    ):
        with pytest.raises(TaxPeriodFiled) as refused:
            late()
    assert "next return" in refused.value.message
    assert rows(trader, "select 1 from invoice where issued_on = %s", at(6).date()) == [
        {"?column?": 1}
    ]
    file_return(trader, prepare(trader, "gstr3b"))
    with pytest.raises(TaxPeriodFiled) as refused:
        purchase(trader, "B-2", "1000.00", "5", gstin=gstin_in("09"), state="09")
    assert "booked_on" in refused.value.fields
    assert snapshot(trader)["invoice"] == before["invoice"]
    purchase(
        trader, "B-3", "1000.00", "5", gstin=gstin_in("24"), state="24", booked_on=date(2025, 11, 3)
    )
    free = {"effective_on": date(2025, 10, 9), "narration": "Rent", "lines": [
        {"account_key": "rent", "debit": "5.00"}, {"account_key": "bank", "credit": "5.00"}]}  # fmt: skip
    trader.run("accounting.post_manual_entry", free, at=at(16, 11))
    with pytest.raises(ReturnFiled):
        prepare(trader)
    with pytest.raises(ReturnFiled):
        file_return(trader, first)


def test_an_entry_in_progress_comes_before_the_filing(trader: Shop) -> None:
    """Whoever files waits for it, and then sees that the figures are no longer those."""
    sold(trader)
    made = prepare(trader)
    lines = [accounting.debit("bank", Decimal(5)), accounting.credit("output_cgst", Decimal(5))]
    entry = accounting.NewEntry(
        "general", date(2025, 10, 9), "manual", new_id(), "x", "Late", lines
    )
    with ThreadPoolExecutor() as pool:
        with db.unit_of_work(trader.ctx) as session:
            accounting.post_entry(session, trader.ctx, entry)
            filing = pool.submit(file_return, trader, made)
            with pytest.raises(TimeoutError):
                filing.result(timeout=0.5)
        with pytest.raises(ReturnOutdated):
            filing.result(timeout=20)


def test_not_even_the_owner_of_the_database_changes_a_filed_return(trader: Shop) -> None:
    sold(trader)
    made = prepare(trader)
    for change in (
        "update gst_return set portal = '{}' where id = %s",
        "update gst_return set figures = '{}' where id = %s",
        "update gst_return set blocking = 1 where id = %s",
    ):
        with pytest.raises(CheckViolation), db.unit_of_work(trader.ctx) as session:
            db.raw(session).execute(change.encode(), (made.id,))
    file_return(trader, made)
    with pytest.raises(CheckViolation), db.unit_of_work(trader.ctx) as session:
        db.execute(session, "update gst_return set status = 'prepared' where id = %s", (made.id,))


def test_somebody_else_reviews_what_is_beyond_the_limit(trader: Shop) -> None:
    with db.unit_of_work(trader.ctx) as session:
        db.execute(
            session,
            'update role set limits = limits || \'{"unreviewed_return": "49"}\''
            " where tenant_id = %s and name = 'accountant'",
            (trader.tenant_id,),
        )
    sold(trader)
    accountant, manager = trader.acting_as("accountant"), trader.acting_as("manager")
    made = prepare(trader, by=accountant)
    with pytest.raises(ReviewMissing):
        file_return(trader, made, by=accountant)
    given = {"return_id": made.id}
    with pytest.raises(ReviewMissing):
        trader.run("gst_returns.review_return", given, by=accountant)
    trader.run("gst_returns.review_return", given, by=manager)
    file_return(trader, made, by=accountant)
    assert detail(trader, made).reviewer != ""


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"gstin": gstin_in("24")}, UnknownRegistration),
        ({"starts_on": date(2025, 10, 2)}, WrongTaxPeriod),
        ({"starts_on": date(2026, 1, 1)}, WrongTaxPeriod),
        ({"starts_on": date(2025, 9, 1), "months": 3}, WrongTaxPeriod),
        ({"starts_on": date(9999, 12, 1)}, WrongTaxPeriod),
    ],
)
def test_what_is_no_period_or_registration_is_refused(
    trader: Shop, given: dict[str, Any], error: type[Exception]
) -> None:
    usual = {"gstin": gstin_of(trader), "form": "gstr1", "starts_on": OCTOBER}
    with pytest.raises(error):
        trader.run("gst_returns.prepare_return", usual | given, at=at(12, 11))
    assert rows(trader, "select 1 from gst_return") == []


def test_a_quarter_and_the_first_day_of_all_are_periods(trader: Shop) -> None:
    sold(trader)
    quarter = {"gstin": gstin_of(trader), "form": "gstr1", "starts_on": OCTOBER, "months": 3}
    made = trader.run("gst_returns.prepare_return", quarter, at=at(12, 12))
    assert detail(trader, made).ends_on == date(2025, 12, 31)
    with pytest.raises(WrongTaxPeriod, match="not over"):
        file_return(trader, made, at=at(20, 12))
    first = {"gstin": gstin_of(trader), "form": "gstr3b", "starts_on": date(1, 1, 1)}
    assert trader.run("gst_returns.prepare_return", first).blocking == 0


def test_tax_in_cash_needs_a_challan_of_it(trader: Shop) -> None:
    sold(trader)
    file_return(trader, prepare(trader))
    made = prepare(trader, "gstr3b")
    with pytest.raises(CashShort, match="50"):
        file_return(trader, made)
    challan = {"gstin": gstin_of(trader), "reference": "CIN7", "amount": "50.00"}
    trader.run("gst_returns.deposit_cash", challan, at=at(15, 11))
    with pytest.raises(DepositKnown):
        trader.run("gst_returns.deposit_cash", challan, at=at(15, 11))
    file_return(trader, made)


def test_no_more_credit_is_claimed_again_than_was_reversed(trader: Shop) -> None:
    about = {"gstin": gstin_of(trader), "igst": "30.00", "reason": "Unpaid for 180 days"}
    trader.run("gst_returns.change_credit", about | {"kind": "unpaid"}, at=at(5))
    with pytest.raises(CreditShort):
        trader.run(
            "gst_returns.change_credit", about | {"kind": "reclaimed", "igst": "30.01"}, at=at(6)
        )
    again = about | {"kind": "reclaimed"}
    for other in ({"igst": "0", "cgst": "30.00"}, {"booked_on": date(2025, 10, 4)}):
        with pytest.raises(CreditShort) as refused:
            trader.run("gst_returns.change_credit", again | other, at=at(6))
        assert set(refused.value.fields) == {"cgst" if "cgst" in other else "igst"}
    trader.run("gst_returns.change_credit", about | {"kind": "reclaimed"}, at=at(6))
    _expect_listed(trader)
    cells = detail(trader, prepare(trader, "gstr3b")).figures["cells"]
    assert (cells["4(B)(2)"]["igst"], cells["4(D)(1)"]["igst"], cells["4(C)"]["igst"]) == (
        "30.00",
        "30.00",
        "0.00",
    )
    assert Decimal(cells["4(A)(5)"]["igst"]) == 30


def _expect_listed(shop: Shop) -> None:
    """The register has both changes, the newest first, each with its entry; it is narrowed by kind and words."""
    wanted = "gst_returns.list_credit_changes"
    listed = shop.run(wanted).rows
    assert [(row.kind, row.igst, row.gstin) for row in listed] == [
        ("reclaimed", Decimal("30.00"), gstin_of(shop)),
        ("unpaid", Decimal("30.00"), gstin_of(shop)),
    ]
    assert shop.run("accounting.get_entry", {"entry_id": listed[0].entry_id}).narration.endswith(
        "Unpaid for 180 days"
    )
    assert shop.run(wanted, {"kind": "unpaid"}).rows == listed[1:]
    assert shop.run(wanted, {"search": "180 DAYS"}).rows == listed
    assert shop.run(wanted, {"search": "somebody"}).rows == []
    first = shop.run(wanted, {"limit": 1})
    assert shop.run(wanted, {"limit": 1, "cursor": first.next_cursor}).rows == listed[1:]
