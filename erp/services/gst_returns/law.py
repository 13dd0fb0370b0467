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
_SMALLER = ("05", "11", "12", "13", "14", "15", "16", "17")
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
    LawLimit(
        LimitKind.COMPOSITION_LIMIT,
        date(2019, 4, 1),
        Decimal(15_000_000),
        "Notification 14/2019-CT",
    ),
    *(
        LawLimit(
            LimitKind.COMPOSITION_LIMIT,
            date(2019, 4, 1),
            Decimal(7_500_000),
            "Notification 14/2019-CT",
            state,
        )
        for state in _SMALLER
    ),
    LawLimit(
        LimitKind.COMPOSITION_SERVICE_LIMIT,
        date(2019, 4, 1),
        Decimal(5_000_000),
        "CGST Act s.10(2A)",
    ),
    LawLimit(LimitKind.COMPOSITION_TRADER, date(2018, 1, 1), Decimal(1), "CGST Rules r.7"),
    LawLimit(LimitKind.COMPOSITION_MANUFACTURER, date(2018, 1, 1), Decimal(1), "CGST Rules r.7"),
    LawLimit(LimitKind.COMPOSITION_SERVICE, date(2019, 4, 1), Decimal(6), "CGST Act s.10(2A)"),
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


RATE_KINDS = frozenset({LimitKind.GST_RATE, LimitKind.RATE_ENDED})
"""Rows that bring a rate or end one."""
PERCENTS = RATE_KINDS | {
    LimitKind.COMPOSITION_TRADER,
    LimitKind.COMPOSITION_MANUFACTURER,
    LimitKind.COMPOSITION_SERVICE,
}
"""Rows whose amount is a percentage."""
BY_STATE = frozenset({LimitKind.E_WAY_BILL, LimitKind.COMPOSITION_LIMIT})
"""Limits that differ by state."""


def limit_on(limits: Iterable[LawLimit], kind: LimitKind, day: date, state: str = "") -> Decimal:
    """Return the limit in force on a day, a state's own before the country's; zero before the first."""
    found = [
        limit
        for limit in limits
        if limit.kind is kind and limit.valid_from <= day and limit.state in {"", state}
    ]
    newest = max(found, key=lambda limit: (limit.state, limit.valid_from), default=None)
    return newest.amount if newest else Decimal(0)


def rate_exists(rate: Decimal, day: date, limits: Iterable[LawLimit] = LAW) -> bool:
    """Tell whether the law knew a rate on a day; the newest dated row that names it decides."""
    since, known = next((one for one in RATES if one[0] <= day), (GST_BEGAN, frozenset()))
    rows = [
        limit
        for limit in limits
        if limit.kind in RATE_KINDS and limit.amount == rate and since <= limit.valid_from <= day
    ]
    newest = max(rows, key=lambda limit: limit.valid_from, default=None)
    return newest.kind is LimitKind.GST_RATE if newest else rate in known
