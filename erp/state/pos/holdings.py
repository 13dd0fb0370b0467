"""Whose bill it is, and what of theirs can pay it beside money and credit."""

from typing import Any
from uuid import UUID

from erp.core import db
from erp.core.context import RequestContext
from erp.core.formatting import counted, money_text
from erp.services import party, platform

Holdings = dict[str, dict[str, str]]
PAISA = "0.01"


def customer_shown(ctx: RequestContext, customer_id: UUID) -> dict[str, str]:
    """Return a customer as the head of a bill names them."""
    with db.unit_of_work(ctx) as session:
        found = party.get_party_for_sale(session, ctx, customer_id)
    facts = (found.phone, f"GSTIN {found.gstin}" if found.gstin else "", found.city)
    return {
        "id": str(found.id),
        "name": found.name,
        "detail": " · ".join(fact for fact in facts if fact),
        "credit": money_text(found.credit_limit) if found.credit_limit > 0 else "",
    }


def holdings_of(ctx: RequestContext, customer_id: UUID | None) -> Holdings:
    """Return by method what can pay, for a payment pad; nothing for the nameless customer."""
    if customer_id is None:
        return {}
    found: Any = platform.run("pos.get_customer", ctx, {"customer_id": customer_id}).result
    held: Holdings = {}
    if found.points.is_spendable:
        held["points"] = _points(found.points)
    if found.advance > 0:
        note = f"{money_text(found.advance)} was paid before."
        held["advance"] = {"most": f"{found.advance:.2f}", "step": PAISA, "note": note}
    return held


def _points(points: Any) -> dict[str, str]:
    note = f"{counted(points.balance, 'point')} pay {money_text(points.value)}"
    if points.minimum_points > 1:
        note += f"; at least {counted(points.minimum_points, 'point')} at once"
    return {"most": f"{points.value:.2f}", "step": f"{points.worth:.2f}", "note": f"{note}."}


def points_words(sale: Any) -> str:
    """Return what a sale did to its customer's points, in a few words."""
    spent, earned = getattr(sale, "points_spent", 0), getattr(sale, "points_earned", 0)
    parts = [
        f"{counted(points, 'point')} {word}"
        for points, word in ((spent, "spent"), (earned, "earned"))
        if points
    ]
    return ", ".join(parts)
