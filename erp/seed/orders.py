"""The demo's orders: one that came, one that is late, one that waits, one on its way."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from erp.core import db
from erp.core.context import RequestContext
from erp.seed.catalogue import variant_ids
from erp.seed.parties import supplier_ids
from erp.seed.sources import read_rows
from erp.services import identity, platform, purchasing

_LIFE = 600
"""Days until the delivered lots expire."""

Goods = list[tuple[UUID, Mapping[str, str]]]


def seed_orders(ctx: RequestContext) -> None:
    """Order from the demo's suppliers as its storekeeper and manager would.

    Dates are counted from today.
    """
    people = people_of(ctx)
    goods = _goods(ctx)
    first, second, *_ = supplier_ids(ctx)
    came = _order(people["storekeeper"], 30, first, goods[:3], quantity=12, key="came")
    _receive(people["storekeeper"], 27, came, goods[:3], quantity=12)
    late = _order(people["manager"], 20, second, goods[3:8], quantity=24, key="late")
    _receive(people["storekeeper"], 9, late, goods[3:6], quantity=18)
    _order(people["storekeeper"], 1, first, goods[8:16], quantity=72, key="waits")
    _order(people["manager"], 0, second, goods[16:20], quantity=24, key="comes")


def people_of(ctx: RequestContext) -> dict[str, RequestContext]:
    """Return the context of a member of each role."""
    members: Any = platform.run("identity.list_members", ctx, {"limit": 200}).result
    with db.unit_of_work(ctx) as session:
        found = {row.roles[0]: identity.get_approver(session, ctx, row.id) for row in members.rows}
    return {
        role: identity.context_for(member, source="cli", request_id=ctx.request_id)
        for role, member in found.items()
    }


def _goods(ctx: RequestContext) -> Goods:
    known = variant_ids(ctx)
    tracked = [row for row in read_rows("products.csv") if row["batch_tracked"] == "Y"]
    return [(known[row["sku"]], row) for row in tracked]


def _order(
    by: RequestContext, days_ago: int, supplier_id: UUID, goods: Goods, *, quantity: int, key: str
) -> purchasing.OrderAnswer:
    then = replace(by, now=by.now - timedelta(days=days_ago))
    lines = [
        {
            "variant_id": variant_id,
            "quantity": quantity,
            "free_quantity": quantity // 12 if at == 0 else 0,
            "unit_cost": row["pts_excl_tax"],
        }
        for at, (variant_id, row) in enumerate(goods)
    ]
    given = {
        "idempotency_key": f"seed-order-{key}",
        "supplier_id": supplier_id,
        "expected_on": then.today + timedelta(days=7),
        "lines": lines,
    }
    order = platform.run("purchasing.place_order", then, given).result
    assert isinstance(order, purchasing.OrderAnswer)  # noqa: S101  the command's own result
    return order


def _receive(
    by: RequestContext, days_ago: int, order: purchasing.OrderAnswer, goods: Goods, *, quantity: int
) -> None:
    """Take in the first lines of an order."""
    then = replace(by, now=by.now - timedelta(days=days_ago))
    lines = [
        {
            "line_no": at + 1,
            "lot_number": f"{row['sku'][:3]}{at:02d}N",
            "maker": row["brand"],
            "expires_on": by.today + timedelta(days=_LIFE + at),
            "mrp": row["mrp_incl_tax"],
            "ptr": row["ptr_excl_tax"],
            "pts": row["pts_excl_tax"],
            "quantity": Decimal(quantity),
            "free_quantity": quantity // 12 if at == 0 else 0,
        }
        for at, (_, row) in enumerate(goods)
    ]
    given = {
        "idempotency_key": f"seed-arrival-{order.number}",
        "order_id": order.id,
        "reference": f"DEMO/{order.number[-3:]}/D",
        "lines": lines,
    }
    platform.run("purchasing.receive_order", then, given)
