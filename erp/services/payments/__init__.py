"""Payments: money of customers and suppliers, what it settles, and who owes since when."""

from erp.models.payments import Direction, Ledger, PaymentMethod
from erp.services.payments import referees
from erp.services.payments.errors import (
    BeyondCashDiscount,
    BeyondWriteOff,
    DeductionNotSettled,
    NothingToMatch,
    PaidBefore,
    SettlesTooMuch,
    StepDone,
    UnknownItem,
    UnknownPayment,
    WrongDay,
)
from erp.services.payments.following_up import (
    BankCheque,
    ReversePayment,
    bank_cheque,
    reverse_payment,
)
from erp.services.payments.items import (
    AccountItems,
    AgeItems,
    AgeRow,
    Ages,
    ItemRow,
    ListItems,
    age_items,
    list_items,
)
from erp.services.payments.listing import (
    GetPayment,
    ListPayments,
    PaymentDetail,
    PaymentPage,
    get_payment,
    list_payments,
)
from erp.services.payments.matching import (
    MatchAnswer,
    MatchedPair,
    MatchItems,
    SetApart,
    match_items,
    set_apart,
)
from erp.services.payments.printing import PrintedStatement, get_printed_statement
from erp.services.payments.recording import (
    MakePayment,
    ReceivePayment,
    RecordedPayment,
    Settled,
    make_payment,
    receive_payment,
)
from erp.services.payments.statements import GetStatement, Statement, StatementLine, get_statement

__all__ = [
    "AccountItems", "AgeItems", "AgeRow", "Ages", "BankCheque", "BeyondCashDiscount", "BeyondWriteOff",
    "DeductionNotSettled", "Direction", "GetPayment", "GetStatement", "ItemRow", "Ledger", "ListItems",
    "ListPayments", "MakePayment", "MatchAnswer", "MatchItems", "MatchedPair", "NothingToMatch", "PaidBefore",
    "PaymentDetail", "PaymentMethod", "PaymentPage", "PrintedStatement", "ReceivePayment", "RecordedPayment",
    "ReversePayment", "SetApart", "Settled", "SettlesTooMuch", "Statement", "StatementLine", "StepDone",
    "UnknownItem", "UnknownPayment", "WrongDay", "age_items", "bank_cheque", "get_payment", "get_printed_statement",
    "get_statement", "list_items", "list_payments", "make_payment", "match_items", "receive_payment", "referees",
    "reverse_payment", "set_apart",
]  # fmt: skip
