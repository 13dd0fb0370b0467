"""Stock: lots, moves, balances, allocation, expiry, value."""

from erp.models.inventory import LotStatus, SuggestionStatus
from erp.services.inventory import (
    advising_transfers,
    arriving,
    dispatching,
    dispensing,
    genealogy,
    keeping_past_stock,
    listing_quarantine,
    listing_transfers,
    making_again,
    quarantining,
    recipes,
    referees,
    requesting,
    ruling,
    thinning_past_stock,
)
from erp.services.inventory.adjusting import (
    AdjustmentLine,
    AdjustmentReason,
    AdjustStock,
    LotQuantity,
    StockAdjustment,
    StockWriteOff,
    WriteOffReason,
    WriteOffStock,
    adjust_stock,
    write_off_stock,
)
from erp.services.inventory.ageing import (
    AlertExpiringLots,
    ExpiryAlert,
    ExpiryLadder,
    ListExpiring,
    alert_expiring_lots,
    expiry_ladder,
    list_expiring,
)
from erp.services.inventory.allocating import (
    Policy,
    Wanted,
    allocate,
    foresee,
    hold_shelves,
)
from erp.services.inventory.carrying import list_carrying_rates, set_carrying_rate
from erp.services.inventory.checking_quality import PointAnswer, PointAnswers
from erp.services.inventory.claiming import (
    CLAIM_WINDOW,
    DEFAULT_CLAIM_DAYS,
    list_claim_terms,
    set_claim_terms,
)
from erp.services.inventory.classifying import (
    DEMAND_CLASSES,
    VALUE_CLASSES,
    classify_stock,
    list_classes,
)
from erp.services.inventory.comparing_books import (
    StockAgainstBooks,
    StockAgainstBooksOn,
    stock_against_books,
)
from erp.services.inventory.counting import (
    CancelCount,
    CountClosed,
    CountStart,
    StartCount,
    cancel_count,
    start_count,
)
from erp.services.inventory.counting_lots import CountRecorded, RecordCount, record_count
from erp.services.inventory.errors import (
    BeyondLimit,
    CountNotOpen,
    ExpiredLot,
    InsufficientStock,
    LotBeingCounted,
    LotChanged,
    LotNotOnCount,
    LotNotSellable,
    LotOnHold,
    LotRequired,
    LotsUncounted,
    MrpDiffers,
    NothingToCount,
    OpeningMoved,
    OtherExpiry,
    OwnDifferences,
    PointUnanswered,
    RateStarts,
    ReasonRequired,
    ShortShelfLife,
    SuggestionClosed,
    UnknownCount,
    UnknownLot,
    UnknownOpeningStock,
    UnknownPlace,
    UnknownSuggestion,
    WhichLot,
    WrongPlace,
)
from erp.services.inventory.events import GoodsReceived, LotRecalled
from erp.services.inventory.genealogy import LOTS_MADE_OF
from erp.services.inventory.holding import (
    HoldLot,
    LotStanding,
    RecallLot,
    ReleaseLot,
    hold_lot,
    recall_lot,
    release_lot,
)
from erp.services.inventory.idle_stock import IDLENESS, idle_stock, list_idle
from erp.services.inventory.incoming import OnOrder, tells_what_is_on_order
from erp.services.inventory.known_lots import KnownLot, latest_lots
from erp.services.inventory.labelling import MINIMUM_SHELF_LIFE
from erp.services.inventory.listing_counts import (
    CountDetail,
    CountLine,
    GetCount,
    ListCounts,
    get_count,
    list_counts,
)
from erp.services.inventory.listing_suggestions import list_suggestions, suggested_suppliers
from erp.services.inventory.moving import (
    Movement,
    Origin,
    Returned,
    TakenBack,
    issue,
    take_back,
    write_moves,
)
from erp.services.inventory.opening_stock import (
    ImportOpeningStock,
    OpenedLot,
    OpenedStock,
    import_opening_stock,
)
from erp.services.inventory.opening_stock_back import (
    ListOpeningStock,
    TakeBackOpeningStock,
    list_opening_stock,
    take_back_opening_stock,
)
from erp.services.inventory.opening_stock_lines import COLUMNS as OPENING_STOCK_COLUMNS
from erp.services.inventory.picking import Pick, value_of
from erp.services.inventory.places import get_owned_place
from erp.services.inventory.printing import (
    PackLabel,
    PrintedChallan,
    get_pack_label,
    get_printed_challan,
)
from erp.services.inventory.quality_checklists import (
    Checklists,
    Point,
    SetChecklist,
    find_checklist,
    list_checklists,
    set_checklist,
)
from erp.services.inventory.quality_queries import CheckPage, ListChecks, list_checks
from erp.services.inventory.queries import (
    ListMoves,
    LotStockPage,
    LotStockRow,
    MovePage,
    StockByLot,
    list_moves,
    stock_by_lot,
)
from erp.services.inventory.receiving import (
    LotNumber,
    ReceiptLine,
    ReceivedGoods,
    ReceivedLine,
    ReceiveGoods,
    UnitQuantity,
    receive_goods,
)
from erp.services.inventory.reordering import get_reorder_plan, set_reorder_rule
from erp.services.inventory.reserving import (
    ReleaseLapsedReservations,
    release,
    release_lapsed_reservations,
    reserve,
    take_reserved,
)
from erp.services.inventory.revaluing import CostChange, Revalued, revalue_lots
from erp.services.inventory.searching_lots import FoundLot, FoundLots, SearchLots, search_lots
from erp.services.inventory.sending_back import LeavingLot, LeftLot, send_back
from erp.services.inventory.settling_counts import (
    ApproveCount,
    CountApproval,
    CountSubmission,
    RecountAnswer,
    RequestRecount,
    SubmitCount,
    approve_count,
    request_recount,
    submit_count,
)
from erp.services.inventory.stock_age import AGE_BUCKETS, list_ageing, stock_ageing
from erp.services.inventory.stock_columns import (
    CompareStockWithBooks,
    compare_stock_with_books,
    get_printed_stock,
)
from erp.services.inventory.suggesting import (
    close_suggestions,
    dismiss_suggestion,
    suggest_reorders,
)
from erp.services.inventory.tracing import (
    GetLot,
    LastLot,
    LotDetail,
    LotTerms,
    ReceiptPage,
    check_lots_known,
    get_last_lot,
    get_lot,
    list_receipts,
)
from erp.services.inventory.transferring import StockTransfer, TransferStock, transfer_stock
from erp.services.inventory.valuing import StockAsOf, StockValuation, stock_as_of, stock_valuation
from erp.services.inventory.warehousing import (
    CreateLocation,
    CreateWarehouse,
    ListLocations,
    WarehouseOpened,
    create_location,
    create_warehouse,
    list_locations,
)

