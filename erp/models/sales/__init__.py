"""Price lists with their rules, and coupons."""

from erp.models.sales.coupon import Coupon, CouponUse
from erp.models.sales.price_list import (
    ALL_GOODS,
    Audience,
    Basis,
    PriceList,
    PriceMode,
    PriceRule,
    RuleKind,
)

__all__ = [
    "ALL_GOODS",
    "Audience",
    "Basis",
    "Coupon",
    "CouponUse",
    "PriceList",
    "PriceMode",
    "PriceRule",
    "RuleKind",
]
