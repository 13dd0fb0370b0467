"""Payments of a shop, and a working input for every action that names one."""

from tests.factories import Shop
from tests.isolation.examples import Example, Ids


def paying(shop: Shop, buyer_id: object) -> Ids:
    """Take a payment that settles a little and leaves a little, and a cheque."""
    paid = {"party_id": buyer_id, "amount": "9.00", "method": "bank", "settles": []}
    cheque = {"method": "cheque", "reference": "1", "cheque_on": str(shop.ctx.today)}
    ids = {
        "payment_id": shop.run("payments.receive_payment", paid).id,
        "cheque_id": shop.run("payments.receive_payment", paid | cheque).id,
    }
    rows = shop.run("payments.list_items", {"party_id": buyer_id}).rows
    for side in ("debit", "credit"):
        ids[f"{side}_item_id"] = next(row.id for row in rows if row.side == side)
    told = paid | {"settles": [{"item_id": ids["debit_item_id"], "amount": "2.00"}]}
    shop.run("payments.receive_payment", told)
    promise = {"party_id": buyer_id, "amount": "1.00", "promised_on": str(shop.ctx.today)}
    ids["promise_id"] = shop.run("payments.record_promise", promise).id
    noted = {"supplier_id": buyer_id, "number": "CN-0", "amount": "1.00"}
    ids["note_id"] = shop.run("payments.record_supplier_note", noted).id
    return ids | {"matched_item_id": ids["debit_item_id"]}


EXAMPLES: dict[str, Example] = {
    "payments.receive_payment": lambda i, _: {
        "party_id": i["buyer_id"],
        "amount": "5.00",
        "method": "upi",
        "settles": [{"item_id": i["debit_item_id"], "amount": "5.00"}],
    },
    "payments.make_payment": lambda i, _: {
        "party_id": i["buyer_id"],
        "amount": "5.00",
        "method": "cash",
        "ledger": "customer",
        "settles": [{"item_id": i["credit_item_id"], "amount": "5.00"}],
    },
    "payments.match_items": lambda i, _: {
        "party_id": i["buyer_id"],
        "pairs": [
            {"debit_id": i["debit_item_id"], "credit_id": i["credit_item_id"], "amount": "1.00"}
        ],
    },
    "payments.set_apart": lambda i, _: {"item_id": i["matched_item_id"], "reason": "x"},
    "payments.agree_instalments": lambda i, _: {
        "item_id": i["debit_item_id"],
        "terms": "10/20",
        "reason": "x",
    },
    "payments.set_instalment_terms": lambda i, _: {"party_id": i["buyer_id"], "terms": "30/60"},
    "payments.get_instalment_terms": lambda i, _: {"party_id": i["buyer_id"]},
    "payments.record_supplier_note": lambda i, _: {
        "supplier_id": i["buyer_id"],
        "number": "CN-1",
        "amount": "5.00",
    },
    "payments.list_supplier_notes": lambda i, _: {"supplier_id": i["buyer_id"]},
    "payments.reverse_supplier_note": lambda i, _: {"note_id": i["note_id"], "reason": "x"},
    "messaging.record_choice": lambda i, _: {
        "party_id": i["buyer_id"],
        "is_agreed": True,
        "how": "x",
    },
    "messaging.list_choices": lambda i, _: {"party_id": i["buyer_id"]},
    "payments.bank_cheque": lambda i, _: {"payment_id": i["cheque_id"]},
    "payments.reverse_payment": lambda i, _: {"payment_id": i["payment_id"], "reason": "x"},
    "payments.get_payment": lambda i, _: {"payment_id": i["payment_id"]},
    "payments.list_payments": lambda i, _: {"party_id": i["buyer_id"]},
    "payments.get_statement": lambda i, _: {"party_id": i["buyer_id"]},
    "payments.list_promises": lambda i, _: {"party_id": i["buyer_id"]},
    "payments.list_reminders": lambda i, _: {"party_id": i["buyer_id"]},
    "payments.record_promise": lambda i, s: {
        "party_id": i["buyer_id"],
        "amount": "1.00",
        "promised_on": str(s.ctx.today),
    },
    "payments.remind_parties": lambda i, _: {"party_ids": [i["buyer_id"]], "method": "phone"},
    "payments.withdraw_promise": lambda i, _: {"promise_id": i["promise_id"]},
    "payments.list_items": lambda i, _: {"party_id": i["buyer_id"]},
}
