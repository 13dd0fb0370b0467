"""The demo stock: a warehouse and deliveries whose lots expire at different times."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from erp.core.context import RequestContext
from erp.seed.catalogue import variant_ids
from erp.seed.parties import supplier_ids
from erp.seed.sources import read_rows
from erp.services import platform

OPENED_DAYS_AGO = 210
_CAME_DAYS_AGO = (45, 75, 130, OPENED_DAYS_AGO)
"""Deliveries by turns, all before the month of trade that the demo shows."""

_EXPIRED = -35
_NEAR = (20, 48, 76, 110)
"""Days from today to the expiry of the first lot, by turns; the last is past the alert."""

_LATER = 540
_QUANTITIES = (36, 48, 60, 72)
_CONFIRMED = ("short_shelf_life",)

Line = dict[str, Any]


def seed_stock(ctx: RequestContext) -> UUID:
    """Open a warehouse, take in the demo's deliveries and return the storage.

    Every product has a lot that expires in about 18 months. Every third has an earlier one too,
    which expires in 20, 48, 76 or 110 days; one lot has expired. Dates are counted from today.
    """
    opened = replace(ctx, now=ctx.now - timedelta(days=OPENED_DAYS_AGO))
    place: Any = platform.run(
        "inventory.create_warehouse",
        opened,
        {"code": "MAIN", "name": "Main store", "idempotency_key": "seed-warehouse"},
    ).result
    for number, (supplier_id, lines) in enumerate(sorted(_deliveries(ctx).items()), start=1):
        delivery = {
            "idempotency_key": f"seed-delivery-{number}",
            "location_id": place.storage_id,
            "supplier_id": supplier_id,
            "reference": f"DEMO/{number:03d}",
            "lines": lines,
        }
        days_ago = _CAME_DAYS_AGO[number % len(_CAME_DAYS_AGO)]
        came = replace(ctx, now=ctx.now - timedelta(days=days_ago))
        platform.run("inventory.receive_goods", came, delivery, confirm=_CONFIRMED)
    storage: UUID = place.storage_id
    return storage


def _deliveries(ctx: RequestContext) -> Mapping[UUID, list[Line]]:
    """Return the lines of the deliveries by supplier."""
    known, suppliers = variant_ids(ctx), supplier_ids(ctx)
    deliveries: dict[UUID, list[Line]] = defaultdict(list)
    goods = [row for row in read_rows("products.csv") if row["form"] != "service"]
    for number, row in enumerate(goods):
        supplier = suppliers[number % len(suppliers)]
        deliveries[supplier] += _lines(ctx.today, number, row, known[row["sku"]])
    return deliveries


def _lines(today: date, number: int, row: Mapping[str, str], variant_id: UUID) -> list[Line]:
    """Return one lot of a product, or two where an earlier one is due."""
    line: Line = {
        "variant_id": variant_id,
        "maker": row["brand"],
        "mrp": row["mrp_incl_tax"],
        "ptr": row["ptr_excl_tax"],
        "pts": row["pts_excl_tax"],
        "unit_cost": row["pts_excl_tax"],
        "quantity": _QUANTITIES[number % len(_QUANTITIES)],
    }
    if row["batch_tracked"] != "Y":
        return [line]
    stem = f"{row['sku'][:3]}{number:03d}"
    first = {
        "lot_number": f"{stem}B",
        "expires_on": today + timedelta(days=_LATER + number % 90),
    }
    lots = [line | first]
    if number % 3 == 0:
        days = _EXPIRED if number == 0 else _NEAR[number // 3 % len(_NEAR)]
        early = {"lot_number": f"{stem}A", "expires_on": today + timedelta(days=days)}
        lots.append(line | early | {"quantity": 18})
    return lots
