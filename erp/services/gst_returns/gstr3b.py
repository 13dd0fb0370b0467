"""GSTR-3B: its cells, from the same lines as GSTR-1, and its file. Pure.

Source: Form GSTR-3B; Circular 170/02/2022-GST for table 4; domain rules 1.17.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from erp.core.money import ZERO
from erp.models.gst_returns import CreditChangeKind
from erp.services.gst_returns.heads import NOTHING, Heads
from erp.services.gst_returns.outward import Entry, Section


class InwardKind(StrEnum):
    """What changed the credit on purchases."""

    BILL = "bill"
    TAKEN_BACK = "taken_back"
    """Goods went back, or a claim was settled: credit follows the supplier's note."""
    REVERSE_CHARGE = "reverse_charge"
    SPENT = "spent"
    """An expense claim, a voucher of petty cash, a fixed asset, or the charges of a payment gateway."""


@dataclass(frozen=True, slots=True)
class Inward:
    """A purchase, or what took one back.

    Attributes:
        heads: Value and credit; below zero where it takes credit back.
        untaxed: Of its value, what is exempt or of a supplier who charges no tax.
        is_claimable: The supplier reported it (CGST Act s.16(2)(aa)), or nothing is asked of it.
        origin_id: The document that its entry is of, where that has several bills.
        is_lapsed: No return can claim it any more (CGST Act s.16(4)).
        is_distributed: An input service distributor reported it.
    """

    id: UUID
    number: str
    supplier: str
    booked_on: date
    kind: InwardKind
    heads: Heads
    is_inter: bool = False
    untaxed: Decimal = ZERO
    is_claimable: bool = True
    origin_id: UUID | None = None
    is_lapsed: bool = False
    is_distributed: bool = False

    @property
    def claimed_in(self) -> str:
        """The cell of credit that it counts in, where it is claimed."""
        if self.kind is InwardKind.REVERSE_CHARGE:
            return "4(A)(3)"
        return "4(A)(4)" if self.is_distributed else "4(A)(5)"

    @property
    def document_id(self) -> UUID:
        """The document that its entry is of."""
        return self.origin_id or self.id


@dataclass(frozen=True, slots=True)
class CreditChange:
    """Credit that was reversed, or claimed again."""

    kind: CreditChangeKind
    heads: Heads
    id: UUID | None = None
    booked_on: date = date.min
    reason: str = ""


Cells = dict[str, Heads]
CELLS: Mapping[str, str] = {
    "3.1(a)": "Taxable outward supplies, other than zero-rated, nil and exempt",
    "3.1(b)": "Zero-rated outward supplies",
    "3.1(c)": "Nil-rated and exempt outward supplies",
    "3.1(d)": "Inward supplies under reverse charge",
    "3.1(e)": "Outward supplies outside GST",
    "4(A)(3)": "Credit on reverse charge",
    "4(A)(4)": "Credit from an input service distributor",
    "4(A)(5)": "All other credit",
    "4(B)(1)": "Reversed for good: r.38, 42, 43, s.17(5)",
    "4(B)(2)": "Reversed for a time: unpaid for 180 days",
    "4(C)": "Net credit",
    "4(D)(1)": "Claimed again, reversed in an earlier 4(B)(2); in 4(A)(5) too",
    "4(D)(2)": "Credit that no return can claim any more: s.16(4)",
    "5 inter": "Inward from composition dealers, exempt and nil, other states",
    "5 intra": "Inward from composition dealers, exempt and nil, own state",
}
"""Every cell with its words."""
OUTWARD_CELLS = ("3.1(a)", "3.1(b)", "3.1(c)", "3.1(e)")
"""Cells of our own supplies; what they hold below zero is taken off the next return."""
CHANGE_CELLS: Mapping[str, frozenset[CreditChangeKind]] = {
    "4(B)(1)": frozenset(
        {
            CreditChangeKind.BLOCKED,
            CreditChangeKind.COMMON,
            CreditChangeKind.ASSET_SOLD,
            CreditChangeKind.ASSET_KEPT,
        }
    ),
    "4(B)(2)": frozenset({CreditChangeKind.UNPAID}),
    "4(D)(1)": frozenset({CreditChangeKind.RECLAIMED}),
}
"""What each cell of changed credit is made of."""
CLAIMED_AGAIN = frozenset({CreditChangeKind.RECLAIMED, CreditChangeKind.COMMON_BACK})
"""Changes that are credit of their own: what was reversed for a time, or too much for exempt supplies."""
GIVES_BACK = CLAIMED_AGAIN | {CreditChangeKind.ASSET_KEPT}
"""Changes that add to the credit in the books."""


