"""Reporting: figures over every domain below."""

from erp.services.reporting.dashboard import Dashboard, get_dashboard
from erp.services.reporting.tracing import (
    LotBuyers,
    PartyStanding,
    get_party_standing,
    list_lot_buyers,
)

__all__ = [
    "Dashboard",
    "LotBuyers",
    "PartyStanding",
    "get_dashboard",
    "get_party_standing",
    "list_lot_buyers",
]
