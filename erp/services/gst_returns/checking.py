"""What the portal would refuse, found before the file is made. Pure.

Source: CGST Rules r.46, r.59; domain rules 1.3 to 1.8, 1.10.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from erp.core.errors import DomainError
from erp.core.formatting import money_text
from erp.core.gst.taxing import EXPORT
from erp.core.money import PAISA, round_money
from erp.services.gst_returns.gstr3b import Inward, InwardKind
from erp.services.gst_returns.issued import number_ranges
from erp.services.gst_returns.law import FEWEST_DIGITS, UNITS, rate_exists
from erp.services.gst_returns.outward import DocumentKind, Outward, OutwardLine
from erp.services.party import LIVE_STATES, read_gstin

MOST_SHOWN = 200
RateCheck = Callable[[Decimal, date], bool]
"""Tells whether the law knows a rate on a day."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to be mended, and where.

    Attributes:
        document: Number of the document; page: where it is.
        is_blocking: The return does not leave the house with it.
    """

    code: str
    document: str
    page: str
    message: str
    is_blocking: bool = True


def problems_of(
    gstin: str,
    documents: Sequence[Outward],
    digits: int,
    known: RateCheck = rate_exists,
) -> list[Problem]:
    """Return everything that is wrong with documents, in their order.

    Args:
        gstin: The registration.
        documents: All of a period.
        digits: How many an HSN code must have. known: Which rates the law has.
    """
    found = list(_registration(gstin))
    for document in documents:
        if not document.is_cancelled:
            found.extend(_document(gstin[:2], document, digits, known))
    return [*found, *_numbers(documents)]


def _registration(gstin: str) -> Iterator[Problem]:
    wrong = _gstin_error(gstin)
    if wrong:
        yield Problem(
            "own_gstin", gstin, "/gst", f"The registration's own number is wrong. {wrong}"
        )


def _gstin_error(gstin: str) -> str:
    try:
        read_gstin(gstin)
    except DomainError as error:
        return error.message
    return ""


def _document(
    own_state: str, document: Outward, digits: int, known: RateCheck
) -> Iterator[Problem]:
    page = f"/invoices/{document.id}"

    def problem(code: str, message: str, *, is_blocking: bool = True) -> Problem:
        return Problem(code, document.number, page, message, is_blocking)

    if document.gstin and (wrong := _gstin_error(document.gstin)):
        yield problem("gstin", f"GSTIN of {document.recipient}: {wrong}")
    yield from _place(own_state, document, problem)
    if document.kind is not DocumentKind.INVOICE and document.original is None:
        yield problem("original", "The note names no invoice that it belongs to.")
    for line in document.lines:
        yield from _line(document, line, (digits, known), problem)


def _place(
    own_state: str, document: Outward, problem: Callable[[str, str], Problem]
) -> Iterator[Problem]:
    if document.place != EXPORT and document.place not in LIVE_STATES:
        yield problem("place", f"{document.place} is no state's code.")
        return
    must_be_inter = document.place != own_state or document.category == "sez"
    if document.is_inter != must_be_inter:
        expected = "IGST" if must_be_inter else "CGST and SGST"
        yield problem("place", f"Place of supply {document.place} asks for {expected}.")


def _line(
    document: Outward,
    line: OutwardLine,
    law: tuple[int, RateCheck],
    problem: Callable[..., Problem],
) -> Iterator[Problem]:
    digits, known = law
    if not line.hsn.isdigit() or len(line.hsn) < max(digits, FEWEST_DIGITS):
        yield problem("hsn", f"HSN {line.hsn or 'missing'}: {digits} digits are asked for.")
    if line.unit not in UNITS:
        yield problem("unit", f"{line.unit or 'No unit'} is no unit code of the portal.")
    day = document.original.issued_on if document.original else document.issued_on
    if line.is_taxable and not known(line.rate, day):
        yield problem("rate", f"{line.rate.normalize():f}% is no GST rate on {day:%d-%m-%Y}.")
    if _is_off(document, line):
        yield problem(
            "tax", f"Tax of HSN {line.hsn} is not {line.rate.normalize():f}% of its value.",
            is_blocking=False,
        )  # fmt: skip


def _is_off(document: Outward, line: OutwardLine) -> bool:
    """Tell whether tax differs from its rate by more than a paisa per head and line (example E31)."""
    heads = line.heads
    if not line.is_taxable or not heads.tax:
        return False
    parts = 1 if document.is_inter else 2
    expected = round_money(heads.taxable * line.rate / (100 * parts))
    leeway = PAISA * line.count
    actual = (heads.igst,) if document.is_inter else (heads.cgst, heads.sgst)
    return any(abs(amount - expected) > leeway for amount in actual)


def _numbers(documents: Iterable[Outward]) -> Iterator[Problem]:
    for used in number_ranges(documents):
        for number in used.missing:
            yield Problem(
                "number",
                number,
                "/invoices",
                f"No document has number {number} of the series {used.prefix}.",
            )


def foreign_notes(notes: Iterable[Outward]) -> list[Problem]:
    """Return credit notes that take back what was stated under another scheme; no return states them."""
    message = "Takes back what the return of another scheme states. No return counts it, or gives its tax back."
    return [
        Problem("other_scheme", note.number, f"/invoices/{note.id}", message, is_blocking=False)
        for note in notes
    ]


def lapsed_credit(inward: Iterable[Inward]) -> list[Problem]:
    """Return purchases whose credit no return can claim any more (CGST Act s.16(4))."""
    return [
        Problem(
            "credit_lapsed",
            one.number,
            f"/bills/{one.id}"
            if one.kind is InwardKind.BILL
            else f"/books/journal?origin_id={one.document_id}",
            f"{money_text(one.heads.tax)} of {one.supplier} could be claimed in returns filed until 30 November after"
            " the bill's year, or until its annual return where that came first."
            " It stands in 4(D)(2), and filing books it as a cost.",
            is_blocking=False,
        )
        for one in inward
        if one.is_lapsed
    ]
