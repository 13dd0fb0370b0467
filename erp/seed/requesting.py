"""The demo's requisitions, and a request for quotation with answers to compare."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from erp.core.context import RequestContext
from erp.core.money import round_money
from erp.seed.orders import Goods, goods_of, people_of
from erp.seed.parties import supplier_ids
from erp.services import platform

_ASKED = (0, 1, 3, 4)
"""Suppliers by name, each of whom the demo has bought from."""
_ANSWERS: tuple[Mapping[str, Any], ...] = (
    {"percent": 96, "scheme": (10, 1), "lead_days": 5, "terms": "30 days' credit"},
    {"percent": 91, "scheme": (0, 0), "lead_days": 3, "leaves_out": 1},
    {"percent": 94, "scheme": (20, 3), "lead_days": 9, "minimum": 60, "terms": "Payment first"},
)
"""Suppliers who differ: by price, free goods, speed, and what they leave out."""


def seed_requesting(ctx: RequestContext) -> None:
    """Ask for goods as the demo's cashier and storekeeper would, and ask suppliers for prices."""
    people, goods = people_of(ctx), goods_of(ctx)
    _submit(people["cashier"], 1, goods[20:23], "Asked for at the counter")
    approved = _submit(people["storekeeper"], 4, goods[24:28], "Low before the season")
    _decide(people["manager"], 3, approved, "approved")
    declined = _submit(people["cashier"], 9, goods[30:31], "A customer wants it")
    _decide(people["manager"], 8, declined, "declined", note="The distributor has stopped it.")
    known = supplier_ids(ctx)
    asked = [known[place] for place in _ASKED]
    _compare(people["manager"], goods[24:28], approved, asked)


def _submit(by: RequestContext, days_ago: int, goods: Goods, note: str) -> UUID:
    then = _ago(by, days_ago)
    lines = [
        {
            "variant_id": variant_id,
            "quantity": 24 * (at + 1),
            "wanted_by": then.today + timedelta(days=10),
        }
        for at, (variant_id, _) in enumerate(goods)
    ]
    given = {"idempotency_key": f"seed-requisition-{days_ago}", "note": note, "lines": lines}
    made: Any = platform.run("purchasing.submit_requisition", then, given).result
    requisition_id: UUID = made.id
    return requisition_id


def _decide(
    by: RequestContext, days_ago: int, requisition_id: UUID, outcome: str, note: str = ""
) -> None:
    given = {
        "idempotency_key": f"seed-requisition-{outcome}",
        "requisition_id": requisition_id,
        "outcome": outcome,
        "note": note,
    }
    platform.run("purchasing.decide_requisition", _ago(by, days_ago), given)


def _ago(by: RequestContext, days: int) -> RequestContext:
    return replace(by, now=by.now - timedelta(days=days))


def _compare(by: RequestContext, goods: Goods, requisition_id: UUID, suppliers: list[UUID]) -> None:
    """Ask four suppliers for what a requisition needs; the last has not answered."""
    then = _ago(by, 2)
    lines = [
        {
            "variant_id": variant_id,
            "quantity": 24 * (at + 1),
            "requested_for": [{"requisition_id": requisition_id, "line_no": at + 1}],
        }
        for at, (variant_id, _) in enumerate(goods)
    ]
    given = {
        "idempotency_key": "seed-quotation-request",
        "suppliers": [{"supplier_id": supplier_id} for supplier_id in suppliers],
        "answer_by": then.today + timedelta(days=4),
        "needed_by": then.today + timedelta(days=12),
        "note": "Fresh batches, please.",
        "lines": lines,
    }
    request: Any = platform.run("purchasing.ask_suppliers", then, given).result
    for supplier_id, terms in zip(suppliers, _ANSWERS, strict=False):
        _answer(_ago(by, 1), request.id, supplier_id, (goods, terms))


def _answer(
    by: RequestContext, request_id: UUID, supplier_id: UUID, offer: tuple[Goods, Mapping[str, Any]]
) -> None:
    goods, terms = offer
    paid, free = terms["scheme"]
    lines = [
        {
            "line_no": at,
            "unit_price": round_money(Decimal(row["pts_excl_tax"]) * terms["percent"] / 100),
            "scheme_paid": paid,
            "scheme_free": free,
            "mrp": row["mrp_incl_tax"],
            "lead_days": terms["lead_days"],
            "minimum_quantity": terms.get("minimum"),
            "shelf_life_days": 540,
        }
        for at, (_, row) in enumerate(goods, start=1)
        if at != terms.get("leaves_out")
    ]
    given = {
        "idempotency_key": f"seed-quotation-{terms['percent']}",
        "request_id": request_id,
        "supplier_id": supplier_id,
        "reference": f"Q/{terms['percent']}",
        "valid_until": by.today + timedelta(days=20),
        "terms": terms.get("terms", ""),
        "lines": lines,
    }
    platform.run("purchasing.record_quotation", by, given)
