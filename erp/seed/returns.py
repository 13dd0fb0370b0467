"""The demo's returns to suppliers: answered in part, still open, open for long, and unbilled."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from erp.core.context import RequestContext
from erp.core.money import round_money
from erp.seed.orders import people_of
from erp.seed.parties import supplier_ids
from erp.services import billing, platform

_GIVEN = Decimal("0.80")
"""Share of the first claim that the supplier credits."""

_CONFIRMED = (billing.OutsideClaimWindow.code,)

Fits = Callable[[billing.ReturnableLot], bool]


def seed_returns(ctx: RequestContext) -> None:
    """Send goods back as the demo's storekeeper would; the manager hears what suppliers say."""
    people = people_of(ctx)
    store, manager = people["storekeeper"], people["manager"]
    answered = _send(store, 46, 6, "near_expiry", _near)
    _send(store, 38, 4, "damaged", _near)
    _send(store, 2, 6, "expired", _expired)
    _send(store, 1, 2, "wrong_goods", _unbilled)
    made: Any = platform.run("billing.get_return", manager, {"return_id": answered.id}).result
    answer = {
        "idempotency_key": "seed-return-answer",
        "claim_id": made.claim_id,
        "credit_note": "DEMO-CN-12",
        "credited": round_money(made.claim_taxable * _GIVEN),
        "credited_tax": round_money(made.claim_tax * _GIVEN),
        "reason": "They credit 80 percent of what they take back for its expiry",
    }
    then = replace(manager, now=manager.now - timedelta(days=24))
    platform.run("billing.settle_claim", then, answer)


def _near(row: billing.ReturnableLot) -> bool:
    return bool(row.bills) and row.reason == "near_expiry"


def _expired(row: billing.ReturnableLot) -> bool:
    return bool(row.bills) and row.reason == "expired"


def _unbilled(row: billing.ReturnableLot) -> bool:
    return not row.bills and not row.bill_waiting


def _send(
    by: RequestContext, days_ago: int, units: int, reason: str, fits: Fits
) -> billing.ReturnedGoods:
    """Send back units of the first lot that fits and was here by then."""
    then = replace(by, now=by.now - timedelta(days=days_ago))
    day = then.today - timedelta(days=1)
    supplier_id, row = next(
        (supplier_id, row)
        for supplier_id in supplier_ids(by)
        for row in _returnable(by, supplier_id)
        if fits(row) and row.units > units and row.received_on < day
    )
    line = {"lot_id": row.lot_id, "location_id": row.location_id}
    given = {
        "idempotency_key": f"seed-return-{days_ago}",
        "supplier_id": supplier_id,
        "transport": "VRL Logistics",
        "lines": [line | {"quantity": units, "reason": reason}],
    }
    made = platform.run("billing.return_goods", then, given, confirm=_CONFIRMED).result
    assert isinstance(made, billing.ReturnedGoods)  # noqa: S101  the command's own result
    return made


def _returnable(by: RequestContext, supplier_id: UUID) -> list[billing.ReturnableLot]:
    found: Any = platform.run(
        "billing.list_returnable", by, {"supplier_id": supplier_id, "limit": 200}
    ).result
    return list(found.rows)
