"""Credit that no return can claim any more: its last day is past before the return can be filed (s.16(4))."""

from datetime import date
from decimal import Decimal
from typing import Any

from tests.factories import Shop, broken_promises
from tests.services.gst_returns.months import (
    at,
    detail,
    file_return,
    import_2b,
    prepare,
    purchase,
)
from tests.services.gst_returns.test_periods import balance, figures, file_month

FEBRUARY = date(2025, 2, 10)


def cells(shop: Shop, month: int) -> Any:
    """Return what a month claims, and what lapsed, of integrated tax."""
    found = figures(shop, month)["cells"]
    return found["4(A)(5)"]["igst"], found["4(D)(2)"]["igst"]


def december(shop: Shop) -> Any:
    """Return the credit that December opens with, and what waits in it."""
    found = detail(shop, prepare(shop, "gstr3b", 12, at=at(31, 12))).figures
    return found["opening"]["igst"], found["held"]


def old_bill(shop: Shop, number: str, booked_on: date) -> Any:
    """Record a bill of the financial year before, with 50 of tax."""
    return purchase(
        shop, number, "1000.00", "5", state="09", billed_on=FEBRUARY, booked_on=booked_on
    )


def test_the_last_return_that_is_filed_in_time_claims_and_the_next_books_a_cost(
    trader: Shop,
) -> None:
    old_bill(trader, "F-1", date(2025, 10, 31))
    old_bill(trader, "F-2", date(2025, 11, 20))
    assert cells(trader, 10) == ("50.00", "0.00")
    file_month(trader, 10)
    assert cells(trader, 11) == ("0.00", "50.00")
    version = prepare(trader, "gstr3b", 11)
    found = detail(trader, version)
    assert (version.blocking, found.differences) == (0, [])
    (told,) = [row for row in found.problems if row["code"] == "credit_lapsed"]
    assert told["document"] == "F-2"
    wanted = {"return_id": version.id, "part": "4(D)(2)"}
    assert [row.number for row in trader.run("gst_returns.list_figure_rows", wanted).rows] == [
        "F-2"
    ]
    file_return(trader, prepare(trader, "gstr1", 11), 11)
    file_return(trader, version, 11)
    assert (balance(trader, "credit_given_up"), balance(trader, "input_igst")) == (50, 50)
    assert december(trader) == ("50.00", [])
    assert broken_promises() == []


def test_credit_that_waits_beyond_its_last_day_waits_no_more(trader: Shop) -> None:
    old_bill(trader, "F-3", date(2025, 10, 20))
    import_2b(trader)
    assert figures(trader, 10)["held"][0]["number"] == "F-3"
    file_month(trader, 10)
    import_2b(trader, ("09", "F-3", "1000.00", "5"), month=11)
    assert cells(trader, 11) == ("0.00", "50.00")
    matched = trader.run("gst_returns.list_matches", {"starts_on": date(2025, 11, 1)})
    assert (matched.claimed, matched.waiting) == (0, 0)
    (row,) = [row for row in matched.rows if row.bill_id]
    assert row.words == "Its credit lapsed on 30-11-2025: no return can claim it."
    file_month(trader, 11)
    assert balance(trader, "input_igst") == Decimal(0)
    assert december(trader) == ("0.00", [])
    assert broken_promises() == []
