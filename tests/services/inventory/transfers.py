"""Goods on their way from a shop to its second branch, and the people at both ends."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from erp.core.context import RequestContext
from tests.factories import Shop


def keeper(shop: Shop, branch_id: UUID | None = None, role: str = "storekeeper") -> RequestContext:
    """Return what a member of a role may do who works in a branch."""
    return replace(shop.acting_as(role), branch_id=branch_id or shop.ctx.branch_id)


def dispatch(
    shop: Shop, far: Shop, *lines: dict[str, Any], by: RequestContext | None = None, **more: Any
) -> Any:
    """Send goods from the shop's storage to the far one's."""
    given = {"from_location_id": shop.storage_id, "to_location_id": far.storage_id}
    return shop.run("inventory.dispatch_transfer", given | {"lines": lines} | more, by=by)


def units(shop: Shop, quantity: int, at: int = 0) -> dict[str, Any]:
    """Return a line for units of one of the shop's products."""
    return {"variant_id": shop.variant_ids[at], "quantity": quantity}


def receive(
    shop: Shop, transfer_id: UUID, *lines: dict[str, Any], by: RequestContext | None = None
) -> Any:
    """Take in lines of a transfer."""
    given = {"transfer_id": transfer_id, "lines": lines}
    return shop.run("inventory.receive_transfer", given, by=by)


def settle(
    shop: Shop,
    transfer_id: UUID,
    outcome: str,
    quantity: int,
    by: RequestContext | None = None,
    line_no: int = 1,
) -> Any:
    """Decide what became of units that did not come."""
    line = {"line_no": line_no, "quantity": quantity, "outcome": outcome, "reason": "looked"}
    return shop.run(
        "inventory.settle_transfer", {"transfer_id": transfer_id, "lines": [line]}, by=by
    )


def look(shop: Shop, transfer_id: UUID, by: RequestContext | None = None) -> Any:
    """Return a transfer with its lines."""
    return shop.run("inventory.get_transfer", {"transfer_id": transfer_id}, by=by)
