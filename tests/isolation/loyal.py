"""What customers have at a shop's till, and a working input for every action that names it."""

from erp.core.ids import new_id
from tests.factories import PIN, Shop
from tests.isolation.examples import Example, Ids


def points(shop: Shop, customer_id: object) -> Ids:
    """Run a programme, give a customer points and take an advance."""
    terms = {"is_active": True, "points_per_rupee": "0.1", "worth": "1.00"}
    shop.run("loyalty.set_programme", terms)
    given = {"party_id": customer_id, "points": 10, "reason": "Welcome"}
    shop.run("loyalty.adjust_points", given)
    paid = {"shift_id": shop.shift_id, "party_id": customer_id, "method": "cash"}
    voucher = shop.run("pos.take_advance", paid | {"amount": "50.00"})
    return {"voucher_id": voucher.voucher_id} | _asked(shop)


def _asked(shop: Shop) -> Ids:
    """Ask for an approval that waits."""
    wanted = {"shift_id": shop.shift_id, "origin_id": new_id(), "kind": "discount"}
    asked = shop.run("pos.ask_approval", wanted | {"level": "10", "reason": "x"})
    return {"request_id": asked.id}


EXAMPLES: dict[str, Example] = {
    "loyalty.adjust_points": lambda i, _: {
        "party_id": i["customer_id"],
        "points": 5,
        "reason": "x",
    },
    "loyalty.get_points": lambda i, _: {"party_id": i["customer_id"]},
    "loyalty.list_points": lambda i, _: {"party_id": i["customer_id"]},
    "pos.ask_approval": lambda i, _: {
        "shift_id": i["shift_id"],
        "origin_id": new_id(),
        "kind": "discount",
        "level": "10",
        "reason": "x",
    },
    "pos.decide_approval": lambda i, _: {
        "request_id": i["request_id"],
        "is_granted": False,
        "pin": PIN,
    },
    "pos.get_approval_request": lambda i, _: {"request_id": i["request_id"]},
    "pos.withdraw_approval": lambda i, _: {"request_id": i["request_id"]},
    "pos.get_advance": lambda i, _: {"party_id": i["customer_id"]},
    "pos.list_advances": lambda i, _: {"party_id": i["customer_id"], "shift_id": i["shift_id"]},
    "pos.pay_back_advance": lambda i, _: {
        "shift_id": i["shift_id"],
        "party_id": i["customer_id"],
        "method": "cash",
        "amount": "1.00",
        "reason": "x",
    },
    "pos.get_customer": lambda i, _: {"customer_id": i["customer_id"]},
    "pos.list_best_sellers": lambda i, _: {"location_id": i["location_id"]},
    "pos.list_favourites": lambda i, _: {"location_id": i["location_id"]},
    "pos.list_last_prices": lambda i, _: {
        "customer_id": i["customer_id"],
        "goods": [{"variant_id": i["variant_id"]}],
    },
    "pos.list_shelf_prices": lambda i, _: {
        "goods": [{"variant_id": i["cheaper_variant_id"]}],
        "customer_id": i["customer_id"],
        "location_id": i["location_id"],
    },
    "pos.open_drawer": lambda i, _: {"shift_id": i["shift_id"], "reason": "x"},
    "pos.set_favourites": lambda i, _: {"goods": [{"variant_id": i["variant_id"]}]},
    "pos.take_advance": lambda i, _: {
        "shift_id": i["shift_id"],
        "party_id": i["customer_id"],
        "method": "cash",
        "amount": "1.00",
    },
}
