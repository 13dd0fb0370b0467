"""The demo's planning: what holding goods costs, and what suppliers take back."""

from erp.core.context import RequestContext
from erp.seed.parties import supplier_ids
from erp.services import platform

_RATES = ((None, "12"), ("mother_tincture", "14"), ("book", "9"))
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
