"""Returns to suppliers as tests make them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from erp.core.clock import utc_now
from erp.services.billing import OutsideClaimWindow
from tests.factories import Shop
from tests.services.billing.bills.billing import usual


def came_before(shop: Shop, *lines: Any, days: int = 150) -> Any:
    """Take in a delivery of the first supplier that many days ago."""
    given = {"supplier_id": usual(shop), "lines": list(lines)}
    return shop.run("inventory.receive_goods", given, at=utc_now() - timedelta(days=days))


def leaving(
    shop: Shop, receipt: Any, quantity: int, reason: str = "damaged", **facts: Any
) -> dict[str, Any]:
    """Return a line that sends back units of a delivery's first lot."""
    lot_id = receipt.lines[facts.pop("at", 0)].lot_id
    line = {"lot_id": lot_id, "location_id": shop.storage_id, "quantity": quantity}
    return line | {"reason": reason} | facts


def send_back(shop: Shop, *lines: Any, **more: Any) -> Any:
    """Send goods back to the first supplier, whenever they take them; `by` whom."""
    by, confirm = more.pop("by", None), more.pop("confirm", (OutsideClaimWindow.code,))
    given = {"supplier_id": usual(shop), "lines": list(lines)} | more
    return shop.run("billing.return_goods", given, by=by, confirm=confirm)


def shown(shop: Shop, made: Any) -> Any:
    """Return a return with everything about it."""
    return shop.run("billing.get_return", {"return_id": made.id})


def returnable(shop: Shop, **more: Any) -> dict[UUID, Any]:
    """Return what may go back to the first supplier, by lot."""
    found = shop.run("billing.list_returnable", {"supplier_id": usual(shop)} | more)
    return {row.lot_id: row for row in found.rows}
