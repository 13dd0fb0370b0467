"""A provider's own tax invoice for what it kept of settlements."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from erp.models.base import INSTANT, MONEY, TenantRow, belongs_to


class GatewayInvoice(TenantRow, table=True):
    """A provider's tax invoice of a month; its charges are in the books by the settlements. It may be taken back.

    Attributes:
        month: First day of the month whose charges it bills.
        taken_back_on: It was recorded wrong; nothing else of it ever changes.
    """

    __tablename__ = "gateway_invoice"
    __table_args__ = (
        belongs_to("company_id", "company"),
        belongs_to("account_id", "gateway_account"),
        Index(
            "uq_gateway_invoice_once",
            "tenant_id",
            "account_id",
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
        CheckConstraint("least(taxable, igst, cgst, sgst) >= 0 and taxable > 0", name="amounts"),
        CheckConstraint("igst = 0 or cgst + sgst = 0", name="halves"),
    )

    company_id: UUID
    account_id: UUID
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
