"""What a registration supplied, and the table of GSTR-1 that each line belongs to. Pure.

Source: Form GSTR-1; CGST Rules r.59; domain rules 1.16.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from erp.core.gst.taxing import EXPORT
from erp.services.gst_returns.heads import NOTHING, Heads

Limit = Callable[[date], Decimal]
"""Invoice value above which a supply to another state's unregistered buyer is reported by itself."""


class DocumentKind(StrEnum):
    """Which way a document changes what was supplied."""

    INVOICE = "invoice"
    CREDIT = "credit"
    DEBIT = "debit"


class Section(StrEnum):
    """A table of GSTR-1, by its key in the portal's file."""

    B2B = "b2b"
    B2CL = "b2cl"
    EXPORTS = "exp"
    B2CS = "b2cs"
    NOTES_REGISTERED = "cdnr"
    NOTES_UNREGISTERED = "cdnur"
    NIL = "nil"
    B2B_AMENDED = "b2ba"
    B2CL_AMENDED = "b2cla"
    EXPORTS_AMENDED = "expa"
    B2CS_AMENDED = "b2csa"
    NOTES_REGISTERED_AMENDED = "cdnra"
    NOTES_UNREGISTERED_AMENDED = "cdnura"


@dataclass(frozen=True, slots=True)
class OutwardLine:
    """Lines of a document that are classified and taxed alike, added up.

    Attributes:
        quantity: In `unit`, a code of the portal.
        treatment: `taxable`, `nil_rated`, `exempt` or `non_gst`.
        count: How many lines were added up; each rounded its own tax.
    """

    hsn: str
    unit: str
    quantity: Decimal
    rate: Decimal
    treatment: str
    heads: Heads
    count: int = 1

    @property
    def is_taxable(self) -> bool:
        """Whether tax is due on it, at a rate above nothing or by its zero-rating."""
        return self.treatment == "taxable"


@dataclass(frozen=True, slots=True)
class Original:
    """The invoice that a note belongs to."""

    number: str
    issued_on: date
    value: Decimal


@dataclass(frozen=True, slots=True)
class Shipping:
    """The customs' paper of an export."""

    port_code: str
    number: str
    shipped_on: date


@dataclass(frozen=True, slots=True)
class Outward:
    """An invoice, a bill of supply or a note, as it was issued.

    Attributes:
        gstin: Of the recipient; empty where they are not registered.
        category: How the recipient is registered; `sez` where the document says so.
        place: State code of the place of supply. is_inter: of another state than the supplier.
        value: What the document comes to.
        follows: Of a credit note, the day of what it takes back; that day's scheme states it.
    """

    id: UUID
    number: str
    kind: DocumentKind
    issued_on: date
    gstin: str
    recipient: str
    category: str
    place: str
    is_inter: bool
    value: Decimal
    lines: Sequence[OutwardLine]
    original: Original | None = None
    is_cancelled: bool = False
    shipping: Shipping | None = None
    follows: date | None = None

    @property
    def scheme_day(self) -> date:
        """The day whose scheme states it: interest is of its own day (CGST Act s.12(6))."""
        return self.follows or self.issued_on

    @property
    def sign(self) -> int:
        """One, or minus one where it takes back."""
        return -1 if self.kind is DocumentKind.CREDIT else 1

    @property
    def is_note(self) -> bool:
        """Whether it belongs to another document."""
        return self.kind is not DocumentKind.INVOICE

    @property
    def invoice_type(self) -> str:
        """The portal's word for how the recipient stands: R, or SEZ with or without payment."""
        if self.category != "sez":
            return "R"
        return "SEWP" if any(line.heads.igst for line in self.lines) else "SEWOP"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a document in its table, with the sign it counts by.

    Attributes:
        is_taken_off: An amendment takes it off, as an earlier return stated it.
    """

    document: Outward
    line: OutwardLine
    section: Section
    is_taken_off: bool = False

    @property
    def heads(self) -> Heads:
        """What it adds to a sum of the return; below zero for a credit note, or where it is taken off."""
        return self.line.heads if self.sign > 0 else -self.line.heads

    @property
    def sign(self) -> int:
        """One where it adds to a sum, minus one where it takes off."""
        return -self.document.sign if self.is_taken_off else self.document.sign

    @property
    def is_zero_rated(self) -> bool:
        """Whether it left the country or went to a special economic zone. Source: IGST Act s.16."""
        document = self.document
        return self.line.is_taxable and (document.category == "sez" or document.place == EXPORT)


def classify(documents: Iterable[Outward], limit: Limit) -> list[Entry]:
    """Return every line of every document that was not cancelled, with its table."""
    return [
        Entry(document, line, section_of(document, line, limit))
        for document in documents
        if not document.is_cancelled
        for line in document.lines
    ]


def section_of(document: Outward, line: OutwardLine, limit: Limit) -> Section:
    """Return the table of a line; the first rule that fits decides."""
    if not line.is_taxable:
        return Section.NIL
    if document.place == EXPORT:
        return Section.NOTES_UNREGISTERED if document.is_note else Section.EXPORTS
    if document.gstin:
        return Section.NOTES_REGISTERED if document.is_note else Section.B2B
    if not document.is_note:
        is_large = document.is_inter and document.value > limit(document.issued_on)
        return Section.B2CL if is_large else Section.B2CS
    first = document.original
    is_large = bool(first) and document.is_inter and _is_large(first, limit)
    return Section.NOTES_UNREGISTERED if is_large else Section.B2CS


def _is_large(first: Original | None, limit: Limit) -> bool:
    return first is not None and first.value > limit(first.issued_on)


def total_of(entries: Iterable[Entry]) -> Heads:
    """Return the sum of entries by head."""
    return sum((entry.heads for entry in entries), NOTHING)
