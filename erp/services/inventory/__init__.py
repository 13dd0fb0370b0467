"""Stock: lots, moves, balances, allocation."""

from erp.services.inventory.allocating import Pick, Policy, Wanted, allocate, value_of
from erp.services.inventory.moving import (
    Movement,
    Origin,
    Returned,
    TakenBack,
    issue,
    take_back,
    write_moves,
)

__all__ = [
    "Movement",
    "Origin",
    "Pick",
    "Policy",
    "Returned",
    "TakenBack",
    "Wanted",
    "allocate",
    "issue",
    "take_back",
    "value_of",
    "write_moves",
]
