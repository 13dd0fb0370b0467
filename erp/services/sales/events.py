"""What happened in selling, for other domains."""

from datetime import date
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from erp.services.platform import DomainEvent


class PriceListMade(DomainEvent):
    """A price list was made."""

    name: ClassVar[str] = "sales.price_list_made.v1"

    list_id: UUID
    code: str


class PriceListChanged(DomainEvent):
    """A price list was renamed, given other days, stopped or started."""

    name: ClassVar[str] = "sales.price_list_changed.v1"

    list_id: UUID
    is_active: bool


class DiscountCeilingSet(DomainEvent):
    """The largest discount on goods was set, or ended; on which goods stands on the ceiling."""

    name: ClassVar[str] = "sales.discount_ceiling_set.v1"

    ceiling_id: UUID
    is_end: bool
    valid_from: date


class PriceRuleSet(DomainEvent):
    """A price or scheme was set, or ended; who set it and why stands on the rule."""

    name: ClassVar[str] = "sales.price_rule_set.v1"

    list_id: UUID
    rule_id: UUID
    kind: str
    is_end: bool
    valid_from: date


class PricesImported(DomainEvent):
    """Prices of a file were added to a list; who set them and why stands on each."""

    name: ClassVar[str] = "sales.prices_imported.v1"

    list_id: UUID
    prices: int


class CouponMade(DomainEvent):
    """A coupon was made."""

    name: ClassVar[str] = "sales.coupon_made.v1"

    coupon_id: UUID
    code: str


class CouponStatusSet(DomainEvent):
    """A coupon was stopped, or may be used again."""

    name: ClassVar[str] = "sales.coupon_status_set.v1"

    coupon_id: UUID
    is_active: bool


class SalesOrderMade(DomainEvent):
    """A quotation or order was made, or amended by a new version."""

    name: ClassVar[str] = "sales.order_made.v1"

    order_id: UUID
    version: int
    customer_id: UUID
    total: Decimal


class SalesOrderConfirmed(DomainEvent):
    """A customer ordered; goods are reserved as far as there were any."""

    name: ClassVar[str] = "sales.order_confirmed.v1"

    order_id: UUID
    number: str
    reserved: int
    short: int


class SalesGoodsKept(DomainEvent):
    """Goods were kept for an order anew."""

    name: ClassVar[str] = "sales.goods_kept.v1"

    order_id: UUID
    reserved: int
    short: int


class SalesOrderDelivered(DomainEvent):
    """Goods of an order were handed over with an invoice."""

    name: ClassVar[str] = "sales.order_delivered.v1"

    order_id: UUID
    invoice_id: UUID
    is_complete: bool


class SalesDeliveryCancelled(DomainEvent):
    """The invoice of a delivery was cancelled: what it handed over is outstanding again."""

    name: ClassVar[str] = "sales.delivery_cancelled.v1"

    order_id: UUID
    invoice_id: UUID
    is_reopened: bool


class SalesOrderFinished(DomainEvent):
    """An order was cancelled, or the rest of it given up."""

    name: ClassVar[str] = "sales.order_finished.v1"

    order_id: UUID
    status: str
