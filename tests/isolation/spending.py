"""What a shop spent and owns, and inputs for what is done with it."""

from typing import Any

from erp.core import db
from erp.services import expenses
from tests.factories import Shop
from tests.isolation.examples import Example, Ids, only
from tests.services.assets.owning import kinds, months_ago, own, run_month, seller
from tests.services.expenses.spending import COURIER, box, categories, claim, decide, spend, spent


def spending(shop: Shop) -> Ids:
    """Claim, pay out of a box, and own something that lost value."""
    waiting = claim(shop)
    taxed = claim(shop, spent(shop, "118.00", "Courier and postage", **COURIER))
    returned = claim(shop, role="manager")
    decide(shop, returned, "returned", role="owner", note="Which taxi?")
    booked = claim(shop)
    decide(shop, booked)
    float_id = box(shop)
    spend(shop, spent(shop, "90.00"))
    mine = shop.run("expenses.submit_claim", {"purpose": "Mine", "lines": [spent(shop, "30.00")]})
    with db.unit_of_work(shop.ctx) as session:
        kept = expenses.keep_receipt(session, shop.ctx, "a" * 64, expenses.PICTURE, "a.jpg")
    asset, gone = own(shop), own(shop, name="Old computer")
    run_month(shop, 2)
    shop.run("assets.move_asset", {"asset_id": asset.id, "place": "Counter"})
    buyer_id = seller(shop)
    shop.run("disposals.sell_asset", _sale(gone.id, buyer_id))
    return {
        "sold_asset_id": gone.id,
        "waiting_claim_id": waiting.id,
        "booked_claim_id": booked.id,
        "taxed_claim_id": taxed.id,
        "own_claim_id": mine.id,
        "float_id": float_id,
        "expense_receipt_id": kept.id,
        "expense_category_id": categories(shop)["Travel and conveyance"],
        "asset_id": asset.id,
        "asset_category_id": kinds(shop)["Computers and tills"],
        "asset_supplier_id": buyer_id,
        "keeper_id": shop.user_ids["manager"] if shop.user_ids else shop.ctx.user_id,
    }


def _sale(asset_id: Any, buyer_id: Any) -> dict[str, Any]:
    facts = {"price": "100.00", "hsn": "8471", "rate": "18", "reason": "Old"}
    return facts | {"asset_id": asset_id, "buyer_id": buyer_id}


def _lines(ids: Ids, shop: Shop) -> dict[str, Any]:
    line = {
        "category_id": ids["expense_category_id"],
        "receipt_id": ids["expense_receipt_id"],
        "spent_on": shop.ctx.today,
        "amount": "20.00",
    }
    return {"purpose": "x", "lines": [line]}


EXAMPLES: dict[str, Example] = {
    "expenses.amend_claim": lambda i, s: _lines(i, s) | {"claim_id": i["own_claim_id"]},
    "expenses.change_category": lambda i, _: {
        "category_id": i["expense_category_id"],
        "name": "Changed",
        "account_key": "travel",
        "credit_rule": "none",
    },
    "expenses.change_float": lambda i, _: {
        "float_id": i["float_id"],
        "amount": "6000.00",
        "custodian_id": i["keeper_id"],
    },
    "expenses.correct_bill_tax": lambda i, _: {
        "claim_id": i["taxed_claim_id"],
        "revision": 1,
        "line_no": 1,
        "bill_tax": "30.00",
    },
    "expenses.count_float": only("float_id", counted="4910.00"),
    "expenses.decide_claim": lambda i, _: {
        "claim_id": i["waiting_claim_id"],
        "revision": 1,
        "outcome": "approved",
    },
    "expenses.get_claim": lambda i, _: {"claim_id": i["booked_claim_id"]},
    "expenses.list_claims": lambda i, _: {"category_id": i["expense_category_id"]},
    "expenses.open_float": lambda i, _: {"amount": "10.00", "custodian_id": i["keeper_id"]},
    "expenses.petty_cash_book": only("float_id"),
    "expenses.reverse_claim": lambda i, _: {"claim_id": i["booked_claim_id"], "reason": "x"},
    "expenses.spend_petty_cash": _lines,
    "expenses.submit_claim": _lines,
    "expenses.top_up_float": only("float_id", amount="10.00"),
    "expenses.withdraw_claim": lambda i, _: {"claim_id": i["own_claim_id"], "reason": "x"},
    "assets.change_category": lambda i, _: {
        "category_id": i["asset_category_id"],
        "name": "Changed",
        "account_key": "computers",
        "method": "written_down",
        "rate": "40",
    },
    "assets.dispose_asset": lambda i, _: {
        "asset_id": i["asset_id"],
        "outcome": "sold",
        "proceeds": "10.00",
        "paid_into": "buyer",
        "buyer_id": i["asset_supplier_id"],
        "reason": "x",
    },
    "assets.get_asset": only("asset_id"),
    "disposals.sell_asset": lambda i, _: _sale(i["asset_id"], i["asset_supplier_id"]),
    "disposals.cancel_sale": lambda i, _: {"asset_id": i["sold_asset_id"], "reason": "x"},
    "disposals.get_sale": lambda i, _: {"asset_id": i["sold_asset_id"]},
    "assets.list_assets": lambda i, _: {
        "category_id": i["asset_category_id"],
        "branch_id": i["branch_id"],
    },
    "assets.move_asset": lambda i, _: {
        "asset_id": i["asset_id"],
        "to_branch_id": i["branch_id"],
        "place": "Store",
    },
    "assets.register_asset": lambda i, s: {
        "category_id": i["asset_category_id"],
        "name": "x",
        "bought_from": "supplier",
        "supplier_id": i["asset_supplier_id"],
        "bill_number": "X-1",
        "price": "10.00",
        "bought_on": months_ago(s, 1),
    },
    "assets.show_register": lambda i, _: {"category_id": i["asset_category_id"]},
}
"""A working input of every action of expenses and assets that names an id."""
