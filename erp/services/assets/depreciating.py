"""What an asset has lost by a day: arithmetic only.

Source: Companies Act 2013, Schedule II (useful lives, by the days of use). Both methods count from the
first day of use; the last day counts.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from erp.core.clock import fiscal_year_start
from erp.core.money import EXACT, ZERO, round_money
from erp.models.assets import AssetMethod

HUNDRED = Decimal(100)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Losing:
    """An asset as its depreciation sees it.

    Attributes:
        opening: What it had lost by the eve of `starts_on`.
        starts_on: First day that counts in these books. used_from: first day of its life.
    """

    method: AssetMethod
    cost: Decimal
    residual: Decimal
    opening: Decimal
    used_from: date
    starts_on: date
    life_months: int | None
    rate: Decimal | None


def lost_by(asset: Losing, day: date) -> Decimal:
    """Return what an asset has lost by the end of a day, its opening included; never below its residual."""
    if day < asset.starts_on:
        return asset.opening
    if asset.method is AssetMethod.STRAIGHT_LINE:
        return asset.opening + _straight(asset, day)
    return asset.opening + _written_down(asset, day)


def life_ends(asset: Losing) -> date:
    """Return the last day of an asset's useful life."""
    months = asset.life_months or 0
    year, month = divmod(asset.used_from.month - 1 + months, 12)
    year += asset.used_from.year
    for last in range(asset.used_from.day, 0, -1):
        try:
            return date(year, month + 1, last) - ONE_DAY
        except ValueError:
            continue
    raise AssertionError


def _straight(asset: Losing, day: date) -> Decimal:
    """Share what is left to lose over the days that are left of its life."""
    left = asset.cost - asset.residual - asset.opening
    end = life_ends(asset)
    if day >= end or end < asset.starts_on:
        return left
    days, life = (day - asset.starts_on).days + 1, (end - asset.starts_on).days + 1
    return round_money(EXACT.divide(EXACT.multiply(left, Decimal(days)), Decimal(life)))


def _written_down(asset: Losing, day: date) -> Decimal:
    """Take the yearly rate of what it was worth when each year began; a part of a year by its days."""
    worth, lost = asset.cost - asset.opening, ZERO
    for first, last, days_of_year in _years(asset.starts_on, day):
        if worth <= asset.residual:
            break
        days = (last - first).days + 1
        rate = EXACT.multiply(asset.rate or ZERO, Decimal(days))
        share = EXACT.divide(EXACT.multiply(worth, rate), HUNDRED * days_of_year)
        year = min(round_money(share), worth - asset.residual)
        lost, worth = lost + year, worth - year
    return lost


def _years(since: date, until: date) -> Iterator[tuple[date, date, int]]:
    """Yield the part of each financial year between two days, with the days of that year."""
    first = since
    while first <= until:
        begin = fiscal_year_start(first)
        end = begin.replace(year=begin.year + 1) - ONE_DAY
        yield first, min(end, until), (end - begin).days + 1
        first = end + ONE_DAY
