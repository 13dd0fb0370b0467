"""Rules 42 and 43: what exempt supplies bear of common credit, by figures worked out by hand."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from erp.core.errors import InvalidInput
from erp.models.gst_returns import CreditChangeKind
from erp.services.gst_returns import NothingToShare, ShareChanged
from erp.services.gst_returns.common_credit import (
    Gathered,
    Share,
    share_of,
    split_in_months,
    year_of,
)
from erp.services.gst_returns.gstr3b import GIVES_BACK, CreditChange, gstr3b_cells
from erp.services.gst_returns.heads import NOTHING, Heads
from tests.concurrency.crowd import at_once
from tests.factories import Shop, broken_promises
from tests.services.assets.owning import kinds, seller
from tests.services.books import balance
from tests.services.gst_returns.example_month import EXAMPLES
from tests.services.gst_returns.months import (
    OCTOBER,
    at,
    buyer,
    detail,
    gstin_of,
    invoice_in,
    prepare,
    product,
    purchase,
)
from tests.services.purchasing.ordering import supplier
from tests.services.unchanged import refused

E36 = next(one for one in EXAMPLES["examples"] if one["id"] == "E36")


def both(amount: str) -> Heads:
    """Return as much of each half."""
    return Heads(cgst=Decimal(amount), sgst=Decimal(amount))


def gathered(**facts: Any) -> Gathered:
    nothing = dict.fromkeys(("t", "t1", "t2", "t3", "t4", "tr"), NOTHING)
    return Gathered(**(nothing | {"exempt": Decimal(0), "turnover": Decimal(0)} | facts))


def test_the_example_comes_out_head_by_head() -> None:
    given, expected = E36["input"], E36["expected"]
    found = gathered(
        t=both(given["common_credit_c2"]["cgst"]),
        exempt=Decimal(given["exempt_turnover_E"]),
        turnover=Decimal(given["total_turnover_F"]),
    )
    share = share_of(found, is_private_too=False)
    assert (share.c2, share.d1.cgst, share.d1.sgst) == (
        found.t, Decimal(expected["d1_cgst"]), Decimal(expected["d1_sgst"]),
    )  # fmt: skip
    assert share.c3.cgst == Decimal(expected["eligible_c3_cgst"])
    assert share.to_reverse == share.d1


def test_every_figure_of_the_rules_worked_out_by_hand() -> None:
    """T 10,000 less 500 private, 700 exempt, 300 blocked is C1 8,500; less 6,500 for goods C2 is 2,000.

    A quarter is exempt: D1 500; D2 is 5 percent, 100; C3 1,400. A tool's 6,000 is 100 a month, of which 25.
    """
    share = share_of(
        gathered(
            t=both("10000"), t1=both("500"), t2=both("700"), t3=both("300"), t4=both("6500"),
            exempt=Decimal(30000), turnover=Decimal(120000), tr=split_in_months(both("6000")),
        ),
        is_private_too=True,
    )  # fmt: skip
    amounts = [share.c1, share.c2, share.d1, share.d2, share.c3, share.tr, share.te]
    assert [one.cgst for one in amounts] == [8500, 2000, 500, 100, 1400, 100, 25]
    assert share.to_reverse == both("1825")


@pytest.mark.parametrize(
    ("exempt", "turnover", "d1"),
    [
        ("0", "100", "0"),
        ("100", "100", "7.77"),
        ("0", "0", "0"),
        ("-5", "100", "0"),
        ("1", "3", "2.59"),
    ],
)
def test_the_part_is_rounded_to_a_paisa_and_never_more_than_all(
    exempt: str, turnover: str, d1: str
) -> None:
    found = gathered(t=both("7.77"), exempt=Decimal(exempt), turnover=Decimal(turnover))
    assert share_of(found, is_private_too=False).d1 == both(d1)


def test_the_year_shares_by_its_own_turnover_and_keeps_the_months_of_capital_goods() -> None:
    """April all exempt gives 600 back of 600; May none of 1,200. The year: 1,800 by 1,000 of 4,000 is 450, not 600."""
    april = gathered(t=both("600"), exempt=Decimal(1000), turnover=Decimal(1000), tr=both("10"))
    may = gathered(t=both("1200"), turnover=Decimal(3000), tr=both("10"))
    months = [share_of(one, is_private_too=False) for one in (april, may)]
    assert [one.to_reverse.cgst for one in months] == [610, 0]
    year = year_of(months, is_private_too=False)
    assert (year.d1.cgst, year.te.cgst, year.to_reverse.cgst) == (450, 10, 460)
    assert year_of([], is_private_too=True) == Share()


def test_what_the_year_gives_back_is_credit_of_its_own() -> None:
    back = CreditChange(CreditChangeKind.COMMON_BACK, both("150"))
    assert back.kind in GIVES_BACK
    cells = gstr3b_cells([], [], [back])
    assert (cells["4(A)(5)"], cells["4(B)(1)"], cells["4(C)"]) == (
        both("150"),
        NOTHING,
        both("150"),
    )


def freight(shop: Shop, value: str, day: int = 10, month: int = 10) -> Any:
    """Record freight under reverse charge at 5 percent: credit that goods and clinic share."""
    carrier = supplier(shop, name=f"Carrier {value} {month}")
    given = {"gstin": gstin_of(shop), "supplier_id": carrier, "description": "Freight"}
    given |= {"hsn": "996791", "taxable": value, "rate": "5", "booked_on": date(2025, month, day)}
    return shop.run("gst_returns.record_reverse_charge", given, at=at(day, month))


def clinic(shop: Shop) -> Any:
    """Sell 3,000 of goods and 1,000 of consultations in October; in November goods for 4,000 alone."""
    goods, visit = (
        product(shop, "300490", "5", "1050.00"),
        product(shop, "999319", "0", "1.00", treatment="exempt"),
    )
    who = buyer(shop)
    invoice_in(shop, 10, 9, who, (goods, 3, "1050.00"), (visit, 2, "500.00"))
    invoice_in(shop, 11, 9, who, (goods, 4, "1050.00"))


def share(shop: Shop, **more: Any) -> Any:
    given = {"starts_on": OCTOBER} | more
    return shop.run("gst_returns.list_common_credit", given, at=at(5, 12))


def give_back(shop: Shop, agreed: str, **more: Any) -> Any:
    given = {"starts_on": OCTOBER, "agreed": agreed} | more
    return shop.run("gst_returns.share_common_credit", given, at=at(5, 12))


def test_a_month_is_proposed_posted_once_and_stated(trader: Shop) -> None:
    """Freight of 2,000 has 100 of credit; a quarter of October's turnover is exempt: 25 go back."""
    purchase(trader, "A-1", "1000.00", "5", state="09")
    freight(trader, "2000.00")
    clinic(trader)
    found = share(trader)
    assert (found.exempt, found.turnover) == (1000, 4000)
    told = {name: one.tax for name, one in found.figures.items()}
    assert told == {
        "T": 150, "T1": 0, "T2": 0, "T3": 0, "C1": 150, "T4": 50, "C2": 100, "D1": 25, "D2": 0, "C3": 75, "Tr": 0,
        "Te": 0,
    }  # fmt: skip
    assert [(row.tax, row.use.value) for row in found.rows] == [(100, "common")]
    assert (found.rest.tax, found.booked_on) == (25, date(2025, 10, 31))
    with refused(trader, ShareChanged):
        give_back(trader, "24.00")
    hint = [one["message"] for one in problems(trader) if one["code"] == "common_credit"]
    assert "₹25.00 of common credit" in hint[0]
    done = give_back(trader, "25.00")
    assert (len(done.ids), done.tax, balance(trader, "credit_given_up")) == (1, 25, 25)
    assert share(trader).rest.tax == 0
    with refused(trader, NothingToShare):
        give_back(trader, "0.00")
    cells = detail(trader, prepare(trader, "gstr3b")).figures["cells"]
    assert [cells["4(B)(1)"][head] for head in ("igst", "cgst", "sgst")] == [
        "0.00",
        "12.50",
        "12.50",
    ]
    assert not [one for one in problems(trader) if one["code"] == "common_credit"]
    assert broken_promises() == []


