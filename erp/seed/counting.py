"""Two counts for the demo: one that was approved yesterday, and one that is half way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.services import identity, platform

_DIFFERS = {2: -1, 5: 2, 8: -2, 11: -1}
"""What the counters find, by the place of the lot on the sheet."""


def seed_counts(ctx: RequestContext) -> None:
    """Count a brand and post what differs, then begin another; nothing where there are no two."""
    brands = _brands(ctx)
    if len(brands) > 1:
        _approved(ctx, brands[1])
        _half_way(ctx, brands[0])


def _approved(ctx: RequestContext, brand_id: UUID) -> None:
    keeper, manager = (_member(ctx, role, hours=24) for role in ("storekeeper", "manager"))
    count_id = _start(keeper, "finished", brand_id, "Monthly count")
    lots = _lots(ctx, count_id)
    found = {row.lot_id: row.units + _DIFFERS.get(at, 0) for at, row in enumerate(lots)}
    _record(keeper, count_id, found)
    for verb, by in (("submit", keeper), ("approve", manager)):
        given = {"count_id": count_id, "idempotency_key": f"seed-count-{verb}"}
        platform.run(f"inventory.{verb}_count", by, given)


def _half_way(ctx: RequestContext, brand_id: UUID) -> None:
    keeper = _member(ctx, "storekeeper", hours=1)
    count_id = _start(keeper, "open", brand_id, "Shelves 4 to 6")
    lots = _lots(ctx, count_id)
    half = lots[: len(lots) * 2 // 5]
    _record(keeper, count_id, {row.lot_id: row.units + (at == 1) for at, row in enumerate(half)})


@dataclass(frozen=True, slots=True)
class _Lot:
    """A lot of a count with the units that are there."""

    lot_id: UUID
    units: int


def _start(by: RequestContext, key: str, brand_id: UUID, note: str) -> UUID:
    given = {"idempotency_key": f"seed-count-{key}", "brand_id": brand_id, "note": note}
    started: Any = platform.run("inventory.start_count", by, given).result
    count_id: UUID = started.count_id
    return count_id


def _record(by: RequestContext, count_id: UUID, found: Mapping[UUID, int]) -> None:
    lines = [{"lot_id": lot_id, "counted": units} for lot_id, units in found.items()]
    given = {"count_id": count_id, "lines": lines, "idempotency_key": f"seed-found-{count_id}"}
    platform.run("inventory.record_count", by, given)


def _brands(ctx: RequestContext) -> Sequence[UUID]:
    """Return brands by lots on hand, the most first; one command records up to 500."""
    with db.unit_of_work(ctx) as session:
        rows = db.fetch_all(
            session,
            "select p.brand_id from stock_balance b"
            " join variant v on v.tenant_id = b.tenant_id and v.id = b.variant_id"
            " join product p on p.tenant_id = v.tenant_id and p.id = v.product_id"
            " where b.tenant_id = %s and b.on_hand > 2 group by p.brand_id"
            " having count(*) between 8 and 400 order by count(*) desc, p.brand_id",
            (ctx.tenant_id,),
        )
    return [row["brand_id"] for row in rows]


def _lots(ctx: RequestContext, count_id: UUID) -> Sequence[_Lot]:
    with db.unit_of_work(ctx) as session:
        rows = db.fetch_all(
            session,
            "select line.lot_id, b.on_hand from stock_count_line line"
            " join variant v on v.tenant_id = line.tenant_id and v.id = line.variant_id"
            " join lot l on l.tenant_id = line.tenant_id and l.id = line.lot_id"
            " join stock_balance b on b.tenant_id = line.tenant_id and b.lot_id = line.lot_id"
            "  and b.location_id = line.location_id"
            " where line.tenant_id = %s and line.count_id = %s"
            " order by v.label, l.expires_on, line.id",
            (ctx.tenant_id, count_id),
        )
    return [_Lot(row["lot_id"], row["on_hand"]) for row in rows]


def _member(ctx: RequestContext, role: str, *, hours: int) -> RequestContext:
    """Return what a member of a role could do so many hours ago."""
    members: Any = platform.run("identity.list_members", ctx, {"limit": 200}).result
    member_id = next(row.id for row in members.rows if role in row.roles)
    with db.unit_of_work(ctx) as session:
        person = identity.get_approver(session, ctx, member_id)
    acting = identity.context_for(person, source=ctx.source, request_id=f"seed-{new_id()}")
    return replace(acting, now=ctx.now - timedelta(hours=hours))
