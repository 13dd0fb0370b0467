"""What is owed on the sale of an asset whose credit was taken: arithmetic only.

Source: CGST Act s.18(6); CGST Rules r.40(2), r.44(6): the credit less five percent for each quarter begun
since the bill, or the tax on the price, whichever is higher.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from erp.core.gst.taxing import TaxHeads
from erp.core.money import EXACT, ZERO, allocate, round_money

MONTHS_OF_QUARTER = 3
QUARTERS = 20
"""After five years nothing of the credit is left."""
HEADS = ("igst", "cgst", "sgst")


@dataclass(frozen=True, slots=True)
class Owed:
    """What goes back.

    Attributes:
        quarters: Begun since the bill; 20 at most.
        left: Credit that is not used up, all heads.
        excess: Of it, what the tax of the sale does not cover, by head of the credit.
    """

    quarters: int
    left: Decimal
    excess: dict[str, Decimal]


def owed_on_sale(credit: TaxHeads, bought_on: date, sold_on: date, tax: Decimal) -> Owed:
    """Return what goes back of an asset's credit beside the tax on its price."""
    quarters = quarters_begun(bought_on, sold_on)
    share = Decimal(QUARTERS - quarters) / QUARTERS
    left = [round_money(EXACT.multiply(getattr(credit, name), share)) for name in HEADS]
    total = sum(left, ZERO)
    excess = max(total - tax, ZERO)
    parts = allocate(excess, left) if excess else [ZERO] * len(HEADS)
    return Owed(quarters, total, dict(zip(HEADS, parts, strict=True)))


def quarters_begun(bought_on: date, sold_on: date) -> int:
    """Return how many quarters have begun between two days, the first day's own among them; 20 at most."""
    months = (sold_on.year - bought_on.year) * 12 + sold_on.month - bought_on.month
    whole = months - (sold_on.day < bought_on.day)
    return min(whole // MONTHS_OF_QUARTER + 1, QUARTERS)
