"""The demo's orders: half a year that came, one that is late, one that waits, one on its way."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from erp.core import db
from erp.core.context import RequestContext
from erp.core.money import round_money
from erp.seed.catalogue import variant_ids
from erp.seed.parties import supplier_ids
from erp.seed.sources import read_rows
from erp.services import identity, platform, purchasing

_LIFE = 600
"""Days until the delivered lots expire."""

_ASKED = 24
_KINDS = 6

Goods = list[tuple[UUID, Mapping[str, str]]]


class _Past(NamedTuple):
    """An order of old.

    Attributes:
        supplier: Place by name. percent: price, of the list's. came: units of each product.
        after: Days from the order until they came; they were expected after seven.
        life: Days until they expire.
    """

    days_ago: int
    supplier: int
    percent: int
    after: int
    came: int = _ASKED
    life: int = _LIFE


_PAST = (
    _Past(165, 0, 92, 6),
    _Past(150, 1, 97, 5),
    _Past(132, 3, 100, 12, came=18),
    _Past(118, 4, 102, 3),
    _Past(104, 0, 95, 7),
    _Past(95, 5, 98, 16),
    _Past(80, 1, 97, 6),
    _Past(71, 3, 104, 14),
    _Past(60, 4, 102, 4),
    _Past(52, 0, 99, 9, came=20),
    _Past(45, 5, 101, 9),
    _Past(38, 1, 96, 4),
    _Past(25, 3, 109, 11, came=12),
    _Past(18, 4, 103, 5, life=70),
)
"""Suppliers who differ: punctual and cheaper, late and dearer, with short goods."""


def seed_orders(ctx: RequestContext) -> None:
    """Order from the demo's suppliers as its storekeeper and manager would.

    Dates are counted from today.
    """
    people = people_of(ctx)
    goods = goods_of(ctx)
    suppliers = supplier_ids(ctx)
    first, second, *_ = suppliers
    for past in _PAST:
        _past(people, past, suppliers[past.supplier], goods)
    came = _order(people["storekeeper"], 30, first, goods[:3], quantity=12, key="came")
    _receive(people["storekeeper"], 27, came, goods[:3], quantity=12)
    late = _order(people["manager"], 20, second, goods[3:8], quantity=24, key="late")
    _receive(people["storekeeper"], 9, late, goods[3:6], quantity=18)
    _order(people["storekeeper"], 1, first, goods[8:16], quantity=72, key="waits")
    _order(people["manager"], 0, second, goods[16:20], quantity=24, key="comes")


def _past(
    people: Mapping[str, RequestContext], past: _Past, supplier_id: UUID, goods: Goods
) -> None:
    """Order goods that two suppliers share in part, take them in, and give up what never came."""
    begin, by = 4 * past.supplier, people["manager"]
    chosen = [_priced(row, past.percent) for row in goods[begin : begin + _KINDS]]
    key = f"past-{past.days_ago}"
    order = _order(by, past.days_ago, supplier_id, chosen, quantity=_ASKED, key=key)
    came_ago = past.days_ago - past.after
    _receive(people["storekeeper"], came_ago, order, chosen, quantity=past.came, life=past.life)
    if past.came < _ASKED:
        then = replace(by, now=by.now - timedelta(days=came_ago - 1))
        given = {
            "idempotency_key": f"seed-{key}-end",
            "order_id": order.id,
            "version": order.version,
            "reason": "They have no more.",
        }
        platform.run("purchasing.finish_order", then, given)


def _priced(goods: tuple[UUID, Mapping[str, str]], percent: int) -> tuple[UUID, Mapping[str, str]]:
    """Return goods at a share of the list's price."""
    variant_id, row = goods
    price = round_money(Decimal(row["pts_excl_tax"]) * percent / 100)
    return variant_id, {**row, "pts_excl_tax": f"{price}"}


def people_of(ctx: RequestContext) -> dict[str, RequestContext]:
    """Return the context of a member of each role."""
    members: Any = platform.run("identity.list_members", ctx, {"limit": 200}).result
    with db.unit_of_work(ctx) as session:
        found = {row.roles[0]: identity.get_approver(session, ctx, row.id) for row in members.rows}
    return {
        role: identity.context_for(member, source="cli", request_id=ctx.request_id)
        for role, member in found.items()
    }


def goods_of(ctx: RequestContext) -> Goods:
    """Return the demo's lot-tracked products with their rows of the list."""
    known = variant_ids(ctx)
    tracked = [row for row in read_rows("products.csv") if row["batch_tracked"] == "Y"]
    return [(known[row["sku"]], row) for row in tracked]


def _order(
    by: RequestContext,
    days_ago: int,
    supplier_id: UUID,
    goods: Goods,
    *,
    quantity: int,
    key: str,
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
    by: RequestContext,
    days_ago: int,
    order: purchasing.OrderAnswer,
    goods: Goods,
    *,
    quantity: int,
    life: int = _LIFE,
) -> None:
    """Take in the first lines of an order."""
    then = replace(by, now=by.now - timedelta(days=days_ago))
    lines = [
        {
            "line_no": at + 1,
            "lot_number": f"{row['sku'][:3]}{at:02d}{order.number[-3:]}",
            "maker": row["brand"],
            "expires_on": then.today + timedelta(days=life + at),
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
    platform.run("purchasing.receive_order", then, given, confirm=["short_shelf_life"])
