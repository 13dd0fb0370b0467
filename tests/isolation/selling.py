"""Prices and coupons of a shop, and a working input for every action of selling that names an id."""

from typing import Any
from uuid import UUID

from tests.factories import Shop
from tests.isolation.examples import Example, Ids, only


def prices(shop: Shop, variant_id: UUID) -> Ids:
    """Make a list with a price, and a coupon that one sale used."""
    made = {"code": "ALL", "name": "All", "audience": "everyone", "valid_until": "2100-01-01"}
    list_id = shop.run("sales.create_price_list", made).id
    rule = {"list_id": list_id, "scope": "variant", "goods_id": variant_id, "amount": "105.00"}
    cheaper = rule | {"goods_id": shop.variant_ids[1], "amount": "104.00"}
    shop.run("sales.set_price", cheaper)
    ten = {"code": "TEN", "name": "Ten", "percent": "10", "max_uses": 9}
    ids = {
        "list_id": list_id,
        "cheaper_variant_id": shop.variant_ids[1],
        "rule_id": shop.run("sales.set_price", rule).id,
        "coupon_id": shop.run("sales.create_coupon", ten).id,
    }
    shop.sell({variant_id: 1}, coupon="TEN")
    return ids | _orders(shop, variant_id)


def _orders(shop: Shop, variant_id: object) -> Ids:
    """Take an order of a customer with credit, and make a quotation."""
    person = {"name": "Stores", "kind": "clinic", "state_code": "27", "credit_limit": "9000.00"}
    given = {
        "customer_id": shop.run("party.create_party", person).id,
        "lines": [{"variant_id": variant_id, "quantity": 4}],
    }
    order_id = shop.run("sales.take_order", given).id
    link = shop.run("portal.make_order_link", {"order_id": order_id})
    going = {"order_id": order_id, "lines": [{"order_line_no": 1, "quantity": 1}]}
    return {
        "buyer_id": given["customer_id"],
        "sales_order_id": order_id,
        "order_link_id": link.id,
        "order_invoice_id": shop.run("billing.deliver_order", going).invoice_id,
        "quotation_id": shop.run("sales.make_quotation", given).id,
    }


def _wanted(ids: Ids, _: Shop) -> dict[str, Any]:
    return {
        "customer_id": ids["buyer_id"],
        "location_id": ids["location_id"],
        "lines": [{"variant_id": ids["variant_id"], "quantity": 5}],
    }


EXAMPLES: dict[str, Example] = {
    "billing.deliver_order": lambda i, _: {
        "order_id": i["sales_order_id"],
        "lines": [
            {"order_line_no": 1, "quantity": 1, "lot_id": i["lot_id"], "reason": "They asked"}
        ],
    },
    "portal.make_order_link": lambda i, _: {"order_id": i["sales_order_id"]},
    "portal.send_order_link": lambda i, _: {
        "order_id": i["sales_order_id"],
        "to_address": "stores@example.in",
    },
    "portal.list_order_links": lambda i, _: {"order_id": i["sales_order_id"]},
    "portal.revoke_order_link": lambda i, _: {"link_id": i["order_link_id"]},
    "billing.get_cancelling": lambda i, _: {"invoice_id": i["order_invoice_id"]},
    "billing.cancel_invoice": lambda i, _: {
        "invoice_id": i["order_invoice_id"],
        "reason": "Billed to the wrong customer",
    },
    "billing.take_back_goods": lambda i, _: {
        "invoice_id": i["order_invoice_id"],
        "location_id": i["location_id"],
        "lines": [{"line_no": 1, "quantity": 1}],
        "reason": "Not wanted",
    },
    "sales.amend_order": lambda i, _: {
        "order_id": i["sales_order_id"],
        "version": 1,
        "reason": "More",
        "lines": [{"variant_id": i["variant_id"], "quantity": 6}],
    },
    "sales.confirm_quotation": lambda i, _: {"order_id": i["quotation_id"], "version": 1},
    "sales.finish_order": lambda i, _: {
        "order_id": i["sales_order_id"],
        "version": 1,
        "reason": "Gone",
    },
    "sales.get_order": lambda i, _: {"order_id": i["sales_order_id"]},
    "sales.keep_goods": lambda i, _: {"order_id": i["sales_order_id"]},
    "sales.list_orders": lambda i, _: {"customer_id": i["buyer_id"]},
    "sales.make_quotation": _wanted,
    "sales.price_order": _wanted,
    "sales.take_order": _wanted,
    "sales.check_coupon": only("customer_id", code="TEN", amount="100.00"),
    "sales.create_coupon": only("customer_id", code="NEW", name="New", percent="5"),
    "sales.create_price_list": only("customer_id", code="DEAL", name="Deal", audience="customer"),
    "sales.end_rule": only("rule_id"),
    "sales.explain_price": only("variant_id", "customer_id"),
    "sales.get_coupon": only("coupon_id"),
    "sales.get_price_list": only("list_id"),
    "sales.import_prices": only("list_id", content="barcode,price\n8901234567890,95"),
    "sales.list_coupon_uses": only("coupon_id"),
    "sales.list_price_lists": only("customer_id"),
    "sales.list_price_rules": only("list_id"),
    "sales.set_coupon_status": only("coupon_id", is_active=False),
    "sales.set_discount_ceiling": lambda i, _: {
        "scope": "brand",
        "goods_id": i["brand_id"],
        "percent": "5",
    },
    "sales.set_price": lambda i, _: {
        "list_id": i["list_id"],
        "scope": "lot",
        "goods_id": i["lot_id"],
        "amount": "50.00",
    },
    "sales.set_scheme": lambda i, _: {
        "list_id": i["list_id"],
        "scope": "variant",
        "goods_id": i["variant_id"],
        "free_variant_id": i["variant_id"],
        "buy_quantity": 10,
        "free_quantity": 1,
    },
    "sales.update_price_list": only("list_id", name="All goods"),
}
