"""A file becomes a bill once, whoever imports it."""

from functools import partial

import pytest

from erp.services.billing import BilledTwice, FileImported
from tests.concurrency.crowd import at_once, refusals
from tests.factories import Shop, broken_promises
from tests.services.billing.bills.billing import came, goods, registered, unbilled
from tests.services.billing.files.filing import importing, line
from tests.services.books import balance


@pytest.mark.parametrize("receive_rest", [True, False])
def test_a_file_that_many_import_at_once_is_one_bill_and_leads_to_it(trader: Shop, receive_rest):
    registered(trader)
    if not receive_rest:
        came(trader, goods(trader, 10, lot_number="B1"))
    more = {"receive_rest": receive_rest}
    answers = at_once(
        [partial(importing, trader, "630.00", line(trader, 10), **more) for _ in range(4)]
    )

    assert refusals(answers, FileImported) == 3
    (made,) = [one for one in answers if not isinstance(one, Exception)]
    links = {one.details["link"] for one in answers if isinstance(one, Exception)}
    assert links == {f"/bills/{made.id}"}
    assert trader.count("supplier_bill") == 1
    assert [row for row in unbilled(trader).rows if row.supplier_id] == []
    assert balance(trader, "creditors") == -630
    assert broken_promises() == []


def test_two_files_of_one_bill_are_one_bill(trader: Shop):
    registered(trader)
    wanted = [
        partial(
            importing, trader, "630.00", line(trader, 10), receive_rest=True, sha256=f"{at:064d}"
        )
        for at in range(4)
    ]
    before = trader.count("goods_receipt")
    assert refusals(at_once(wanted), BilledTwice) == 3
    assert (trader.count("goods_receipt") - before, balance(trader, "creditors")) == (1, -630)
    assert broken_promises() == []
