"""The portal's GSTR-2B file, read strictly. Source: public field list of the file; domain rules 1.18."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from erp.core.errors import DomainError, InvalidInput
from erp.core.money import LARGEST_AMOUNT, ZERO, round_money
from erp.services.gst_returns.heads import Heads
from erp.services.party import read_gstin

MOST_BYTES: Final = 180_000
"""In base 64 it fits one message of a page."""
MOST_DOCUMENTS: Final = 2_000
LONGEST: Final = 120


@dataclass(frozen=True, slots=True)
class Reported:
    """A document as a supplier reported it."""

    supplier_gstin: str
    supplier: str
    kind: str
    number: str
    dated_on: date
    heads: Heads
    is_available: bool
    """The portal lets its credit be claimed, and its tax is the supplier's to pay."""


@dataclass(frozen=True, slots=True)
class Statement2b:
    """A month's statement for one registration."""

    gstin: str
    starts_on: date
    documents: tuple[Reported, ...]


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
    found = (*_invoices(papers), *_notes(papers))
    if len(found) > MOST_DOCUMENTS:
        raise _refused(f"The file has more than {MOST_DOCUMENTS:,} documents.")
    return Statement2b(
        gstin=_gstin(data.get("gstin"), "data"),
        starts_on=_month(data.get("rtnprd")),
        documents=found,
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


def _invoices(papers: Mapping[str, Any]) -> Iterator[Reported]:
    for supplier in _list(papers, "b2b"):
        for paper in _list(supplier, "inv"):
            yield _reported(supplier, paper, "INV", "inum")


def _notes(papers: Mapping[str, Any]) -> Iterator[Reported]:
    for supplier in _list(papers, "cdnr"):
        for paper in _list(supplier, "nt"):
            kind = "DBN" if paper.get("typ") == "D" else "CRN"
            yield _reported(supplier, paper, kind, "ntnum")


def _reported(
    supplier: Mapping[str, Any], paper: Mapping[str, Any], kind: str, name: str
) -> Reported:
    number = paper.get(name)
    if not isinstance(number, str) or not 0 < len(number.strip()) <= LONGEST:
        raise _refused(f"A document of {supplier.get('ctin')} has no number.")
    where = f"document {number}"
    gstin = _gstin(supplier.get("ctin"), where)
    lines = list(_list(paper, "items")) or [paper]
    heads = Heads(*(_sum(lines, key, where) for key in ("txval", "igst", "cgst", "sgst")))
    return Reported(
        supplier_gstin=gstin,
        supplier=f"{supplier.get('trdnm') or gstin}"[:LONGEST],
        kind=kind,
        number=number.strip(),
        dated_on=_day(paper.get("dt"), where),
        heads=heads,
        is_available=paper.get("itcavl", "Y") == "Y" and paper.get("rev", "N") != "Y",
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
