"""Matching purchases with what suppliers reported of them. Pure.

Source: domain rules 1.18; CGST Act s.16(2)(aa).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from erp.core.bill_numbers import bill_key
from erp.core.clock import fiscal_year
from erp.services.gst_returns.heads import NAMES, Heads

TOLERANCE = Decimal("1.00")
"""Rupees by which each amount may differ."""


class MatchStatus(StrEnum):
    """How a purchase and a reported document stand to each other."""

    EXACT = "exact"
    MATCHED_NORMALISED_NUMBER = "matched_normalised_number"
    MATCHED_WITHIN_TOLERANCE = "matched_within_tolerance"
    DATE_MISMATCH = "date_mismatch"
    AMOUNT_MISMATCH = "amount_mismatch"
    MISSING_IN_2B = "missing_in_2b"
    MISSING_IN_BOOKS = "missing_in_books"


ELIGIBLE = frozenset(
    {
        MatchStatus.EXACT,
        MatchStatus.MATCHED_NORMALISED_NUMBER,
        MatchStatus.MATCHED_WITHIN_TOLERANCE,
        MatchStatus.DATE_MISMATCH,
    }
)
"""What may be claimed without anybody looking."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A document as the books or the portal have it.

    Attributes:
        id: Of a bill, or of a reported document.
        bill_id: Of a reported document, the bill that somebody said it is.
    """

    id: UUID
    supplier_gstin: str
    kind: str
    number: str
    dated_on: date
    heads: Heads
    supplier: str = ""
    bill_id: UUID | None = None

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What two writings of it have in common."""
        year = fiscal_year(self.dated_on)
        return (self.supplier_gstin, self.kind, bill_key(self.number), year)


@dataclass(frozen=True, slots=True)
class Match2b:
    """A pair, or one of the two alone.

    Attributes:
        words: Why it stands as it does. suggested: The bill it may be, where it is alone.
    """

    book: Paper | None
    portal: Paper | None
    status: MatchStatus
    words: str
    suggested: Paper | None = field(default=None)

    @property
    def lower(self) -> Heads:
        """The smaller of both taxes, head by head."""
        if self.book is None or self.portal is None:
            return Heads()
        pairs = {
            name: min(getattr(self.book.heads, name), getattr(self.portal.heads, name))
            for name in NAMES
        }
        return Heads(**pairs)


def match_papers(books: Sequence[Paper], portal: Sequence[Paper]) -> list[Match2b]:
    """Pair bills with reported documents: what somebody paired first, then by number; the rest stays alone."""
    by_id = {book.id: book for book in books}
    by_key = {book.key: book for book in books}
    taken: set[UUID] = set()
    pairs: dict[UUID, Paper] = {}
    for wanted in (_told, _same_number):
        for reported in portal:
            found = wanted(reported, by_id, by_key)
            if found and reported.id not in pairs and found.id not in taken:
                pairs[reported.id] = found
                taken.add(found.id)
    free = [book for book in books if book.id not in taken]
    reported_pairs = {book.id: one for one in portal if (book := pairs.get(one.id))}
    matches = [_compared(book, reported_pairs.get(book.id)) for book in books]
    return [*matches, *(_alone(one, free) for one in portal if one.id not in pairs)]


def _told(reported: Paper, by_id: dict[UUID, Paper], _: object) -> Paper | None:
    return by_id.get(reported.bill_id) if reported.bill_id else None


def _same_number(
    reported: Paper, _: object, by_key: dict[tuple[str, str, str, str], Paper]
) -> Paper | None:
    return by_key.get(reported.key)


def _gaps(book: Paper, reported: Paper) -> list[Decimal]:
    names = ("taxable", *NAMES)
    return [abs(getattr(book.heads, name) - getattr(reported.heads, name)) for name in names]


def _compared(book: Paper, reported: Paper | None) -> Match2b:
    if reported is None:
        words = "The supplier has not reported it yet. Its credit waits."
        return Match2b(book, None, MatchStatus.MISSING_IN_2B, words)
    widest = max(_gaps(book, reported))
    if widest > TOLERANCE:
        words = f"Amounts differ by up to {widest}. Accept the lower, or ask the supplier."
        return Match2b(book, reported, MatchStatus.AMOUNT_MISMATCH, words)
    if book.dated_on != reported.dated_on:
        words = f"They dated it {reported.dated_on:%d-%m-%Y}, we {book.dated_on:%d-%m-%Y}."
        return Match2b(book, reported, MatchStatus.DATE_MISMATCH, words)
    if widest:
        words = f"Amounts differ by {widest}, which rounding explains."
        return Match2b(book, reported, MatchStatus.MATCHED_WITHIN_TOLERANCE, words)
    if book.number.strip().upper() != reported.number.strip().upper():
        words = f"They write the number {reported.number}."
        return Match2b(book, reported, MatchStatus.MATCHED_NORMALISED_NUMBER, words)
    return Match2b(book, reported, MatchStatus.EXACT, "Number, day and amounts agree.")


def _alone(reported: Paper, free: Iterable[Paper]) -> Match2b:
    candidates = [
        book
        for book in free
        if book.supplier_gstin == reported.supplier_gstin
        and book.kind == reported.kind
        and max(_gaps(book, reported)) <= TOLERANCE
    ]
    near = min(candidates, key=lambda book: abs(book.dated_on - reported.dated_on), default=None)
    words = "We have no such bill."
    if near:
        words = f"May be our {near.number} of {near.dated_on:%d-%m-%Y}: same supplier and amounts."
    return Match2b(None, reported, MatchStatus.MISSING_IN_BOOKS, words, near)
