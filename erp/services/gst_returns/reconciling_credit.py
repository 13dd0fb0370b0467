"""How the accounts of input tax lead to the net credit of a GSTR-3B, and what of them waits. Pure."""

from collections.abc import Iterable, Mapping
from typing import Final

from erp.core.formatting import money_text
from erp.services.gst_returns.checking import Problem
from erp.services.gst_returns.claiming import Claims
from erp.services.gst_returns.gstr3b import Cells, Inward
from erp.services.gst_returns.heads import NOTHING, Heads

CREDIT_LINES: Final[Mapping[str, str]] = {
    "booked": "Booked on the accounts of input tax in the period",
    "waited": "Waited from earlier returns",
    "charges": "Charges whose tax invoice is missing: waits",
    "unreported": "Not in GSTR-2B, parked or asked about: waits",
    "lapsed": "Lapsed: 4(D)(2)",
    "accepted": "Differences from the books, as listed",
    "claimed": "Net credit of this return: 4(C)",
}
"""Every line in its order; the first two less those between are the last."""
CHARGES_PAGE: Final = "/gst/charges"


def credit_lines(booked: Heads, claims: Claims, cells: Cells) -> dict[str, dict[str, str]]:
    """Return the amounts of each line.

    Args:
        booked: What the accounts of input tax gained. cells: of the return as it states them.
    """
    charges = _sum(claims.charges)
    waiting = _sum(claims.held)
    lapsed, claimed = cells["4(D)(2)"], cells["4(C)"]
    unexplained = booked + claims.waited - waiting - lapsed - claimed
    found = {
        "booked": booked,
        "waited": claims.waited,
        "charges": charges,
        "unreported": waiting - charges,
        "lapsed": lapsed,
        "accepted": unexplained,
        "claimed": claimed,
    }
    return {name: found[name].tax_only().texts() for name in CREDIT_LINES}


def charges_hint(claims: Claims) -> list[Problem]:
    """Return what is said where the tax of charges waits for their tax invoice."""
    waiting = claims.charges
    tax = _sum(waiting).tax
    if not tax:
        return []
    whose = ", ".join(sorted({one.supplier for one in waiting}))
    message = (
        f"{money_text(tax)} of input tax on charges of {whose} waits for their tax invoice (s.16(2)(a)). Record it"
        " under GST > Charges, and prepare the return again: it counts in the month that it is of."
    )
    return [Problem("charges_wait", "4(A)(5)", CHARGES_PAGE, message, is_blocking=False)]


def _sum(bought: Iterable[Inward]) -> Heads:
    return sum((one.heads.tax_only() for one in bought), NOTHING)
