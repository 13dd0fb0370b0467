"""The demo's quotations and orders of customers: offered, waiting for goods, on their way, delivered."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from erp.core.context import RequestContext
from erp.seed.catalogue import variant_ids
from erp.seed.orders import people_of
from erp.seed.sources import read_rows
from erp.services import platform, sales

_PLENTY = 2_000


def seed_customer_orders(ctx: RequestContext) -> None:
    """Sell to the demo's trade customers as its manager and storekeeper would."""
    people = people_of(ctx)
    manager, storekeeper = people["manager"], people["storekeeper"]
    goods = list(variant_ids(ctx).values())[:14]
    buyers = _buyers(ctx)
    done = _make(manager, "take_order", 9, buyers[0], dict.fromkeys(goods[:3], 4), "done")
    _deliver(storekeeper, 8, done, {1: 4, 2: 4, 3: 4}, "done")
    part = _make(manager, "take_order", 3, buyers[1], dict.fromkeys(goods[3:6], 10), "part")
    _deliver(storekeeper, 2, part, {1: 10}, "part")
    _make(manager, "take_order", 1, buyers[0], {goods[13]: _PLENTY, goods[7]: 6}, "short")
    _make(manager, "make_quotation", 2, buyers[1], dict.fromkeys(goods[8:13], 12), "offer")


def _buyers(ctx: RequestContext) -> list[UUID]:
    """Return the trade customers with the largest credit."""
    rows = [row for row in read_rows("customers.csv") if int(row["credit_limit"]) > 0]
    rows.sort(key=lambda row: -int(row["credit_limit"]))
    found = []
    for row in rows[:2]:
        page: Any = platform.run("party.list_parties", ctx, {"search": row["name"]}).result
        found.append(page.rows[0].id)
    return found


def _make(
    by: RequestContext,
    command: str,
    days_ago: int,
    customer_id: UUID,
    goods: Mapping[UUID, int],
    key: str,
) -> sales.SalesOrderAnswer:
    then = replace(by, now=by.now - timedelta(days=days_ago))
    given = {
        "idempotency_key": f"seed-customer-order-{key}",
        "customer_id": customer_id,
        "reference": f"PO-{key.upper()}",
        "deliver_by": then.today + timedelta(days=5),
        "lines": [{"variant_id": v, "quantity": n} for v, n in goods.items()],
    }
    if command == "make_quotation":
        given["valid_until"] = then.today + timedelta(days=15)
    made = platform.run(f"sales.{command}", then, given).result
    assert isinstance(made, sales.SalesOrderAnswer)  # noqa: S101  the command's own result
    return made


def _deliver(
    by: RequestContext,
    days_ago: int,
    order: sales.SalesOrderAnswer,
    units: Mapping[int, int],
    key: str,
) -> None:
    then = replace(by, now=by.now - timedelta(days=days_ago))
    given = {
        "idempotency_key": f"seed-customer-delivery-{key}",
        "order_id": order.id,
        "carrier": "Shree Transport",
        "carrier_reference": f"LR {days_ago}41",
        "lines": [{"order_line_no": no, "quantity": n} for no, n in units.items()],
    }
    platform.run("billing.deliver_order", then, given)
