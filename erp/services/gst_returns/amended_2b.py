"""Which of the documents that suppliers reported stand: an amendment takes the place of what it amends. Pure.

Source: GSTR-2B, sections b2ba, cdnra and isda; CGST Act s.37(3).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from erp.core.formatting import money_text

Row = Mapping[str, Any]
Name = tuple[str, str, str, str]
"""Supplier, kind, financial year, and what writings of the number have in common."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Documents as amended until the end of a period.

    Attributes:
        rows: Those that no other took the place of, in the order they were given in.
        former: Of an amendment, all that it took the place of, the latest first.
    """

    rows: tuple[Row, ...]
    former: Mapping[UUID, tuple[Row, ...]]

    def told(self, row: Row) -> str:
        """Return in words what an amendment changed; nothing of any other document."""
        if row["original_key"] is None:
            return ""
        number, day = row["original_number"], row["original_dated_on"]
        words = f"Amended by the supplier in {row['starts_on']:%m/%Y}; before it was {number} of {day:%d-%m-%Y}"
        before = self.former.get(row["id"], ())
        return f"{words}, tax {money_text(tax_of(before[0]))}." if before else f"{words}."


def tax_of(row: Row) -> Any:  # noqa: ANN401  an amount of a row
    """Return the tax of a document."""
    return row["igst"] + row["cgst"] + row["sgst"]


def standing(rows: Sequence[Row]) -> Standing:
    """Return the documents that stand; of one that was amended several times, the latest month's amendment."""
    former: dict[UUID, list[Row]] = {}
    gone: set[UUID] = set()
    for row in sorted(rows, key=_order):
        if row["original_key"] is None:
            continue
        places = [
            one
            for one in rows
            if one["id"] not in gone and one is not row and _is_amended_by(one, row)
        ]
        for one in sorted(places, key=_order, reverse=True):
            gone.add(one["id"])
            former.setdefault(row["id"], []).extend((one, *former.pop(one["id"], ())))
    return Standing(
        rows=tuple(row for row in rows if row["id"] not in gone),
        former={key: tuple(ones) for key, ones in former.items()},
    )


def _order(row: Row) -> tuple[bool, date]:
    return (row["original_key"] is not None, row["starts_on"])


def _is_amended_by(one: Row, later: Row) -> bool:
    """Tell whether a document, or an amendment of it in an earlier month, is what a later one amends."""
    if one["original_key"] is not None and one["starts_on"] >= later["starts_on"]:
        return False
    return _original(later) in {_name(one), _original(one)}


def _name(row: Row) -> Name:
    return (row["supplier_gstin"], row["kind"], row["fiscal_year"], row["key"])


def _original(row: Row) -> Name | None:
    if row["original_key"] is None:
        return None
    return (
        row["supplier_gstin"],
        row["original_kind"],
        row["original_year"],
        row["original_key"],
    )
