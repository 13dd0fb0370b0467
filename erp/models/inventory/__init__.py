"""Places, lots, moves and the balances the database keeps from them."""

from erp.models.inventory.lot import Lot, LotStatus
from erp.models.inventory.place import Location, LocationKind, Warehouse
from erp.models.inventory.stock import StockBalance, StockMove, StockReservation

__all__ = [
    "Location",
    "LocationKind",
    "Lot",
    "LotStatus",
    "StockBalance",
    "StockMove",
    "StockReservation",
    "Warehouse",
]
