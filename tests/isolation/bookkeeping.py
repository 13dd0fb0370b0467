"""Books of a shop, and a working input for every action of them that names something."""

from typing import Any
from uuid import UUID

from tests.factories import Shop
from tests.isolation.examples import Example, Ids


def keeping_books(shop: Shop, buyer_id: UUID) -> Ids:
    """Make a cost centre, a draft, one that will be replaced, and an entry that comes again."""
    made = shop.run("accounting.create_cost_centre", {"code": "CLINIC", "name": "Clinic"})
    ids: Ids = {"centre_id": made.id}
    accounts = shop.run("accounting.list_accounts", {"search": "Sundry Debtors"}).rows
    ids |= {"debtors_id": accounts[0].id, "about_id": buyer_id}
    for name in ("draft_id", "other_draft_id", "third_draft_id"):
        ids[name] = shop.run("accounting.save_draft", draft(shop)).id
    opening = "kind,code,debit,credit\naccount,6000,5.00,"
    given = {"opening_on": str(shop.ctx.today), "content": opening}
    shop.run("accounting.import_opening", given)
    ids["opening_id"] = shop.run("accounting.list_openings").rows[0].id
    lots = "sku,lot,expiry,mrp,quantity,cost\nSKU1,OPENED0,09/2099,105.00,1,60"
    sku = shop.run("inventory.import_opening_stock", given | {"content": lots})
    ids["import_id"] = sku.import_id
    again = draft(shop) | {"first_on": shop.ctx.today}
    del again["effective_on"]
    above = {"name": "Premises", "above": "Indirect Expenses"}
    ids["group_id"] = shop.run("accounting.open_group", above).id
    ids["empty_group_id"] = shop.run("accounting.open_group", above | {"name": "Empty"}).id
    ids["template_id"] = shop.run("accounting.save_template", again).id
    return ids


def draft(shop: Shop) -> dict[str, Any]:
    """Return an entry that could be posted."""
    lines = [{"account_key": "rent", "debit": "5.00"}, {"account_key": "bank", "credit": "5.00"}]
    return {"effective_on": shop.ctx.today, "narration": "Rent", "lines": lines}


def about(shop: Shop, party_id: object) -> list[dict[str, Any]]:
    """Return the lines of an entry about a party."""
    return [line | {"party_id": party_id} for line in draft(shop)["lines"]]


EXAMPLES: dict[str, Example] = {
    "accounting.trial_balance": lambda _, s: {"branch_id": s.ctx.branch_id},
    "accounting.compare_trial_balances": lambda _, s: {"branch_id": s.ctx.branch_id},
    "accounting.rename_group": lambda i, _: {"group_id": i["group_id"], "name": "Shops"},
    "accounting.remove_group": lambda i, _: {"group_id": i["empty_group_id"]},
    "accounting.move_account": lambda i, _: {
        "account_id": i["debtors_id"],
        "group_name": "Sundry Debtors",
    },
    "accounting.profit_and_loss": lambda _, s: {"branch_id": s.ctx.branch_id},
    "accounting.balance_sheet": lambda _, s: {"branch_id": s.ctx.branch_id},
    "accounting.cash_flow": lambda _, s: {"branch_id": s.ctx.branch_id},
    "accounting.day_book": lambda _, s: {"branch_id": s.ctx.branch_id},
    "accounting.ledger": lambda i, s: {
        "account_id": i["debtors_id"],
        "party_id": i["buyer_id"],
        "branch_id": s.ctx.branch_id,
    },
    "accounting.save_draft": lambda i, s: (
        draft(s) | {"draft_id": i["draft_id"], "lines": about(s, i["about_id"])}
    ),
    "accounting.get_draft": lambda i, _: {"draft_id": i["draft_id"]},
    "accounting.post_draft": lambda i, _: {"draft_id": i["other_draft_id"]},
    "accounting.drop_draft": lambda i, _: {"draft_id": i["third_draft_id"]},
    "accounting.save_template": lambda i, s: {
        "template_id": i["template_id"],
        "narration": "Rent",
        "lines": about(s, i["about_id"]),
        "first_on": s.ctx.today,
    },
    "inventory.import_opening_stock": lambda i, s: {
        "opening_on": str(s.ctx.today),
        "location_id": i["location_id"],
        "content": "sku,lot,expiry,mrp,quantity,cost\nSKU1,OPENED,09/2099,105.00,1,60",
    },
    "accounting.get_template": lambda i, _: {"template_id": i["template_id"]},
    "accounting.take_back_opening": lambda i, _: {"opening_id": i["opening_id"], "reason": "x"},
    "inventory.take_back_opening_stock": lambda i, _: {"import_id": i["import_id"], "reason": "x"},
    "accounting.rename_account": lambda i, _: {"account_id": i["debtors_id"], "name": "Debtors"},
    "accounting.stop_template": lambda i, _: {"template_id": i["template_id"]},
    "accounting.change_cost_centre": lambda i, _: {"centre_id": i["centre_id"], "name": "Rooms"},
}
