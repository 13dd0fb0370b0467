"""The till: shifts, sales, returns, approvals and parked bills."""

from erp.services.pos import referees
from erp.services.pos.approving import ApprovalAnswer, RequestApproval, request_approval
from erp.services.pos.best_sellers import BestSellers, ListBestSellers, list_best_sellers
from erp.services.pos.errors import (
    ApprovalRequired,
    CreditRefused,
    DrawerShort,
    PaymentMismatch,
    PriceChanged,
    ReasonRequired,
    ShiftAlreadyOpen,
    ShiftClosed,
)
from erp.services.pos.parking import ParkCart, RecallCart, list_parked_carts, park_cart, recall_cart
from erp.services.pos.pricing import CartLine
from erp.services.pos.printing import RequestUpi, get_printed_bill, request_upi
from erp.services.pos.queries import GetSale, ListSales, get_sale, list_sales
from erp.services.pos.quoting import QuoteCart, quote_cart
from erp.services.pos.registers import CreateRegister, create_register
from erp.services.pos.returning import (
    PostReturn,
    ReturnLine,
    ReturnPosted,
    ReturnReceipt,
    post_return,
)
from erp.services.pos.selling import PostSale, SalePosted, SaleReceipt, post_sale
from erp.services.pos.shift_reports import (
    GetShift,
    ListShifts,
    get_shift,
    list_registers,
    list_shifts,
)
from erp.services.pos.shifts import (
    CloseShift,
    MoveCash,
    ShiftClosing,
    ShiftEnded,
    StartShift,
    close_shift,
    move_cash,
    open_shift,
)
from erp.services.pos.tendering import METHOD_NAMES, GivenTender

__all__ = [
    "METHOD_NAMES",
    "ApprovalAnswer",
    "ApprovalRequired",
    "BestSellers",
    "CartLine",
    "CloseShift",
    "CreateRegister",
    "CreditRefused",
    "DrawerShort",
    "GetSale",
    "GetShift",
    "GivenTender",
    "ListBestSellers",
    "ListSales",
    "ListShifts",
    "MoveCash",
    "ParkCart",
    "PaymentMismatch",
    "PostReturn",
    "PostSale",
    "PriceChanged",
    "QuoteCart",
    "ReasonRequired",
    "RecallCart",
    "RequestApproval",
    "RequestUpi",
    "ReturnLine",
    "ReturnPosted",
    "ReturnReceipt",
    "SalePosted",
    "SaleReceipt",
    "ShiftAlreadyOpen",
    "ShiftClosed",
    "ShiftClosing",
    "ShiftEnded",
    "StartShift",
    "close_shift",
    "create_register",
    "get_printed_bill",
    "get_sale",
    "get_shift",
    "list_best_sellers",
    "list_parked_carts",
    "list_registers",
    "list_sales",
    "list_shifts",
    "move_cash",
    "open_shift",
    "park_cart",
    "post_return",
    "post_sale",
    "quote_cart",
    "recall_cart",
    "referees",
    "request_approval",
    "request_upi",
]