def cell_of(entry: Entry) -> str:
    """Return the cell of table 3.1 that an outward line belongs to."""
    if entry.section is Section.NIL:
        return "3.1(e)" if entry.line.treatment == "non_gst" else "3.1(c)"
    return "3.1(b)" if entry.is_zero_rated else "3.1(a)"


def gstr3b_cells(
    outward: Iterable[Entry], inward: Sequence[Inward], changes: Sequence[CreditChange]
) -> Cells:
    """Return every cell; outward supplies may be below zero where more came back than went."""
    cells = dict.fromkeys(CELLS, NOTHING)
    for entry in outward:
        name = cell_of(entry)
        cells[name] += entry.heads
    for bought in inward:
        _add_purchase(cells, bought)
    kept = kept_cell(changes)
    for change in changes:
        _add_change(cells, change, kept)
    gained = cells["4(A)(3)"] + cells["4(A)(4)"] + cells["4(A)(5)"]
    cells["4(C)"] = gained - cells["4(B)(1)"] - cells["4(B)(2)"]
    return cells


def _add_purchase(cells: Cells, bought: Inward) -> None:
    if bought.kind is InwardKind.REVERSE_CHARGE:
        cells["3.1(d)"] += bought.heads
        cells[bought.claimed_in] += bought.heads.tax_only()
    elif bought.is_claimable:
        cells[bought.claimed_in] += bought.heads.tax_only()
    elif bought.is_lapsed:
        cells["4(D)(2)"] += bought.heads.tax_only()
    cells["5 inter" if bought.is_inter else "5 intra"] += Heads(bought.untaxed)


def _add_change(cells: Cells, change: CreditChange, kept: str) -> None:
    for name in cells_of_change(change.kind, kept):
        cells[name] += change_in(name, change)


def kept_cell(changes: Iterable[CreditChange]) -> str:
    """Return the cell of credit that a cancelled sale of an asset gives back.

    It is taken off 4(B)(1) where as much was reversed there; else it is credit of its own, for the portal takes
    nothing below zero.
    """
    own = CHANGE_CELLS["4(B)(1)"]
    whole = sum((change_in("4(B)(1)", one) for one in changes if one.kind in own), NOTHING)
    return "4(B)(1)" if whole == whole.not_negative() else "4(A)(5)"


def cells_of_change(kind: CreditChangeKind, kept: str) -> list[str]:
    """Return the cells that a change of credit counts in; see `kept_cell`."""
    if kind is CreditChangeKind.ASSET_KEPT:
        return [kept]
    again = ["4(A)(5)"] if kind in CLAIMED_AGAIN else []
    return again + [name for name, kinds in CHANGE_CELLS.items() if kind in kinds]


def change_in(cell: str, change: CreditChange) -> Heads:
    """Return what a change adds to a cell."""
    is_back = change.kind is CreditChangeKind.ASSET_KEPT and cell == "4(B)(1)"
    return -change.heads if is_back else change.heads


def inter_state_rows(outward: Iterable[Entry], *, composition: bool) -> list[tuple[str, Heads]]:
    """Return table 3.2: of 3.1(a), what went to other states' unregistered buyers, or dealers by composition."""
    places: dict[str, Heads] = {}
    for entry in outward:
        document = entry.document
        is_wanted = document.category == "composition" if composition else not document.gstin
        if is_wanted and document.is_inter and cell_of(entry) == "3.1(a)":
            places[document.place] = places.get(document.place, NOTHING) + entry.heads
    return [(place, heads) for place, heads in sorted(places.items()) if heads]


