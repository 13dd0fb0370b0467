"""Goods that came and left on days gone by, at one branch or two."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from erp.core import db
from erp.core.ids import new_id
from tests.factories import LICENSED, Shop


def make_supplier(shop: Shop) -> UUID:
    """Add a maker we buy from."""
    given = {"name": "SBL", "kind": "manufacturer", "state_code": "27", "roles": ["manufacturer"]}
    supplier_id: UUID = shop.run("party.create_party", given | LICENSED).id
    return supplier_id


def receive(shop, *, days_ago, days=700, quantity=10, product=0, supplier=None, **facts):
    """Take in a lot that many days ago which expires that many days from today."""
    line = {
        "variant_id": shop.variant_ids[product],
        "lot_number": f"L{new_id().hex[-8:]}",
        "expires_on": shop.ctx.today + timedelta(days=days),
        "mrp": "105.00",
        "quantity": quantity,
        "unit_cost": "60",
    }
    given = {"lines": [line | facts], "supplier_id": supplier}
    when = shop.ctx.now - timedelta(days=days_ago)
    answer = shop.run("inventory.receive_goods", given, at=when, confirm=["short_shelf_life"])
    return answer.lines[0].lot_id


def sell(shop, quantity, *, days_ago, product=0):
    cart = shop.cart({shop.variant_ids[product]: quantity})
    return shop.run("pos.post_sale", cart, at=shop.ctx.now - timedelta(days=days_ago))


def second_branch(shop: Shop) -> Shop:
    """Open a branch of the same registration with a till, and return the shop seen from it."""
    branch = new_id()
    with db.unit_of_work(shop.ctx) as session:
        db.execute(
            session,
            "insert into branch (tenant_id, id, company_id, code, name, gstin, state_code, address,"
            " city, pin, phone, drug_licence_no, upi_address) select tenant_id, %s, company_id,"
            " 'SECOND', 'Second', gstin, state_code, '', '', '', '', '', '' from branch where id = %s",
            (branch, shop.ctx.branch_id),
        )
    ctx = replace(shop.ctx, branch_id=branch)
    place = shop.run("inventory.create_warehouse", {"code": "W2", "name": "Second"}, by=ctx)
    till = {"code": "POS9", "name": "Till", "location_id": place.storage_id}
    register = shop.run("pos.create_register", till, by=ctx)
    opened = {"register_id": register.id, "opening_float": "0.00"}
    shift = shop.run("pos.open_shift", opened, by=ctx)
    return replace(shop, ctx=ctx, storage_id=place.storage_id, shift_id=shift.id)
