"""GSTR-4: the year of a dealer by composition, from rows that every figure is the sum of. Pure.

Source: Form GSTR-4 (annual), CGST Act s.39(2), Rules r.62; names of its sections as the portal publishes them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from erp.core.money import ZERO
from erp.services.gst_returns.heads import NOTHING, Heads

CELLS_GSTR4: Final[Mapping[str, str]] = {
    "4A": "From registered suppliers, without reverse charge; what went back taken off",
    "4B": "From registered suppliers, under reverse charge",
    "4C": "From unregistered suppliers, under reverse charge",
    "5 out": "Supplied, as the filed CMP-08s state it",
    "5 in": "Reverse charge, as the filed CMP-08s state it",
    "6 out": "Supplied, with the tax on it; notes taken off",
    "6 in": "Reverse charge, with the tax on it",
}
"""Every figure with its words. Rows of 4B and 4C are those of `6 in`."""
ROWS_OF: Final[Mapping[str, frozenset[str]]] = {
    name: frozenset({"4B", "4C"} if name == "6 in" else {name}) for name in CELLS_GSTR4
}
"""The tables whose rows a figure is the sum of."""


@dataclass(frozen=True, slots=True)
class Row4:
    """What counts in a figure: a bill by rate, a reverse charge, a line supplied, a quarter's return.

    Attributes:
        heads: Below zero where it takes off. rate: Percent, both halves together.
    """

    table: str
    document_id: UUID
    page: str
    number: str
    day: date
    party: str
    gstin: str
    place: str
    rate: Decimal
    heads: Heads


def rows_of(rows: Iterable[Row4], figure: str) -> list[Row4]:
    """Return the rows that a figure is the sum of."""
    return [row for row in rows if row.table in ROWS_OF[figure]]


def cells_of(rows: Sequence[Row4]) -> dict[str, Heads]:
    """Return every figure."""
    return {name: sum((row.heads for row in rows_of(rows, name)), NOTHING) for name in CELLS_GSTR4}


def rest_of(cells: Mapping[str, Heads]) -> Heads:
    """Return the tax of the year that no CMP-08 paid; a head is below zero where they paid more."""
    owed = cells["6 out"] + cells["6 in"]
    return (owed - cells["5 out"] - cells["5 in"]).tax_only()


def gstr4(gstin: str, fp: str, before: Decimal, rows: Sequence[Row4]) -> dict[str, Any]:
    """Return the file.

    Args:
        before: Turnover of the financial year before.
    """
    cells = cells_of(rows)
    return {
        "gstin": gstin,
        "fp": fp,
        "isnil": "N" if any(cells.values()) else "Y",
        "agg_turnover": before,
        "b2bor": _by_supplier(rows_of(rows, "4A"), "ctin"),
        "b2br": _by_supplier(rows_of(rows, "4B"), "ctin"),
        "b2bur": _by_supplier(rows_of(rows, "4C"), "trdnm"),
        "imps": [],
        "txos": _by_rate(rows_of(rows, "6 out")),
        "cmpsmry": {
            "out_sup": {"tax_val": cells["5 out"].taxable, **_tax(cells["5 out"])},
            "in_sup": {"tax_val": cells["5 in"].taxable, **_tax(cells["5 in"])},
            "intr_pay": _tax(NOTHING),
            "tax_pay": _tax(cells["5 out"] + cells["5 in"]),
        },
        "inoutsup": {
            "outsupply": {"txval": cells["6 out"].taxable, **_tax(cells["6 out"])},
            "insupply": {"txval": cells["6 in"].taxable, **_tax(cells["6 in"])},
        },
    }


def _tax(heads: Heads) -> dict[str, Decimal]:
    return {"iamt": heads.igst, "camt": heads.cgst, "samt": heads.sgst, "csamt": ZERO}


def _by_supplier(rows: Iterable[Row4], named: str) -> list[dict[str, Any]]:
    """Return rows by supplier and place, each with its rates in order."""
    groups: dict[tuple[str, str], list[Row4]] = {}
    for row in rows:
        supplier = row.gstin if named == "ctin" else row.party
        groups.setdefault((supplier, row.place), []).append(row)
    return [
        {
            named: supplier,
            "pos": place,
            "itms": [
                {"rt": rate, "txval": heads.taxable, **_tax(heads)} for rate, heads in _rates(own)
            ],
        }
        for (supplier, place), own in sorted(groups.items())
    ]


def _by_rate(rows: Iterable[Row4]) -> list[dict[str, Any]]:
    return [
        {"rt": rate, "trnovr": heads.taxable, "camt": heads.cgst, "samt": heads.sgst}
        for rate, heads in _rates(rows)
    ]


def _rates(rows: Iterable[Row4]) -> list[tuple[Decimal, Heads]]:
    sums: dict[Decimal, Heads] = {}
    for row in rows:
        sums[row.rate] = sums.get(row.rate, NOTHING) + row.heads
    return sorted(sums.items())
