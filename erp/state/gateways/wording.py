"""Words of payment gateways on the screen."""

from typing import Final

VIEW = "gateways.view"
REQUEST = "gateways.request"
REFUND = "gateways.refund"
SETTLE = "gateways.settle"
ARRANGE = "gateways.arrange"
PROVIDERS: Final = {"razorpay": "Razorpay", "stripe": "Stripe"}
LINKS: Final = {
    "due": "Being made",
    "refused": "Refused",
    "open": "Open",
    "cancelled": "Cancelled",
    "expired": "Expired",
    "paid": "Paid",
}
LINK_TONES: Final = {
    "due": "amber",
    "refused": "red",
    "open": "blue",
    "cancelled": "gray",
    "expired": "gray",
    "paid": "green",
}
PAYMENTS: Final = {
    "created": "Begun",
    "failed": "Failed",
    "authorized": "Authorised",
    "captured": "Received",
}
PAYMENT_TONES: Final = {
    "created": "gray",
    "failed": "red",
    "authorized": "amber",
    "captured": "green",
}
BOOKED: Final = {"": "Not in the books", "receipt": "Receipt", "unidentified": "Unidentified"}
REFUNDS: Final = {
    "due": "Being asked for",
    "pending": "On its way",
    "processed": "Given back",
    "failed": "Failed",
    "reversed": "Taken back",
}
REFUND_TONES: Final = {
    "due": "amber",
    "pending": "amber",
    "processed": "green",
    "failed": "red",
    "reversed": "gray",
}
STATES: Final = {
    "working": "Working",
    "unchecked": "Not tried yet",
    "wrong_keys": "Keys refused",
    "failing": "Away",
    "closed": "Closed",
}
STATE_TONES: Final = {
    "working": "green",
    "unchecked": "gray",
    "wrong_keys": "red",
    "failing": "amber",
    "closed": "gray",
}
KINDS: Final = {
    "unknown_reference": "Nobody asked for it",
    "wrong_amount": "Another amount",
    "wrong_currency": "Another currency",
    "changed": "The provider changed its word",
    "paid_twice": "Paid twice",
    "not_booked": "No receipt possible",
    "refund_failed": "Refund failed",
    "refund_too_large": "Refund too large",
    "dispute": "Disputed",
    "settlement": "Settlement differs",
}
SETTLED_KINDS: Final = {"payment": "Payment", "refund": "Refund", "other": "Other"}
