"""The demo's second branch, goods between the two, in quarantine, and made here."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from erp.core import db
from erp.core.context import RequestContext
from erp.services import platform

_LACKING = 6
"""Products that the second branch is low in."""


@dataclass(frozen=True, slots=True)
class _Way:
    """Both storages, and what may be done at the second branch."""

    ctx: RequestContext
    there: RequestContext
    from_id: UUID
    to_id: UUID
    variants: Sequence[UUID]

    def send(self, key: str, days_ago: int, *units: int, first: int = 0) -> UUID:
        """Dispatch units of products some days ago; they were due two days later."""
        then = replace(self.ctx, now=self.ctx.now - timedelta(days=days_ago))
        chosen = self.variants[first : first + len(units)]
        given = {
            "from_location_id": self.from_id,
            "to_location_id": self.to_id,
            "expected_on": then.today + timedelta(days=2),
            "transport": "Delivery van, MH12 (synthetic)",
            "lines": [
                {"variant_id": variant, "quantity": quantity}
                for variant, quantity in zip(chosen, units, strict=True)
            ],
        }
        answer: Any = _run(then, "dispatch_transfer", key, given)
        sent: UUID = answer.transfer_id
        return sent


def seed_transfers(ctx: RequestContext, storage_id: UUID) -> None:
    """Open a second branch and let goods travel to it; nothing where too little is on hand."""
    variants = _plenty(ctx, storage_id)
    if len(variants) < 3 * _LACKING:
        return
    there = replace(ctx, branch_id=_branch(ctx))
    place: Any = _run(there, "create_warehouse", "branch", {"code": "KOTH", "name": "Kothrud shop"})
    way = _Way(ctx, there, storage_id, place.storage_id, variants)
    _settled(way)
    _half_here(way)
    way.send("overdue", 5, 6, first=5)
    _low(way)
    _keep_apart(way)
    _dispense(ctx, storage_id)
    asked = [{"variant_id": variant, "quantity": 6} for variant in variants[-2:]]
    ends = {"from_location_id": storage_id, "to_location_id": place.storage_id}
    _run(there, "request_transfer", "ask", ends | {"note": "For the weekend", "lines": asked})


def _settled(way: _Way) -> None:
    """Everything of the first one is accounted for: one bottle broke, one is lost."""
    sent = way.send("settled", 20, 12, 8)
    came = [
        {"line_no": 1, "arrived": 11, "damaged": 1, "reason": "Broken in the van"},
        {"line_no": 2, "arrived": 7},
    ]
    about = {"transfer_id": sent}
    _run(_later(way.there, 19), "receive_transfer", "all", about | {"lines": came})
    lost = {"line_no": 2, "quantity": 1, "outcome": "lost", "reason": "Not in the box"}
    _run(_later(way.ctx, 18), "settle_transfer", "lost", about | {"lines": [lost]})


def _half_here(way: _Way) -> None:
    sent = way.send("half", 1, 10, 6, 6, first=2)
    came = {"transfer_id": sent, "lines": [{"line_no": 1, "arrived": 10}]}
    _run(way.there, "receive_transfer", "half", came)


def _low(way: _Way) -> None:
    for at, variant in enumerate(way.variants[6 : 6 + _LACKING]):
        rule = {"variant_id": variant, "reorder_point": 4 + at}
        _run(way.there, "set_reorder_rule", f"far-{at}", rule)
    _run(way.there, "suggest_reorders", "far", {})


def _keep_apart(way: _Way) -> None:
    """Two entries wait for a decision, and one is decided."""
    for at, (reason, units) in enumerate((("damaged", 2), ("recall_notice", 5), ("suspected", 3))):
        wanted = {"variant_id": way.variants[12 + at], "location_id": way.from_id, "limit": 1}
        found: Any = platform.run("inventory.stock_by_lot", way.ctx, wanted).result
        line = {"lot_id": found.rows[0].lot_id, "quantity": units}
        given = {"location_id": way.from_id, "reason_code": reason, "lines": [line]}
        made = _run(_later(way.ctx, 3 - at), "quarantine_goods", reason, given)
        if reason == "damaged":
            decision = {"quarantine_id": made.quarantine_ids[0], "outcome": "written_off"}
            about = {"quantity": units, "reason": "Seals are broken"}
            _run(way.ctx, "decide_quarantine", reason, decision | about)


def _dispense(ctx: RequestContext, storage_id: UUID) -> None:
    """Fill small packs out of a large bottle of the same mother tincture, where both are known."""
    with db.unit_of_work(ctx) as session:
        rows = db.fetch_all(
            session,
            "select small.id as small, large.id as large, max(l.mrp) as mrp,"
            "       floor(large.pack_quantity / small.pack_quantity)::int as packs"
            "  from variant large"
            "  join variant small on small.tenant_id = large.tenant_id and small.pack_quantity = 30"
            "   and small.label like split_part(large.label, ' Q ', 1) || ' Q mother tincture%%'"
            "  join lot l on l.tenant_id = small.tenant_id and l.variant_id = small.id"
            "  join stock_balance b on b.tenant_id = large.tenant_id and b.variant_id = large.id"
            "   and b.location_id = %s and b.on_hand > 2"
            " where large.tenant_id = %s and large.pack_quantity > small.pack_quantity"
            "   and large.label like '%% Q mother tincture%%'"
            " group by small.id, large.id, large.label, packs order by large.label limit 1",
            (storage_id, ctx.tenant_id),
        )
    if not rows:
        return
    (pair,) = rows
    given = {
        "location_id": storage_id,
        "variant_id": pair["small"],
        "packs": pair["packs"],
        "mrp": pair["mrp"],
        "good_for_days": 180,
        "note": "Filled at the counter",
        "lines": [{"variant_id": pair["large"], "quantity": 1}],
    }
    _run(ctx, "dispense_packs", "tincture", given)


def _later(ctx: RequestContext, days_ago: int) -> RequestContext:
    return replace(ctx, now=ctx.now - timedelta(days=days_ago))


def _run(ctx: RequestContext, verb: str, key: str, given: dict[str, Any]) -> Any:  # noqa: ANN401  each verb answers its own
    keyed = given | {"idempotency_key": f"seed-{verb}-{key}"}
    return platform.run(f"inventory.{verb}", ctx, keyed).result


def _branch(ctx: RequestContext) -> UUID:
    """Open a branch under the registration of the first one."""
    first: Any = platform.run("organisation.get_branch", ctx, {"branch_id": ctx.branch_id}).result
    given = {
        "code": "KOTH",
        "name": "Pune, Kothrud",
        "state_code": first.state_code,
        "address": "3 Demo Lane, Kothrud",
        "city": first.city,
        "pin": "411038",
        "phone": first.phone,
        "drug_licence_no": "MH-20C-000101",
        "upi_address": first.upi_address or "",
        "idempotency_key": "seed-branch-KOTH",
    }
    made: Any = platform.run("organisation.add_branch", ctx, given).result
    branch_id: UUID = made.id
    return branch_id


def _plenty(ctx: RequestContext, storage_id: UUID) -> Sequence[UUID]:
    """Return products with plenty to sell, each of whose lots fills a line, by name."""
    with db.unit_of_work(ctx) as session:
        rows = db.fetch_all(
            session,
            "select v.id from stock_balance b"
            "  join lot l on l.tenant_id = b.tenant_id and l.id = b.lot_id"
            "  join variant v on v.tenant_id = b.tenant_id and v.id = b.variant_id"
            " where b.tenant_id = %s and b.location_id = %s and l.status = 'available'"
            "   and (l.expires_on is null or l.expires_on > %s)"
            "   and b.on_hand > b.reserved"
            " group by v.id, v.label"
            " having sum(b.on_hand - b.reserved) > 24 and min(b.on_hand - b.reserved) >= 12"
            " order by v.label limit 40",
            (ctx.tenant_id, storage_id, ctx.today),
        )
    return [row["id"] for row in rows]
