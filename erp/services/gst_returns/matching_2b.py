"""Matching purchases with what suppliers reported of them. Pure.

Source: domain rules 1.18; CGST Act s.16(2)(aa).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
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


NOTE_KINDS = frozenset({"CRN", "ISC"})
"""Documents that take credit back; all others give it."""
SHARED = frozenset({"ISD", "ISC"})
"""Documents of an input service distributor, which bear tax and no value."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A document as the books or the portal have it.

    Attributes:
        id: Of a bill or what took credit back, or of a reported document.
        bill_id: Of a reported document, the bill that somebody said it is.
        former: Of an amendment, its number and day before. told: the same in words.
    """

    id: UUID
    supplier_gstin: str
    kind: str
    number: str
    dated_on: date
    heads: Heads
    supplier: str = ""
    bill_id: UUID | None = None
    former: tuple[str, date] | None = None
    told: str = ""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What two writings of it have in common."""
        year = fiscal_year(self.dated_on)
        return (self.supplier_gstin, self.kind, bill_key(self.number), year)

    @property
    def is_note(self) -> bool:
        """It takes credit back."""
        return self.kind in NOTE_KINDS

    def names(self) -> list[tuple[str, str, str, str]]:
        """Return what a document of the books may be known by that is this one, the likeliest first.

        The books have a debit note and a distributor's document as bills, and what takes credit back as a note.
        """
        before = (
            [replace(self, number=self.former[0], dated_on=self.former[1])] if self.former else []
        )
        booked = "CRN" if self.is_note else "INV"
        writings = [self, *before]
        return [one.key for one in (*writings, *(replace(one, kind=booked) for one in writings))]


NOT_REPORTED = {
    False: "The supplier has not reported it yet. Its credit waits.",
    True: "The supplier has not reported their note yet. The books took its credit back.",
}
DIFFERS = {
    False: "Accept the lower, or ask the supplier.",
    True: "Park it, or ask the supplier.",
}
NOT_BOOKED = {
    False: "We have no such bill.",
    True: "Nothing in our books takes this credit back.",
}
NOTE_REMEDY = " Record the supplier's answer to its claim under the number of their note."


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
    for place in range(-1, MOST_NAMES):
        for reported in portal:
            found = _told(reported, by_id) if place < 0 else _named(reported, place, by_key)
            if found and reported.id not in pairs and found.id not in taken:
                pairs[reported.id] = found
                taken.add(found.id)
    free = [book for book in books if book.id not in taken]
    reported_pairs = {book.id: one for one in portal if (book := pairs.get(one.id))}
    matches = [_compared(book, reported_pairs.get(book.id)) for book in books]
    alone = [_alone(one, free) for one in portal if one.id not in pairs]
    return [_with_amendment(one) for one in (*matches, *alone)]


MOST_NAMES = 4
"""See `Paper.names`."""


def _told(reported: Paper, by_id: dict[UUID, Paper]) -> Paper | None:
    return by_id.get(reported.bill_id) if reported.bill_id else None


def _named(
    reported: Paper, place: int, by_key: dict[tuple[str, str, str, str], Paper]
) -> Paper | None:
    names = reported.names()
    return by_key.get(names[place]) if place < len(names) else None


def _with_amendment(match: Match2b) -> Match2b:
    told = match.portal.told if match.portal else ""
    return replace(match, words=f"{match.words} {told}") if told else match


def _gaps(book: Paper, reported: Paper) -> list[Decimal]:
    names = NAMES if reported.kind in SHARED else ("taxable", *NAMES)
    return [abs(getattr(book.heads, name) - getattr(reported.heads, name)) for name in names]


def _compared(book: Paper, reported: Paper | None) -> Match2b:
    if reported is None:
        words = NOT_REPORTED[book.is_note]
        return Match2b(book, None, MatchStatus.MISSING_IN_2B, words)
    widest = max(_gaps(book, reported))
    if widest > TOLERANCE:
        words = f"Amounts differ by up to {widest}. {DIFFERS[book.is_note]}"
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


ENTRY = (
    "Goods imported with this bill of entry. No bill of ours books tax paid at customs, so no figure of ours has it."
    " Book it by a journal entry, and state its credit in 4(A)(1) on the portal."
)
"""What is said of a bill of entry, which no document of the books can be."""


def _alone(reported: Paper, free: Iterable[Paper]) -> Match2b:
    candidates = [
        book
        for book in free
        if book.supplier_gstin == reported.supplier_gstin
        and book.is_note == reported.is_note
        and max(_gaps(book, reported)) <= TOLERANCE
    ]
    near = min(candidates, key=lambda book: abs(book.dated_on - reported.dated_on), default=None)
    words = ENTRY if reported.kind == "BOE" else NOT_BOOKED[reported.is_note]
    if near:
        words = f"May be our {near.number} of {near.dated_on:%d-%m-%Y}: same supplier and amounts."
        words += NOTE_REMEDY if reported.is_note else ""
    return Match2b(None, reported, MatchStatus.MISSING_IN_BOOKS, words, near)
