"""The portal's GSTR-2B file, read strictly. Source: public field list of the file; domain rules 1.18."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from erp.core.bill_numbers import bill_key
from erp.core.errors import DomainError, InvalidInput
from erp.core.money import LARGEST_AMOUNT, ZERO, round_money
from erp.services.gst_returns.heads import Heads
from erp.services.gst_returns.unread_2b import parts_left_out
from erp.services.party import read_gstin

MOST_BYTES: Final = 180_000
"""In base 64 it fits one message of a page."""
MOST_DOCUMENTS: Final = 2_000
LONGEST: Final = 120


@dataclass(frozen=True, slots=True)
class Original:
    """The document that an amendment takes the place of, as it was called."""

    kind: str
    number: str
    dated_on: date


@dataclass(frozen=True, slots=True)
class Reported:
    """A document as a supplier reported it, or as they amended it.

    Attributes:
        supplier_gstin: Empty of goods from abroad.
        kind: `INV`, `DBN`, `CRN`; of an input service distributor `ISD`, `ISC` for its credit note; `BOE` of a bill of
            entry.
        original: Of an amendment, what it amends.
    """

    supplier_gstin: str
    supplier: str
    kind: str
    number: str
    dated_on: date
    heads: Heads
    is_available: bool
    """The portal lets its credit be claimed, and its tax is the supplier's to pay."""
    original: Original | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """How the portal writes one kind of document.

    Attributes:
        papers: Name of a supplier's list; empty where the section is a list without suppliers.
        number, day, kind: Names of these fields; a section of invoices has no kind.
        before: The same three names of the original; empty where the section amends nothing.
        available: Name of the field that says whether credit may be claimed.
        is_import: Bills of entry, whose number stands beside the port's code.
    """

    papers: str
    number: str
    day: str
    kind: str = ""
    before: tuple[str, str, str] | None = None
    available: str = "itcavl"
    is_import: bool = False


_INVOICE = Section("inv", "inum", "dt")
_NOTE = Section("nt", "ntnum", "dt", "typ")
_SHARE = Section("doclist", "docnum", "docdt", "doctyp", available="itcelg")
_ENTRY = Section("boe", "boenum", "boedt", is_import=True)
SECTIONS: Final[Mapping[str, Section]] = {
    "b2b": _INVOICE,
    "b2ba": replace(_INVOICE, before=("oinum", "oidt", "")),
    "cdnr": _NOTE,
    "cdnra": replace(_NOTE, before=("ontnum", "ontdt", "onttyp")),
    "isd": _SHARE,
    "isda": replace(_SHARE, before=("odocnum", "odocdt", "odoctyp")),
    "ecom": _INVOICE,
    "ecoma": replace(_INVOICE, before=("oinum", "oidt", "")),
    "impg": replace(_ENTRY, papers=""),
    "impgsez": _ENTRY,
}
"""Sections of `docdata` that are read. Source: the portal's published fields of GSTR-2B, version 1.0."""
KINDS: Final[Mapping[str, Mapping[str, str]]] = {
    "typ": {"C": "CRN", "D": "DBN"},
    "doctyp": {"ISDI": "ISD", "ISDC": "ISC"},
}
"""What the portal calls a kind of note, and of a distributor's document."""


@dataclass(frozen=True, slots=True)
class Statement2b:
    """A month's statement for one registration.

    Attributes:
        left_out: Parts of the file that are not read, in words.
    """

    gstin: str
    starts_on: date
    documents: tuple[Reported, ...]
    left_out: tuple[str, ...] = ()


def _refused(message: str) -> InvalidInput:
    return InvalidInput(message, fields={"content": message})


def read_statement(content: bytes) -> Statement2b:
    """Return the documents of a statement.

    Raises:
        InvalidInput: It is no GSTR-2B file, or a value in it cannot be read; names where.
    """
    if len(content) > MOST_BYTES:
        raise _refused(f"The file is larger than {MOST_BYTES // 1000} KB.")
    try:
        whole = json.loads(content, parse_float=Decimal, parse_int=Decimal)
    except (ValueError, RecursionError, ArithmeticError):
        raise _refused("This is no JSON file. Download GSTR-2B from the portal as JSON.") from None
    data = _part(whole, "data")
    papers = _part(data, "docdata")
    found = tuple(
        _reported(name, supplier, paper)
        for name, section in SECTIONS.items()
        for supplier in _list(papers, name)
        for paper in (_list(supplier, section.papers) if section.papers else (supplier,))
    )
    if len(found) > MOST_DOCUMENTS:
        raise _refused(f"The file has more than {MOST_DOCUMENTS:,} documents.")
    return Statement2b(
        gstin=_gstin(data.get("gstin"), "data"),
        starts_on=_month(data.get("rtnprd")),
        documents=found,
        left_out=tuple(parts_left_out(data, SECTIONS)),
    )


