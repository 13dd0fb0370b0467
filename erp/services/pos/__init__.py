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
from erp.services.pos.basket import CartLine
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
    AboveMrp,
    AdvanceShort,
    AlreadyDecided,
    ApprovalRequired,
    BillsOutstanding,
    DrawerShort,
    LeaseHeld,
    LeaseRunOut,
    Malformed,
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
from erp.services.pos.listing_approvals import ListApprovals, count_approvals, list_approvals
from erp.services.pos.offline_catalogue import GetOfflineGoods, get_offline_goods
from erp.services.pos.offline_handing_in import EndLease, HandIn, end_lease, hand_in_lease
from erp.services.pos.offline_leasing import GetLease, TakeLease, get_lease, take_lease
from erp.services.pos.offline_queries import (
    GetOfflineSale,
    ListLeases,
    ListOfflineSales,
    get_offline_sale,
    list_leases,
    list_offline_sales,
)
from erp.services.pos.offline_settling import (
    DiscardSale,
    SettleSale,
    discard_offline_sale,
    settle_offline_sale,
)
from erp.services.pos.offline_taking_in import TakeInSale, take_in_sale
from erp.services.pos.parking import ParkCart, RecallCart, list_parked_carts, park_cart, recall_cart
from erp.services.pos.prescribing import GivenPrescription, ListPrescriptions, list_prescriptions
from erp.services.pos.printing import (
    PrintedSlip,
    RequestUpi,
    get_printed_bill,
    print_bill,
    request_upi,
    slip_head,
)
from erp.services.pos.queries import GetSale, ListSales, get_sale, list_sales
from erp.services.pos.quoting import QuoteCart, quote_cart
from erp.services.pos.registers import (
    ChangeRegister,
    CreateRegister,
    change_register,
    create_register,
)
from erp.services.pos.returning import (
    PostReturn,
    ReturnLine,
    ReturnPosted,
    ReturnReceipt,
    post_return,
)
from erp.services.pos.selling import PostSale, SalePosted, SaleReceipt, post_sale
from erp.services.pos.shelf_prices import ListShelfPrices, list_shelf_prices
from erp.services.pos.shift_events import ShiftEnded
from erp.services.pos.shift_reports import (
    GetShift,
    ListRegisters,
    ListShifts,
    count_shifts,
    get_shift,
    list_registers,
    list_shifts,
)
from erp.services.pos.shift_slips import NOTE_NAMES, get_printed_shift
from erp.services.pos.shifts import (
    CloseShift,
    MoveCash,
    ShiftClosing,
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
    "METHOD_NAMES", "NOTE_NAMES", "AboveMrp", "AdvanceMoved", "AdvanceShort", "AlreadyDecided", "ApprovalAnswer",
    "ApprovalRequired", "AskApproval", "BestSellers", "BillsOutstanding", "CartLine", "ChangeRegister", "CloseShift",
    "CreateRegister", "CustomerAtTill", "DecideApproval", "DiscardSale", "DrawerOpened", "DrawerShort", "EndLease",
    "ExchangeReceipt", "GetAdvance", "GetCustomer", "GetLease", "GetOfflineGoods", "GetOfflineSale", "GetSale",
    "GetShift", "GivenPrescription", "GivenTender", "HandIn", "LeaseHeld", "LeaseRunOut", "ListAdvances",
    "ListApprovals", "ListBestSellers", "ListLastPrices", "ListLeases", "ListOfflineSales", "ListOpenAdvances",
    "ListPrescriptions", "ListRegisters", "ListSales", "ListShelfPrices", "ListShifts", "Malformed", "MoreThanScheme",
    "MoveCash", "OpenDrawer", "ParkCart", "PayBackAdvance", "PaymentMismatch", "PostExchange", "PostReturn", "PostSale",
    "PrescriptionRequired", "PriceChanged", "PrintedSlip", "QuoteCart", "ReasonRequired", "RecallCart",
    "RequestApproval", "RequestUpi", "ReturnLine", "ReturnPosted", "ReturnReceipt", "SalePosted", "SaleReceipt",
    "SetFavourites", "SettleSale", "ShiftAlreadyOpen", "ShiftClosed", "ShiftClosing", "ShiftEnded", "StartShift",
    "TakeAdvance", "TakeInSale", "TakeLease", "Voucher", "WithdrawApproval", "ask_approval", "change_register",
    "close_shift", "count_approvals", "count_shifts", "create_register", "decide_approval", "discard_offline_sale",
    "end_lease", "get_advance", "get_approval_request", "get_customer", "get_lease", "get_offline_goods",
    "get_offline_sale", "get_printed_bill", "get_printed_shift", "get_printed_voucher", "get_sale", "get_shift",
    "hand_in_lease", "list_advances", "list_approval_requests", "list_approvals", "list_best_sellers",
    "list_favourites", "list_last_prices", "list_leases", "list_offline_sales", "list_open_advances",
    "list_parked_carts", "list_prescriptions", "list_registers", "list_sales", "list_shelf_prices", "list_shifts",
    "move_cash", "open_drawer", "open_shift", "park_cart", "pay_back_advance", "post_exchange", "post_return",
    "post_sale", "print_bill", "quote_cart", "recall_cart", "referees", "request_approval", "request_upi",
    "set_favourites",
    "settle_offline_sale", "slip_head", "take_advance", "take_in_sale", "take_lease", "withdraw_approval",
]  # fmt: skip
