"""The demo's quality checklist, and a delivery of which one lot failed it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from erp.core.context import RequestContext
from erp.seed.orders import goods_of, people_of
from erp.seed.parties import supplier_ids
from erp.services import platform

_POINTS: tuple[dict[str, Any], ...] = (
    {"question": "Potency on the label matches the order"},
    {"question": "Seal is intact"},
    {"question": "Expiry is legible"},
    {"question": "Colour and odour are right", "is_required": False},
    {"question": "Certificate of analysis received", "is_required": False},
    {
        "question": "Alcohol by volume",
        "kind": "number",
        "is_required": False,
        "minimum": Decimal(40),
        "maximum": Decimal(95),
        "unit": "%",
    },
)
_SOUND = {1: "yes", 2: "yes", 3: "yes", 4: "yes", 6: "88.5"}
_FORM = "dilution"


def seed_quality(ctx: RequestContext) -> None:
    """Say what is looked at in dilutions, and take two lots in: one sound, one with a broken seal."""
    people = people_of(ctx)
    checklist = {
        "idempotency_key": "seed-checklist",
        "form": _FORM,
        "name": "Dilutions at the door",
        "points": _POINTS,
    }
    platform.run("inventory.set_checklist", people["manager"], checklist)
    goods = [(variant, row) for variant, row in goods_of(ctx) if row["form"] == _FORM][:2]
    lines = [
        {
            "variant_id": variant_id,
            "lot_number": f"Q{row['sku'][:3]}{at}",
            "maker": row["brand"],
            "expires_on": ctx.today + timedelta(days=700),
            "mrp": row["mrp_incl_tax"],
            "quantity": 12,
            "unit_cost": row["pts_excl_tax"],
            "checks": [
                {"point_no": number, "answer": answer}
                for number, answer in (_SOUND | ({2: "no"} if at else {})).items()
            ],
        }
        for at, (variant_id, row) in enumerate(goods)
    ]
    given = {
        "idempotency_key": "seed-checked-delivery",
        "supplier_id": supplier_ids(ctx)[1],
        "reference": "DEMO/QC/1",
        "lines": lines,
    }
    platform.run("inventory.receive_goods", people["storekeeper"], given)
