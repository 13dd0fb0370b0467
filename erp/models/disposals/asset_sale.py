"""A fixed asset sold with its GST invoice."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from erp.models.base import INSTANT, MONEY, PERCENT, TenantRow, belongs_to


class AssetSale(TenantRow, table=True):
    """What an asset was sold for and what of its credit goes back; never changed.

    Its id is its invoice's; it stands while that is not cancelled.

    Attributes:
        price: Without tax. tax: On the invoice.
        quarters: Begun since the asset's bill (CGST Rules r.40(2)).
        credit_left: Of the credit that was taken, after 5 percent for each quarter.
        excess: Of that, what the tax of the invoice does not cover; it is reversed.
        change_id: The change of credit that reverses it.
        gain: Above what it stood in the books for; below zero a loss, the excess among it.
    """

    __tablename__ = "asset_sale"
    __table_args__ = (
        belongs_to("id", "invoice"),
        belongs_to("company_id", "company"),
        belongs_to("branch_id", "branch"),
        belongs_to("asset_id", "asset"),
        belongs_to("buyer_id", "party"),
        belongs_to("change_id", "gst_credit_change"),
        CheckConstraint("price > 0 and least(tax, credit_left, excess) >= 0", name="amounts"),
        CheckConstraint("excess = greatest(credit_left - tax, 0)", name="higher"),
        CheckConstraint("(excess > 0) = (change_id is not null)", name="reversed"),
        Index("ix_asset_sale_asset", "tenant_id", "asset_id", "id"),
    )

    company_id: UUID
    branch_id: UUID
    asset_id: UUID
    buyer_id: UUID
    sold_on: date
    hsn: str
    rate: Decimal = Field(sa_type=PERCENT)
    price: Decimal = Field(sa_type=MONEY)
    tax: Decimal = Field(sa_type=MONEY)
    quarters: int
    credit_left: Decimal = Field(sa_type=MONEY)
    excess: Decimal = Field(sa_type=MONEY)
    change_id: UUID | None = None
    gain: Decimal = Field(sa_type=MONEY)
    reason: str
    user_id: UUID
    sold_at: datetime = Field(sa_type=INSTANT)
