"""CMP-08: the quarter of a dealer by composition, worked out from its documents. Pure.

Source: Form CMP-08; CGST Act s.10, Rules r.7, r.62; domain rules 1.7.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from erp.core.money import EXACT, ZERO, round_money
from erp.models.gst_returns import LimitKind, Trade
from erp.services.gst_returns.gstr3b import Cells, Inward
from erp.services.gst_returns.heads import NOTHING, Heads
from erp.services.gst_returns.outward import Outward

CELLS_CMP08: Mapping[str, str] = {
    "3(1)": "Outward supplies, exempt ones too",
    "3(2)": "Inward supplies under reverse charge",
    "3(3)": "Tax to pay",
    "DRC 03": "Tax on advances for services that is due again, paid with form DRC-03",
}
"""Every cell with its words; the last is no part of the form, and stands there where something is due."""
DUE_AGAIN = "DRC 03"
"""Tax that a GSTR-1 took off an advance, and that is due again on days of which none is filed."""
RATES: Mapping[Trade, LimitKind] = {
    Trade.TRADER: LimitKind.COMPOSITION_TRADER,
    Trade.MANUFACTURER: LimitKind.COMPOSITION_MANUFACTURER,
    Trade.SERVICE: LimitKind.COMPOSITION_SERVICE,
}
"""The dated row that holds the rate of a trade."""
RateOn = Callable[[date], tuple[Decimal, Trade]]
"""Percent that is due on a day's turnover, both halves together, and the trade it is the rate of."""
HALVES = Decimal(200)


def own_notes(
    documents: Iterable[Outward], is_same: Callable[[date], bool]
) -> tuple[list[Outward], list[Outward]]:
    """Return documents of a scheme's days, and notes that take back what another scheme's return states."""
    own: list[Outward] = []
    foreign: list[Outward] = []
    for document in documents:
        (own if is_same(document.scheme_day) else foreign).append(document)
    return own, foreign


def turnover(documents: Sequence[Outward], rate_on: RateOn) -> Heads:
    """Return the value of what was supplied with the tax on it, notes taken off; maybe below zero."""
    lines = (
        document.sign * line.heads.taxable
        for document in documents
        if not document.is_cancelled
        for line in document.lines
    )
    value = sum(lines, ZERO)
    half = sum(taxed_by_rate(documents, rate_on).values(), ZERO)
    return Heads(value, ZERO, half, half)


def taxed_by_rate(documents: Iterable[Outward], rate_on: RateOn) -> dict[Decimal, Decimal]:
    """Return the tax of each half on what was supplied, by rate.

    A trader and who gives services owe it on what is taxable, a manufacturer on all of it.
    """
    bases: dict[Decimal, Decimal] = {}
    for document in documents:
        if document.is_cancelled:
            continue
        rate, trade = rate_on(document.scheme_day)
        for line in document.lines:
            if line.is_taxable or trade is Trade.MANUFACTURER:
                bases[rate] = bases.get(rate, ZERO) + document.sign * line.heads.taxable
    return {rate: _half(base, rate) for rate, base in bases.items()}


def _half(base: Decimal, rate: Decimal) -> Decimal:
    return round_money(EXACT.divide(EXACT.multiply(base, rate), HALVES))


def cmp08_cells(supplied: Heads, reverse: Sequence[Inward], again: Heads = NOTHING) -> Cells:
    """Return the cells of table 3, and tax that is due `again` where there is any; neither is below zero."""
    bought = sum((one.heads for one in reverse), NOTHING)
    cells = {"3(1)": supplied, "3(2)": bought, "3(3)": (supplied + bought).tax_only()}
    return cells | ({DUE_AGAIN: again} if again else {})


def cmp08(gstin: str, fp: str, cells: Cells) -> dict[str, Any]:
    """Return the figures in the order in which the portal asks for them; it takes no file of them."""
    return {
        "form": "CMP-08",
        "gstin": gstin,
        "ret_period": fp,
        "table_3": [
            {
                "row": name, "txval": heads.taxable, "iamt": heads.igst, "camt": heads.cgst,
                "samt": heads.sgst, "csamt": ZERO,
            }
            for name, heads in cells.items()
            if name != DUE_AGAIN
        ],
    }  # fmt: skip
