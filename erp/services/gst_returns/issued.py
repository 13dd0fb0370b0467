"""Numbers of documents: table 13 of GSTR-1, and numbers that are missing. Pure.

Source: Form GSTR-1 table 13; CGST Rules r.46(b).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from erp.services.gst_returns.outward import DocumentKind, Outward

NATURE = {DocumentKind.INVOICE: 1, DocumentKind.DEBIT: 4, DocumentKind.CREDIT: 5}
"""The portal's number of a kind of document."""
SHOWN_GAPS = 20
_RUNNING = re.compile(r"[0-9]+$", re.ASCII)


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers of one series in a period, the first to the last.

    Attributes:
        missing: Running numbers in between that no document has.
    """

    nature: int
    prefix: str
    first: str
    last: str
    issued: int
    cancelled: int
    missing: tuple[str, ...]

    @property
    def total(self) -> int:
        """How many numbers were used."""
        return self.issued + self.cancelled


def number_ranges(documents: Iterable[Outward]) -> list[Range]:
    """Return the used numbers by kind and series."""
    series: dict[tuple[int, str], dict[int, Outward]] = {}
    for document in documents:
        digits = _RUNNING.search(document.number)
        prefix = document.number[: digits.start()] if digits else document.number
        running = int(digits.group()) if digits else 0
        series.setdefault((NATURE[document.kind], prefix), {})[running] = document
    return [_range(*key, numbered) for key, numbered in sorted(series.items())]


def _range(nature: int, prefix: str, numbered: dict[int, Outward]) -> Range:
    first, last = min(numbered), max(numbered)
    width = len(numbered[last].number) - len(prefix)
    missing: list[str] = []
    expected = first
    for running in sorted(numbered):
        while expected < running and len(missing) < SHOWN_GAPS:
            missing.append(f"{prefix}{expected:0{width}d}")
            expected += 1
        expected = running + 1
    cancelled = sum(document.is_cancelled for document in numbered.values())
    return Range(
        nature=nature,
        prefix=prefix,
        first=numbered[first].number,
        last=numbered[last].number,
        issued=len(numbered) - cancelled,
        cancelled=cancelled,
        missing=tuple(missing),
    )


def documents_issued(documents: Iterable[Outward]) -> list[dict[str, Any]]:
    """Return table 13 in the portal's form."""
    found: dict[int, list[Range]] = {}
    for used in number_ranges(documents):
        found.setdefault(used.nature, []).append(used)
    return [
        {
            "doc_num": nature,
            "docs": [
                {
                    "num": number, "from": used.first, "to": used.last, "totnum": used.total,
                    "cancel": used.cancelled, "net_issue": used.issued,
                }
                for number, used in enumerate(ranges, 1)
            ],
        }
        for nature, ranges in sorted(found.items())
    ]  # fmt: skip
