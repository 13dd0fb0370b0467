"""A second place of business of a shop, with a till and somebody who works there."""

from dataclasses import dataclass, replace
from uuid import UUID

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from tests.factories import Shop


@dataclass(frozen=True)
class SecondBranch:
    """A branch with an open shift; `ctx` acts there without limits."""

    ctx: RequestContext
    storage_id: UUID
    register_id: UUID
    shift_id: UUID


def add_branch(shop: Shop, *, gstin: str | None, state: str = "27") -> SecondBranch:
    """Open another branch of the shop's company under a registration."""
    branch_id = new_id()
    with db.unit_of_work(shop.ctx) as session:
        db.execute(
            session,
            "insert into branch (tenant_id, id, company_id, code, name, gstin, state_code,"
            " address, city, pin, phone) values (%s, %s, %s, 'B2', 'Two', %s, %s, '', '', '', '')",
            (shop.tenant_id, branch_id, shop.ctx.company_id, gstin, state),
        )
    ctx = replace(shop.ctx, branch_id=branch_id)
    place = shop.run("inventory.create_warehouse", {"code": "SIDE", "name": "Side"}, by=ctx)
    till = {"code": "POS2", "name": "Second till", "location_id": place.storage_id}
    register = shop.run("pos.create_register", till, by=ctx)
    opening = {"register_id": register.id, "opening_float": "500.00"}
    shift = shop.run("pos.open_shift", opening, by=ctx)
    return SecondBranch(ctx, place.storage_id, register.id, shift.id)


def registration(shop: Shop) -> str | None:
    """Return the GSTIN of the shop's first branch."""
    with db.unit_of_work(shop.ctx) as session:
        row = db.fetch_one(session, "select gstin from branch where id = %s", (shop.ctx.branch_id,))
    assert row is not None
    found: str | None = row["gstin"]
    return found