def _part(value: Any, name: str) -> Mapping[str, Any]:  # noqa: ANN401  whatever a file holds
    found = value.get(name) if isinstance(value, Mapping) else None
    if not isinstance(found, Mapping):
        raise _refused(f"This is no GSTR-2B file: {name} is missing.")
    return found


def _list(value: Mapping[str, Any], name: str) -> Iterable[Mapping[str, Any]]:
    found = value.get(name, [])
    if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
        raise _refused(f"This is no GSTR-2B file: {name} is no list.")
    return found


def _reported(name: str, supplier: Mapping[str, Any], paper: Mapping[str, Any]) -> Reported:
    section = SECTIONS[name]
    if section.is_import:
        return _entry(section, supplier, paper)
    number = _number(paper, section.number, f"a document of {supplier.get('ctin')} in {name}")
    where = f"document {number}"
    gstin = _gstin(supplier.get("ctin"), where)
    lines = list(_list(paper, "items")) or [paper]
    heads = Heads(*(_sum(lines, key, where) for key in ("txval", "igst", "cgst", "sgst")))
    return Reported(
        supplier_gstin=gstin,
        supplier=f"{supplier.get('trdnm') or gstin}"[:LONGEST],
        kind=_kind(paper, section.kind, section.kind, where),
        number=number,
        dated_on=_day(paper.get(section.day), where),
        heads=heads,
        is_available=paper.get(section.available, "Y") == "Y" and paper.get("rev", "N") != "Y",
        original=_original(section, paper, where),
    )


def _entry(section: Section, supplier: Mapping[str, Any], paper: Mapping[str, Any]) -> Reported:
    """Return a bill of entry: of goods from abroad without a supplier, of a special economic zone with one."""
    port = f"{paper.get('portcode') or ''}".strip()
    told = {section.number: f"{paper.get(section.number) or ''} {port}".strip()}
    number = _number(told, section.number, "a bill of entry")
    where = f"bill of entry {number}"
    day = _day(paper.get(section.day), where)
    is_amended = paper.get("isamd") == "Y"
    return Reported(
        supplier_gstin=_gstin(supplier.get("ctin"), where) if section.papers else "",
        supplier=f"{supplier.get('trdnm') or 'Customs'}"[:LONGEST],
        kind="BOE",
        number=number,
        dated_on=day,
        heads=Heads(_sum([paper], "txval", where), _sum([paper], "igst", where)),
        is_available=True,
        original=Original("BOE", number, day) if is_amended else None,
    )


def _number(paper: Mapping[str, Any], name: str, where: str) -> str:
    number = paper.get(name)
    if not isinstance(number, str) or not bill_key(number) or len(number.strip()) > LONGEST:
        raise _refused(f"{name} of {where} is no number. Download the file anew from the portal.")
    return number.strip()


def _kind(paper: Mapping[str, Any], name: str, field: str, where: str) -> str:
    """Return the kind that a field says; `name` is that of the field of the document itself."""
    if not name:
        return "INV"
    found = KINDS[name].get(f"{paper.get(field)}")
    if found is None:
        raise _refused(f"{field} of {where} is not one of {', '.join(KINDS[name])}.")
    return found


def _original(section: Section, paper: Mapping[str, Any], where: str) -> Original | None:
    if section.before is None:
        return None
    number, day, kind = section.before
    return Original(
        kind=_kind(paper, section.kind, kind, where),
        number=_number(paper, number, where),
        dated_on=_day(paper.get(day), f"the original of {where}"),
    )


def _gstin(value: Any, where: str) -> str:  # noqa: ANN401  whatever a file holds
    try:
        return read_gstin(f"{value}").value
    except DomainError as error:
        raise _refused(f"GSTIN {value} of {where}: {error.message}") from None


def _sum(lines: Iterable[Mapping[str, Any]], key: str, where: str) -> Decimal:
    total = ZERO
    for line in lines:
        try:
            amount = Decimal(line.get(key, 0))
        except (InvalidOperation, TypeError, ValueError):
            raise _refused(f"{key} of {where} is no amount.") from None
        if not amount.is_finite() or not 0 <= amount <= LARGEST_AMOUNT:
            raise _refused(f"{key} of {where} is no amount.")
        total += amount
    return round_money(total)


def _day(value: Any, where: str) -> date:  # noqa: ANN401  whatever a file holds
    try:
        return datetime.strptime(f"{value}", "%d-%m-%Y").date()  # noqa: DTZ007  a day has no zone
    except ValueError:
        raise _refused(f"The date of {where} is not written as dd-mm-yyyy.") from None


def _month(value: Any) -> date:  # noqa: ANN401  whatever a file holds
    try:
        return datetime.strptime(f"{value}", "%m%Y").date()  # noqa: DTZ007  a month has no zone
    except ValueError:
        raise _refused("The file names no month (rtnprd).") from None
