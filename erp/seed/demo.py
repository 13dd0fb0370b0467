"""The two demo tenants: organisation, people, catalogue, stock and a month of trade."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from uuid import UUID

from erp.core.context import RequestContext
from erp.seed.banking import seed_banking
from erp.seed.beginning import begin
from erp.seed.bills import seed_bills
from erp.seed.catalogue import seed_catalogue
from erp.seed.counting import seed_counts
from erp.seed.customer_orders import seed_customer_orders
from erp.seed.dicom import seed_peers
from erp.seed.gateways import seed_gateways
from erp.seed.gst_returns import seed_gst_returns
from erp.seed.history import seed_history
from erp.seed.imaging import seed_imaging
from erp.seed.laboratory import seed_laboratory
from erp.seed.maker_lists import seed_maker_lists
from erp.seed.orders import seed_orders
from erp.seed.parties import seed_parties
from erp.seed.payments import seed_payments
from erp.seed.planning import seed_planning
from erp.seed.quality import seed_quality
from erp.seed.requesting import seed_requesting
from erp.seed.returns import seed_returns
from erp.seed.spending import seed_spending
from erp.seed.stock import seed_stock
from erp.seed.transfers import seed_transfers
from erp.services import platform
from erp.services.identity import NewTenant

Report = Callable[[str], None]
WORDS = (
    "amber",
    "bay",
    "cedar",
    "delta",
    "ember",
    "fern",
    "grove",
    "harbor",
    "iris",
    "juniper",
    "kite",
    "lotus",
)
UNLIMITED = MappingProxyType(
    {
        "discount_percent": Decimal(100),
        "return_amount": Decimal(10_000_000),
        "cash_tolerance": Decimal(1000),
        "purchase_amount": Decimal(100_000_000),
        "count_difference": Decimal(10_000_000),
    }
)

PHARMACY = NewTenant(
    name="Demo Homoeo Traders",
    slug="demo",
    legal_name="Demo Homoeo Traders (synthetic)",
    trade_name="Demo Homoeo Traders",
    gstin="27ZZZFZ0001Z1ZU",
    pan="ZZZFZ0001Z",
    state_code="27",
    branch_code="PUNE",
    branch_name="Pune, Laxmi Road",
    address="1 Demo Road, Laxmi Road",
    city="Pune",
    pin="411001",
    phone="+912000000001",
    drug_licence_no="MH-20C-000100",
    upi_address="demohomoeo@examplebank",
    is_demo=True,
)
CLINIC = NewTenant(
    name="Zenith Homoeo Clinic",
    slug="zenith",
    legal_name="Zenith Homoeo Clinic (synthetic)",
    trade_name="Zenith Homoeo Clinic",
    gstin="27ZZZFZ0101Z1ZT",
    pan="ZZZFZ0101Z",
    state_code="27",
    branch_code="NASHIK",
    branch_name="Nashik",
    address="2 Demo Street",
    city="Nashik",
    pin="422001",
    phone="+912530000002",
    drug_licence_no="MH-20C-000107",
    upi_address="zenithclinic@examplebank",
    is_demo=True,
)
PEOPLE = (
    ("owner", "Asha Rao", True),
    ("manager", "Vikram Shah", True),
    ("cashier", "Meera Joshi", False),
    ("storekeeper", "Ravi Kale", False),
    ("accountant", "Sunita Nair", False),
    ("technician", "Imran Khan", True),
    ("auditor", "Leela Menon", False),
)


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """A login of a demo tenant, as it is printed for a newcomer."""

    role_title: str
    login: str
    password: str
    pin: str


@dataclass(frozen=True, slots=True)
class DemoTenant:
    """A seeded tenant with its logins."""

    ctx: RequestContext
    name: str
    logins: tuple[DemoLogin, ...]


def seed_tenants(report: Report) -> Iterator[DemoTenant]:
    """Make both demo tenants; the pharmacy gets a month of sales."""
    for new in (PHARMACY, CLINIC):
        report(f"Setting up {new.name}")
        yield seed_tenant(new, has_history=new is PHARMACY)


def seed_tenant(new: NewTenant, *, has_history: bool) -> DemoTenant:
    """Make one tenant through the same commands a person would use."""
    ctx = replace(begin(new), limits=UNLIMITED)
    logins = tuple(
        _person(ctx, new.slug, role, name, has_pin=has_pin) for role, name, has_pin in PEOPLE
    )
    seed_catalogue(ctx)
    seed_maker_lists(ctx)
    seed_parties(ctx)
    storage_id = seed_stock(ctx)
    register_ids = _registers(ctx, storage_id)
    seed_imaging(ctx)
    seed_peers(ctx, new.slug)
    seed_laboratory(ctx)
    if has_history:
        seed_history(ctx, register_ids[0])
        seed_orders(ctx)
        seed_customer_orders(ctx)
        seed_bills(ctx)
        seed_counts(ctx)
        seed_planning(ctx)
        seed_requesting(ctx)
        seed_returns(ctx)
        seed_payments(ctx)
        seed_spending(ctx)
        seed_gst_returns(ctx)
        seed_banking(ctx)
        seed_gateways(ctx)
        seed_transfers(ctx, storage_id)
        seed_quality(ctx)
    return DemoTenant(ctx, new.name, logins)


def _person(ctx: RequestContext, slug: str, role: str, name: str, *, has_pin: bool) -> DemoLogin:
    login, password = f"{role}@{slug}.example", _password()
    wanted = {
        "login": login,
        "display_name": name,
        "password": password,
        "roles": [role],
        "idempotency_key": f"seed-{login}",
    }
    member_id = _made(ctx, "identity.create_user", wanted)
    pin = _pin() if has_pin else ""
    if pin:
        given = {"pin": pin, "member_id": member_id, "idempotency_key": f"seed-pin-{login}"}
        platform.run("identity.set_pin", ctx, given)
    return DemoLogin(role.capitalize(), login, password, pin)


def _password() -> str:
    words = [secrets.choice(WORDS) for _ in range(3)]
    return "-".join([*words, str(secrets.randbelow(90) + 10)])


def _pin() -> str:
    """Return four digits that do not all repeat the first."""
    first = secrets.randbelow(9) + 1
    return f"{first}{(first + 1) % 10}{secrets.randbelow(90) + 10}"


def _made(ctx: RequestContext, command: str, wanted: dict[str, Any]) -> UUID:
    """Run a command that makes one thing and return its id."""
    return UUID(str(platform.run(command, ctx, wanted).result.model_dump()["id"]))


def _registers(ctx: RequestContext, storage_id: UUID) -> list[UUID]:
    return [
        _made(
            ctx,
            "pos.create_register",
            {
                "code": code,
                "name": name,
                "location_id": storage_id,
                "idempotency_key": f"seed-register-{code}",
            },
        )
        for code, name in (("POS1", "Front counter"), ("POS2", "Side counter"))
    ]
