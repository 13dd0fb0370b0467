"""A shop whose shelves are counted, and the people who do it."""

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from erp.core import db
from erp.core.context import RequestContext
from tests.factories import Shop


def start(shop: Shop, *, by: RequestContext | None = None, **scope: Any) -> Any:
    """Open a count of the shop's storage."""
    return shop.run("inventory.start_count", scope, by=by)


def record(
    shop: Shop, count_id: UUID, found: dict[UUID, int], *, by: RequestContext | None = None
) -> Any:
    """Record units of lots."""
    lines = [{"lot_id": lot_id, "counted": units} for lot_id, units in found.items()]
    return shop.run("inventory.record_count", {"count_id": count_id, "lines": lines}, by=by)


def scan(
    shop: Shop, count_id: UUID, *texts: str, by: RequestContext | None = None, add: int = 1
) -> Any:
    """Record one more unit for each text that was scanned."""
    lines = [{"scan": text, "add": add} for text in texts]
    return shop.run("inventory.record_count", {"count_id": count_id, "lines": lines}, by=by)


def submit(shop: Shop, count_id: UUID, *, by: RequestContext | None = None, **more: Any) -> Any:
    """Hand a count in."""
    return shop.run("inventory.submit_count", {"count_id": count_id} | more, by=by)


def approve(shop: Shop, count_id: UUID, *, by: RequestContext | None = None, **more: Any) -> Any:
    """Post a count's differences."""
    return shop.run("inventory.approve_count", {"count_id": count_id} | more, by=by)


def look(shop: Shop, count_id: UUID, *, by: RequestContext | None = None, **more: Any) -> Any:
    """Return a count with its lots."""
    return shop.run("inventory.get_count", {"count_id": count_id} | more, by=by)


def line_of(shop: Shop, count_id: UUID, lot_id: UUID, by: RequestContext | None = None) -> Any:
    """Return a lot on a count."""
    return next(x for x in look(shop, count_id, by=by, limit=200).rows if x.lot_id == lot_id)


def recordings(shop: Shop, lot_id: UUID) -> list[tuple[int, int, str]]:
    """Return counted units, book and source of every recording of a lot, the first first."""
    with db.unit_of_work(shop.ctx) as session:
        rows = db.raw(session).execute(
            "select r.counted, r.book, r.source from stock_count_recording r"
            " join stock_count_line line on line.tenant_id = r.tenant_id and line.id = r.line_id"
            " where line.lot_id = %s order by r.id",
            (lot_id,),
        )
        return [tuple(row) for row in rows]


def on_hand(shop: Shop, lot_id: UUID) -> int:
    """Return base units of a lot in the storage."""
    with db.unit_of_work(shop.ctx) as session:
        row = db.fetch_one(
            session,
            "select on_hand from stock_balance where lot_id = %s and location_id = %s",
            (lot_id, shop.storage_id),
        )
    return row["on_hand"] if row else 0


def only_counting(shop: Shop) -> RequestContext:
    """Return somebody who may count and do nothing else."""
    may = frozenset({"inventory.count", "inventory.view_counts"})
    return replace(shop.acting_as("storekeeper"), permissions=may, roles=frozenset())


def allowed(ctx: RequestContext, amount: str) -> RequestContext:
    """Return somebody who approves differences up to an amount."""
    return replace(ctx, limits={"count_difference": Decimal(amount)})


def named(*lot_ids: UUID) -> list[dict[str, UUID]]:
    """Return lots as a command names them."""
    return [{"lot_id": lot_id} for lot_id in lot_ids]
