"""A bank's or an acquirer's own tax invoice for what it kept; nothing is booked by it."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from erp.models.base import INSTANT, MONEY, TenantRow, belongs_to


class GstChargeInvoice(TenantRow, table=True):
    """The tax invoice of a month's charges, which the lines of a bank account booked. It may be taken back.

    Attributes:
        gstin: Ours, whom it is made out to.
        month: First day of the month whose charges it bills.
        key: What two writings of its number have in common.
        taken_back_on: It was recorded wrong; nothing else of it ever changes.
    """

    __tablename__ = "gst_charge_invoice"
    __table_args__ = (
        belongs_to("company_id", "company"),
        belongs_to("bank_account_id", "bank_account"),
        Index(
            "uq_gst_charge_invoice_once",
            "tenant_id",
            "company_id",
            "supplier_gstin",
            "fiscal_year",
            "key",
            unique=True,
            postgresql_where=text("taken_back_on is null"),
        ),
        CheckConstraint(
            "(taken_back_on is null) = (taken_back_by is null)"
            " and (taken_back_on is null) = (taken_back_reason = '')",
            name="taken_back",
        ),
        CheckConstraint("extract(day from month) = 1 and dated_on >= month", name="month"),
        CheckConstraint(
            "least(taxable, igst, cgst, sgst) >= 0 and taxable > 0 and igst + cgst + sgst > 0",
            name="amounts",
        ),
        CheckConstraint("igst = 0 or cgst + sgst = 0", name="halves"),
    )

    company_id: UUID
    bank_account_id: UUID
    gstin: str
    month: date
    number: str
    key: str
    fiscal_year: str
    dated_on: date
    supplier: str
    supplier_gstin: str
    taxable: Decimal = Field(sa_type=MONEY)
    igst: Decimal = Field(sa_type=MONEY)
    cgst: Decimal = Field(sa_type=MONEY)
    sgst: Decimal = Field(sa_type=MONEY)
    recorded_by: UUID
    recorded_at: datetime = Field(sa_type=INSTANT)
    taken_back_on: date | None = None
    taken_back_by: UUID | None = None
    taken_back_reason: str = Field(default="", sa_column_kwargs={"server_default": ""})
