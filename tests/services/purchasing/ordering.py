"""Orders as tests make them."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from erp.core.ids import new_id
from tests.factories import LICENSED, MRP, UNIT_COST, Shop


def supplier(shop: Shop, **facts: Any) -> UUID:
    """Register a supplier and return its id."""
    given = {"name": "SBL Agencies", "kind": "distributor", "state_code": "27"}
    made = shop.run("party.create_party", given | {"roles": ["supplier"]} | LICENSED | facts)
    party_id: UUID = made.id
    return party_id


def known_supplier(shop: Shop) -> UUID:
    """Return the first supplier there is that may sell medicines."""
    found = shop.run("party.list_parties", {"role": "supplier"}).rows
    asked = (shop.run("party.get_party", {"party_id": row.id}) for row in found)
    party_id: UUID = next(one.id for one in asked if one.drug_licence_no)
    return party_id


def line(shop: Shop, quantity: float | str, *, at: int = 0, **facts: Any) -> dict[str, Any]:
    """Return a line that orders the shop's product number `at`."""
    made = {"variant_id": shop.variant_ids[at], "quantity": quantity, "unit_cost": UNIT_COST}
    return made | facts


def place(shop: Shop, *lines: Mapping[str, Any], **more: Any) -> Any:
    """Place an order with the first supplier; `by` whom, with `confirm`."""
    by, confirm = more.pop("by", None), more.pop("confirm", ())
    given = {"supplier_id": known_supplier(shop), "lines": list(lines)} | more
    return shop.run("purchasing.place_order", given, by=by, confirm=confirm)


def arrived(shop: Shop, line_no: int, quantity: float | str, **facts: Any) -> dict[str, Any]:
    """Return goods of a new lot that came for a line."""
    return {
        "line_no": line_no,
        "lot_number": f"L{new_id().hex[-8:]}",
        "expires_on": shop.ctx.today + timedelta(days=400),
        "mrp": MRP,
        "quantity": quantity,
    } | facts


def receive(shop: Shop, order: Any, came: Mapping[int, Any], **more: Any) -> Any:
    """Take in goods by line number: a quantity, or one with free units."""
    lines = []
    for line_no, count in came.items():
        paid, free = count if isinstance(count, tuple) else (count, 0)
        lines.append(arrived(shop, line_no, paid, free_quantity=free))
    return deliver(shop, order, *lines, **more)


def deliver(shop: Shop, order: Any, *lines: Mapping[str, Any], **more: Any) -> Any:
    """Take in lines as `arrived` makes them."""
    by, confirm = more.pop("by", None), more.pop("confirm", ())
    given = {"order_id": order.id, "lines": list(lines)} | more
    return shop.run("purchasing.receive_order", given, by=by, confirm=confirm)


def decide(shop, order, outcome="approved", **more):
    given = {"order_id": order.id, "version": order.waiting_version, "outcome": outcome}
    by = more.pop("by", None)
    return shop.run("purchasing.decide_order", given | more, by=by)


def amend(shop, order, *lines, **more):
    by = more.pop("by", None)
    given = {"order_id": order.id, "version": order.version, "reason": "They have more"}
    return shop.run("purchasing.amend_order", given | {"lines": list(lines)} | more, by=by)


def finish(shop, order, **more):
    given = {"order_id": order.id, "version": order.version, "reason": "Not available"}
    return shop.run("purchasing.finish_order", given | more)


def detail(shop, order, **more):
    return shop.run("purchasing.get_order", {"order_id": order.id} | more)


def inbox(shop, ctx):
    return [item.title for item in shop.run("workflows.list_inbox", by=ctx).rows]


def days_ago(shop: Shop, days: int) -> date:
    return shop.ctx.today - timedelta(days=days)


def bring(shop: Shop, quantity: int, unit_cost: str, *, days: int = 0, **more: Any) -> Any:
    """Take in goods of product `at` without an order, so many `days` ago; `life` is in days."""
    by, confirm = more.pop("by", None), more.pop("confirm", ())
    at, life = more.pop("at", 0), more.pop("life", 400)
    head = {name: more.pop(name) for name in ("supplier_id", "reference") if name in more}
    goods = {
        "variant_id": shop.variant_ids[at],
        "lot_number": f"D{new_id().hex[-8:]}",
        "expires_on": days_ago(shop, days) + timedelta(days=life),
        "mrp": MRP,
        "quantity": quantity,
        "unit_cost": unit_cost,
    }
    given = {"supplier_id": known_supplier(shop), "received_on": days_ago(shop, days)} | head
    given |= {"lines": [goods | more]}
    return shop.run("inventory.receive_goods", given, by=by, confirm=confirm)
