"""However many tills sell to a customer at once, they have no more than they may."""

from functools import partial

from erp.services.sales import BeyondCap
from tests.concurrency.crowd import at_once, refusals
from tests.factories import Shop, broken_promises
from tests.services.trading import add_customer, rows


def test_a_customer_who_buys_at_many_tills_at_once_has_no_more_than_the_cap(trader: Shop):
    variant = trader.variant_ids[0]
    rows(trader, "update product set max_per_day = 3 returning 1")
    asha = add_customer(trader, name="Asha")
    sell = partial(trader.sell, {variant: 1}, customer_id=asha)
    answers = at_once([sell for _ in range(8)])
    assert refusals(answers, BeyondCap) == 5
    (sold,) = rows(trader, "select sum(quantity)::int as units from invoice_line")
    assert sold["units"] == 3
    assert broken_promises() == []