__all__ = [
    "AGE_BUCKETS", "CLAIM_WINDOW", "DEFAULT_CLAIM_DAYS", "DEMAND_CLASSES", "IDLENESS", "LOTS_MADE_OF",
    "MINIMUM_SHELF_LIFE", "OPENING_STOCK_COLUMNS", "VALUE_CLASSES", "AdjustStock", "AdjustmentLine",
    "AdjustmentReason", "AlertExpiringLots", "ApproveCount", "BeyondLimit", "CancelCount", "CheckPage",
    "Checklists", "CompareStockWithBooks", "CostChange", "CountApproval", "CountClosed", "CountDetail",
    "CountLine", "CountNotOpen", "CountRecorded", "CountStart", "CountSubmission", "CreateLocation",
    "CreateWarehouse", "ExpiredLot", "ExpiryAlert", "ExpiryLadder", "FoundLot", "FoundLots", "GetCount", "GetLot",
    "GoodsReceived", "HoldLot", "ImportOpeningStock", "InsufficientStock", "KnownLot", "LastLot", "LeavingLot",
    "LeftLot", "ListChecks", "ListCounts", "ListExpiring", "ListLocations", "ListMoves", "ListOpeningStock",
    "LotBeingCounted", "LotChanged", "LotDetail", "LotNotOnCount", "LotNotSellable", "LotNumber", "LotOnHold",
    "LotQuantity", "LotRecalled", "LotRequired", "LotStanding", "LotStatus", "LotStockPage", "LotStockRow",
    "LotTerms", "LotsUncounted", "MovePage", "Movement", "MrpDiffers", "NothingToCount", "OnOrder", "OpenedLot",
    "OpenedStock", "OpeningMoved", "Origin", "OtherExpiry", "OwnDifferences", "PackLabel", "Pick", "Point",
    "PointAnswer", "PointAnswers", "PointUnanswered", "Policy", "PrintedChallan", "RateStarts", "ReasonRequired",
    "RecallLot", "ReceiptLine", "ReceiptPage", "ReceiveGoods", "ReceivedGoods", "ReceivedLine", "RecordCount",
    "RecountAnswer", "ReleaseLapsedReservations", "ReleaseLot", "RequestRecount", "Returned", "Revalued",
    "SearchLots", "SetChecklist", "ShortShelfLife", "StartCount", "StockAdjustment", "StockAgainstBooks",
    "StockAgainstBooksOn", "StockAsOf", "StockByLot", "StockTransfer", "StockValuation", "StockWriteOff",
    "SubmitCount", "SuggestionClosed", "SuggestionStatus", "TakeBackOpeningStock", "TakenBack", "TransferStock",
    "UnitQuantity", "UnknownCount", "UnknownLot", "UnknownOpeningStock", "UnknownPlace", "UnknownSuggestion",
    "Wanted", "WarehouseOpened", "WhichLot", "WriteOffReason", "WriteOffStock", "WrongPlace", "adjust_stock",
    "advising_transfers", "alert_expiring_lots", "allocate", "approve_count", "arriving", "cancel_count",
    "check_lots_known", "classify_stock", "close_suggestions", "compare_stock_with_books", "create_location",
    "create_warehouse", "dismiss_suggestion", "dispatching", "dispensing", "expiry_ladder", "find_checklist",
    "foresee", "genealogy", "get_count", "get_last_lot", "get_lot", "get_owned_place", "get_pack_label",
    "get_printed_challan", "get_printed_stock", "get_reorder_plan", "hold_lot", "hold_shelves", "idle_stock",
    "import_opening_stock", "issue", "keeping_past_stock", "latest_lots", "list_ageing", "list_carrying_rates",
    "list_checklists", "list_checks", "list_claim_terms", "list_classes", "list_counts", "list_expiring", "list_idle",
    "list_locations", "list_moves", "list_opening_stock", "list_receipts", "list_suggestions",
    "listing_quarantine", "listing_transfers", "making_again", "quarantining", "recall_lot", "receive_goods",
    "recipes", "record_count", "referees", "release", "release_lapsed_reservations", "release_lot",
    "request_recount", "requesting", "reserve", "revalue_lots", "ruling", "search_lots", "send_back",
    "set_carrying_rate", "set_checklist", "set_claim_terms", "set_reorder_rule", "start_count",
    "stock_against_books", "stock_ageing", "stock_as_of", "stock_by_lot", "stock_valuation", "submit_count",
    "suggest_reorders", "suggested_suppliers", "take_back", "take_back_opening_stock", "take_reserved",
    "tells_what_is_on_order", "thinning_past_stock", "transfer_stock", "value_of", "write_moves", "write_off_stock",
]  # fmt: skip
