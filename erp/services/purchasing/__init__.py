"""Buying: orders to suppliers, their versions and approvals, and the goods that come."""

from erp.models.purchasing import OrderStatus, Outcome
from erp.services.purchasing import referees, replenishing
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
from erp.services.purchasing.placing import AmendOrder, PlaceOrder, amend_order, place_order
from erp.services.purchasing.queries import (
    GetOrder,
    ListOrders,
    OrderDetail,
    OrderPage,
    OrderRow,
    get_order,
    list_orders,
)
from erp.services.purchasing.receiving import (
    ArrivedLine,
    OrderReceipt,
    ReceiveOrder,
    receive_order,
)
from erp.services.purchasing.versions import OrderAnswer

__all__ = [
    "AmendOrder",
    "ArrivedLine",
    "BelowReceived",
    "BeyondLimit",
    "CostDiffers",
    "DecideOrder",
    "FinishOrder",
    "FinishedOrder",
    "GetOrder",
    "LicenceExpired",
    "ListOrders",
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
    "ReceiveOrder",
    "TwiceOnOrder",
    "UnknownOrder",
    "VersionWaits",
    "WithdrawOrder",
    "amend_order",
    "decide_order",
    "finish_order",
    "get_order",
    "list_orders",
    "place_order",
    "receive_order",
    "referees",
    "replenishing",
    "withdraw_order",
]
