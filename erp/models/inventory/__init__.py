"""Places, lots, moves and the balances the database keeps from them."""

from erp.models.inventory.count import (
    CountInterval,
    CountLineStatus,
    CountSource,
    CountStatus,
    StockCount,
    StockCountLine,
    StockCountRecording,
)
from erp.models.inventory.dispensing import Dispensing, DispensingSource
from erp.models.inventory.lot import Lot, LotStatus
from erp.models.inventory.past import StockSnapshot, StockSnapshotLine
from erp.models.inventory.place import Location, LocationKind, Removal, Warehouse
from erp.models.inventory.planning import (
    CarryingRate,
    ClaimTerms,
    OrderQuantity,
    ReorderRule,
    ReorderSuggestion,
    ShelfLifeTerm,
    SuggestionStatus,
)
from erp.models.inventory.quality import (
    CheckOutcome,
    PointKind,
    QualityAnswer,
    QualityCheck,
    QualityChecklist,
    QualityPoint,
)
from erp.models.inventory.quarantine import (
    QuarantineOutcome,
    QuarantineReason,
    StockQuarantine,
    StockQuarantineDecision,
)
from erp.models.inventory.receipt import GoodsReceipt, GoodsReceiptLine
from erp.models.inventory.recipe import DispensingRecipe, DispensingRecipeLine
from erp.models.inventory.stock import (
    StockBalance,
    StockMove,
    StockReservation,
    StockRevaluation,
)
from erp.models.inventory.transfer import (
    StockTransfer,
    StockTransferAsked,
    StockTransferLine,
    StockTransferRecord,
    TransferOutcome,
    TransferStatus,
)

__all__ = [
    "CarryingRate",
    "CheckOutcome",
    "ClaimTerms",
    "CountInterval",
    "CountLineStatus",
    "CountSource",
    "CountStatus",
    "Dispensing",
    "DispensingRecipe",
    "DispensingRecipeLine",
    "DispensingSource",
    "GoodsReceipt",
    "GoodsReceiptLine",
    "Location",
    "LocationKind",
    "Lot",
    "LotStatus",
    "OrderQuantity",
    "PointKind",
    "QualityAnswer",
    "QualityCheck",
    "QualityChecklist",
    "QualityPoint",
    "QuarantineOutcome",
    "QuarantineReason",
    "Removal",
    "ReorderRule",
    "ReorderSuggestion",
    "ShelfLifeTerm",
    "StockBalance",
    "StockCount",
    "StockCountLine",
    "StockCountRecording",
    "StockMove",
    "StockQuarantine",
    "StockQuarantineDecision",
    "StockReservation",
    "StockRevaluation",
    "StockSnapshot",
    "StockSnapshotLine",
    "StockTransfer",
    "StockTransferAsked",
    "StockTransferLine",
    "StockTransferRecord",
    "SuggestionStatus",
    "TransferOutcome",
    "TransferStatus",
    "Warehouse",
]
