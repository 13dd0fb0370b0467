"""Depreciation for income tax: by blocks of assets, year by year. Arithmetic only.

Source: Income-tax Act 1961 s.2(11), s.32(1)(ii) with its second proviso, s.43(6)(c), s.50; rates of the
Income-tax Rules 1962, Appendix I.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from erp.core.clock import fiscal_year_start
from erp.core.money import EXACT, ZERO, round_money

HALF_BELOW = 180
"""Days of use in the year of buying, below which half the rate is given."""
HUNDRED = Decimal(100)
ONE_DAY = timedelta(days=1)


class TaxBlock(StrEnum):
    """A class of assets that bears one rate."""

    FURNITURE = "furniture"
    MACHINERY = "machinery"
    COMPUTERS = "computers"


RATES: Mapping[TaxBlock, Decimal] = {
    TaxBlock.FURNITURE: Decimal(10),
    TaxBlock.MACHINERY: Decimal(15),
    TaxBlock.COMPUTERS: Decimal(40),
}
"""Percent of what the block is worth."""
BLOCK_OF_ACCOUNT: Mapping[str, TaxBlock] = {
    "furniture": TaxBlock.FURNITURE,
    "equipment": TaxBlock.MACHINERY,
    "vehicles": TaxBlock.MACHINERY,
    "computers": TaxBlock.COMPUTERS,
}
"""Cars and two-wheelers are of the class of machinery, at its rate."""


@dataclass(frozen=True, slots=True)
class TaxedAsset:
    """An asset as its block sees it.

    Attributes:
        is_brought_over: It came from the books of before: its worth is in the block's opening, not its cost.
        gone_on: Day it went. brought: what was paid for it, without GST.
    """

    block: TaxBlock
    cost: Decimal
    bought_on: date
    used_from: date
    is_brought_over: bool
    gone_on: date | None
    brought: Decimal


@dataclass(frozen=True, slots=True)
class BlockYear:
    """A block over one year.

    Attributes:
        added: Used for 180 days or more. added_late: for less, in the year it was bought.
        deducted: Money payable for what went.
        gain: Short-term gain where more was paid than the block was worth; below zero the loss of a block of
            which nothing is left (s.50).
    """

    block: TaxBlock
    rate: Decimal
    opening: Decimal
    added: Decimal
    added_late: Decimal
    deducted: Decimal
    depreciation: Decimal
    gain: Decimal

    @property
    def closing(self) -> Decimal:
        """What the block is worth when the next year begins."""
        whole = self.opening + self.added + self.added_late - self.deducted
        return whole - self.depreciation + self.gain


def block_years(
    block: TaxBlock,
    assets: Iterable[TaxedAsset],
    openings: Mapping[date, Decimal],
    until: date,
) -> BlockYear:
    """Return a block over the year that begins on a day, each year before worked out from the first.

    Args:
        openings: What it was worth when a year began, as somebody said; the latest counts until that year.
        until: 1 April of the year that is asked for.
    """
    own = [asset for asset in assets if asset.block is block]
    said = max((year for year in openings if year <= until), default=None)
    firsts = [fiscal_year_start(asset.used_from) for asset in own if not asset.is_brought_over]
    year = said or min([*firsts, until])
    worth = openings[said] if said else ZERO
    found = _year(block, own, year, worth)
    while year < until:
        year = fiscal_year_start(year + timedelta(days=400))
        found = _year(block, own, year, found.closing)
    return found


def _year(block: TaxBlock, assets: list[TaxedAsset], year: date, opening: Decimal) -> BlockYear:
    end = year.replace(year=year.year + 1) - ONE_DAY
    added, late = ZERO, ZERO
    for asset in assets:
        if not asset.is_brought_over and year <= asset.used_from <= end:
            is_late = asset.bought_on >= year and (end - asset.used_from).days + 1 < HALF_BELOW
            added, late = (added, late + asset.cost) if is_late else (added + asset.cost, late)
    deducted = sum((x.brought for x in assets if x.gone_on and year <= x.gone_on <= end), ZERO)
    come = [x for x in assets if x.used_from <= end]
    is_left = any(x.gone_on is None or x.gone_on > end for x in come)
    return _worked(block, (opening, added, late, deducted), is_left=is_left or not come)


def _worked(
    block: TaxBlock, parts: tuple[Decimal, Decimal, Decimal, Decimal], *, is_left: bool
) -> BlockYear:
    opening, added, late, deducted = parts
    rate, whole = RATES[block], opening + added + late - deducted
    if whole <= 0 or not is_left:
        return BlockYear(block, rate, *parts, depreciation=ZERO, gain=-whole)
    full = opening + added - deducted
    half = late if full > 0 else whole
    taken = EXACT.multiply(max(full, ZERO), rate) + EXACT.multiply(half, rate) / 2
    return BlockYear(block, rate, *parts, depreciation=round_money(taken / HUNDRED), gain=ZERO)
