"""Price lists with their rules, ceilings of discounts, coupons, and orders of customers."""

from erp.models.sales.ceiling import DiscountCeiling
from erp.models.sales.coupon import Coupon, CouponUse
from erp.models.sales.order import (
    OrderStatus,
    SalesDelivery,
    SalesDeliveryLine,
    SalesOrder,
    SalesOrderLine,
    SalesOrderProgress,
    SalesOrderVersion,
)
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
    "DiscountCeiling",
    "OrderStatus",
    "PriceList",
    "PriceMode",
    "PriceRule",
    "RuleKind",
    "SalesDelivery",
    "SalesDeliveryLine",
    "SalesOrder",
    "SalesOrderLine",
    "SalesOrderProgress",
    "SalesOrderVersion",
]
