"""Words and colours of goods that go back to suppliers, and who may do what."""

from collections.abc import Mapping

VIEW = "billing.view_returns"
RETURN = "billing.return_goods"

REASONS: Mapping[str, str] = {
    "recalled": "Recalled",
    "expired": "Expired",
    "near_expiry": "Near expiry",
    "damaged": "Damaged",
    "wrong_goods": "Wrong goods",
    "excess": "Too many",
}
REASON_TONES: Mapping[str, str] = {
    "recalled": "red",
    "expired": "red",
    "near_expiry": "amber",
    "damaged": "amber",
    "wrong_goods": "gray",
    "excess": "gray",
}
STANDINGS: Mapping[str, str] = {
    "open": "Waits",
    "settled": "Answered",
    "unbilled": "Not billed",
}
STANDING_TONES: Mapping[str, str] = {"open": "amber", "settled": "green", "unbilled": "gray"}


def return_form(supplier_id: object, lot_id: object, location_id: object) -> str:
    """Return where a lot goes back to a supplier, its line filled in."""
    return f"/returns/new?supplier_id={supplier_id}&lot_id={lot_id}&location_id={location_id}"
