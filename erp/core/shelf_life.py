"""How long goods last: the rungs of the ladder by which people look at expiry."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Literal

Rung = Literal["expired", "0-30", "31-60", "61-90"]
Standing = Literal["expired", "0-30", "31-60", "61-90", "later", "none"]
"""A rung, or `later` than all of them, or `none` where goods do not expire."""

RUNGS: Mapping[Rung, tuple[int, int]] = {
    "expired": (-1_000_000, -1),
    "0-30": (0, 30),
    "31-60": (31, 60),
    "61-90": (61, 90),
}
"""Days left, first and last, of each rung. Source: domain rules 2.7, near-expiry buckets."""


def standing_of(expires_on: date | None, today: date) -> Standing:
    """Return the rung that goods of an expiry stand on."""
    if expires_on is None:
        return "none"
    left = (expires_on - today).days
    found = (rung for rung, (first, last) in RUNGS.items() if first <= left <= last)
    return next(found, "later")


def days_of(rung: Rung, today: date) -> tuple[date, date]:
    """Return the first and the last expiry that stand on a rung."""
    first, last = RUNGS[rung]
    earliest = date.min if rung == "expired" else today + timedelta(days=first)
    return earliest, today + timedelta(days=last)
