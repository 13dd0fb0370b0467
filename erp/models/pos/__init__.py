"""Registers, shifts, sales, tenders, approvals and parked carts."""

from erp.models.pos.advance import AdvanceVoucher, VoucherKind
from erp.models.pos.approval_request import ApprovalRequest, RequestStatus
from erp.models.pos.drawer import DrawerOpening
from erp.models.pos.favourite import TillFavourite
from erp.models.pos.offline import LeaseStatus, OfflineSale, OfflineStatus, TillLease
from erp.models.pos.prescription import Prescription
from erp.models.pos.register import CashMovement, Register, RegisterShift, ShiftStatus
from erp.models.pos.sale import Approval, ParkedCart, Sale, SaleKind, Tender, TenderMethod

__all__ = [
    "AdvanceVoucher",
    "Approval",
    "ApprovalRequest",
    "CashMovement",
    "DrawerOpening",
    "LeaseStatus",
    "OfflineSale",
    "OfflineStatus",
    "ParkedCart",
    "Prescription",
    "Register",
    "RegisterShift",
    "RequestStatus",
    "Sale",
    "SaleKind",
    "ShiftStatus",
    "Tender",
    "TenderMethod",
    "TillFavourite",
    "TillLease",
    "VoucherKind",
]
