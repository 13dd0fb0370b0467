"""What tests of advances for services ask of a shop, in October 2025."""

from typing import Any
from uuid import UUID

from tests.factories import Shop, gstin_in
from tests.services.gst_returns.months import at, buyer, product

RETAILER = {"gst_category": "regular"}


def training(shop: Shop, rate: str = "18") -> UUID:
    """Add a taxable service."""
    return product(shop, "999293", rate, "0.00")


def retailer(shop: Shop, state: str = "27", **facts: Any) -> UUID:
    """Add a registered customer of a state, who pays prices without tax."""
    return buyer(shop, **(RETAILER | {"gstin": gstin_in(state), "state_code": state} | facts))


def advance(shop: Shop, customer: UUID, amount: str, day: int = 6, **more: Any) -> Any:
    """Receive an advance by bank on a day."""
    month = more.pop("month", 10)
    given = {"party_id": customer, "amount": amount, "method": "bank"} | more
    return shop.run("service_advances.receive_advance", given, at=at(day, month))


def apply(
    shop: Shop, made: Any, sent: Any, amount: str | None = None, day: int = 20, **more: Any
) -> Any:
    """Let an invoice take an advance on a day."""
    month = more.pop("month", 10)
    given = {"advance_id": made.id, "invoice_id": sent.invoice_id} | more
    if amount:
        given["amount"] = amount
    return shop.run("service_advances.apply_advance", given, at=at(day, month))


def refund(shop: Shop, made: Any, amount: str | None = None, day: int = 22, **more: Any) -> Any:
    """Pay an advance back by bank on a day."""
    month = more.pop("month", 10)
    given = {"advance_id": made.id, "method": "bank", "reason": "Course not held"} | more
    if amount:
        given["amount"] = amount
    return shop.run("service_advances.refund_advance", given, at=at(day, month))


def undo(shop: Shop, made: Any, step: Any, day: int = 25, **more: Any) -> Any:
    """Undo an application or a refund on a day."""
    month = more.pop("month", 10)
    given = {"advance_id": made.id, "step_id": step.id, "reason": "Wrong invoice"} | more
    return shop.run("service_advances.undo_step", given, at=at(day, month))


def detail(shop: Shop, made: Any) -> Any:
    """Return an advance with what became of it."""
    return shop.run("service_advances.get_advance", {"advance_id": made.id})
