"""Credit that suppliers took back in GSTR-2B and the books did not. Pure.

Source: CGST Act s.16(2)(aa), s.34(2), s.38; Circular 170/02/2022-GST.
"""

from collections.abc import Iterator, Mapping
from uuid import UUID

from erp.core.formatting import money_text
from erp.services.gst_returns.checking import Problem
from erp.services.gst_returns.heads import NOTHING, Heads
from erp.services.gst_returns.matching_2b import TOLERANCE, Match2b, Paper
from erp.services.gst_returns.papers_2b import Pairing
from erp.services.gst_returns.tax_period import TaxPeriod

PAGE = "/gst/matching"


def disagreements(
    pairing: Pairing, period: TaxPeriod, waited: Mapping[UUID, Heads]
) -> Iterator[Problem]:
    """Yield what keeps a GSTR-3B in the house: notes that the books do not have, and bills amended to less.

    Args:
        waited: Credit of each bill that the last filed return left to wait, by bill or by part of one.
    """
    for one in pairing.notes:
        if one.portal and pairing.is_open(one.portal) and (more := _beyond_books(one)):
            yield _unbooked(one.portal, more)
    for one in pairing.matches:
        if one.portal and one.portal.told and pairing.is_new(one.portal, period):
            over = _overclaimed(one, pairing, waited)
            if over.tax > TOLERANCE:
                yield _amended(one.portal, over)


def _beyond_books(match: Match2b) -> Heads | None:
    """Return the tax that a supplier's note takes back and the books do not; none where rounding explains it."""
    reported = match.portal.heads.tax_only() if match.portal else NOTHING
    booked = match.book.heads.tax_only() if match.book else NOTHING
    more = (reported - booked).not_negative()
    return more if more.tax > (TOLERANCE if match.book else 0) else None


def _overclaimed(match: Match2b, pairing: Pairing, waited: Mapping[UUID, Heads]) -> Heads:
    """Return what earlier returns claimed of a bill beyond what its supplier now reports."""
    book, reported = match.book, match.portal
    if book is None or reported is None:
        return NOTHING
    parts = [book.id, *(part.id for part in pairing.parts.get(book.id, ()))]
    if pairing.is_asked(match) and book.id not in pairing.carried:
        return NOTHING
    rest = sum((waited.get(one, NOTHING).tax_only() for one in parts), NOTHING)
    return (book.heads.tax_only() - rest - reported.heads.tax_only()).not_negative()


def _problem(code: str, reported: Paper, tax: Heads, message: str) -> Problem:
    """Return a matter named by its document and its amount, so that one that grows is accepted anew."""
    document = f"{reported.number} of {reported.supplier_gstin}, {money_text(tax.tax)}"
    return Problem(code, document, PAGE, message)


def _unbooked(reported: Paper, more: Heads) -> Problem:
    message = (
        f"{reported.supplier} took back {money_text(more.tax)} of tax with this note that the books still have as"
        " credit. Record their answer to the claim, or send the goods back; else park the note, or ask the supplier."
    )
    return _problem("note_not_booked", reported, more, message)


def _amended(reported: Paper, over: Heads) -> Problem:
    message = (
        f"{reported.supplier} amended it: an earlier return claimed {money_text(over.tax)} more than they report now."
        " Give that back as a change of credit of this period, then take this as it is."
    )
    return _problem("amended_to_less", reported, over, message)