def test_a_month_without_turnover_shares_by_the_last_that_had_some(trader: Shop) -> None:
    clinic(trader)
    freight(trader, "2000.00", month=12, day=2)
    found = share(trader, starts_on="2025-12-01")
    assert (found.exempt, found.turnover, found.figures["C2"].tax) == (0, 4000, 100)


def problems(shop: Shop) -> Any:
    return detail(shop, prepare(shop, "gstr3b")).problems


def test_what_purchases_serve_changes_the_share_and_is_remembered(trader: Shop) -> None:
    freight(trader, "2000.00")
    freight(trader, "400.00")
    clinic(trader)
    large, small = sorted(share(trader).rows, key=lambda row: -row.tax)
    uses = [{"input_id": small.id, "use": "exempt"}, {"input_id": large.id, "use": "taxable"}]
    found = share(trader, uses=uses)
    assert {name: found.figures[name].tax for name in ("T", "T2", "T4", "C2", "D1")} == {
        "T": 120, "T2": 20, "T4": 100, "C2": 0, "D1": 0,
    }  # fmt: skip
    assert found.rest.tax == 20
    private = [uses[0], {"input_id": large.id, "use": "private"}]
    assert share(trader, uses=private).rest.tax == 120
    assert share(trader, is_private_too=True).figures["D2"].tax == 6
    give_back(trader, "20.00", uses=uses)
    again = share(trader)
    assert {row.id: row.use.value for row in again.rows} == {
        small.id: "exempt",
        large.id: "taxable",
    }
    assert again.rest.tax == 0


