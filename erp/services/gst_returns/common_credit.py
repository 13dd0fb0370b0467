"""The share of common credit that exempt supplies bear: Rules r.42 and r.43. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from decimal import Decimal
from enum import StrEnum
from typing import Final

from erp.core.money import EXACT, ZERO, round_money
from erp.services.gst_returns.heads import NAMES, NOTHING, Heads

LIFE_IN_MONTHS: Final = 60
"""How long a capital good counts: five years (r.43(1)(c))."""
PRIVATE_PERCENT: Final = Decimal(5)
"""Of common credit, where some of it serves other purposes than business (r.42(1)(j))."""


class CreditUse(StrEnum):
    """What a purchase serves."""

    COMMON = "common"
    TAXABLE = "taxable"
    """Taxable supplies alone, zero-rated ones among them."""
    EXEMPT = "exempt"
    """Exempt supplies alone."""
    PRIVATE = "private"
    """No business."""


@dataclass(frozen=True, slots=True)
class Share:
    """A tax period's figures, as r.42 and r.43 name them; tax by head, without value.

    Attributes:
        t: All credit on inputs and services. t1: of it private, t2: exempt alone, t3: reversed as blocked,
            t4: taxable alone.
        exempt, turnover: E and F, what was supplied in the period.
        d1, d2: What exempt supplies, and purposes other than business, bear of common credit.
        tr: A month's part of common credit on capital goods. te: what exempt supplies bear of that.
    """

    t: Heads = NOTHING
    t1: Heads = NOTHING
    t2: Heads = NOTHING
    t3: Heads = NOTHING
    t4: Heads = NOTHING
    exempt: Decimal = ZERO
    turnover: Decimal = ZERO
    d1: Heads = NOTHING
    d2: Heads = NOTHING
    tr: Heads = NOTHING
    te: Heads = NOTHING

    @property
    def c1(self) -> Heads:
        """Credit that is neither private nor exempt nor blocked."""
        return self.t - self.t1 - self.t2 - self.t3

    @property
    def c2(self) -> Heads:
        """Common credit; never below zero."""
        return (self.c1 - self.t4).not_negative()

    @property
    def c3(self) -> Heads:
        """What of common credit remains."""
        return self.c2 - self.d1 - self.d2

    @property
    def to_reverse(self) -> Heads:
        """Everything that is given back; what is blocked was given back by itself."""
        return self.t1 + self.t2 + self.d1 + self.d2 + self.te


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a period's share is worked out from; see `Share`."""

    t: Heads
    t1: Heads
    t2: Heads
    t3: Heads
    t4: Heads
    exempt: Decimal
    turnover: Decimal
    tr: Heads


def part_of(whole: Heads, exempt: Decimal, turnover: Decimal) -> Heads:
    """Return the part of a tax that exempt turnover bears, each head rounded to a paisa; none without turnover."""
    if turnover <= 0 or exempt <= 0:
        return NOTHING
    most = min(exempt, turnover)
    parts = {
        name: round_money(EXACT.divide(EXACT.multiply(getattr(whole, name), most), turnover))
        for name in NAMES
    }
    return Heads(**parts)


def share_of(found: Gathered, *, is_private_too: bool) -> Share:
    """Return a period's share."""
    given = {field.name: getattr(found, field.name) for field in fields(found)}
    plain = Share(**given)
    return Share(
        **given,
        d1=part_of(plain.c2, found.exempt, found.turnover),
        d2=part_of(plain.c2, PRIVATE_PERCENT, Decimal(100)) if is_private_too else NOTHING,
        te=part_of(found.tr, found.exempt, found.turnover),
    )


def year_of(months: Iterable[Share], *, is_private_too: bool) -> Share:
    """Return a financial year's share: common credit by the year's turnover, capital goods as the months had them.

    Source: r.42(2); r.43 knows no account of the year.
    """
    whole = Share()
    for month in months:
        added = {
            field.name: getattr(whole, field.name) + getattr(month, field.name)
            for field in fields(whole)
        }
        whole = Share(**added)
    gathered = Gathered(**{field.name: getattr(whole, field.name) for field in fields(Gathered)})
    worked = share_of(gathered, is_private_too=is_private_too)
    told = {field.name: getattr(worked, field.name) for field in fields(worked)}
    return Share(**told | {"te": whole.te})


def split_in_months(credit: Heads) -> Heads:
    """Return a month's part of the credit on a capital good (Tm)."""
    life = Decimal(LIFE_IN_MONTHS)
    return Heads(**{name: round_money(EXACT.divide(getattr(credit, name), life)) for name in NAMES})
