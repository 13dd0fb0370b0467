"""Payment gateways: accounts at providers, links to pay by, the money that came, and its settlement."""

from erp.models.gateways.account import GatewayAccount, Provider
from erp.models.gateways.charges import GatewayInvoice
from erp.models.gateways.event import EventStatus, ExceptionKind, GatewayEvent, GatewayException
from erp.models.gateways.link import LinkStatus, PaymentLink, PaymentLinkItem
from erp.models.gateways.payment import (
    GatewayPayment,
    GatewayPaymentStatus,
    GatewayRefund,
    RefundStatus,
)
from erp.models.gateways.settlement import (
    GatewaySettlement,
    GatewaySettlementLine,
    SettlementLineKind,
)

__all__ = [
    "EventStatus",
    "ExceptionKind",
    "GatewayAccount",
    "GatewayEvent",
    "GatewayException",
    "GatewayInvoice",
    "GatewayPayment",
    "GatewayPaymentStatus",
    "GatewayRefund",
    "GatewaySettlement",
    "GatewaySettlementLine",
    "LinkStatus",
    "PaymentLink",
    "PaymentLinkItem",
    "Provider",
    "RefundStatus",
    "SettlementLineKind",
]
