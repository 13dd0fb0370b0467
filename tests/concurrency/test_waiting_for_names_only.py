"""Whoever changes a lot or gives credit waits for no document that merely names the row.

A document keeps the key of the rows it names; waiting for it while it waits for what we hold
would be a deadlock.
"""

from decimal import Decimal

import pytest

from erp.core import db
from tests.factories import Shop, broken_promises
from tests.services.trading import add_customer, tender


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch):
    """Give up on a lock at once: these calls find none in their way."""
    entered = db.enter_tenant

    def enter(session, ctx, *more):
        entered(session, ctx, *more)
        db.execute(session, "set local lock_timeout = '300ms'")

    monkeypatch.setattr(db, "enter_tenant", enter)


@pytest.mark.parametrize("command", ["inventory.hold_lot", "inventory.recall_lot"])
def test_a_lot_is_held_while_a_delivery_of_it_is_being_posted(trader: Shop, command: str):
    lot = trader.lot_ids[trader.variant_ids[0]][0]
    with db.unit_of_work(trader.ctx) as delivery:
        db.execute(delivery, "select 1 from lot where id = %s for key share", (lot,))
        trader.run(command, {"lot_id": lot, "reason": "Complaint"})


def test_credit_is_given_while_another_bill_of_the_customer_is_being_posted(trader: Shop):
    buyer = add_customer(trader, credit_limit=Decimal(1000))
    on_account = {"customer_id": buyer, "tenders": [tender("credit", "105.00")]}
    with db.unit_of_work(trader.ctx) as other:
        db.execute(other, "select 1 from party where id = %s for key share", (buyer,))
        trader.sell({trader.variant_ids[0]: 1}, **on_account)
    assert broken_promises() == []
