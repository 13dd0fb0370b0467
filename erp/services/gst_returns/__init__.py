"""GST returns: prepared from posted documents, proved against the tax accounts, filed and locked."""

from erp.models.gst_returns import (
    CreditChangeKind,
    Decision2b,
    LimitKind,
    ReturnForm,
    ReturnStatus,
    Scheme,
    Trade,
)
from erp.services.gst_returns import referees
from erp.services.gst_returns.amending import (
    AmendDocument,
    AmendedDocument,
    amend_document,
)
from erp.services.gst_returns.cancelling_deposits import CancelDeposit, cancel_deposit
from erp.services.gst_returns.cmp08 import CELLS_CMP08
from erp.services.gst_returns.deciding_2b import (
    DecideReported,
    ListMatches,
    MatchPage,
    decide_reported,
    list_matches,
)
from erp.services.gst_returns.errors import (
    AmendedBefore,
    CashShort,
    CreditShort,
    DepositKnown,
    NotAmendable,
    NothingAmended,
    NothingLost,
    NotItsBill,
    ReturnFiled,
    ReturnNotReady,
    ReturnOutdated,
    ReviewMissing,
    StatementKnown,
    TaxPeriodFiled,
    UnknownAmendment,
    UnknownGstReturn,
    UnknownRegistration,
    UnknownReported,
    WrongTaxPeriod,
)
from erp.services.gst_returns.figure_rows import FigureRows, ListFigureRows, list_figure_rows
from erp.services.gst_returns.filing import FileReturn, ReviewReturn, file_return, review_return
from erp.services.gst_returns.gstr3b import CELLS
from erp.services.gst_returns.importing_2b import (
    Import2b,
    Imported2b,
    Read2b,
    StatementFacts,
    import_2b,
    read_2b,
)
from erp.services.gst_returns.law import LAW, PERCENTS, UNITS, LawLimit, limit_on
from erp.services.gst_returns.limits import AddLimit, ListLimits, add_limit, limits_of, list_limits
from erp.services.gst_returns.listing_amendments import (
    AmendableDocument,
    AmendmentPage,
    AmendmentRow,
    GetAmendable,
    ListAmendments,
    get_amendable,
    list_amendments,
)
from erp.services.gst_returns.lost_goods import (
    ListLostGoods,
    LostGoodsPage,
    LostGoodsRow,
    list_lost_goods,
)
from erp.services.gst_returns.matching_2b import MatchStatus
from erp.services.gst_returns.opting import (
    ChangeScheme,
    ListSchemes,
    SchemeTooEarly,
    TillsAway,
    TurnoverTooHigh,
    change_scheme,
    list_schemes,
)
from erp.services.gst_returns.portal_text import Exact, portal_text
from erp.services.gst_returns.preparing import PreparedReturn, PrepareReturn, prepare_return
from erp.services.gst_returns.queries import (
    GetGstReturn,
    GetPortalFile,
    GstReturnDetail,
    GstReturnPage,
    ListGstReturns,
    PortalFile,
    get_gst_return,
    get_portal_file,
    list_gst_returns,
)
from erp.services.gst_returns.reading_2b import MOST_BYTES
from erp.services.gst_returns.recorded import (
    ListDeposits,
    ListReverseCharges,
    list_deposits,
    list_reverse_charges,
)
from erp.services.gst_returns.recording import (
    ChangeCredit,
    DepositCash,
    RecordedReverseCharge,
    RecordReverseCharge,
    change_credit,
    deposit_cash,
    record_reverse_charge,
    write_change,
)
from erp.services.gst_returns.registrations import (
    GstinText,
    Registration,
    Registrations,
    list_registrations,
    registration_of,
)
from erp.services.gst_returns.reversing_losses import ReversedLosses, ReverseLosses, reverse_losses
from erp.services.gst_returns.vouchers import (
    SupplierInvoices,
    get_printed_payment,
    get_printed_self_invoice,
)
from erp.services.gst_returns.withdrawing_amendments import (
    WithdrawAmendment,
    withdraw_amendment,
)

__all__ = [
    "CELLS", "CELLS_CMP08", "LAW", "MOST_BYTES", "PERCENTS", "UNITS", "AddLimit", "AmendDocument",
    "AmendableDocument", "AmendedBefore", "AmendedDocument", "AmendmentPage", "AmendmentRow", "CancelDeposit",
    "CashShort", "ChangeCredit", "ChangeScheme", "CreditChangeKind", "CreditShort", "DecideReported",
    "Decision2b", "DepositCash", "DepositKnown", "Exact", "FigureRows", "FileReturn", "GetAmendable",
    "GetGstReturn", "GetPortalFile", "GstReturnDetail", "GstReturnPage", "GstinText", "Import2b", "Imported2b",
    "LawLimit", "LimitKind", "ListAmendments", "ListDeposits", "ListFigureRows", "ListGstReturns", "ListLimits",
    "ListLostGoods", "ListMatches", "ListReverseCharges", "ListSchemes", "LostGoodsPage", "LostGoodsRow",
    "MatchPage", "MatchStatus", "NotAmendable", "NotItsBill", "NothingAmended", "NothingLost", "PortalFile",
    "PrepareReturn", "PreparedReturn", "Read2b", "RecordReverseCharge", "RecordedReverseCharge", "Registration",
    "Registrations", "ReturnFiled", "ReturnForm", "ReturnNotReady", "ReturnOutdated", "ReturnStatus",
    "ReverseLosses", "ReversedLosses", "ReviewMissing", "ReviewReturn", "Scheme", "SchemeTooEarly",
    "StatementFacts", "StatementKnown", "SupplierInvoices", "TaxPeriodFiled", "TillsAway", "Trade",
    "TurnoverTooHigh", "UnknownAmendment", "UnknownGstReturn", "UnknownRegistration", "UnknownReported",
    "WithdrawAmendment", "WrongTaxPeriod", "add_limit", "amend_document", "cancel_deposit", "change_credit",
    "change_scheme", "decide_reported", "deposit_cash", "file_return", "get_amendable", "get_gst_return",
    "get_portal_file", "get_printed_payment", "get_printed_self_invoice", "import_2b", "limit_on", "limits_of",
    "list_amendments", "list_deposits", "list_figure_rows", "list_gst_returns", "list_limits", "list_lost_goods",
    "list_matches", "list_registrations", "list_reverse_charges", "list_schemes", "portal_text", "prepare_return",
    "read_2b", "record_reverse_charge", "referees", "registration_of", "reverse_losses", "review_return",
    "withdraw_amendment", "write_change",
]  # fmt: skip
