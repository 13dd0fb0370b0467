"""Paying tax with credit: the order that the law prescribes. Pure.

Source: CGST Act s.49(5), s.49A, s.49B; CGST Rules r.88A.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from erp.core.money import ZERO, round_to_rupee
from erp.services.gst_returns.heads import NAMES, Heads

CROSSES: Mapping[str, tuple[str, ...]] = {"cgst": ("cgst", "igst"), "sgst": ("sgst", "igst")}
"""What the credit of a state's or the union's head may pay, in order; never each other's."""


@dataclass(frozen=True, slots=True)
class Step:
    """Credit of one head that pays tax of a head."""

    use: str
    against: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class SetOff:
    """How a liability is paid.

    Attributes:
        cash: What credit does not pay. left: Credit that stays for the next return.
    """

    steps: tuple[Step, ...]
    cash: Heads
    left: Heads


def set_off(liability: Heads, credit: Heads) -> SetOff:
    """Pay a liability with credit so that the least cash is due.

    Integrated tax's credit goes first and wholly, before any other is used: to its own head, then to
    what the other heads' own credit leaves open, then to whatever is left of them.
    """
    due = {name: getattr(liability, name) for name in NAMES}
    have = {name: getattr(credit, name) for name in NAMES}
    used: dict[tuple[str, str], Decimal] = {}

    def pay(use: str, against: str, most: Decimal) -> None:
        amount = min(have[use], due[against], max(most, ZERO))
        if amount > 0:
            have[use] -= amount
            due[against] -= amount
            used[use, against] = used.get((use, against), ZERO) + amount

    pay("igst", "igst", have["igst"])
    for head in ("cgst", "sgst"):
        pay("igst", head, due[head] - have[head])
    for head in ("cgst", "sgst"):
        pay("igst", head, have["igst"])
    for use, targets in CROSSES.items():
        for against in targets:
            pay(use, against, have[use])
    return SetOff(
        steps=tuple(Step(use, against, amount) for (use, against), amount in used.items()),
        cash=Heads(**due),
        left=Heads(**have),
    )


def in_rupees(cash: Heads) -> Heads:
    """Return what is deposited: each head to the nearest rupee. Source: CGST Act s.170."""
    return Heads(**{name: round_to_rupee(getattr(cash, name)) for name in NAMES})
