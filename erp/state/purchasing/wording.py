"""Words and colours of buying, and who may do what."""

VIEW = "purchasing.view"
ORDER = "purchasing.order"
APPROVE = "purchasing.approve"

STATUSES = {
    "awaiting": "Waits for approval",
    "placed": "Placed",
    "closed": "Closed",
    "refused": "Refused",
    "cancelled": "Cancelled",
}
TONES = {
    "awaiting": "amber",
    "placed": "blue",
    "closed": "green",
    "refused": "red",
    "cancelled": "gray",
}
STANDINGS = {"live": "Not ended", "waiting": "Wait for approval", "late": "Late"}
OUTCOMES = {"approved": "Approved", "refused": "Refused", "waits": "Waits"}
OUTCOME_TONES = {"approved": "green", "refused": "red", "waits": "amber"}
NO_SUPPLIER = "No supplier named"
