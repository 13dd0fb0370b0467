"""One paper of a bill is the original, however many print it at once."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from uuid import UUID

from erp.core import db
from erp.services import pos
from tests.concurrency.crowd import at_once, wait_for_a_waiter
from tests.factories import Shop

PRINTS = 6


def test_of_many_who_print_a_bill_at_once_one_has_the_original(trader: Shop):
    sale = trader.sell({trader.variant_ids[0]: 1})
    marks = at_once([partial(_is_duplicate, trader, sale.invoice_id) for _ in range(PRINTS)])
    assert sorted(marks) == [False] + [True] * (PRINTS - 1)
    prints = trader.run("billing.get_invoice", {"invoice_id": sale.invoice_id}).prints
    assert [each.copy_no for each in prints] == list(range(1, PRINTS + 1))


def test_who_prints_while_the_original_is_drawn_waits_and_has_a_duplicate(trader: Shop, owner):
    sale = trader.sell({trader.variant_ids[0]: 1})
    with ThreadPoolExecutor(1) as other:
        with db.unit_of_work(trader.ctx) as session:
            first = pos.print_bill(session, trader.ctx, sale.invoice_id, "receipt")
            later = other.submit(_is_duplicate, trader, sale.invoice_id)
            wait_for_a_waiter(owner)
        assert (first.is_duplicate, later.result(timeout=20)) == (False, True)


def _is_duplicate(shop: Shop, invoice_id: UUID) -> bool:
    with db.unit_of_work(shop.ctx) as session:
        return pos.print_bill(session, shop.ctx, invoice_id, "receipt").is_duplicate
