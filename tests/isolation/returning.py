"""What a shop sent back to its supplier, and a working input for every action about it."""

import base64
from datetime import timedelta

from erp.core.clock import utc_now
from tests.factories import Shop, receipt_line
from tests.isolation.examples import Example, Ids, only


def returns(shop: Shop, ids: Ids) -> Ids:
    """Have goods that may go back, some that did, and the supplier's answer still to come."""
    made = receipt_line(shop.ctx, ids["variant_id"], 10)
    delivery = {"supplier_id": ids["supplier_id"], "lines": [made]}
    receipt = shop.run("inventory.receive_goods", delivery)
    lot = {"returnable_lot_id": receipt.lines[0].lot_id}
    sent = shop.run("billing.return_goods", _back(ids | lot))
    return lot | {"return_id": sent.id}


def _back(ids: Ids) -> dict[str, object]:
    line = {
        "lot_id": ids["returnable_lot_id"],
        "location_id": ids["location_id"],
        "quantity": 1,
        "reason": "damaged",
    }
    return {"supplier_id": ids["supplier_id"], "lines": [line]}


def _import(ids: Ids, shop: Shop) -> dict[str, object]:
    line = {
        "variant_id": ids["variant_id"],
        "quantity": 1,
        "unit_cost": "60",
        "gst_rate": 0,
        "lot_number": "FILE1",
        "expires_on": shop.ctx.today + timedelta(days=400),
        "mrp": "105.00",
    }
    return {
        "supplier_id": ids["supplier_id"],
        "sha256": "0" * 64,
        "file_name": "bill.csv",
        "columns": {"quantity": "Qty"},
        "bill_number": "F-1",
        "billed_on": utc_now().date(),
        "total": "60.00",
        "receive_rest": True,
        "lines": [line],
    }


EXAMPLES: dict[str, Example] = {
    "billing.return_goods": lambda i, _: _back(i),
    "billing.get_return": only("return_id"),
    "billing.list_returns": only("supplier_id"),
    "billing.list_returnable": lambda i, _: {
        "supplier_id": i["supplier_id"],
        "lot_id": i["returnable_lot_id"],
    },
    "billing.list_claims": only("supplier_id"),
    "billing.claim_recovery": only("supplier_id", from_day="2025-01-01", to_day="2030-01-01"),
    "billing.read_bill_file": lambda i, _: {
        "supplier_id": i["supplier_id"],
        "content": base64.b64encode(b"Item,Qty,Rate\nArnica 1,1,60\n").decode(),
    },
    "billing.import_bill": _import,
    "billing.settle_claim": lambda i, _: {
        "claim_id": i["claim_id"],
        "credit_note": "CN-1",
        "credited": "120.00",
        "credited_tax": "0.00",
    },
}
"""A working input of every action about returns and claims."""
