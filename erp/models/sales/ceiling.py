"""Ceilings of discounts: the most that is taken off goods without somebody who may approve more."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from erp.models.base import INSTANT, PERCENT, TenantRow, belongs_to


class DiscountCeiling(TenantRow, table=True):
    """The largest discount on a product, a form or a brand, from a day on; never changed.

    Of those for the same goods the one that starts last holds, and of two of one day the later recorded.

    Attributes:
        percent: The most that is taken off, to a hundredth; null ends those before it.
    """

    __tablename__ = "discount_ceiling"
    __table_args__ = (
        belongs_to("product_id", "product"),
        belongs_to("brand_id", "brand"),
        CheckConstraint("num_nonnulls(product_id, form, brand_id) = 1", name="target"),
        CheckConstraint("percent between 0 and 100", name="percent"),
        CheckConstraint("percent = round(percent, 2)", name="hundredths"),
        Index("ix_discount_ceiling_start", "tenant_id", "valid_from"),
    )

    product_id: UUID | None = None
    form: str | None = None
    brand_id: UUID | None = None
    percent: Decimal | None = Field(default=None, sa_type=PERCENT)
    valid_from: date
    reason: str = ""
    set_by: UUID
    set_at: datetime = Field(sa_type=INSTANT)
