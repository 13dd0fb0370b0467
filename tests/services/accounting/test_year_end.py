"""Year end: J27 and J28 come out of the books, late entries wait for the owner, nothing is carried twice."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from erp.core.errors import Conflict, InvalidInput, PermissionDenied
from erp.services.accounting import PeriodClosed
from tests.concurrency.crowd import at_once
from tests.factories import Shop
from tests.services.accounting.test_posting import entry
from tests.services.books import balance
from tests.services.branches import add_branch
from tests.services.trading import journal, refused, rows

YEAR, LAST = "2024-25", date(2025, 3, 31)
CLOSE = {"year": YEAR, "reason": "Audited"}
FIGURES = (("bank", "sales_5", "900000"), ("sales_returns", "bank", "12000"), ("cogs", "bank", "610000"),
           ("freight_inward", "bank", "9000"), ("rent", "bank", "96000"), ("salaries", "bank", "84000"),
           ("loss_expired", "bank", "7000"))  # fmt: skip
"""The year of J27 in the worked examples: what was debited, credited, and how much."""


def book(trader: Shop, debit: str, credit: str, amount: str, day: date) -> None:
    lines = ((debit, amount, "0"), (credit, "0", amount))
    trader.run("accounting.post_manual_entry", entry(trader, lines, effective_on=day))


@pytest.fixture
def year(trader: Shop) -> Shop:
    for number, (debit, credit, amount) in enumerate(FIGURES):
        book(trader, debit, credit, amount, date(2024, 4 + number, 5))
    return trader


def profit(trader: Shop) -> Decimal:
    asked = {"from_day": date(2024, 4, 1), "to_day": LAST}
    net: Decimal = trader.run("accounting.profit_and_loss", asked).net_profit[0]
    return net


def test_a_year_is_carried_as_in_the_examples(year: Shop):
    done = year.run("accounting.close_year", CLOSE)
    assert done.profit == 82000
    origin = rows(year, "select origin_id from journal_entry where id = %s", done.entry_ids[0])[0][
        "origin_id"
    ]
    assert journal(year, origin, purpose="close-1") == {
        ("Sales - GST 5%", Decimal(900000), Decimal(0)),
        ("Sales Returns", Decimal(0), Decimal(12000)),
        ("Cost of Goods Sold", Decimal(0), Decimal(610000)),
        ("Freight Inward", Decimal(0), Decimal(9000)),
        ("Rent", Decimal(0), Decimal(96000)),
        ("Salaries", Decimal(0), Decimal(84000)),
        ("Loss on Expired Stock", Decimal(0), Decimal(7000)),
        ("Profit and Loss", Decimal(0), Decimal(82000)),
    }
    assert journal(year, origin, purpose="carry-1") == {
        ("Profit and Loss", Decimal(82000), Decimal(0)),
        ("Capital Account", Decimal(0), Decimal(82000)),
    }
    assert (balance(year, "capital"), balance(year, "profit_and_loss"), balance(year, "rent")) == (
        -82000,
        0,
        0,
    )


def test_the_year_still_shows_its_profit_and_its_balance_sheet_balances(year: Shop):
    open_year = year.run("accounting.balance_sheet", {"as_of": LAST})
    year.run("accounting.close_year", CLOSE | {"carry_to": "retained_earnings"})
    assert profit(year) == 82000
    sheet = year.run("accounting.balance_sheet", {"as_of": LAST})
    assert sheet.difference == [0]
    assert [x for x in sheet.rows if x.id.startswith("profit/")] == []
    sums = [
        next(x for x in report.rows if x.id == "against").amounts for report in (open_year, sheet)
    ]
    assert sums[0] == sums[1]
    flow = year.run("accounting.cash_flow", {"from_day": date(2024, 4, 1), "to_day": LAST})
    assert (flow.difference, next(x for x in flow.rows if x.id == "profit").amounts) == (
        [0],
        [82000],
    )
    (row,) = [x for x in year.run("accounting.list_years").rows if x.year == YEAR]
    assert (row.is_closed, row.profit) == (True, 82000)


def test_a_late_entry_waits_until_the_owner_reopens_and_is_carried_then(year: Shop):
    year.run("accounting.close_year", CLOSE)
    late = ("rent", "bank", "1000", LAST)
    with pytest.raises(PeriodClosed):
        book(year, *late)
    again = {"year": YEAR, "reason": "A bill came late"}
    with pytest.raises(PermissionDenied):
        year.run("accounting.reopen_year", again, by=year.acting_as("accountant"))
    year.run("accounting.reopen_year", again, by=year.acting_as("owner"))
    assert (balance(year, "capital"), balance(year, "rent")) == (0, 96000)
    book(year, *late)
    done = year.run("accounting.close_year", CLOSE)
    assert done.profit == 81000 == profit(year)
    assert balance(year, "capital") == -81000


def test_a_year_is_carried_once_however_many_ask(year: Shop):
    outcomes = at_once([lambda: year.run("accounting.close_year", dict(CLOSE)) for _ in range(4)])
    assert sum(isinstance(x, Conflict) for x in outcomes) == 3
    assert balance(year, "capital") == -82000


def test_years_are_closed_in_their_order_and_reopened_against_it(year: Shop):
    book(year, "bank", "other_income", "50", date(2024, 1, 5))
    refused(year, Conflict, "accounting.close_year", CLOSE)
    year.run("accounting.close_year", {"year": "2023-24", "reason": "x"})
    year.run("accounting.close_year", CLOSE)
    refused(year, Conflict, "accounting.reopen_year", {"year": "2023-24", "reason": "x"})
    refused(year, Conflict, "accounting.close_year", CLOSE)


def test_each_branch_and_cost_centre_is_closed_by_its_own_entries(trader: Shop):
    other = add_branch(trader, gstin=None).ctx
    trader.run("accounting.create_cost_centre", {"code": "CLINIC", "name": "Clinic"})
    for by, amount, centre in ((None, "60", None), (other, "40", None), (other, "5", "CLINIC")):
        sold = {"account_key": "sales_5", "credit": amount, "cost_centre": centre}
        typed = [{"account_key": "bank", "debit": amount}, sold]
        given = entry(trader, (), effective_on=LAST) | {"lines": typed}
        trader.run("accounting.post_manual_entry", given, by=by)

    scopes: tuple[dict[str, object], ...] = (
        {"branch_id": trader.ctx.branch_id},
        {"branch_id": other.branch_id},
        {"cost_centre": "CLINIC"},
    )

    def standing(name: str) -> list[Decimal]:
        """Return what each part of the books has earned and not carried, by its own statement."""
        asked = {"as_of": date(2025, 4, 1)}
        reports = [trader.run(f"accounting.{name}", asked | scope).rows for scope in scopes]
        if name == "balance_sheet":
            return [
                sum((x.amounts[0] for x in report if x.id.startswith("profit/")), Decimal(0))
                for report in reports
            ]
        return [
            sum((x.credit - x.debit for x in report if x.name == "Sales - GST 5%"), Decimal(0))
            for report in reports
        ]

    assert standing("trial_balance") == standing("balance_sheet") == [60, 45, 5]
    trader.run("accounting.close_year", CLOSE)
    assert standing("trial_balance") == standing("balance_sheet") == [0, 0, 0]
    assert balance(trader, "capital") == -105
    trader.run("accounting.reopen_year", {"year": YEAR, "reason": "x"}, by=other)
    assert standing("trial_balance") == standing("balance_sheet") == [60, 45, 5]


def test_a_month_of_a_closed_year_opens_with_its_year_alone(year: Shop):
    year.run("accounting.close_year", CLOSE)
    months = {x.starts_on: x for x in year.run("accounting.list_periods").rows}
    assert (months[date(2025, 3, 1)].is_carried, months[date(2024, 4, 1)].is_carried) == (
        True,
        True,
    )
    for day in (date(2025, 3, 1), date(2024, 4, 1)):
        wanted = {"period_id": months[day].id, "status": "open", "reason": "Late"}
        refused(year, Conflict, "accounting.set_period_status", wanted)
    year.run("accounting.reopen_year", {"year": YEAR, "reason": "x"})
    wanted = {"period_id": months[date(2024, 4, 1)].id, "status": "open", "reason": "Late"}
    year.run("accounting.set_period_status", wanted)


def test_a_year_before_that_adds_up_to_nothing_is_still_open(year: Shop):
    book(year, "rent", "salaries", "50", date(2024, 1, 5))
    refused(year, Conflict, "accounting.close_year", CLOSE)


@pytest.mark.parametrize("wanted", ["2024-26", "0000-01", "9999-00"])
def test_what_is_no_year_is_refused(trader: Shop, wanted: str):
    refused(trader, InvalidInput, "accounting.close_year", CLOSE | {"year": wanted})


def test_a_year_that_runs_is_not_closed_and_a_locked_one_not_reopened(year: Shop):
    early = datetime(2025, 3, 31, 6, tzinfo=UTC)
    with pytest.raises(InvalidInput):
        year.run("accounting.close_year", CLOSE, at=early)
    year.run("accounting.close_year", CLOSE)
    march = next(x for x in year.run("accounting.list_periods").rows if x.ends_on == LAST)
    locking = {"period_id": march.id, "status": "locked", "reason": "Filed"}
    year.run("accounting.set_period_status", locking)
    refused(year, Conflict, "accounting.reopen_year", {"year": YEAR, "reason": "x"})
