"""Customers who paid late, one of them billed for it, and a working input for every action of interest."""

from datetime import timedelta
from uuid import UUID

from tests.factories import Shop
from tests.isolation.examples import Example, Ids
from tests.services.trading import add_customer

RATE = {
    "levels": [{"after_days": 5, "subject": "Late", "body": "Late: {overdue}"}],
    "interest_percent": "18",
}


def interested(shop: Shop) -> Ids:
    """Leave two invoices unpaid for weeks, and bill the interest on one."""
    shop.run("payments.set_reminder_rule", RATE)
    ids = {name: late_customer(shop) for name in ("owing_id", "billed_id", "asked_id")}
    made = shop.run("interest.bill_interest", {"party_id": ids["billed_id"]})
    return ids | {"interest_note_id": made.notes[0].id}


def late_customer(shop: Shop) -> UUID:
    """Return a customer whose invoice was due weeks ago."""
    then = shop.ctx.now - timedelta(days=25)
    customer = add_customer(shop, credit_limit="100000.00")
    line = {"variant_id": shop.variant_ids[0], "quantity": 5, "unit_price": "90.00"}
    taken = {"customer_id": customer, "lines": [line]}
    made = shop.run("sales.take_order", taken, at=then, confirm=("not_cleared", "credit_limit"))
    sent = {"order_id": made.id, "lines": [{"order_line_no": 1, "quantity": 5}]}
    shop.run("billing.deliver_order", sent, at=then)
    return customer


EXAMPLES: dict[str, Example] = {
    "interest.list_owed": lambda i, _: {"party_id": i["asked_id"]},
    "interest.list_notes": lambda i, _: {"party_id": i["billed_id"]},
    "interest.bill_interest": lambda i, _: {"party_id": i["owing_id"]},
    "interest.reverse_interest": lambda i, _: {"note_id": i["interest_note_id"], "reason": "x"},
}
