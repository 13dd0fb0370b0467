"""Words and colours of quotations and orders, and who may do what."""

VIEW = "sales.view"
ORDER = "sales.order"
DELIVER = "billing.deliver"

STATUSES = {
    "quoted": "Quotation",
    "confirmed": "Order",
    "closed": "Closed",
    "cancelled": "Cancelled",
}
TONES = {"quoted": "amber", "confirmed": "blue", "closed": "green", "cancelled": "gray"}
STANDINGS = {
    "quoted": "Quotations",
    "open": "To deliver",
    "late": "Late",
    "short": "Waiting for goods",
    "ended": "Ended",
}
