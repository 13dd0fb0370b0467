"""The demo parties: customers, patients and suppliers, through the register's own command."""

from decimal import Decimal
from uuid import UUID

from erp.core.context import RequestContext
from erp.seed.sources import read_rows
from erp.services import party, platform

WALK_IN = "C001"
"""The source's nameless customer; every tenant has one from the start."""

_ROLES = {"patient": ["customer", "patient"], "doctor": ["customer", "doctor"]}
_SUPPLIER_ROLES = {"manufacturer": ["supplier", "manufacturer"]}
_NO_MEDICINES = frozenset({"packaging", "transporter"})
_SUPPLIER_KINDS = {"importer", "manufacturer", "distributor", "packaging", "transporter"}


def seed_parties(ctx: RequestContext) -> None:
    """Add the demo customers and suppliers to a tenant; a second time it changes nothing."""
    for row in read_rows("customers.csv"):
        if row["customer_id"] == WALK_IN:
            continue
        kind = row["customer_type"]
        _add(ctx, dict(row), row["customer_id"], kind, _ROLES.get(kind, ["customer"]))
    for row in read_rows("suppliers.csv"):
        kind = row["supplier_type"]
        kind = kind if kind in _SUPPLIER_KINDS else "other"
        _add(ctx, dict(row), row["supplier_id"], kind, _SUPPLIER_ROLES.get(kind, ["supplier"]))


def supplier_ids(ctx: RequestContext) -> list[UUID]:
    """Return the tenant's suppliers of medicines by name."""
    page = platform.run("party.list_parties", ctx, {"role": "supplier", "limit": 200}).result
    assert isinstance(page, party.PartyPage)  # noqa: S101  the query's own result
    return [row.id for row in page.rows if row.kind not in _NO_MEDICINES]


def _add(ctx: RequestContext, row: dict[str, str], code: str, kind: str, roles: list[str]) -> None:
    platform.run(
        "party.create_party",
        ctx,
        {
            "idempotency_key": f"seed-party-{code}",
            "code": code,
            "name": row["name"],
            "kind": kind,
            "roles": roles,
            "gst_category": row["gst_category"].lower(),
            "gstin": row["gstin"],
            "pan": row["pan"],
            "state_code": row["state_code"],
            "city": row["city"],
            "pin": row["pin"],
            "phone": f"+9190000{int(code[1:]):05d}" if kind == "patient" else "",
            "price_list": row.get("price_list") or None,
            "credit_days": int(row["credit_days"]),
            "credit_limit": Decimal(row.get("credit_limit") or 0),
            "drug_licence_no": row.get("drug_licence_no", ""),
            "drug_licence_form": row.get("drug_licence_form", ""),
            "note": row["note"],
        },
    )
