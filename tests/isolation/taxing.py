"""GST returns of a shop, and a working input for every action that names something of them."""

import base64
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from erp.core.ids import new_id
from tests.factories import Shop
from tests.isolation.examples import Example, Ids
from tests.services.gst_returns.months import OCTOBER, at, import_2b, purchase
from tests.services.purchasing.ordering import supplier
from tests.services.trading import rows


def last_month(shop: Shop) -> date:
    """Return the first day of the month before this."""
    return (shop.ctx.today.replace(day=1) - timedelta(days=1)).replace(day=1)


def prepared(shop: Shop, form: str = "gstr1", **more: Any) -> Any:
    """Prepare last month's return of the shop's registration."""
    gstin = shop.run("gst_returns.list_registrations").rows[0].gstin
    given = {"gstin": gstin, "form": form, "starts_on": last_month(shop)}
    return shop.run("gst_returns.prepare_return", given, **more)


def taxing(shop: Shop) -> Ids:
    """Prepare a return to be filed and one, by somebody else, to be reviewed; match a bill."""
    somebody = replace(shop.ctx, user_id=new_id())
    bill = purchase(shop, "A-1", "1000.00", "5", state="09")
    import_2b(shop, ("09", "X-1", "1000.00", "5"))
    wanted = {"starts_on": OCTOBER, "state": "only_in_2b"}
    pairs = shop.run("gst_returns.list_matches", wanted, at=at(12, 12))
    lot = rows(shop, "select lot_id from supplier_bill_line where bill_id = %s", bill.id)[0][
        "lot_id"
    ]
    lost = {"reason_code": "damaged", "lines": [{"lot_id": lot, "quantity": 1}]}
    gstin = shop.run("gst_returns.list_registrations").rows[0].gstin
    challan = {"gstin": gstin, "reference": "CIN-ISO", "amount": "9.00"}
    freight = {
        "gstin": gstin, "supplier_id": supplier(shop, name="Carrier"), "description": "Freight",
        "hsn": "996791", "taxable": "100.00", "rate": "5",
    }  # fmt: skip
    common = {"gstin": gstin, "kind": "common", "cgst": "1.00", "reason": "Exempt share"}
    return {
        "reverse_charge_id": shop.run("gst_returns.record_reverse_charge", freight).id,
        "credit_change_id": shop.run("gst_returns.change_credit", common).id,
        "loss_id": shop.run("inventory.write_off_stock", lost).write_off_id,
        "gst_deposit_id": shop.run("gst_returns.deposit_cash", challan).id,
        "gst_bill_id": bill.id,
        "reported_id": pairs.rows[0].reported_id,
        "gst_return_id": prepared(shop).id,
        "reviewed_return_id": prepared(shop, "gstr3b", by=somebody).id,
    }


def _shared(ids: Ids, shop: Shop) -> dict[str, Any]:
    """Freight of this month that serves exempt supplies alone."""
    month = shop.ctx.today.replace(day=1)
    uses = [{"input_id": ids["reverse_charge_id"], "use": "exempt"}]
    return {"starts_on": f"{month}", "uses": uses}


EXAMPLES: dict[str, Example] = {
    "gst_returns.cancel_deposit": lambda i, _: {
        "deposit_id": i["gst_deposit_id"],
        "reason": "Typed wrong",
    },
    "gst_returns.cancel_reverse_charge": lambda i, _: {
        "reverse_charge_id": i["reverse_charge_id"],
        "reason": "Typed wrong",
    },
    "gst_returns.cancel_credit_change": lambda i, _: {
        "credit_change_id": i["credit_change_id"],
        "reason": "Typed wrong",
    },
    "gst_returns.get_return": lambda i, _: {"return_id": i["gst_return_id"]},
    "gst_returns.get_portal_file": lambda i, _: {"return_id": i["gst_return_id"]},
    "gst_returns.list_figure_rows": lambda i, _: {"return_id": i["gst_return_id"], "part": "b2b"},
    "gst_returns.list_refusals": lambda i, _: {"return_id": i["gst_return_id"]},
    "gst_returns.record_refusals": lambda i, _: {
        "return_id": i["gst_return_id"],
        "file_name": "errors.json",
        "content": base64.b64encode(b'{"error_report": {"b2b": [{}]}}').decode(),
    },
    "gst_returns.review_return": lambda i, _: {"return_id": i["reviewed_return_id"]},
    "gst_returns.file_return": lambda i, shop: {
        "return_id": i["gst_return_id"],
        "arn": "AA2710250000012",
        "filed_on": str(shop.ctx.today),
    },
    "gst_returns.reverse_losses": lambda i, shop: {
        "gstin": shop.run("gst_returns.list_registrations").rows[0].gstin,
        "origin_ids": [i["loss_id"]],
    },
    "gst_returns.decide_reported": lambda i, _: {
        "reported_id": i["reported_id"],
        "decision": "accepted",
        "bill_id": i["gst_bill_id"],
    },
    "gst_returns.record_reverse_charge": lambda i, shop: {
        "gstin": shop.run("gst_returns.list_registrations").rows[0].gstin,
        "supplier_id": i["supplier_id"],
        "description": "Freight",
        "hsn": "996791",
        "taxable": "100.00",
        "rate": "5",
    },
    "gst_returns.list_common_credit": _shared,
    "gst_returns.share_common_credit": lambda i, shop: _shared(i, shop) | {"agreed": "5.00"},
}
