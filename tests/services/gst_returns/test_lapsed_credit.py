"""Credit that no return can claim any more: its last day is past before the return can be filed (s.16(4))."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from psycopg.errors import CheckViolation

from erp.core import db
from erp.core.errors import InvalidInput
from erp.core.gst.crediting import claimable_since
from erp.services.gst_returns import ReturnOutdated, WrongTaxPeriod
from tests.factories import Shop, broken_promises
from tests.services.gst_returns.months import (
    ARN,
    OCTOBER,
    at,
    detail,
    file_return,
    gstin_of,
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


def october(shop: Shop, day: int, month: int = 12, **more: Any) -> Any:
    """Prepare October's GSTR-3B on a day, and return the version with what lapsed in it."""
    made = prepare(shop, "gstr3b", 10, at=at(day, month), **more)
    return made, detail(shop, made).figures["cells"]["4(D)(2)"]["igst"]


def file_on(shop: Shop, made: Any, day: date) -> Any:
    given = {"return_id": made.id, "arn": ARN, "filed_on": day}
    return shop.run("gst_returns.file_return", given, at=at(20, 12))


def test_october_filed_on_30_november_claims_and_a_day_later_books_a_cost(trader: Shop) -> None:
    old_bill(trader, "F-1", date(2025, 10, 31))
    file_return(trader, prepare(trader, "gstr1", 10), 10)
    in_time, lapsed = october(trader, 30, 11)
    assert lapsed == "0.00"
    with pytest.raises(
        ReturnOutdated, match="01-12-2025 claims the credit of bills since 01-04-2025"
    ) as refused:
        file_on(trader, in_time, date(2025, 12, 1))
    assert "filed_on" in refused.value.fields
    late, lapsed = october(trader, 1)
    assert lapsed == "50.00"
    wanted = {"return_id": late.id, "part": "4(D)(2)"}
    assert len(trader.run("gst_returns.list_figure_rows", wanted).rows) == 1
    file_on(trader, late, date(2025, 12, 1))
    assert (balance(trader, "credit_given_up"), balance(trader, "input_igst")) == (50, 0)
    assert broken_promises() == []


def test_what_was_filed_in_time_is_recorded_later_all_the_same(trader: Shop) -> None:
    old_bill(trader, "F-1", date(2025, 10, 31))
    file_return(trader, prepare(trader, "gstr1", 10), 10)
    late, _ = october(trader, 3)
    with pytest.raises(
        ReturnOutdated, match="30-11-2025 claims the credit of bills since 01-04-2024"
    ):
        file_on(trader, late, date(2025, 11, 30))
    given = {"gstin": gstin_of(trader), "form": "gstr3b", "starts_on": date(2025, 10, 1)}
    made = trader.run(
        "gst_returns.prepare_return", given | {"filed_on": date(2025, 11, 30)}, at=at(3, 12)
    )
    file_on(trader, made, date(2025, 11, 30))
    assert balance(trader, "input_igst") == 50
    with pytest.raises(WrongTaxPeriod, match="after the last day of its period"):
        trader.run(
            "gst_returns.prepare_return",
            given | {"starts_on": date(2025, 11, 1), "filed_on": date(2025, 11, 30)},
            at=at(3, 12),
        )
    assert broken_promises() == []


def test_a_version_is_for_the_day_of_the_one_before_it_where_no_other_is_named(
    trader: Shop,
) -> None:
    old_bill(trader, "F-1", date(2025, 10, 31))
    file_return(trader, prepare(trader, "gstr1", 10), 10)
    given = {"gstin": gstin_of(trader), "form": "gstr3b", "starts_on": date(2025, 10, 1)}
    day = date(2025, 11, 30)
    first = trader.run("gst_returns.prepare_return", given | {"filed_on": day}, at=at(3, 12))
    again, lapsed = october(trader, 3)
    assert (lapsed, detail(trader, again).to_be_filed_on) == ("0.00", day)
    accepted = trader.run("gst_returns.prepare_return", given | {"accepted": []}, at=at(4, 12))
    assert detail(trader, accepted).to_be_filed_on == day
    later = given | {"filed_on": date(2025, 12, 4)}
    moved = detail(trader, trader.run("gst_returns.prepare_return", later, at=at(4, 12)))
    assert moved.figures["cells"]["4(D)(2)"]["igst"] == "50.00"
    change = "update gst_return set to_be_filed_on = null where tenant_id = %s and id = %s"
    with pytest.raises(CheckViolation), db.unit_of_work(trader.ctx) as session:
        db.execute(session, change, (trader.tenant_id, first.id))


def annual(shop: Shop, filed_on: date | None, **more: Any) -> Any:
    """Record that the annual return of 2024-25 was filed, or was not after all."""
    given = {"gstin": gstin_of(shop), "year_from": date(2024, 4, 1), "filed_on": filed_on}
    arn = {"arn": ARN} if filed_on else {}
    return shop.run("gst_returns.record_annual_return", given | arn | more, at=at(20, 11))


def test_an_annual_return_ends_the_credit_of_its_year(trader: Shop) -> None:
    old_bill(trader, "F-1", date(2025, 10, 31))
    annual(trader, date(2025, 11, 20))
    assert october(trader, 20, 11)[1] == "0.00"
    made, lapsed = october(trader, 21, 11)
    assert lapsed == "50.00"
    matched = trader.run("gst_returns.list_matches", {"starts_on": OCTOBER}, at=at(21, 11))
    (row,) = [row for row in matched.rows if row.bill_id]
    assert row.words == "Its credit lapsed on 20-11-2025: no return can claim it."
    file_return(trader, prepare(trader, "gstr1", 10), 10)
    annual(trader, None)
    with pytest.raises(ReturnOutdated, match="since 01-04-2024"):
        file_on(trader, made, date(2025, 11, 21))
    assert october(trader, 21, 11)[1] == "0.00"
    listed = trader.run("gst_returns.list_annual_returns").rows
    assert [(row.year, row.standing) for row in listed] == [
        ("2024-25", "not_filed"),
        ("2024-25", "replaced"),
    ]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"year_from": date(2024, 5, 1)}, "year_from"),
        ({"filed_on": date(2025, 3, 31)}, "filed_on"),
        ({"filed_on": date(2025, 11, 21)}, "filed_on"),
        ({"arn": None}, "arn"),
    ],
)
def test_an_annual_return_is_of_a_year_that_is_over(
    trader: Shop, wrong: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        annual(trader, wrong.pop("filed_on", date(2025, 11, 20)), **wrong)
    assert field in refused.value.fields


def test_the_last_day_is_the_earlier_of_30_november_and_the_annual_return() -> None:
    year = date(2024, 4, 1)
    assert claimable_since(date(2025, 11, 30), {}) == year
    assert claimable_since(date(2025, 12, 1), {}) == date(2025, 4, 1)
    assert claimable_since(date(2026, 3, 31), {}) == date(2025, 4, 1)
    assert claimable_since(date(2026, 4, 1), {}) == date(2025, 4, 1)
    assert claimable_since(date(2025, 9, 2), {year: date(2025, 9, 1)}) == date(2025, 4, 1)
    assert claimable_since(date(2025, 12, 1), {year: date(2025, 12, 31)}) == date(2025, 4, 1)
