"""Books of a shop, and a working input for every action of them that names something."""

from tests.factories import Shop
from tests.isolation.examples import Example, Ids


def keeping_books(shop: Shop) -> Ids:
    """Make a cost centre."""
    made = shop.run("accounting.create_cost_centre", {"code": "CLINIC", "name": "Clinic"})
    return {"centre_id": made.id}


EXAMPLES: dict[str, Example] = {
    "accounting.trial_balance": lambda _, s: {"branch_id": s.ctx.branch_id},
    "accounting.profit_and_loss": lambda _, s: {"branch_id": s.ctx.branch_id},
    "accounting.balance_sheet": lambda _, s: {"branch_id": s.ctx.branch_id},
    "accounting.cash_flow": lambda _, s: {"branch_id": s.ctx.branch_id},
    "accounting.day_book": lambda _, s: {"branch_id": s.ctx.branch_id},
    "accounting.ledger": lambda i, s: {
        "account_id": i["account_id"],
        "party_id": i["buyer_id"],
        "branch_id": s.ctx.branch_id,
    },
    "accounting.change_cost_centre": lambda i, _: {"centre_id": i["centre_id"], "name": "Rooms"},
}
