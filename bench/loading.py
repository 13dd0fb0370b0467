"""The data every workload runs on: 5,000 products in two lots each, 1,000 customers, four tills."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from types import MappingProxyType
from uuid import UUID

import psycopg
from pydantic import SecretStr
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.core.settings import get_settings
from erp.services import accounting, catalogue_of_actions, identity, party, platform
from erp.services.identity import IssuedToken, NewTenant

PRODUCTS = 5_000
CUSTOMERS = 1_000
TILLS = 4
LOGIN = "bench@bench.example"
PASSWORD = "measure-all-day-77"  # noqa: S105  of a database that lives for minutes
STOCK = 400_000
REMEDIES = ("Arnica Montana", "Arsenicum Album", "Belladonna", "Bryonia Alba", "Calcarea Carbonica",
            "Chamomilla", "Ignatia Amara", "Lycopodium Clavatum", "Nux Vomica", "Pulsatilla Nigricans",
            "Rhus Toxicodendron", "Sepia Officinalis", "Silicea Terra", "Sulphur", "Thuja Occidentalis")  # fmt: skip
POTENCIES = ("6C", "30C", "200C", "1M", "10M")


@dataclass(frozen=True, slots=True)
class Shop:
    """The loaded tenant: a token that may do everything, open shifts, and what can be sold."""

    ctx: RequestContext
    token: str
    shifts: tuple[UUID, ...]
    variants: tuple[UUID, ...]
    customers: tuple[UUID, ...]


def load_shop() -> Shop:
    """Make a tenant large enough to measure on."""
    assert catalogue_of_actions
    ctx = tenant("bench", "27ZZZFZ0001Z1ZU")
    warehouse = platform.run("inventory.create_warehouse", ctx, {"code": "MAIN", "name": "Main"})
    storage_id = UUID(str(warehouse.result.model_dump()["storage_id"]))
    with db.unit_of_work(ctx, ttl_seconds=600) as session:
        variants = insert_catalogue(session, ctx, _goods())
        customers = _customers(session, ctx)
    receive(ctx, variants)
    analyze()
    return Shop(ctx, api_token(ctx), _open_tills(ctx, storage_id), variants, customers)


def analyze() -> None:
    """Do at once what autovacuum does some seconds after an import."""
    with psycopg.connect(get_settings().database_url, autocommit=True) as connection:
        connection.execute("analyze")


def tenant(slug: str, gstin: str) -> RequestContext:
    """Make a tenant with its chart of accounts and its walk-in customer."""
    new = NewTenant(
        name="Bench", slug=slug, legal_name="Bench Traders", trade_name="Bench", gstin=gstin,
        pan=None, state_code="27", branch_code="MAIN", branch_name="Main", address="1 Road", city="Pune", pin="411001",
    )  # fmt: skip
    limits = MappingProxyType({"discount_percent": Decimal(100), "return_amount": Decimal(10**6)})
    ctx = replace(identity.provision_tenant(new), limits=limits)
    with db.unit_of_work(ctx) as session:
        accounting.create_default_chart(session, ctx)
        party.ensure_walk_in(session, ctx, "27")
    return ctx


def _goods() -> list[tuple[str, str]]:
    """Return names with a potency; they repeat as a real catalogue's do."""
    return [
        (f"{REMEDIES[n % len(REMEDIES)]} {n // len(REMEDIES):03d}", POTENCIES[n % len(POTENCIES)])
        for n in range(PRODUCTS)
    ]


