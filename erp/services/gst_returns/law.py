"""Limits of the law as dated rows, each with its source. Source: domain rules 1.4, 1.5, 1.11, 1.12, 1.16."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from erp.models.gst_returns import LimitKind


@dataclass(frozen=True, slots=True)
class LawLimit:
    """An amount that holds from a day on, in one state or, where none is named, everywhere."""

    kind: LimitKind
    valid_from: date
    amount: Decimal
    source: str
    state: str = ""


GST_BEGAN = date(2017, 7, 1)
_CRORE = Decimal(10_000_000)
_IN_STATE = ("10", "07", "20", "27", "03", "08", "33")
LAW: tuple[LawLimit, ...] = (
    LawLimit(LimitKind.B2CL, GST_BEGAN, Decimal(250_000), "CGST Rules r.59(4)"),
    LawLimit(
        LimitKind.B2CL, date(2024, 8, 1), Decimal(100_000), "Notification 12/2024-CT, r.59(4)"
    ),
    LawLimit(LimitKind.E_INVOICE, date(2020, 10, 1), 500 * _CRORE, "Notification 61/2020-CT"),
    LawLimit(LimitKind.E_INVOICE, date(2023, 8, 1), 5 * _CRORE, "Notification 10/2023-CT"),
    LawLimit(LimitKind.HSN_DIGITS, date(2021, 4, 1), 5 * _CRORE, "Notification 78/2020-CT"),
    LawLimit(LimitKind.E_WAY_BILL, date(2018, 4, 1), Decimal(50_000), "CGST Rules r.138(1)"),
    *(
        LawLimit(
            LimitKind.E_WAY_BILL, date(2018, 4, 1), Decimal(100_000), "State notification", state
        )
        for state in _IN_STATE
    ),
)
"""What was published. A tenant's own rows (`limits.py`) come on top."""
RATES: tuple[tuple[date, frozenset[Decimal]], ...] = (
    (
        date(2025, 9, 22),
        frozenset(map(Decimal, ("0", "0.25", "1.5", "3", "5", "18", "40"))),
    ),
    (
        GST_BEGAN,
        frozenset(map(Decimal, ("0", "0.25", "1.5", "3", "5", "12", "18", "28"))),
    ),
)
"""Rates that exist from a day on. Source: Notifications 1/2017-CT(R) and 9/2025-CT(R)."""
_CODES = """
    BAG BAL BDL BKL BOU BOX BTL BUN CAN CBM CCM CMS CTN DOZ DRM GGK GMS GRS GYD KGS KLR KME LTR MLT MTR MTS
    NA NOS OTH PAC PCS PRS QTL ROL SET SQF SQM SQY TBS TGM THD TON TUB UGS UNT YDS
"""
UNITS = frozenset(_CODES.split())
"""Unit codes of the portal."""
NO_UNIT = "NA"
SERVICES = "99"
"""Start of the codes of services."""
FEWEST_DIGITS, MORE_DIGITS = 4, 6


def limit_on(limits: Iterable[LawLimit], kind: LimitKind, day: date, state: str = "") -> Decimal:
    """Return the limit in force on a day, a state's own before the country's; zero before the first."""
    found = [
        limit
        for limit in limits
        if limit.kind is kind and limit.valid_from <= day and limit.state in {"", state}
    ]
    newest = max(found, key=lambda limit: (limit.state, limit.valid_from), default=None)
    return newest.amount if newest else Decimal(0)


def rate_exists(rate: Decimal, day: date) -> bool:
    """Tell whether the law knew a rate on a day."""
    known = next((rates for since, rates in RATES if since <= day), frozenset())
    return rate in known
