"""What a shop's customers have in points, and a working input for every action that names them."""

from tests.factories import Shop
from tests.isolation.examples import Example, Ids


def points(shop: Shop, customer_id: object) -> Ids:
    """Run a programme and give a customer points."""
    terms = {"is_active": True, "points_per_rupee": "0.1", "worth": "1.00"}
    shop.run("loyalty.set_programme", terms)
    given = {"party_id": customer_id, "points": 10, "reason": "Welcome"}
    shop.run("loyalty.adjust_points", given)
    return {}


EXAMPLES: dict[str, Example] = {
    "loyalty.adjust_points": lambda i, _: {
        "party_id": i["customer_id"],
        "points": 5,
        "reason": "x",
    },
    "loyalty.get_points": lambda i, _: {"party_id": i["customer_id"]},
    "loyalty.list_points": lambda i, _: {"party_id": i["customer_id"]},
}
