"""Buying: requisitions, quotations of suppliers, orders with their approvals, goods that come."""

from erp.models.purchasing import OrderStatus, Outcome, RequisitionStatus
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
    MoreThanRequested,
    NotASupplier,
    NothingInForce,
    NotOnOrder,
    OrderChanged,
    OrderEnded,
    OverDelivery,
    OwnRequisition,
    RequisitionDone,
    TwiceOnOrder,
    UnknownOrder,
    UnknownRequisition,
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
from erp.services.purchasing.requesting import (
    RequisitionAnswer,
    SubmitRequisition,
    submit_requisition,
)
from erp.services.purchasing.requisition_deciding import (
    CloseRequisition,
    DecideRequisition,
    close_requisition,
    decide_requisition,
)
from erp.services.purchasing.requisition_ordering import (
    OrderRequisitions,
    OrdersMade,
    order_requisitions,
)
from erp.services.purchasing.requisition_queries import (
    GetRequisition,
    ListRequested,
    ListRequisitions,
    RequestedPage,
    RequisitionDetail,
    RequisitionPage,
    get_requisition,
    list_requested,
    list_requisitions,
)
from erp.services.purchasing.suppliers import get_supplier
from erp.services.purchasing.versions import OrderAnswer

__all__ = [
    "AmendOrder",
    "ArrivedLine",
    "BelowReceived",
    "BeyondLimit",
    "BuyingFigures",
    "CloseRequisition",
    "CostDiffers",
    "DecideOrder",
    "DecideRequisition",
    "FinishOrder",
    "FinishedOrder",
    "GetFigures",
    "GetOrder",
    "GetRequisition",
    "LicenceExpired",
    "ListOrders",
    "ListReceived",
    "ListRequested",
    "ListRequisitions",
    "MoreThanRequested",
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
    "OrderRequisitions",
    "OrderRow",
    "OrderStatus",
    "OrdersMade",
    "Outcome",
    "OverDelivery",
    "OwnRequisition",
    "PlaceOrder",
    "PriceChangePage",
    "PriceChanges",
    "PriceHistory",
    "PricePage",
    "PrintedOrder",
    "ReceiveOrder",
    "ReceivedPage",
    "RequestedPage",
    "RequisitionAnswer",
    "RequisitionDetail",
    "RequisitionDone",
    "RequisitionPage",
    "RequisitionStatus",
    "ScorecardPage",
    "SubmitRequisition",
    "SupplierScorecard",
    "TwiceOnOrder",
    "UnknownOrder",
    "UnknownRequisition",
    "VersionWaits",
    "WithdrawOrder",
    "amend_order",
    "close_requisition",
    "decide_order",
    "decide_requisition",
    "finish_order",
    "get_figures",
    "get_order",
    "get_printed_order",
    "get_requisition",
    "get_supplier",
    "list_orders",
    "list_price_changes",
    "list_received",
    "list_requested",
    "list_requisitions",
    "order_requisitions",
    "place_order",
    "price_history",
    "receive_order",
    "referees",
    "replenishing",
    "submit_requisition",
    "supplier_scorecard",
    "withdraw_order",
]
