"""Words and colours of buying, and who may do what."""

from decimal import Decimal
from typing import Any

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
STANDINGS = {
    "live": "Not ended",
    "waiting": "Wait for approval",
    "late": "Late",
    "sent": "Sent out",
    "judged": "Over or late",
}
OUTCOMES = {"approved": "Approved", "refused": "Refused", "waits": "Waits"}
OUTCOME_TONES = {"approved": "green", "refused": "red", "waits": "amber"}
NO_SUPPLIER = "No supplier named"
RECEIVED_STANDINGS = {
    "late": "Late",
    "on_time": "On time",
    "short": "Short life",
    "direct": "Without an order",
    "failed": "Failed a check",
}
AGAINST = {"period": "Time before"}
DIRECTIONS = {"up": "Dearer", "down": "Cheaper"}
SHARE_TONES = {"": "", "amber": "amber", "red": "red"}
GOOD, FAIR = Decimal(95), Decimal(80)
"""Percent that came in time, or at all, from which nothing, or not much, need be said."""
SHORT_GOOD, SHORT_FAIR = Decimal(2), Decimal(10)
DRIFT_GOOD, DRIFT_FAIR = Decimal(2), Decimal(5)


def share_tones(row: Any) -> dict[str, str]:
    """Return how loud each figure of a scorecard is: empty where it is good."""
    return {
        "on_time_is": _tone(row.on_time, -GOOD, -FAIR, sign=-1),
        "fill_is": _tone(row.fill, -GOOD, -FAIR, sign=-1),
        "short_life_is": _tone(row.short_life, SHORT_GOOD, SHORT_FAIR),
        "failed_is": _tone(row.failed, SHORT_GOOD, SHORT_FAIR),
        "drift_is": _tone(row.drift, DRIFT_GOOD, DRIFT_FAIR),
    }


def recovery_tone(share: Decimal | None) -> str:
    """Return how loud it is that a supplier gives back so much of what is claimed."""
    return _tone(share, -GOOD, -FAIR, sign=-1)


def _tone(share: Decimal | None, good: Decimal, fair: Decimal, *, sign: int = 1) -> str:
    if share is None or share * sign <= good:
        return ""
    return "amber" if share * sign <= fair else "red"


VIEW_REQUISITIONS = "purchasing.view_requisitions"
REQUEST = "purchasing.request"
REQUISITION_STATUSES = {
    "submitted": "Waits for approval",
    "approved": "To order",
    "declined": "Declined",
    "ordered": "Ordered",
    "closed": "Closed",
}
REQUISITION_TONES = {
    "submitted": "amber",
    "approved": "blue",
    "declined": "red",
    "ordered": "green",
    "closed": "gray",
}
REQUISITION_STANDINGS = {"open": "Not done", "late": "Late", "mine": "Mine"}

REQUEST_STATUSES = {"open": "Open", "decided": "Decided", "closed": "Closed"}
REQUEST_TONES = {"open": "blue", "decided": "green", "closed": "gray"}
REQUEST_STANDINGS = {
    "waiting": "Answers missing",
    "overdue": "Overdue",
    "answered": "All answered",
}