Places = list[tuple[str, Heads]]
INTER: Mapping[str, bool] = {"3.2 unreg": False, "3.2 comp": True}
"""The parts of table 3.2, and whether each is of dealers by composition."""


def inter_state_stated(
    outward: Sequence[Entry], before: Mapping[str, Heads]
) -> tuple[dict[str, Places], Cells]:
    """Return table 3.2 as it is stated, and what is left below zero for the next return, place by place."""
    stated: dict[str, Places] = {}
    carried: Cells = {}
    for part, is_composition in INTER.items():
        whole = dict(inter_state_rows(outward, composition=is_composition))
        for name, heads in before.items():
            if name.startswith(part):
                place = name.removeprefix(f"{part} ")
                whole[place] = whole.get(place, NOTHING) + heads
        rows = [(place, heads.not_negative()) for place, heads in sorted(whole.items())]
        stated[part] = [(place, heads) for place, heads in rows if heads]
        left = ((place, whole[place] - heads) for place, heads in rows)
        carried |= {f"{part} {place}": heads for place, heads in left if heads}
    return stated, carried


def gstr3b(gstin: str, fp: str, cells: Cells, inter: Mapping[str, Places]) -> dict[str, Any]:
    """Return the portal's file; it takes nothing below zero in table 3. `inter`: table 3.2."""
    stated = {name: heads.not_negative() for name, heads in cells.items()}
    credit_rows = [{"ty": "IMPG", **_tax(NOTHING)}, {"ty": "IMPS", **_tax(NOTHING)}]
    return {
        "gstin": gstin,
        "ret_period": fp,
        "sup_details": {
            "osup_det": _full(stated["3.1(a)"]),
            "osup_zero": {"txval": stated["3.1(b)"].taxable, "iamt": stated["3.1(b)"].igst, "csamt": ZERO},
            "osup_nil_exmp": {"txval": stated["3.1(c)"].taxable},
            "isup_rev": _full(stated["3.1(d)"]),
            "osup_nongst": {"txval": stated["3.1(e)"].taxable},
        },
        "inter_sup": {
            "unreg_details": _places(inter["3.2 unreg"]),
            "comp_details": _places(inter["3.2 comp"]),
            "uin_details": [],
        },
        "itc_elg": {
            "itc_avl": [
                *credit_rows,
                {"ty": "ISRC", **_tax(cells["4(A)(3)"])},
                {"ty": "ISD", **_tax(cells["4(A)(4)"])},
                {"ty": "OTH", **_tax(cells["4(A)(5)"])},
            ],
            "itc_rev": [
                {"ty": "RUL", **_tax(cells["4(B)(1)"])},
                {"ty": "OTH", **_tax(cells["4(B)(2)"])},
            ],
            "itc_net": _tax(cells["4(C)"]),
            "itc_inelg": [
                {"ty": "RUL", **_tax(cells["4(D)(1)"])},
                {"ty": "OTH", **_tax(cells["4(D)(2)"])},
            ],
        },
        "inward_sup": {
            "isup_details": [
                {"ty": "GST", "inter": cells["5 inter"].taxable, "intra": cells["5 intra"].taxable},
                {"ty": "NONGST", "inter": ZERO, "intra": ZERO},
            ]
        },
    }  # fmt: skip


def _tax(heads: Heads) -> dict[str, Decimal]:
    return {"iamt": heads.igst, "camt": heads.cgst, "samt": heads.sgst, "csamt": ZERO}


def _full(heads: Heads) -> dict[str, Decimal]:
    return {"txval": heads.taxable, **_tax(heads)}


def _places(rows: Places) -> list[dict[str, Any]]:
    return [{"pos": place, "txval": heads.taxable, "iamt": heads.igst} for place, heads in rows]
