"""Loyalty: the programme of a company, and points as an append-only ledger of lots."""

from erp.models.loyalty.points import LoyaltyEntry, LoyaltyLot, PointsKind
from erp.models.loyalty.programme import LoyaltyProgramme

__all__ = ["LoyaltyEntry", "LoyaltyLot", "LoyaltyProgramme", "PointsKind"]
