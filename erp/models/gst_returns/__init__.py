"""GST returns, what changes the credit they claim, and what was paid for them."""

from erp.models.gst_returns.amendment import GstAmendment
from erp.models.gst_returns.annual_return import GstAnnualReturn
from erp.models.gst_returns.charge_invoice import GstChargeInvoice
from erp.models.gst_returns.credit import (
    CreditChangeKind,
    GstCreditChange,
    GstCreditLoss,
    GstDeposit,
    GstReverseCharge,
)
from erp.models.gst_returns.gst_2b import Decision2b, Gst2bDocument, Gst2bFile
from erp.models.gst_returns.gst_return import GstReturn, ReturnForm, ReturnStatus
from erp.models.gst_returns.gst_scheme import GstSchemeChange, Scheme, Trade
from erp.models.gst_returns.law_limit import LawLimitRow, LimitKind
from erp.models.gst_returns.portal_report import GstPortalReport

__all__ = [
    "CreditChangeKind",
    "Decision2b",
    "Gst2bDocument",
    "Gst2bFile",
    "GstAmendment",
    "GstAnnualReturn",
    "GstChargeInvoice",
    "GstCreditChange",
    "GstCreditLoss",
    "GstDeposit",
    "GstPortalReport",
    "GstReturn",
    "GstReverseCharge",
    "GstSchemeChange",
    "LawLimitRow",
    "LimitKind",
    "ReturnForm",
    "ReturnStatus",
    "Scheme",
    "Trade",
]
