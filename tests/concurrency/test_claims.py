"""A supplier's credit note is recorded once, whoever opens the letter."""

from functools import partial

from erp.services.billing import ClaimSettled
from tests.concurrency.crowd import at_once, refusals
from tests.factories import Shop, broken_promises
from tests.services.billing.bills.billing import (
    bill,
    billed,
    came,
    decide,
    goods,
    registered,
    settle,
)
from tests.services.billing.returns.returning import leaving, send_back
from tests.services.books import balance


def test_a_bills_claim_is_settled_once_by_many(trader: Shop):
    registered(trader)
    made = bill(trader, "756.00", billed(came(trader, goods(trader, 10)), 12, "60"))
    claim = decide(trader, made, "claimed")
    given = (("120.00", "6.00"), ("100.00", "5.00"), ("0.00", "0.00"), ("120.00", "6.00"))
    answers = at_once([partial(settle, trader, claim.claim_id, *one) for one in given])

    assert refusals(answers, ClaimSettled) == 3
    (kept,) = [one for one in answers if not isinstance(one, Exception)]
    assert kept.credited + kept.lost == 120
    assert balance(trader, "supplier_claims") == 0
    assert broken_promises() == []


def test_claims_are_settled_while_their_goods_are_sold_and_go_back(trader: Shop):
    registered(trader)
    variant = trader.variant_ids[0]
    receipt = came(trader, goods(trader, 30, days=100))
    first = bill(trader, "1260.00", billed(receipt, 20, "60"))
    long = bill(trader, "1260.00", billed(receipt, 20, "60"), bill_number="SBL/118")
    assert (first.status, long.status) == ("posted", "held")
    claim = decide(trader, long, "claimed")
    back = send_back(trader, leaving(trader, receipt, 5))
    returned = [c.id for c in trader.run("billing.list_claims").rows if c.id != claim.claim_id]
    assert (len(returned), back.total) == (1, 315)
    answers = at_once(
        [
            partial(settle, trader, claim.claim_id, "300.00", "15.00"),
            partial(settle, trader, returned[0], "300.00", "15.00"),
            *[partial(trader.sell, {variant: 2}) for _ in range(6)],
            *[partial(send_back, trader, leaving(trader, receipt, 1)) for _ in range(3)],
        ]
    )
    assert [one for one in answers if isinstance(one, Exception)] == []
    assert broken_promises() == []
