"""A bank account with a statement, and a working input for every action that names one of its things."""

from typing import Any

from tests.factories import Shop, gstin_in
from tests.isolation.examples import Example, Ids, only
from tests.services.banking.statements import bank_account, bring, csv_of, upload, waiting


def banking(shop: Shop, ids: Ids) -> Ids:
    """Import a statement, book one of its lines, keep a rule, and leave a file to be imported."""
    account = bank_account(shop)
    days = shop.ctx.today
    amounts = {"FEE": -5, "NEFT": 9, "CHQ": 9, "PAID": -9, "x": 1}
    lines = [(days, text, "", amount) for text, amount in amounts.items()]
    content = csv_of("0", *lines)
    bring(shop, account, content)
    fee, came, cheque, went, other = waiting(shop, account)
    parts = [
        {"account_key": "bank_charges", "amount": "-4.24"},
        {"account_key": "input_igst", "amount": "-0.76"},
    ]
    booked = shop.run("banking.book_line", {"bank_line_id": fee.id, "lines": parts}).id
    charged = _invoice({"bank_account_id": account}, shop) | {"number": "BANK-1"}
    rule = {"bank_account_id": account, "name": "x", "contains": "x", "account_key": "rent"}
    more = csv_of("5", (days, "later", "", 2))
    entries = shop.run("banking.list_waiting", {"bank_account_id": account}).rows
    paid = {"party_id": ids["buyer_id"], "amount": "9.00", "method": "cheque", "reference": "9"}
    small = [{"account_key": "bank", "debit": "0.40"}, {"account_key": "capital", "credit": "0.40"}]
    entry = {"effective_on": days, "narration": "x", "lines": small}
    return {
        "small_entry_id": shop.run("accounting.post_manual_entry", entry).id,
        "bank_account_id": account,
        "file_id": upload(shop, account, more).id,
        "came_id": came.id,
        "cheque_line_id": cheque.id,
        "went_id": went.id,
        "other_line_id": other.id,
        "match_id": booked,
        "bank_invoice_id": shop.run("gst_returns.record_bank_charges", charged).id,
        "bank_rule_id": shop.run("banking.set_rule", rule).id,
        "statement_id": shop.run("banking.list_statements", {"bank_account_id": account})
        .rows[0]
        .id,
        "bank_entry_id": next(row.entry_id for row in entries if row.amount == 9),
        "bank_cheque_id": shop.run(
            "payments.receive_payment", paid | {"cheque_on": str(days), "settles": []}
        ).id,
    }


def _invoice(ids: Ids, shop: Shop) -> dict[str, Any]:
    """Return the invoice of what the bank kept this month."""
    return {
        "bank_account_id": ids["bank_account_id"],
        "gstin": shop.run("gst_returns.list_registrations").rows[0].gstin,
        "month": str(shop.ctx.today.replace(day=1)),
        "number": "BANK-2",
        "dated_on": str(shop.ctx.today),
        "supplier": "Bank",
        "supplier_gstin": gstin_in("33"),
        "taxable": "4.24",
        "tax": "0.76",
    }


EXAMPLES: dict[str, Example] = {
    "gst_returns.record_bank_charges": _invoice,
    "gst_returns.take_back_bank_charges": lambda i, _: {
        "invoice_id": i["bank_invoice_id"],
        "reason": "Typed wrong",
    },
    "banking.change_account": only("bank_account_id", name="x", bank_name="x", number="12345"),
    "banking.get_account": only("bank_account_id"),
    "banking.list_lines": only("bank_account_id", "statement_id"),
    "banking.list_waiting": only("bank_account_id"),
    "banking.list_matches": only("bank_account_id"),
    "banking.list_statements": only("bank_account_id"),
    "banking.list_rules": only("bank_account_id"),
    "banking.list_open_lines": only("bank_account_id"),
    "banking.get_reconciliation": only("bank_account_id"),
    "banking.withdraw_statement": only("statement_id", reason="x"),
    "banking.preview_statement": only("file_id"),
    "banking.import_statement": only("file_id"),
    "banking.suggest_matches": lambda i, _: {"bank_line_id": i["came_id"]},
    "banking.match_lines": lambda i, _: {
        "bank_account_id": i["bank_account_id"],
        "bank_lines": [{"bank_line_id": i["came_id"]}],
        "ledger_lines": [{"entry_id": i["bank_entry_id"], "line_no": 1}],
    },
    "banking.book_line": lambda i, _: {
        "bank_line_id": i["other_line_id"],
        "lines": [
            {
                "account_key": "rent",
                "amount": "0.60",
                "party_id": i["buyer_id"],
                "branch_id": i["branch_id"],
            }
        ],
        "ledger_lines": [{"entry_id": i["small_entry_id"], "line_no": 1}],
    },
    "banking.receive_for_line": lambda i, _: {
        "bank_line_id": i["came_id"],
        "party_id": i["buyer_id"],
        "settles": [{"item_id": i["debit_item_id"], "amount": "1.00"}],
    },
    "banking.pay_for_line": lambda i, _: {
        "bank_line_id": i["went_id"],
        "party_id": i["buyer_id"],
        "ledger": "customer",
        "settles": [{"item_id": i["credit_item_id"], "amount": "1.00"}],
    },
    "banking.clear_cheque": lambda i, _: {
        "bank_line_id": i["cheque_line_id"],
        "payment_id": i["bank_cheque_id"],
    },
    "banking.unmatch": only("match_id", reason="x", take_back=True),
    "banking.try_rule": only("bank_account_id", contains="x"),
    "banking.set_rule": lambda i, _: {
        "bank_account_id": i["bank_account_id"],
        "rule_id": i["bank_rule_id"],
        "name": "y",
        "contains": "y",
        "party_id": i["buyer_id"],
    },
    "banking.remove_rule": lambda i, _: {"rule_id": i["bank_rule_id"]},
    "banking.apply_rules": only("bank_account_id"),
}