def test_the_year_takes_back_what_its_months_gave_back_too_much(trader: Shop) -> None:
    """October gave back 25 of 100; the year has 1,000 exempt of 8,000: 12.50 of 100 are due, 12.50 come back."""
    freight(trader, "2000.00")
    clinic(trader)
    give_back(trader, "25.00")
    year = share(trader, is_year=True)
    assert (year.starts_on, year.ends_on) == (date(2025, 4, 1), date(2026, 3, 31))
    assert (year.to_reverse.tax, year.recorded.tax, year.rest.tax) == (
        Decimal("12.50"), 25, Decimal("-12.50"),
    )  # fmt: skip
    give_back(trader, "-12.50", is_year=True)
    assert balance(trader, "credit_given_up") == Decimal("12.50")
    assert share(trader, is_year=True).rest.tax == 0
    assert share(trader).rest.tax == 0
    (row,) = trader.run("gst_returns.list_credit_changes", {"kind": "common_back"}).rows
    assert (row.tax, row.booked_on) == (Decimal("12.50"), date(2025, 12, 5))
    assert broken_promises() == []


def test_a_capital_good_counts_a_sixtieth_a_month(trader: Shop) -> None:
    """A computer of 60,000 has 10,800 of credit: 180 a month, a quarter of it in October."""
    clinic(trader)
    bill = {"bought_from": "supplier", "supplier_id": seller(trader), "bill_number": "C-1"}
    bought = {"gst_rate": "18", "price": "60000.00", "name": "Computer"}
    day = {"bought_on": date(2025, 10, 6), "booked_on": date(2025, 10, 6)}
    kind = {"category_id": kinds(trader)["Computers and tills"]}
    trader.run("assets.register_asset", bill | bought | day | kind, at=at(6))
    found = share(trader)
    assert {name: found.figures[name].tax for name in ("T", "C2", "Tr", "Te")} == {
        "T": 0, "C2": 0, "Tr": 180, "Te": 45,
    }  # fmt: skip
    (tool,) = found.rows
    assert (tool.is_capital, tool.tax) == (True, 10_800)
    assert share(trader, starts_on="2025-11-01").figures["Tr"].tax == 180
    assert share(trader, uses=[{"input_id": tool.id, "use": "taxable"}]).rest.tax == 0
    exempt = [{"input_id": tool.id, "use": "exempt"}]
    assert share(trader, uses=exempt).rest.tax == 10_800
    assert share(trader, starts_on="2025-11-01", uses=exempt).rest.tax == 0
    assert share(trader, is_year=True).figures["Te"].tax == 45


def test_a_cancelled_share_is_proposed_anew(trader: Shop) -> None:
    freight(trader, "2000.00")
    clinic(trader)
    (change,) = give_back(trader, "25.00").ids
    trader.run("gst_returns.cancel_credit_change", {"credit_change_id": change, "reason": "Wrong"})
    assert share(trader).rest.tax == 25


def test_two_at_once_give_back_once(trader: Shop) -> None:
    freight(trader, "2000.00")
    clinic(trader)
    answers = at_once([lambda: give_back(trader, "25.00")] * 2)
    assert sorted(type(one).__name__ for one in answers) == ["NothingToShare", "SharedCredit"]
    assert balance(trader, "credit_given_up") == 25


def test_a_use_is_told_of_a_purchase_of_these_days(trader: Shop) -> None:
    bill = purchase(trader, "A-1", "1000.00", "5", state="09")
    clinic(trader)
    with pytest.raises(InvalidInput, match="no purchase of these days"):
        share(trader, uses=[{"input_id": bill.id, "use": "exempt"}])


def test_no_such_change_is_typed(trader: Shop) -> None:
    given = {"gstin": gstin_of(trader), "kind": "common_back", "cgst": "1.00", "reason": "By hand"}
    with pytest.raises(InvalidInput, match="books this by itself"):
        trader.run("gst_returns.change_credit", given)
