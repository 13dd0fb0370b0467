"""What of the customer's can pay a bill beside money and credit."""

from typing import Any
from uuid import UUID

from erp.core.context import RequestContext
from erp.core.formatting import counted, money_text
from erp.services import platform

Holdings = dict[str, dict[str, str]]


def holdings_of(ctx: RequestContext, customer_id: UUID | None) -> Holdings:
    """Return by method what can pay, for a payment pad; nothing for the nameless customer."""
    if customer_id is None:
        return {}
    return _points(ctx, customer_id)


def _points(ctx: RequestContext, customer_id: UUID) -> Holdings:
    if not ctx.may("loyalty.view"):
        return {}
    found: Any = platform.run("loyalty.get_points", ctx, {"party_id": customer_id}).result
    if not found.is_spendable:
        return {}
    note = f"{counted(found.balance, 'point')} pay {money_text(found.value)}"
    if found.minimum_points > 1:
        note += f"; at least {counted(found.minimum_points, 'point')} at once"
    return {
        "points": {"most": f"{found.value:.2f}", "step": f"{found.worth:.2f}", "note": f"{note}."}
    }


def points_words(sale: Any) -> str:
    """Return what a sale did to its customer's points, in a few words."""
    spent, earned = getattr(sale, "points_spent", 0), getattr(sale, "points_earned", 0)
    parts = [
        f"{counted(points, 'point')} {word}"
        for points, word in ((spent, "spent"), (earned, "earned"))
        if points
    ]
    return ", ".join(parts)
