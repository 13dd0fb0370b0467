"""The demo's planning: what holding goods costs, what suppliers take back, what to buy again."""

from typing import Any
from uuid import UUID

from erp.core.context import RequestContext
from erp.seed.parties import supplier_ids
from erp.services import platform

_RATES = ((None, "12"), ("mother_tincture", "14"), ("book", "9"))
_OWN_POINTS = 8
"""Products for which the demo's branch decided itself when to buy again."""
_POINTS = (75, 60, 0)
_OWN_DAYS = (180, 60)
"""Days before and after the expiry that the first supplier agreed to."""


def seed_planning(ctx: RequestContext) -> None:
    """Set the demo's rates and terms; a second time it changes nothing."""
    for form, rate in _RATES:
        wanted = {"form": form, "rate": rate, "idempotency_key": f"seed-rate-{form}"}
        platform.run("inventory.set_carrying_rate", ctx, wanted)
    opens, closes = _OWN_DAYS
    terms = {
        "supplier_id": supplier_ids(ctx)[0],
        "opens_days": opens,
        "closes_days": closes,
        "idempotency_key": "seed-claim-terms",
    }
    platform.run("inventory.set_claim_terms", ctx, terms)
    for place, variant_id in enumerate(_fast(ctx)):
        rule = {
            "variant_id": variant_id,
            "reorder_point": _POINTS[place % len(_POINTS)],
            "idempotency_key": f"seed-reorder-{place}",
        }
        platform.run("inventory.set_reorder_rule", ctx, rule)
    platform.run("inventory.suggest_reorders", ctx, {"idempotency_key": "seed-suggestions"})


def _fast(ctx: RequestContext) -> list[UUID]:
    """Return the products of which the most is consumed."""
    page: Any = platform.run("inventory.list_classes", ctx, {"limit": _OWN_POINTS}).result
    return [row.variant_id for row in page.rows]
