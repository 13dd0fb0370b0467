"""Advances for services of a shop, amendments, and a working input for every action that names one."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from tests.factories import Shop
from tests.isolation.examples import Example, Ids
from tests.services.service_advances.serving import retailer, training

BOUGHT = {"method": "bank", "amount": "1180.00"}


def served(shop: Shop) -> Ids:
    """Receive advances of every standing, and amend what a filed return states."""
    customer, course = retailer(shop, name="Course taker"), training(shop)

    def received() -> Any:
        given = BOUGHT | {"party_id": customer, "variant_id": course}
        return shop.run("service_advances.receive_advance", given).id

    used = received()
    sent = _invoice(shop, customer, course)
    applied = {"advance_id": used, "invoice_id": sent, "amount": "118.00"}
    step = shop.run("service_advances.apply_advance", applied).id
    ids = {"taker_id": customer, "course_id": course, "service_invoice_id": sent}
    ids |= {"used_advance_id": used, "step_id": step}
    ids |= {f"{name}_advance_id": received() for name in ("free", "returned", "bounced")}
    return ids | _amendments(shop, customer, course)


def _invoice(shop: Shop, customer: UUID, course: UUID, **more: Any) -> UUID:
    line = {"variant_id": course, "quantity": 1, "unit_price": "1000.00"}
    made = shop.run("sales.take_order", {"customer_id": customer, "lines": [line]}, **more)
    wanted = {"order_id": made.id, "lines": [{"order_line_no": 1, "quantity": 1}]}
    found: UUID = shop.run("billing.deliver_order", wanted, **more).invoice_id
    return found


def _first_of(shop: Shop, months_back: int) -> date:
    day = shop.ctx.today.replace(day=1)
    for _ in range(months_back):
        day = (day - timedelta(days=1)).replace(day=1)
    return day


def _amendments(shop: Shop, customer: UUID, course: UUID) -> Ids:
    """File the month before last with three invoices of it, and amend one."""
    first = _first_of(shop, 2)
    noon = datetime(first.year, first.month, 5, 6, 30, tzinfo=UTC)
    sent = [_invoice(shop, customer, course, at=noon) for _ in range(3)]
    paid = BOUGHT | {"party_id": customer, "variant_id": course}
    stated = [shop.run("service_advances.receive_advance", paid, at=noon).id for _ in range(2)]
    gstin = shop.run("gst_returns.list_registrations").rows[0].gstin
    given = {"gstin": gstin, "form": "gstr1", "starts_on": first}
    made = shop.run("gst_returns.prepare_return", given)
    filed = {"return_id": made.id, "arn": "AA2709250000012", "filed_on": shop.ctx.today}
    shop.run("gst_returns.file_return", filed)
    moved = {"invoice_id": sent[0], "place_of_supply": "24", "reason": "x"}
    amended = shop.run("gst_returns.amend_document", moved).id
    other = {"advance_id": stated[0], "place_of_supply": "24", "reason": "x"}
    return {
        "amendment_id": amended,
        "filed_invoice_id": sent[1],
        "stated_invoice_id": sent[2],
        "advance_amendment_id": shop.run("gst_returns.amend_advance", other).id,
        "stated_advance_id": stated[1],
    }


EXAMPLES: dict[str, Example] = {
    "service_advances.receive_advance": lambda i, _: (
        BOUGHT | {"party_id": i["taker_id"], "variant_id": i["course_id"]}
    ),
    "service_advances.get_advance": lambda i, _: {"advance_id": i["used_advance_id"]},
    "service_advances.list_advances": lambda i, _: {"party_id": i["taker_id"]},
    "service_advances.apply_advance": lambda i, _: {
        "advance_id": i["free_advance_id"],
        "invoice_id": i["service_invoice_id"],
        "amount": "118.00",
    },
    "service_advances.refund_advance": lambda i, _: {
        "advance_id": i["returned_advance_id"],
        "method": "bank",
        "reason": "x",
    },
    "service_advances.take_back_advance": lambda i, _: {
        "advance_id": i["bounced_advance_id"],
        "reason": "x",
    },
    "service_advances.undo_step": lambda i, _: {
        "advance_id": i["used_advance_id"],
        "step_id": i["step_id"],
        "reason": "x",
    },
    "gst_returns.amend_document": lambda i, _: {
        "invoice_id": i["filed_invoice_id"],
        "place_of_supply": "24",
        "reason": "x",
    },
    "gst_returns.amend_advance": lambda i, _: {
        "advance_id": i["stated_advance_id"],
        "place_of_supply": "24",
        "reason": "x",
    },
    "gst_returns.withdraw_advance_amendment": lambda i, _: {
        "amendment_id": i["advance_amendment_id"],
        "reason": "x",
    },
    "gst_returns.get_amendable": lambda i, _: {"invoice_id": i["stated_invoice_id"]},
    "gst_returns.withdraw_amendment": lambda i, _: {
        "amendment_id": i["amendment_id"],
        "reason": "x",
    },
}
