"""Documents as a return should have stated them, and the tables that correct it. Pure.

Source: CGST Act s.37(3); Form GSTR-1 tables 9A, 9C, 10; domain rules 1.16.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from erp.core.gst.taxing import EXPORT
from erp.core.money import ZERO, round_money
from erp.services.gst_returns.amended_advances import NO_CORRECTIONS, AdvanceCorrections
from erp.services.gst_returns.heads import NOTHING, Heads
from erp.services.gst_returns.outward import (
    Entry,
    Limit,
    Outward,
    OutwardLine,
    Section,
    Shipping,
    section_of,
    total_of,
)

AMENDED: Mapping[Section, Section] = {
    Section.B2B: Section.B2B_AMENDED,
    Section.B2CL: Section.B2CL_AMENDED,
    Section.EXPORTS: Section.EXPORTS_AMENDED,
    Section.B2CS: Section.B2CS_AMENDED,
    Section.NOTES_REGISTERED: Section.NOTES_REGISTERED_AMENDED,
    Section.NOTES_UNREGISTERED: Section.NOTES_UNREGISTERED_AMENDED,
}
"""The table that corrects what stood in another."""
Place = tuple[bool, str]
"""Whether a supply stayed in the state, and its place."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What should have been stated of a document.

    Attributes:
        gstin: Of the recipient; empty for an unregistered one. place: State code.
        shipping: Of an export, what the customs gave.
    """

    gstin: str
    recipient: str
    place: str
    is_sez: bool
    shipping: Shipping | None = None


@dataclass(frozen=True, slots=True)
class Amended:
    """A document that a return corrects.

    Attributes:
        fp: The period that stated it, as the portal writes it.
        counted: What sums take off and add. stated: what tables of documents state.
    """

    id: UUID
    booked_on: date
    fp: str
    before: Outward
    after: Outward
    counted: tuple[Entry, ...]
    stated: tuple[Entry, ...]

    @property
    def change(self) -> Heads:
        """What it adds to what is owed."""
        return total_of(self.counted)

    @property
    def small_places(self) -> set[Place]:
        """The rows of table 7 of its period that it changes."""
        small = Section.B2CS_AMENDED
        return {place_of(one.document) for one in self.counted if one.section is small}


@dataclass(frozen=True, slots=True)
class Amendments:
    """What a return corrects of earlier ones.

    Attributes:
        small: Table 10, whole rows of earlier periods. advances: Tables 11A and 11B of earlier periods.
    """

    found: tuple[Amended, ...] = ()
    small: tuple[dict[str, Any], ...] = ()
    advances: AdvanceCorrections = NO_CORRECTIONS

    @property
    def counted(self) -> list[Entry]:
        """What sums of the return take off and add."""
        return [entry for one in self.found for entry in one.counted]

    @property
    def stated(self) -> list[Entry]:
        """What its tables of documents state."""
        return [entry for one in self.found for entry in one.stated]


def place_of(document: Outward) -> Place:
    """Return the row of table 7 that a document counts in."""
    return not document.is_inter, document.place


def corrected(before: Outward, correction: Correction, own_state: str) -> Outward:
    """Return a document as it should have been stated; its number, day and value stay."""
    is_inter = correction.is_sez or correction.place != own_state
    category = before.category
    if correction.is_sez:
        category = "sez"
    elif correction.gstin != before.gstin or category == "sez":
        category = "regular" if correction.gstin else ""
    return replace(
        before,
        gstin=correction.gstin,
        recipient=correction.recipient or before.recipient,
        category=category,
        place=correction.place,
        is_inter=is_inter,
        shipping=correction.shipping,
        lines=[_line(line, before, is_inter=is_inter) for line in before.lines],
    )


def is_stated_so(before: Outward, after: Outward) -> bool:
    """Tell whether two writings of a document are stated alike."""
    facts = ("gstin", "place", "category", "shipping", "is_inter")
    return all(getattr(before, name) == getattr(after, name) for name in facts)


def _line(line: OutwardLine, before: Outward, *, is_inter: bool) -> OutwardLine:
    """Return a line with its tax under the heads of its place; halves are equal, to the paisa."""
    heads = line.heads
    if is_inter == before.is_inter or before.place == EXPORT:
        return line
    if is_inter:
        return replace(line, heads=Heads(heads.taxable, igst=heads.cgst + heads.sgst))
    half = round_money(heads.igst / 2)
    return replace(line, heads=Heads(heads.taxable, cgst=half, sgst=half))


def amended(
    known: tuple[UUID, date, str], before: Outward, after: Outward, limit: Limit
) -> Amended:
    """Return a correction with the rows it takes off and states.

    A document that leaves a table of documents is stated there with nothing; one that enters a table is stated
    in it with its own number and day. Lines without tax are in table 8, which the portal does not amend.

    Args:
        known: Id and day of the amendment, and the period that stated the document.
    """
    off = [Entry(before, line, section_of(before, line, limit)) for line in _taxable(before)]
    on = [Entry(after, line, section_of(after, line, limit)) for line in _taxable(after)]
    counted = [replace(one, section=AMENDED[one.section], is_taken_off=True) for one in off]
    old = {one.section for one in off}
    added = [replace(one, section=_entered(one.section, old)) for one in on]
    left = old - {one.section for one in on} - {Section.B2CS}
    nothing = replace(before, value=ZERO)
    emptied = [_emptied(one, nothing) for one in off if one.section in left]
    stated = [one for one in [*added, *emptied] if one.section is not Section.B2CS_AMENDED]
    return Amended(*known, before, after, (*counted, *added), tuple(stated))


def _taxable(document: Outward) -> list[OutwardLine]:
    return [line for line in document.lines if line.is_taxable]


def _entered(section: Section, old: set[Section]) -> Section:
    """Return the table that states a document now: the amending one where it stays or is summed up."""
    return AMENDED[section] if section in old or section is Section.B2CS else section


def _emptied(entry: Entry, nothing: Outward) -> Entry:
    return replace(
        entry,
        document=nothing,
        line=replace(entry.line, heads=NOTHING),
        section=AMENDED[entry.section],
    )


def small_rows(
    wanted: Mapping[str, set[Place]], revised: Mapping[str, Sequence[Entry]]
) -> list[dict[str, Any]]:
    """Return table 10: rows of table 7 of earlier periods, whole, as they should have been.

    Args:
        wanted: The rows that change, by period. revised: what a period's table 7 is made of, as it is amended.
    """
    found: list[dict[str, Any]] = []
    for fp, places in sorted(wanted.items()):
        for is_intra, place in sorted(places, key=lambda one: (one[1], one[0])):
            own = [one for one in revised[fp] if place_of(one.document) == (is_intra, place)]
            found.append(
                {
                    "omon": fp,
                    "sply_ty": "INTRA" if is_intra else "INTER",
                    "pos": place,
                    "typ": "OE",
                    "itms": _rates(own, is_inter=not is_intra),
                }
            )
    return found


def _rates(entries: Iterable[Entry], *, is_inter: bool) -> list[dict[str, Any]]:
    rates: dict[Decimal, Heads] = {}
    for one in entries:
        rates[one.line.rate] = rates.get(one.line.rate, NOTHING) + one.heads
    return [
        {
            "rt": rate,
            "txval": heads.taxable,
            **({"iamt": heads.igst} if is_inter else {"camt": heads.cgst, "samt": heads.sgst}),
            "csamt": ZERO,
        }
        for rate, heads in sorted(rates.items())
    ]
