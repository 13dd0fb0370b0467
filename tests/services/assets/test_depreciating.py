"""What an asset has lost by a day, worked out by hand."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from erp.services.assets import AssetMethod, Losing, life_ends, lost_by

HUNDRED_THOUSAND = Decimal("100000.00")


def straight(
    used_from: date, months: int = 36, residual: str = "5000.00", **more: object
) -> Losing:
    facts = {"opening": Decimal(0), "starts_on": used_from} | more
    return Losing(
        method=AssetMethod.STRAIGHT_LINE,
        cost=HUNDRED_THOUSAND,
        residual=Decimal(residual),
        used_from=used_from,
        life_months=months,
        rate=None,
        **facts,
    )


def written_down(
    used_from: date, rate: str = "40", residual: str = "5000.00", **more: object
) -> Losing:
    facts = {"opening": Decimal(0), "starts_on": used_from} | more
    return Losing(
        method=AssetMethod.WRITTEN_DOWN,
        cost=HUNDRED_THOUSAND,
        residual=Decimal(residual),
        used_from=used_from,
        life_months=None,
        rate=Decimal(rate),
        **facts,
    )


def test_a_straight_line_loses_the_same_each_day_until_its_residual():
    asset = straight(date(2025, 4, 1))
    assert life_ends(asset) == date(2028, 3, 31)
    # 1,096 days hold a leap day; 365 of them are the first year: 95,000 * 365 / 1,096.
    assert lost_by(asset, date(2026, 3, 31)) == Decimal("31637.77")
    assert lost_by(asset, date(2028, 3, 30)) == Decimal("94913.32")
    assert lost_by(asset, date(2028, 3, 31)) == 95_000
    assert lost_by(asset, date(2040, 1, 1)) == 95_000


def test_nothing_is_lost_before_the_first_day_of_use():
    asset = straight(date(2025, 4, 1))
    assert lost_by(asset, date(2025, 3, 31)) == 0
    assert lost_by(asset, date(2025, 4, 1)) == Decimal("86.68")


def test_the_written_down_value_loses_its_rate_of_what_the_year_began_with():
    asset = written_down(date(2024, 4, 1))
    assert lost_by(asset, date(2025, 3, 31)) == 40_000
    assert lost_by(asset, date(2026, 3, 31)) == 64_000
    assert lost_by(asset, date(2027, 3, 31)) == 78_400
    # Half of 2027-28's 366 days: 21,600 * 40 % * 183 / 366.
    assert lost_by(asset, date(2027, 9, 30)) == 78_400 + 4_320


def test_a_part_of_the_first_year_counts_by_its_days():
    # 1 October 2025 to 31 March 2026: 182 of 365 days.
    assert lost_by(written_down(date(2025, 10, 1)), date(2026, 3, 31)) == Decimal("19945.21")


def test_the_written_down_value_stops_at_its_residual():
    asset = written_down(date(2000, 4, 1), residual="50000.00")
    assert lost_by(asset, date(2026, 3, 31)) == 50_000


def test_what_was_lost_before_these_books_counts_on():
    asset = straight(date(2024, 4, 1), opening=Decimal("31666.67"), starts_on=date(2025, 4, 1))
    assert lost_by(asset, date(2025, 3, 31)) == Decimal("31666.67")
    assert lost_by(asset, date(2027, 3, 31)) == 95_000


@pytest.mark.parametrize("make", [straight, written_down])
def test_a_day_never_takes_back_what_was_lost(make):
    asset, day, before = make(date(2024, 2, 29)), date(2024, 2, 28), Decimal(0)
    while day < date(2027, 4, 2):
        now = lost_by(asset, day)
        assert before <= now <= 95_000
        before, day = now, day + timedelta(days=1)


def test_a_life_that_begins_on_a_leap_day_ends_before_the_month_does():
    assert life_ends(straight(date(2024, 2, 29), months=12)) == date(2025, 2, 27)
