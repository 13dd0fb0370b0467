"""GST classes and their dated rates."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from erp.models.base import PERCENT, TenantRow, belongs_to, one_of


class SupplyTreatment(StrEnum):
    """How a supply stands under GST. Source: domain rules on kinds of supply."""

    TAXABLE = "taxable"
    NIL_RATED = "nil_rated"
    EXEMPT = "exempt"
    NON_GST = "non_gst"


class TaxClass(TenantRow, table=True):
    """Products that are taxed alike."""

    __tablename__ = "tax_class"
    __table_args__ = (UniqueConstraint("tenant_id", "code"), one_of("treatment", SupplyTreatment))

    code: str
    name: str
    treatment: str


class TaxRate(TenantRow, table=True):
    """The GST rate of a class from a day on, until the next row's day.

    Attributes:
        rate: Percent, both heads together.
        notification: The notification that set it.
    """

    __tablename__ = "tax_rate"
    __table_args__ = (
        UniqueConstraint("tenant_id", "tax_class_id", "valid_from"),
        belongs_to("tax_class_id", "tax_class"),
        CheckConstraint("rate between 0 and 100", name="rate"),
    )

    tax_class_id: UUID
    valid_from: date
    rate: Decimal = Field(sa_type=PERCENT)
    notification: str = ""
