"""Builders that tests share: a shop with books, shelves, a till and people, in milliseconds.

Whatever has a rule goes through the product's own commands; what has none is written set by
set. A test needs the fixture `environment` before it builds anything.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.clock import utc_now
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.models.catalog import Brand, Product, TaxClass, TaxRate, Variant
from erp.services import accounting, catalogue_of_actions, identity, party, platform
from erp.services.identity.principals import load_member
from erp.services.identity.secrets import hash_secret
from erp.services.party.gstin import check_character

DOMAINS = catalogue_of_actions.DOMAINS
"""Imported, so that every command is registered in each process that builds a shop."""

PASSWORD = "correct horse battery"
PIN = "2580"
MRP = Decimal("105.00")
"""Tax included; a hundred rupees taxable at 5 %."""
UNIT_COST = Decimal("60.00")
UNLIMITED = {
    "discount_percent": Decimal(100),
    "return_amount": Decimal(10_000_000),
    "cash_tolerance": Decimal(1000),
    "purchase_amount": Decimal(100_000_000),
    "count_difference": Decimal(10_000_000),
    "bill_difference": Decimal(10_000_000),
    "own_quarantine": Decimal(10_000_000),
    "write_off": Decimal(10_000_000),
    "unreviewed_return": Decimal(100_000_000),
    "expense_amount": Decimal(100_000_000),
}
PLENTY = "1000000.00"
LONG_AGO = date(2025, 1, 1)
"""Before all that tests sell."""
LICENSED = {"drug_licence_no": "MH-20D-000001", "drug_licence_form": "20-D"}
"""What it takes to sell medicines to the trade."""


@dataclass(frozen=True, slots=True)
class Shop:
    """A tenant that can sell: chart, warehouse, till with an open shift, goods on the shelf.

    It can be pickled, so that other processes act for it.

    Attributes:
        ctx: May do everything without limits.
        variant_ids: Its products, all at `MRP`; the first lot of each expires first.
        lot_ids: Lots by variant, in the order in which they expire.
        user_ids: A member of every standard role, who signs in as `<role>@<slug>.example`
            with `PASSWORD`; owner and manager approve with `PIN`.
    """

    ctx: RequestContext
    slug: str
    storage_id: UUID
    expired_store_id: UUID
    transit_id: UUID
    register_id: UUID
    shift_id: UUID
    variant_ids: tuple[UUID, ...]
    lot_ids: Mapping[UUID, tuple[UUID, ...]]
    user_ids: Mapping[str, UUID]

    @property
    def tenant_id(self) -> UUID:
        return self.ctx.tenant_id

    def acting_as(self, role: str) -> RequestContext:
        """Return the context of the member with a role, as their request would have it."""
        with db.unit_of_work(self.ctx) as session:
            member = load_member(session, self.tenant_id, user_id=self.user_ids[role])
        assert member is not None
        return identity.context_for(member, source="test", request_id=f"test-{new_id()}")

    def answer(
        self,
        name: str,
        given: Mapping[str, Any] | None = None,
        *,
        by: RequestContext | None = None,
        at: datetime | None = None,
        confirm: Iterable[str] = (),
    ) -> platform.Answer:
        """Run a command or query; `by` the one who may do everything, `at` this instant."""
        acting = replace(by or self.ctx, now=at or utc_now(), request_id=f"test-{new_id()}")
        return platform.run(name, acting, given or {}, confirm=confirm)

    def run(self, name: str, given: Mapping[str, Any] | None = None, **more: Any) -> Any:
        """Run a command or query and return its result."""
        return self.answer(name, given, **more).result

    def cart(self, quantities: Mapping[UUID, int], **more: Any) -> dict[str, Any]:
        """Return the input of `pos.post_sale`, paid with more cash than it can cost."""
        lines = [{"variant_id": v, "quantity": quantity} for v, quantity in quantities.items()]
        cash = {"method": "cash", "amount": PLENTY}
        made = {"sale_id": new_id(), "shift_id": self.shift_id, "lines": lines, "tenders": [cash]}
        return made | more

    def sell(self, quantities: Mapping[UUID, int], **more: Any) -> Any:
        """Sell base units of variants for cash at the open shift."""
        return self.run("pos.post_sale", self.cart(quantities, **more))

    def receive(
        self,
        variant_id: UUID,
        quantity: int,
        *,
        by: RequestContext | None = None,
        received_on: date | None = None,
        **more: Any,
    ) -> UUID:
        """Take in a delivery of one lot and return the lot; `days` until it expires."""
        line = receipt_line(self.ctx, variant_id, quantity, **more)
        given = {"lines": [line], "received_on": received_on}
        receipt = self.run("inventory.receive_goods", given, by=by)
        lot_id: UUID = receipt.lines[0].lot_id
        return lot_id

    def on_hand(self, variant_id: UUID, location_id: UUID | None = None) -> int:
        """Return base units of a variant in a place, the storage where none is named."""
        with db.unit_of_work(self.ctx) as session:
            row = db.fetch_one(
                session,
                "select coalesce(sum(on_hand), 0)::bigint as units from stock_balance"
                " where tenant_id = %s and variant_id = %s and location_id = %s",
                (self.tenant_id, variant_id, location_id or self.storage_id),
            )
        assert row is not None
        units: int = row["units"]
        return units

    def count(self, table: str) -> int:
        """Return how many rows of a table the shop has."""
        with db.unit_of_work(self.ctx) as session:
            found = db.raw(session).execute(f"select count(*) from {table}".encode())  # noqa: S608
            row = found.fetchone()
        assert row is not None
        rows: int = row[0]
        return rows


def make_shop(
    slug: str = "shop", *, products: int = 3, lots: int = 2, stock: int = 100, state: str = "27"
) -> Shop:
    """Make a tenant with `stock` base units in each of `lots` lots of each product.

    They came long ago, so that a test may sell them on any day it likes.
    """
    unique = f"{slug}-{new_id().hex[-10:]}"
    ctx = replace(identity.provision_tenant(_organisation(unique, state)), limits=UNLIMITED)
    variant_ids = tuple(new_id() for _ in range(products))
    with db.unit_of_work(ctx) as session:
        accounting.create_default_chart(session, ctx)
        party.ensure_walk_in(session, ctx, state)
        _write_catalogue(session, ctx, variant_ids)
        user_ids = _write_members(session, ctx, unique)
    place: Any = platform.run(
        "inventory.create_warehouse", ctx, {"code": "MAIN", "name": "Main"}
    ).result
    till = {"code": "POS1", "name": "Till", "location_id": place.storage_id}
    register: Any = platform.run("pos.create_register", ctx, till).result
    opening = {"register_id": register.id, "opening_float": "500.00"}
    shift: Any = platform.run("pos.open_shift", ctx, opening).result
    return Shop(
        ctx=ctx,
        slug=unique,
        storage_id=place.storage_id,
        expired_store_id=place.expired_store_id,
        transit_id=place.transit_id,
        register_id=register.id,
        shift_id=shift.id,
        variant_ids=variant_ids,
        lot_ids=_fill_shelves(ctx, variant_ids, lots, stock),
        user_ids=user_ids,
    )


def receipt_line(
    ctx: RequestContext, variant_id: UUID, quantity: int, *, days: int = 400, **facts: Any
) -> dict[str, Any]:
    """Return a line of a delivery that expires in so many days, under a lot number of its own."""
    line = {
        "variant_id": variant_id,
        "lot_number": f"L{new_id().hex[-8:]}",
        "expires_on": ctx.today + timedelta(days=days),
        "mrp": MRP,
        "quantity": quantity,
        "unit_cost": UNIT_COST,
    }
    return line | facts


def referees() -> dict[str, platform.Verdict]:
    """Run every referee over every tenant and return the verdicts by code."""
    with db.ops_session() as session:
        return {verdict.code: verdict for verdict in platform.verify(session)}


def broken_promises() -> list[platform.Verdict]:
    """Return the verdicts that do not hold; an empty list is a sound database."""
    return [verdict for verdict in referees().values() if not verdict.holds]


def gstin_in(state: str) -> str:
    """Return a sound registration number in a state."""
    first = f"{state}AAPFU0939F1Z"
    return first + check_character(first)


def _organisation(slug: str, state: str) -> identity.NewTenant:
    return identity.NewTenant(
        name=slug.title(),
        slug=slug,
        legal_name=f"{slug} Private Limited",
        trade_name=slug.title(),
        gstin=gstin_in(state),
        pan=None,
        state_code=state,
        branch_code="MAIN",
        branch_name="Main shop",
        address="1 High Street",
        city="Pune",
        pin="411001",
        upi_address="shop@examplebank",
    )


def _write_catalogue(session: Session, ctx: RequestContext, variant_ids: tuple[UUID, ...]) -> None:
    """Write products of one brand, taxed at 5 %, each with one variant."""
    tax, brand = new_id(), new_id()
    tenant = ctx.tenant_id
    named = {"code": "GST5", "name": "GST 5 %", "treatment": "taxable"}
    db.insert_rows(session, TaxClass, [{"tenant_id": tenant, "id": tax, **named}])
    since = {"valid_from": ctx.today - timedelta(days=3650), "rate": 5, "notification": ""}
    rate = {"tenant_id": tenant, "id": new_id(), "tax_class_id": tax, **since}
    db.insert_rows(session, TaxRate, [rate])
    db.insert_rows(session, Brand, [{"tenant_id": tenant, "id": brand, "name": "SBL"}])
    products = [
        Product(
            tenant_id=tenant, name=f"Arnica {number}", brand_id=brand, form="dilution",
            hsn="30049014", tax_class_id=tax,
        )
        for number, _ in enumerate(variant_ids, start=1)
    ]  # fmt: skip
    session.add_all(products)
    session.flush()
    session.add_all(
        Variant(
            tenant_id=tenant, id=variant_id, product_id=product.id, sku=f"SKU{number}",
            label=f"{product.name} 30C 30 ml SBL", potency_scale="C", potency_number=30,
            potency_label="30C", potency_rank=30, pack_quantity=30, pack_unit="ml",
            base_unit="BTL", search_text=f"arnica {number} 30c sbl",
        )
        for number, (variant_id, product) in enumerate(zip(variant_ids, products, strict=True), start=1)
    )  # fmt: skip


@cache
def _hashed(secret: str) -> str:
    return hash_secret(secret)


def _write_members(session: Session, ctx: RequestContext, slug: str) -> dict[str, UUID]:
    """Write a member of every standard role; hashing once, as it is slow by design."""
    user_ids: dict[str, UUID] = {}
    for role in identity.STANDARD_ROLES:
        row = db.fetch_one(
            session,
            "with member as (insert into membership"
            " (tenant_id, id, user_id, branch_id, display_name, is_active, pin_hash, failed_pins)"
            " select %(tenant)s, %(member)s, sec.ensure_account(%(user)s, %(login)s, %(name)s, %(hash)s),"
            "        %(branch)s, %(name)s, true, %(pin)s, 0 returning id, user_id),"
            " held as (insert into membership_role (tenant_id, membership_id, role_id)"
            " select %(tenant)s, member.id, role.id from member, role"
            "  where role.tenant_id = %(tenant)s and role.name = %(role)s)"
            " select user_id from member",
            {
                "tenant": ctx.tenant_id,
                "branch": ctx.branch_id,
                "member": new_id(),
                "user": new_id(),
                "login": f"{role.name}@{slug}.example",
                "name": f"{role.title} of {slug}",
                "hash": _hashed(PASSWORD),
                "pin": _hashed(PIN) if role.name in {"owner", "manager"} else None,
                "role": role.name,
            },
        )
        assert row is not None
        user_ids[role.name] = row["user_id"]
    return user_ids


def _fill_shelves(
    ctx: RequestContext, variant_ids: tuple[UUID, ...], lots: int, stock: int
) -> dict[UUID, tuple[UUID, ...]]:
    if not (variant_ids and lots and stock):
        return dict.fromkeys(variant_ids, ())
    lines = [
        receipt_line(ctx, variant_id, stock, lot_number=f"L{number}", days=300 + 100 * number)
        for variant_id in variant_ids
        for number in range(1, lots + 1)
    ]
    given = {"lines": lines, "received_on": LONG_AGO}
    receipt: Any = platform.run("inventory.receive_goods", ctx, given).result
    received = [line.lot_id for line in receipt.lines]
    starts = range(0, len(received), lots)
    return {v: tuple(received[at : at + lots]) for v, at in zip(variant_ids, starts, strict=True)}
