"""GST returns: prepared from posted documents, proved against the tax accounts, filed and locked."""

from erp.models.gst_returns import CreditChangeKind, ReturnForm, ReturnStatus
from erp.services.gst_returns import referees
from erp.services.gst_returns.errors import (
    CashShort,
    CreditShort,
    DepositKnown,
    ReturnFiled,
    ReturnNotReady,
    ReturnOutdated,
    ReviewMissing,
    TaxPeriodFiled,
    UnknownGstReturn,
    UnknownRegistration,
    WrongTaxPeriod,
)
from erp.services.gst_returns.filing import FileReturn, ReviewReturn, file_return, review_return
from erp.services.gst_returns.gstr3b import CELLS
from erp.services.gst_returns.preparing import PreparedReturn, PrepareReturn, prepare_return
from erp.services.gst_returns.queries import (
    FigureRows,
    GetGstReturn,
    GetPortalFile,
    GstReturnDetail,
    GstReturnPage,
    ListFigureRows,
    ListGstReturns,
    PortalFile,
    get_gst_return,
    get_portal_file,
    list_figure_rows,
    list_gst_returns,
)
from erp.services.gst_returns.recording import (
    ChangeCredit,
    DepositCash,
    RecordedReverseCharge,
    RecordReverseCharge,
    change_credit,
    deposit_cash,
    record_reverse_charge,
)
from erp.services.gst_returns.registrations import Registrations, list_registrations

__all__ = [
    "CELLS", "CashShort", "ChangeCredit", "CreditChangeKind", "CreditShort", "DepositCash", "DepositKnown",
    "FigureRows", "FileReturn", "GetGstReturn", "GetPortalFile", "GstReturnDetail", "GstReturnPage",
    "ListFigureRows", "ListGstReturns", "PortalFile", "PrepareReturn", "PreparedReturn", "RecordReverseCharge",
    "RecordedReverseCharge", "Registrations", "ReturnFiled", "ReturnForm", "ReturnNotReady", "ReturnOutdated",
    "ReturnStatus", "ReviewMissing", "ReviewReturn", "TaxPeriodFiled", "UnknownGstReturn", "UnknownRegistration",
    "WrongTaxPeriod", "change_credit", "deposit_cash", "file_return", "get_gst_return", "get_portal_file",
    "list_figure_rows", "list_gst_returns", "list_registrations", "prepare_return", "record_reverse_charge",
    "referees", "review_return",
]  # fmt: skip
