"""Payment gateways: links to pay by, the providers' word of money, refunds and settlements."""

from erp.models.gateways import ExceptionKind, LinkStatus, Provider
from erp.services.gateways import referees
from erp.services.gateways.accounts import (
    ChangeGateway,
    OneGateway,
    OpenGateway,
    RotateKeys,
    change_account,
    check_account,
    close_account,
    keys_of,
    note_checked,
    open_account,
    reopen_account,
    rotate_keys,
)
from erp.services.gateways.capturing import IdentifyPayment, identify_payment, note_payment
from erp.services.gateways.errors import (
    AlreadyRequested,
    BadSignature,
    ExceptionSettled,
    GatewayClosed,
    GatewayTaken,
    LinkEnded,
    NothingToRequest,
    NotRefundable,
    UnknownException,
    UnknownGateway,
    UnknownGatewayPayment,
    UnknownLink,
    UnknownSettlement,
)
from erp.services.gateways.linking import (
    LinkOutcome,
    LinkPlan,
    carry_out_link,
    claim_link,
    note_link,
)
from erp.services.gateways.listing import (
    GatewayPaymentPage,
    GetLink,
    LinkDetail,
    LinkPage,
    ListGatewayPayments,
    ListLinks,
    get_link,
    list_gateway_payments,
    list_links,
)
from erp.services.gateways.listing_accounts import (
    ExceptionPage,
    GatewayRows,
    GetGateway,
    GetSettlement,
    ListExceptions,
    ListSettlements,
    SettlementDetail,
    SettlementPage,
    get_gateway,
    get_settlement,
    list_exceptions,
    list_gateways,
    list_settlements,
)
from erp.services.gateways.looking import LookAfter, look_after
from erp.services.gateways.ports import (
    AccountKeys,
    GatewayAway,
    GatewayFailure,
    GatewayRefused,
    Notice,
    PaymentGateway,
    SettlementFacts,
)
from erp.services.gateways.raising import SettleException, settle_exception
from erp.services.gateways.refunding import (
    RefundPayment,
    carry_out_refund,
    claim_refund,
    note_refund_asked,
    refund_payment,
)
from erp.services.gateways.requesting import (
    OneLink,
    RequestPayment,
    cancel_link,
    look_at_link,
    request_payment,
    send_link,
)
from erp.services.gateways.settling import (
    FetchSettlements,
    SettlementPlan,
    claim_settlements,
    fetch_settlements,
    look_into_missing,
    missing_of,
    note_no_settlements,
    note_settled,
    note_settlement,
    unknown_settlements,
)
from erp.services.gateways.telling import (
    LARGEST_EVENT,
    HookedAccount,
    claim_event,
    count_rejected,
    event_context,
    find_account,
    keep_event,
    look_into,
    note_event,
)

__all__ = [
    "LARGEST_EVENT", "AccountKeys", "AlreadyRequested", "BadSignature", "ChangeGateway", "ExceptionKind",
    "ExceptionPage", "ExceptionSettled", "FetchSettlements", "GatewayAway", "GatewayClosed", "GatewayFailure",
    "GatewayPaymentPage", "GatewayRefused", "GatewayRows", "GatewayTaken", "GetGateway", "GetLink",
    "GetSettlement", "HookedAccount", "IdentifyPayment", "LinkDetail", "LinkEnded", "LinkOutcome", "LinkPage",
    "LinkPlan", "LinkStatus", "ListExceptions", "ListGatewayPayments", "ListLinks", "ListSettlements",
    "LookAfter", "NotRefundable", "NothingToRequest", "Notice", "OneGateway", "OneLink", "OpenGateway",
    "PaymentGateway", "Provider", "RefundPayment", "RequestPayment", "RotateKeys", "SettleException",
    "SettlementDetail", "SettlementFacts", "SettlementPage", "SettlementPlan", "UnknownException",
    "UnknownGateway", "UnknownGatewayPayment", "UnknownLink", "UnknownSettlement", "cancel_link",
    "carry_out_link", "carry_out_refund", "change_account", "check_account", "claim_event", "claim_link",
    "claim_refund", "claim_settlements", "close_account", "count_rejected", "event_context",
    "fetch_settlements", "find_account", "get_gateway", "get_link", "get_settlement", "identify_payment",
    "keep_event", "keys_of", "list_exceptions", "list_gateway_payments", "list_gateways", "list_links",
    "list_settlements", "look_after", "look_at_link", "look_into", "look_into_missing", "missing_of",
    "note_checked", "note_event", "note_link", "note_no_settlements", "note_payment", "note_refund_asked",
    "note_settled", "note_settlement", "open_account", "referees", "refund_payment", "reopen_account",
    "request_payment", "rotate_keys", "send_link", "settle_exception", "unknown_settlements",
]  # fmt: skip