def insert_catalogue(
    session: Session, ctx: RequestContext, goods: Sequence[tuple[str, str]]
) -> tuple[UUID, ...]:
    """Insert a product and a variant for each name with its potency, in five statements."""
    tax_class_id, brand_id = new_id(), new_id()
    tenant = ctx.tenant_id
    db.execute(
        session,
        "insert into tax_class (tenant_id, id, code, name, treatment)"
        " values (%s, %s, 'GST5', 'GST 5%%', 'taxable')",
        (tenant, tax_class_id),
    )
    db.execute(
        session,
        "insert into tax_rate (tenant_id, id, tax_class_id, valid_from, rate, notification)"
        " values (%s, %s, %s, '2025-09-22', 5, '')",
        (tenant, new_id(), tax_class_id),
    )
    db.execute(
        session,
        "insert into brand (tenant_id, id, name) values (%s, %s, 'Bench')",
        (tenant, brand_id),
    )
    products, variants = [new_id() for _ in goods], [new_id() for _ in goods]
    names, potencies = [name for name, _ in goods], [potency for _, potency in goods]
    db.execute(
        session,
        "insert into product (tenant_id, id, name, brand_id, form, hsn, tax_class_id, is_lot_tracked,"
        " is_expiry_required, is_service, note) select %s, p, n, %s, 'dilution', '30049014', %s, true, true, false, ''"
        " from unnest(%s::uuid[], %s::text[]) as t (p, n)",
        (tenant, brand_id, tax_class_id, products, names),
    )
    db.execute(
        session,
        "insert into variant (tenant_id, id, product_id, sku, label, potency_scale, potency_number, potency_label,"
        " potency_rank, pack_quantity, pack_unit, base_unit, reorder_point, is_active, search_text)"
        " select %s, v, p, 'SKU' || lpad(o::text, 5, '0'), n || ' ' || s || ' 30 ml', 'C', 30, s, 30,"
        " 30, 'ml', 'BTL', 0, true, lower(n || ' ' || s || ' 30 ml bench sku' || o)"
        " from unnest(%s::uuid[], %s::uuid[], %s::text[], %s::text[])"
        " with ordinality as t (v, p, n, s, o)",
        (tenant, variants, products, names, potencies),
    )
    return tuple(variants)


def _customers(session: Session, ctx: RequestContext) -> tuple[UUID, ...]:
    ids = [new_id() for _ in range(CUSTOMERS)]
    db.execute(
        session,
        "insert into party (tenant_id, id, code, name, kind, gst_category, state_code, address, city, pin,"
        " phone, email, price_list, credit_days, credit_limit, note, is_active, search_text)"
        " select %s, i, 'C' || o, 'Customer ' || o, 'patient', 'unregistered', '27', '', 'Pune', '',"
        " '98' || lpad(o::text, 8, '0'), '', 'RETAIL_MRP', 0, 0, '', true, 'customer ' || o"
        " from unnest(%s::uuid[]) with ordinality as t (i, o)",
        (ctx.tenant_id, ids),
    )
    return tuple(ids)


def receive(ctx: RequestContext, variants: tuple[UUID, ...]) -> None:
    """Put two lots of everything on hand, through the command a storekeeper uses."""
    for start in range(0, len(variants), 250):
        lines = [
            {
                "variant_id": variant,
                "lot_number": f"L{lot}",
                "expires_on": str(ctx.today + timedelta(days=300 * lot)),
                "mrp": "95.00",
                "quantity": STOCK,
                "unit_cost": "60.00",
            }
            for variant in variants[start : start + 250]
            for lot in (1, 2)
        ]
        platform.run("inventory.receive_goods", ctx, {"lines": lines})


def api_token(ctx: RequestContext, login: str = LOGIN) -> str:
    """Return a token of a new member who may do everything."""
    made = {
        "login": login,
        "display_name": "Bench",
        "password": PASSWORD,
        "roles": ["owner"],
    }
    platform.run("identity.create_user", ctx, made)
    signed_in = identity.sign_in(login, PASSWORD)
    acting = replace(ctx, user_id=signed_in.user_id)
    issued = platform.run("identity.issue_token", acting, {"name": "bench", "scopes": ["*"]}).result
    assert isinstance(issued, IssuedToken)
    assert isinstance(issued.token, SecretStr)
    return issued.token.get_secret_value()


def _open_tills(ctx: RequestContext, storage_id: UUID) -> tuple[UUID, ...]:
    shifts = []
    for number in range(1, TILLS + 1):
        made = {"code": f"P{number}", "name": f"Till {number}", "location_id": storage_id}
        register_id = platform.run("pos.create_register", ctx, made).result.model_dump()["id"]
        opened = platform.run(
            "pos.open_shift", ctx, {"register_id": register_id, "opening_float": "0"}
        )
        shifts.append(UUID(str(opened.result.model_dump()["id"])))
    return tuple(shifts)
