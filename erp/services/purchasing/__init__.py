"""Buying: orders to suppliers, their versions and approvals, and the goods that come."""

from erp.models.purchasing import OrderStatus, Outcome
from erp.services.purchasing import referees, replenishing
from erp.services.purchasing.adding_up import BuyingFigures, GetFigures, get_figures
from erp.services.purchasing.comparing_prices import (
    PriceChangePage,
    PriceChanges,
    list_price_changes,
)
from erp.services.purchasing.deciding import (
    DecideOrder,
    WithdrawOrder,
    decide_order,
    withdraw_order,
)
from erp.services.purchasing.errors import (
    BelowReceived,
    BeyondLimit,
    CostDiffers,
    LicenceExpired,
    NotASupplier,
    NothingInForce,
    NotOnOrder,
    OrderChanged,
    OrderEnded,
    OverDelivery,
    TwiceOnOrder,
    UnknownOrder,
    VersionWaits,
)
from erp.services.purchasing.finishing import FinishedOrder, FinishOrder, finish_order
from erp.services.purchasing.lines import OrderLine
from erp.services.purchasing.listing_received import (
    ListReceived,
    PriceHistory,
    PricePage,
    ReceivedPage,
    list_received,
    price_history,
)
from erp.services.purchasing.placing import AmendOrder, PlaceOrder, amend_order, place_order
from erp.services.purchasing.printing import PrintedOrder, get_printed_order
from erp.services.purchasing.queries import (
    GetOrder,
    ListOrders,
    OrderDetail,
    OrderPage,
    OrderRow,
    get_order,
    list_orders,
)
from erp.services.purchasing.rating_suppliers import (
    ScorecardPage,
    SupplierScorecard,
    supplier_scorecard,
)
from erp.services.purchasing.receiving import (
    ArrivedLine,
    OrderReceipt,
    ReceiveOrder,
    receive_order,
)
from erp.services.purchasing.suppliers import get_supplier
from erp.services.purchasing.versions import OrderAnswer

__all__ = [
    "AmendOrder",
    "ArrivedLine",
    "BelowReceived",
    "BeyondLimit",
    "BuyingFigures",
    "CostDiffers",
    "DecideOrder",
    "FinishOrder",
    "FinishedOrder",
    "GetFigures",
    "GetOrder",
    "LicenceExpired",
    "ListOrders",
    "ListReceived",
    "NotASupplier",
    "NotOnOrder",
    "NothingInForce",
    "OrderAnswer",
    "OrderChanged",
    "OrderDetail",
    "OrderEnded",
    "OrderLine",
    "OrderPage",
    "OrderReceipt",
    "OrderRow",
    "OrderStatus",
    "Outcome",
    "OverDelivery",
    "PlaceOrder",
    "PriceChangePage",
    "PriceChanges",
    "PriceHistory",
    "PricePage",
    "PrintedOrder",
    "ReceiveOrder",
    "ReceivedPage",
    "ScorecardPage",
    "SupplierScorecard",
    "TwiceOnOrder",
    "UnknownOrder",
    "VersionWaits",
    "WithdrawOrder",
    "amend_order",
    "decide_order",
    "finish_order",
    "get_figures",
    "get_order",
    "get_printed_order",
    "get_supplier",
    "list_orders",
    "list_price_changes",
    "list_received",
    "place_order",
    "price_history",
    "receive_order",
    "referees",
    "replenishing",
    "supplier_scorecard",
    "withdraw_order",
]
