"""A gateway account with what came by it, and a working input for every action that names one of its things."""

from uuid import UUID

from erp.core import db
from erp.services import gateways
from erp.services.gateways.ports import (
    LinkFacts,
    PaymentFacts,
    RefundFacts,
    SettledFacts,
    SettlementFacts,
)
from tests.factories import Shop, gstin_in
from tests.isolation.examples import Example, Ids, only


def gatewayed(shop: Shop, ids: Ids) -> Ids:
    """Open an account, ask for money, and let its provider say that some came, went back and was paid out."""
    opened = {
        "provider": "razorpay",
        "name": "Online",
        "key_id": "rzp_test_1",
        "key_secret": "secret-of-the-key",
        "webhook_secret": "secret-of-the-hook",
    }
    account_id = shop.run("gateways.open_account", opened).id
    owed = next(
        row
        for row in shop.run("payments.list_items", {"party_id": ids["buyer_id"]}).rows
        if row.origin_type == "sales_invoice" and row.side == "debit"
    )
    asked = {"party_id": ids["buyer_id"], "invoice_id": owed.origin_id, "amount": "1.00"}
    made = [
        shop.run("gateways.request_payment", asked, confirm=["already_requested"]).id
        for _ in range(3)
    ]
    with db.unit_of_work(shop.ctx) as session:
        keys = gateways.keys_of(session, shop.ctx, account_id)
    _opened(shop, made[2])
    _paid(shop, keys)
    found = {
        row.provider_id: row.id
        for row in shop.run("gateways.list_payments").rows
        if row.provider_id.startswith("pay_")
    }
    open_now = shop.run("gateways.list_exceptions").rows
    settled = shop.run("gateways.list_settlements").rows[0]
    invoice = EXAMPLES["gateways.record_charges"]({"gateway_id": account_id}, shop)
    invoice_id = shop.run("gateways.record_charges", invoice | {"number": "RZP-0"}).id
    return {
        "gateway_id": account_id,
        "charge_invoice_id": invoice_id,
        "owed_invoice_id": owed.origin_id,
        "owed_item_id": owed.id,
        "link_id": made[0],
        "due_link_id": made[1],
        "open_link_id": made[2],
        "unidentified_id": found["pay_1"],
        "refundable_id": found["pay_2"],
        "failed_refund_id": next(row.refund_id for row in open_now if row.refund_id),
        "settlement_id": settled.id,
        "exception_id": next(row.id for row in open_now if row.kind == "settlement"),
    }


def _opened(shop: Shop, link_id: UUID) -> None:
    """Let the provider make a link."""
    with db.unit_of_work(shop.ctx) as session:
        plan = gateways.claim_link(session, shop.ctx, link_id)
        assert plan is not None
        link = LinkFacts("plink_1", plan.order.reference, "https://pay.example/1", "open")
        gateways.note_link(session, shop.ctx, plan, gateways.LinkOutcome(link))


def _paid(shop: Shop, keys: gateways.AccountKeys) -> None:
    """Let the provider say that money came, some went back, and some was paid out with a difference."""
    ctx = shop.ctx
    lines = (
        SettledFacts("payment", "pay_3", 100, 2, 0),
        SettledFacts("other", "adj_1", 50, 0, 0),
    )
    facts = SettlementFacts("setl_1", 148, "INR", "UTR1", ctx.today, lines)
    with db.unit_of_work(ctx) as session:
        for name in ("pay_1", "pay_2", "pay_3"):
            gateways.note_payment(session, ctx, keys, PaymentFacts(name, "captured", 100, "INR"))
        gateways.note_refund(
            session, ctx, keys, RefundFacts("rfnd_1", "pay_2", 10, "INR", "processed")
        )
        for status in ("processed", "failed"):
            back = RefundFacts("rfnd_2", "pay_3", 10, "INR", status)
            gateways.note_refund(session, ctx, keys, back)
        gateways.note_settlement(session, ctx, keys, facts, gateways.Looked())


def _account(ids: Ids, _: Shop) -> dict[str, object]:
    return {"account_id": ids["gateway_id"]}


EXAMPLES: dict[str, Example] = {
    "gateways.change_account": lambda i, _: {
        "account_id": i["gateway_id"],
        "name": "x",
        "bank_key": "bank",
        "fee_key": "gateway_charges",
    },
    "gateways.rotate_keys": lambda i, _: {
        "account_id": i["gateway_id"],
        "webhook_secret": "another-secret",
    },
    "gateways.close_account": _account,
    "gateways.reopen_account": _account,
    "gateways.check_account": _account,
    "gateways.fetch_settlements": _account,
    "gateways.get_account": _account,
    "gateways.list_links": lambda i, _: {
        "account_id": i["gateway_id"],
        "party_id": i["buyer_id"],
        "invoice_id": i["owed_invoice_id"],
    },
    "gateways.list_payments": _account,
    "gateways.list_settlements": _account,
    "gateways.keep_event": lambda i, _: {
        "account_id": i["gateway_id"],
        "event_id": "evt_1",
        "kind": "payment.captured",
        "body": "e30=",
    },
    "gateways.request_payment": lambda i, _: {
        "account_id": i["gateway_id"],
        "party_id": i["buyer_id"],
        "invoice_id": i["owed_invoice_id"],
        "item_ids": [i["owed_item_id"]],
        "amount": "1.00",
    },
    "gateways.get_offer": lambda i, _: {
        "party_id": i["buyer_id"],
        "invoice_id": i["owed_invoice_id"],
    },
    "gateways.cancel_link": lambda i, _: {"link_id": i["due_link_id"]},
    "gateways.look_at_link": only("link_id"),
    "gateways.get_link": only("link_id"),
    "gateways.send_link": lambda i, _: {"link_id": i["open_link_id"]},
    "gateways.identify_payment": lambda i, _: {
        "gateway_payment_id": i["unidentified_id"],
        "party_id": i["buyer_id"],
    },
    "gateways.refund_payment": lambda i, _: {
        "gateway_payment_id": i["refundable_id"],
        "amount": "0.10",
        "reason": "x",
    },
    "gateways.take_back_refund": lambda i, _: {"refund_id": i["failed_refund_id"], "reason": "x"},
    "gateways.list_charges": _account,
    "gateways.record_charges": lambda i, shop: {
        "account_id": i["gateway_id"],
        "month": shop.ctx.today.replace(day=1),
        "number": "RZP-1",
        "dated_on": shop.ctx.today,
        "supplier_gstin": gstin_in("27"),
        "taxable": "2.00",
        "tax": "0.36",
    },
    "gateways.list_charge_invoices": lambda i, shop: {
        "account_id": i["gateway_id"],
        "month": shop.ctx.today.replace(day=1),
    },
    "gateways.take_back_charges": lambda i, _: {
        "invoice_id": i["charge_invoice_id"],
        "reason": "x",
    },
    "gateways.get_settlement": only("settlement_id"),
    "gateways.settle_exception": only("exception_id", answer="x"),
}
