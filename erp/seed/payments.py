"""The demo's payments: a part by bank, a post-dated cheque, a bill that is paid."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from erp.core.context import RequestContext
from erp.seed.orders import people_of
from erp.services import payments, platform


def seed_payments(ctx: RequestContext) -> None:
    """Receive from the demo's largest debtors and pay the supplier who waits longest."""
    by = people_of(ctx)["accountant"]
    first, *others = _ages(by, "customer")
    _record(by, "receive_payment", first, first.balance / 2, 1, reference="UTR26110045871")
    for debtor in others[:1]:
        day = by.today + timedelta(days=6)
        cheque = {"method": "cheque", "reference": "004512", "cheque_on": day}
        _record(by, "receive_payment", debtor, debtor.balance, 0, **cheque)
    for creditor in _ages(by, "supplier")[-1:]:
        _record(by, "make_payment", creditor, creditor.balance, 0, reference="NEFT26112200013")


def _ages(by: RequestContext, ledger: str) -> list[payments.AgeRow]:
    page: Any = platform.run("payments.age_items", by, {"ledger": ledger}).result
    return [row for row in page.rows if row.balance > 0]


def _record(
    by: RequestContext,
    command: str,
    whom: payments.AgeRow,
    amount: Decimal,
    days_ago: int,
    **more: object,
) -> None:
    then = replace(by, now=by.now - timedelta(days=days_ago))
    given = {
        "idempotency_key": f"seed-payment-{whom.party_id}",
        "party_id": whom.party_id,
        "amount": amount.quantize(Decimal(1)),
        "method": "bank",
    }
    platform.run(f"payments.{command}", then, given | more)
