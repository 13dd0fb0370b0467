"""A unit goes back once, whoever sends it, and never when it is sold."""

from decimal import Decimal
from functools import partial

from erp.services.billing import BeyondDelivered
from erp.services.inventory import InsufficientStock
from tests.concurrency.crowd import at_once, refusals
from tests.factories import Shop, broken_promises
from tests.services.billing.bills.billing import bill, billed, came, goods, registered
from tests.services.billing.returns.returning import leaving, send_back
from tests.services.books import balance


def test_of_many_returns_of_a_lot_no_more_goes_than_came(trader: Shop):
    registered(trader)
    twin = {"lot_number": "TWIN", "expires_on": trader.ctx.today.replace(year=2035)}
    receipt = came(trader, goods(trader, 10, **twin))
    bill(trader, "630.00", billed(receipt, 10, "60"))
    trader.run("inventory.receive_goods", {"lines": [goods(trader, 20, **twin)]})
    wanted = [partial(send_back, trader, leaving(trader, receipt, 4)) for _ in range(5)]

    answers = at_once(wanted)
    assert refusals(answers, BeyondDelivered) == 3
    assert balance(trader, "supplier_claims") == Decimal("504.00")
    assert broken_promises() == []


def test_the_last_unit_is_sold_or_goes_back(trader: Shop):
    registered(trader)
    for _ in range(4):
        receipt = came(trader, goods(trader, 1, at=2, days=30), confirm=("short_shelf_life",))
        lot_id = receipt.lines[0].lot_id
        cart = trader.cart({trader.variant_ids[2]: 1})
        cart["lines"][0]["lot_id"] = lot_id
        back = partial(send_back, trader, leaving(trader, receipt, 1))
        answers = at_once([partial(trader.run, "pos.post_sale", cart), back])
        assert refusals(answers, InsufficientStock) == 1
    assert broken_promises() == []


def test_a_bill_and_a_return_of_the_same_goods_never_count_a_unit_twice(trader: Shop):
    registered(trader)
    receipts = [came(trader, goods(trader, 10)) for _ in range(4)]
    billing = [
        partial(bill, trader, "630.00", billed(one, 10, "60"), bill_number=f"S{at}")
        for at, one in enumerate(receipts, start=1)
    ]
    back = [partial(send_back, trader, leaving(trader, one, 3)) for one in receipts]
    answers = at_once([*billing, *back])
    assert [one for one in answers if isinstance(one, Exception)] == []
    assert broken_promises() == []
