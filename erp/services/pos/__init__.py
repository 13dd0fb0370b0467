"""The till: shifts, sales, returns, approvals and parked bills."""

from erp.services.pos import referees
from erp.services.pos.advances import (
    AdvanceMoved,
    GetAdvance,
    PayBackAdvance,
    TakeAdvance,
    Voucher,
    get_advance,
    pay_back_advance,
    take_advance,
)
from erp.services.pos.approving import ApprovalAnswer, RequestApproval, request_approval
from erp.services.pos.asking import (
    AskApproval,
    DecideApproval,
    WithdrawApproval,
    ask_approval,
    decide_approval,
    get_approval_request,
    list_approval_requests,
    withdraw_approval,
)
from erp.services.pos.best_sellers import BestSellers, ListBestSellers, list_best_sellers
from erp.services.pos.customers import (
    CustomerAtTill,
    GetCustomer,
    ListLastPrices,
    get_customer,
    list_last_prices,
)
from erp.services.pos.drawer import DrawerOpened, OpenDrawer, open_drawer
from erp.services.pos.errors import (
    AdvanceShort,
    AlreadyDecided,
    ApprovalRequired,
    DrawerShort,
    MoreThanScheme,
    PaymentMismatch,
    PrescriptionRequired,
    PriceChanged,
    ReasonRequired,
    ShiftAlreadyOpen,
    ShiftClosed,
)
from erp.services.pos.exchanging import ExchangeReceipt, PostExchange, post_exchange
from erp.services.pos.favourites import SetFavourites, list_favourites, set_favourites
from erp.services.pos.parking import ParkCart, RecallCart, list_parked_carts, park_cart, recall_cart
from erp.services.pos.prescribing import (
    GivenPrescription,
    ListPrescriptions,
    list_prescriptions,
)
from erp.services.pos.pricing import CartLine
from erp.services.pos.printing import PrintedSlip, RequestUpi, get_printed_bill, request_upi
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
from erp.services.pos.shelf_prices import ListShelfPrices, list_shelf_prices
from erp.services.pos.shift_reports import (
    GetShift,
    ListShifts,
    get_shift,
    list_registers,
    list_shifts,
)
from erp.services.pos.shift_slips import NOTE_NAMES, get_printed_shift
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
from erp.services.pos.vouchers import (
    ListAdvances,
    ListOpenAdvances,
    get_printed_voucher,
    list_advances,
    list_open_advances,
)

__all__ = [
    "METHOD_NAMES", "NOTE_NAMES", "AdvanceMoved", "AdvanceShort", "AlreadyDecided", "ApprovalAnswer",
    "ApprovalRequired", "AskApproval", "BestSellers", "CartLine", "CloseShift", "CreateRegister", "CustomerAtTill",
    "DecideApproval", "DrawerOpened", "DrawerShort", "ExchangeReceipt",
    "GetAdvance", "GetCustomer", "GetSale", "GetShift",
    "GivenPrescription", "GivenTender", "ListAdvances", "ListBestSellers", "ListLastPrices", "ListOpenAdvances",
    "ListPrescriptions",
    "ListSales", "ListShelfPrices", "ListShifts",
    "MoreThanScheme", "MoveCash", "OpenDrawer", "ParkCart", "PayBackAdvance",
    "PaymentMismatch", "PostExchange",
    "PostReturn", "PostSale", "PrescriptionRequired", "PriceChanged", "PrintedSlip", "QuoteCart",
    "ReasonRequired", "RecallCart", "RequestApproval", "RequestUpi", "ReturnLine", "ReturnPosted", "ReturnReceipt",
    "SalePosted", "SaleReceipt", "SetFavourites", "ShiftAlreadyOpen", "ShiftClosed",
    "ShiftClosing", "ShiftEnded", "StartShift", "TakeAdvance", "Voucher", "WithdrawApproval", "ask_approval",
    "close_shift", "create_register", "decide_approval", "get_advance", "get_approval_request", "get_customer",
    "get_printed_bill", "get_printed_shift", "get_printed_voucher", "get_sale",
    "get_shift", "list_advances", "list_approval_requests", "list_best_sellers", "list_favourites",
    "list_last_prices", "list_open_advances", "list_parked_carts", "list_prescriptions",
    "list_registers", "list_sales", "list_shelf_prices",
    "list_shifts",
    "move_cash", "open_drawer", "open_shift", "park_cart", "pay_back_advance", "post_exchange",
    "post_return", "post_sale",
    "quote_cart", "recall_cart", "referees", "request_approval", "request_upi", "set_favourites",
    "take_advance", "withdraw_approval",
]  # fmt: skip
