"""A shop whose people spend money for it."""

from typing import Any
from uuid import UUID

from tests.factories import Shop, gstin_in

COURIER = {
    "supplier": "Blue Dart",
    "supplier_gstin": gstin_in("27"),
    "bill_number": "BD-17",
    "gst_rate": "18",
}
"""A bill with GST of our own state."""


def categories(shop: Shop) -> dict[str, UUID]:
    """Add the usual kinds of expense and return their ids by name."""
    shop.run("expenses.add_usual_categories", {})
    return {row.name: row.id for row in shop.run("expenses.list_categories", {}).rows}


def spent(
    shop: Shop, amount: str = "500.00", name: str = "Travel and conveyance", **more: Any
) -> dict[str, Any]:
    """Return a bill of today."""
    day = {"spent_on": shop.ctx.today, "category_id": categories(shop)[name]}
    return day | {"amount": amount} | more


def claim(shop: Shop, *lines: dict[str, Any], role: str = "cashier", **more: Any) -> Any:
    """Hand a claim in as somebody of a role."""
    given = {"purpose": "Visit to a customer", "lines": list(lines) or [spent(shop)]}
    return shop.run("expenses.submit_claim", given, by=shop.acting_as(role), **more)


def decide(
    shop: Shop, made: Any, outcome: str = "approved", role: str = "manager", **more: Any
) -> Any:
    """Decide on a claim as somebody of a role."""
    given = {"claim_id": made.id, "revision": made.revision, "outcome": outcome} | more
    return shop.run("expenses.decide_claim", given, by=shop.acting_as(role))


def box(shop: Shop, amount: str = "5000.00", **more: Any) -> UUID:
    """Give the shop's branch petty cash that its manager keeps, and fill it."""
    keeper = {"custodian_id": shop.user_ids["manager"], "amount": amount}
    made: UUID = shop.run("expenses.open_float", keeper | more).id
    shop.run("expenses.top_up_float", {"float_id": made})
    return made


def spend(shop: Shop, *lines: dict[str, Any], role: str = "manager", **more: Any) -> Any:
    """Pay out of the box as somebody of a role."""
    given = {"purpose": "Courier to Nashik", "lines": list(lines)}
    return shop.run("expenses.spend_petty_cash", given, by=shop.acting_as(role), **more)
