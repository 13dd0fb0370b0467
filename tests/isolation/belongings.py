"""What a shop owns, one of each kind, and a working input for every action that names an id."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from tests.factories import LICENSED, PASSWORD, PIN, PLENTY, Shop, receipt_line
from tests.isolation import (
    bank,
    bookkeeping,
    buying,
    gatewayed,
    goods,
    hearing,
    interested,
    loyal,
    measured,
    moving,
    offline,
    paying,
    pictures,
    planning,
    reporting,
    selling,
    served,
    spending,
    taxing,
    told,
)
from tests.isolation.examples import Example, Ids, only


def belongings(shop: Shop) -> Ids:
    """Trade for a moment, so that the shop has one of everything, and return the ids."""
    variant = shop.variant_ids[0]
    patient = shop.run(
        "party.create_party",
        {"name": "Asha", "kind": "patient", "state_code": "27", "credit_limit": "5000.00"},
    ).id
    supplier = shop.run(
        "party.create_party",
        {
            "name": "SBL",
            "kind": "manufacturer",
            "state_code": "27",
            "roles": ["manufacturer"],
        }
        | LICENSED,
    ).id
    sale = shop.sell({variant: 2}, customer_id=patient)
    ids = {
        "variant_id": variant,
        "lot_id": shop.lot_ids[variant][0],
        "held_lot_id": shop.lot_ids[shop.variant_ids[1]][0],
        "location_id": shop.storage_id,
        "other_location_id": shop.expired_store_id,
        "branch_id": shop.ctx.branch_id,
        "customer_id": patient,
        "supplier_id": supplier,
        "sale_id": sale.sale_id,
        "invoice_id": sale.invoice_id,
        "shift_id": shop.shift_id,
        "register_id": shop.register_id,
        "entry_id": shop.run("accounting.post_manual_entry", entry(shop.ctx)).id,
        "cart_id": shop.run("pos.park_cart", park(variant, "Aside")).id,
        "view_id": shop.run(
            "platform.save_view", {"screen": "sales.list", "name": "Mine", "filters": {}}
        ).id,
        "token_id": shop.run("identity.issue_token", {"name": "x", "scopes": ["pos.view"]}).id
        if _is_member(shop)
        else new_id(),
    }
    free = {"code": "P2", "name": "Second till", "location_id": shop.storage_id}
    ids["free_register_id"] = shop.run("pos.create_register", free).id
    shop.run("inventory.hold_lot", {"lot_id": ids["held_lot_id"], "reason": "counted"})
    shop.run("catalog.add_barcode", {"variant_id": variant, "code": "8901234567890"})
    ids |= pictures.pictures(shop, patient)
    ids |= buying.buying(shop, ids) | _counts(shop)
    buying.buy_twice(shop, ids)
    ids |= planning.suggestion(shop, supplier) | selling.prices(shop, variant)
    ids |= paying.paying(shop, ids["buyer_id"]) | interested.interested(shop)
    ids |= bookkeeping.keeping_books(shop, ids["buyer_id"]) | taxing.taxing(shop)
    ids |= served.served(shop)
    ids |= bank.banking(shop, ids)
    ids |= gatewayed.gatewayed(shop, ids)
    ids |= goods.catalogue(shop) | loyal.points(shop, patient) | moving.moving(shop)
    ids |= offline.offline(shop) | hearing.webhooks(shop)
    ids |= spending.spending(shop)
    ids |= reporting.at_the_portals(shop) | measured.laboratories(shop, patient)
    return ids | _read_ids(shop) | told.told(shop, ids["invoice_id"])


def entry(ctx: RequestContext) -> dict[str, Any]:
    """Return a manual entry that balances."""
    lines = [{"account_key": "rent", "debit": "10.00"}, {"account_key": "cash", "credit": "10.00"}]
    return {"effective_on": ctx.today, "narration": "Rent", "lines": lines}


def park(variant_id: UUID, label: str) -> dict[str, Any]:
    """Return a cart to put aside."""
    return {"label": label, "lines": [{"variant_id": variant_id, "quantity": 1}]}


def _is_member(shop: Shop) -> bool:
    """Tell whether the acting user is a member, as only members hold tokens."""
    return shop.ctx.user_id in shop.user_ids.values()


def _read_ids(shop: Shop) -> Ids:
    """Find what the builders did not hand out."""
    wanted = {
        "audit_id": "select id from command_log where tenant_id = %s order by id limit 1",
        "product_id": "select product_id from variant where tenant_id = %s order by label limit 1",
        "brand_id": "select id from brand where tenant_id = %s order by id limit 1",
        "tax_class_id": "select id from tax_class where tenant_id = %s order by id limit 1",
        "warehouse_id": "select id from warehouse where tenant_id = %s order by id limit 1",
        "account_id": "select id from account where tenant_id = %s and key = 'cash'",
        "period_id": "select id from period where tenant_id = %s order by id limit 1",
        "member_id": "select m.id from membership m join membership_role x"
        " on (x.tenant_id, x.membership_id) = (m.tenant_id, m.id) join role r"
        " on (r.tenant_id, r.id) = (x.tenant_id, x.role_id)"
        " where m.tenant_id = %s and r.name = 'cashier'",
        "approver_id": "select id from membership where tenant_id = %s and pin_hash is not null"
        " order by display_name desc limit 1",
    }
    with db.unit_of_work(shop.ctx) as session:
        found = {
            name: db.raw(session).execute(query.encode(), (shop.tenant_id,)).fetchone()
            for name, query in wanted.items()
        }
    return {name: row[0] for name, row in found.items() if row is not None}


def _counts(shop: Shop) -> Ids:
    """Open a count of one product with a counted lot, and hand in one of another."""
    with db.unit_of_work(shop.ctx) as session:
        rows = db.fetch_all(session, "select id, product_id from variant order by label")
    products = {row["id"]: {"product_id": row["product_id"]} for row in rows}
    _, second, third = shop.variant_ids
    counts = [
        shop.run("inventory.start_count", {"products": [products[variant]]}).count_id
        for variant in (third, second)
    ]
    lot_ids = [shop.lot_ids[variant][0] for variant in (third, second)]
    for count_id, lot_id in zip(counts, lot_ids, strict=True):
        line = {"lot_id": lot_id, "counted": 99}
        shop.run("inventory.record_count", {"count_id": count_id, "lines": [line]})
    handed_in = {"count_id": counts[1], "rest": "not_counted"}
    shop.run("inventory.submit_count", handed_in)
    return {
        "count_id": counts[0],
        "submitted_count_id": counts[1],
        "counted_lot_id": lot_ids[0],
        "uncounted_lot_id": shop.lot_ids[third][1],
    }


def _sell(ids: Ids, shop: Shop) -> dict[str, Any]:
    line = {"variant_id": ids["variant_id"], "lot_id": ids["lot_id"], "quantity": 1, "reason": "x"}
    return shop.cart({}) | {
        "shift_id": ids["shift_id"],
        "customer_id": ids["customer_id"],
        "lines": [line],
    }


def _parked_exchange(ids: Ids) -> dict[str, Any]:
    back = {"lines": [{"line_no": 1, "quantity": 1}], "reason": "x", "worth": "1.00"}
    return back | {"sale_id": ids["sale_id"], "return_id": new_id(), "number": "1"}


def _quote(ids: Ids, shop: Shop) -> dict[str, Any]:
    cart = _sell(ids, shop)
    back = {"returned_sale_id": ids["sale_id"], "returned": [{"line_no": 1, "quantity": 1}]}
    return {name: cart[name] for name in ("shift_id", "customer_id", "lines")} | back


def _move(ids: Ids, _shop: Shop) -> dict[str, Any]:
    return {
        "from_location_id": ids["location_id"],
        "to_location_id": ids["other_location_id"],
        "lines": [{"lot_id": ids["lot_id"], "quantity": 1}],
    }


def _receive(ids: Ids, shop: Shop) -> dict[str, Any]:
    line = receipt_line(shop.ctx, ids["variant_id"], 1)
    return {"location_id": ids["location_id"], "supplier_id": ids["supplier_id"], "lines": [line]}


def _lots(reason: str, **line: Any) -> Example:
    return lambda ids, _: {
        "location_id": ids["location_id"],
        "reason_code": reason,
        "lines": [{"lot_id": ids["lot_id"]} | line],
    }


def _with_party(ids: Ids, shop: Shop) -> dict[str, Any]:
    given = entry(shop.ctx)
    about = [line | {"party_id": ids["customer_id"]} for line in given["lines"]]
    return given | {"lines": about, "draft_id": ids["draft_id"]}


TRADING = (pictures, buying, planning, selling, goods, loyal, offline, moving)
ROOMS = (
    *TRADING,
    paying,
    interested,
    bookkeeping,
    taxing,
    served,
    bank,
    gatewayed,
    hearing,
    reporting,
    measured,
    spending,
)

EXAMPLES: dict[str, Example] = {
    name: example for room in ROOMS for name, example in room.EXAMPLES.items()
} | {
    "accounting.get_account": only("account_id"),
    "identity.get_member": only("member_id"),
    "platform.get_audit": only("audit_id"),
    "platform.list_audit": lambda _, s: {"user_id": s.ctx.user_id},
    "platform.list_history": lambda i, _: {"record_id": i["sale_id"]},
    "accounting.get_entry": only("entry_id"),
    "accounting.list_entries": lambda i, _: {
        "account_id": i["account_id"],
        "origin_id": i["sale_id"],
    },
    "accounting.post_manual_entry": _with_party,
    "accounting.reverse_entry": only("entry_id", reason="wrong"),
    "accounting.set_period_status": only("period_id", status="closed", reason="month end"),
    "billing.get_invoice": only("invoice_id"),
    "billing.list_invoices": lambda i, _: {"party_id": i["customer_id"]},
    "catalog.add_barcode": only("variant_id", code="4006381333931"),
    "catalog.create_variant": only(
        "product_id", pack_quantity=100, pack_unit="ml", potency="200C", sku="NEW-SKU"
    ),
    "catalog.define_unit": only("variant_id", code="BOX", numerator=12),
    "catalog.get_product": only("product_id"),
    "catalog.get_variant": only("variant_id"),
    "catalog.list_products": only("brand_id"),
    "catalog.remove_barcode": only("variant_id", code="8901234567890"),
    "catalog.search_products": only("location_id", search="arnica"),
    "catalog.set_product_tax_class": only("product_id", tax_class="GST5"),
    "catalog.set_tax_rate": lambda i, s: {
        "tax_class_id": i["tax_class_id"],
        "valid_from": s.ctx.today + timedelta(days=1),
        "rate": "12",
    },
    "catalog.set_variant_tax": only("variant_id", hsn="3003"),
    "catalog.set_variant_status": only("variant_id", is_active=False),
    "catalog.update_product": only("product_id", note="x"),
    "catalog.update_variant": only("variant_id", reorder_point=5),
    "documents.find_documents": lambda i, _: {
        "origin_type": "invoice",
        "origin_id": i["invoice_id"],
    },
    "identity.create_user": lambda i, s: {
        "branch_id": i["branch_id"],
        "login": f"new@{s.slug}.example",
        "display_name": "New",
        "password": PASSWORD,
        "roles": ["cashier"],
    },
    "identity.reset_password": only("member_id", password="another long one"),
    "identity.revoke_token": only("token_id"),
    "identity.set_pin": only("member_id", pin="8642"),
    "identity.update_member": lambda i, _: {
        "member_id": i["member_id"],
        "branch_id": i["branch_id"],
        "display_name": "Renamed",
        "roles": ["cashier"],
    },
    "inventory.adjust_stock": _lots("count", change=1),
    "inventory.approve_count": lambda i, _: {"count_id": i["submitted_count_id"]},
    "inventory.cancel_count": only("count_id"),
    "inventory.create_warehouse": only("branch_id", code="SECOND", name="Second"),
    "inventory.search_lots": only("lot_id"),
    "inventory.get_count": only("count_id"),
    "inventory.get_last_lot": only("variant_id"),
    "inventory.get_lot": only("lot_id"),
    "inventory.hold_lot": only("lot_id", reason="x"),
    "inventory.list_counts": only("location_id"),
    "inventory.list_locations": only("branch_id"),
    "inventory.list_moves": lambda i, _: {
        "product_id": i["product_id"],
        "variant_id": i["variant_id"],
        "lot_id": i["lot_id"],
        "location_id": i["location_id"],
        "origin_id": i["sale_id"],
    },
    "inventory.recall_lot": only("lot_id", reason="x"),
    "inventory.receive_goods": _receive,
    "inventory.record_count": lambda i, _: {
        "count_id": i["count_id"],
        "lines": [{"lot_id": i["lot_id"], "counted": 1}],
    },
    "inventory.release_lot": lambda i, _: {"lot_id": i["held_lot_id"], "reason": "x"},
    "inventory.request_recount": lambda i, _: {
        "count_id": i["count_id"],
        "lots": [{"lot_id": i["counted_lot_id"]}],
    },
    "inventory.start_count": lambda i, _: {
        "location_id": i["location_id"],
        "brand_id": i["brand_id"],
        "products": [{"product_id": i["product_id"]}],
    },
    "inventory.submit_count": lambda i, _: {
        "count_id": i["count_id"],
        "lots": [{"lot_id": i["uncounted_lot_id"], "declared": "zero"}],
    },
    "inventory.stock_by_lot": only("product_id", "variant_id", "lot_id", "location_id"),
    "inventory.transfer_stock": _move,
    "inventory.write_off_stock": _lots("damaged", quantity=1),
    "organisation.get_branch": only("branch_id"),
    "organisation.update_branch": only("branch_id", name="Moved"),
    "party.get_party": lambda i, _: {"party_id": i["customer_id"]},
    "party.set_party_status": lambda i, _: {"party_id": i["customer_id"], "is_active": False},
    "party.update_party": lambda i, _: {"party_id": i["customer_id"], "name": "Renamed"},
    "platform.forget_view": only("view_id"),
    "platform.retry_delivery": only("delivery_id"),
    "pos.close_shift": only("shift_id", counted_cash="0.00", reason="x"),
    "pos.change_register": only("register_id", name="Front desk", is_active=True),
    "pos.create_register": only("location_id", code="P3", name="Third till"),
    "pos.get_sale": only("sale_id"),
    "pos.get_shift": only("shift_id"),
    "pos.list_sales": only("shift_id", "customer_id"),
    "pos.list_shifts": only("register_id"),
    "pos.move_cash": only("shift_id", amount="10.00", reason="x"),
    "pos.open_shift": lambda i, _: {
        "register_id": i["free_register_id"],
        "opening_float": "0.00",
    },
    "pos.park_cart": lambda i, s: (
        {"label": "Later", "exchange": _parked_exchange(i)}
        | {name: _sell(i, s)[name] for name in ("customer_id", "lines")}
    ),
    "pos.post_exchange": lambda i, s: {
        "return_id": new_id(),
        "replacement_id": new_id(),
        "sale_id": i["sale_id"],
        "shift_id": i["shift_id"],
        "returned": [{"line_no": 1, "quantity": 1}],
        "lines": _sell(i, s)["lines"],
        "tenders": [{"method": "cash", "amount": PLENTY}],
        "reason": "broken",
    },
    "pos.post_return": lambda i, _: {
        "return_id": new_id(),
        "sale_id": i["sale_id"],
        "shift_id": i["shift_id"],
        "lines": [{"line_no": 1, "quantity": 1}],
        "reason": "broken",
    },
    "pos.post_sale": _sell,
    "pos.quote_cart": _quote,
    "pos.recall_cart": only("cart_id"),
    "pos.request_approval": lambda i, _: {
        "origin_id": new_id(),
        "approver_id": i["approver_id"],
        "kind": "discount",
        "level": "10",
        "pin": PIN,
        "reason": "regular",
    },
    "pos.request_upi": lambda i, _: {"sale_id": i["sale_id"], "amount": "10.00"},
    "reporting.get_party_standing": lambda i, _: {"party_id": i["customer_id"]},
    "reporting.list_lot_buyers": only("lot_id"),
    "workflows.mark_read": only("notification_id"),
}
"""A working input of every action that names an id, made from a shop's belongings."""
