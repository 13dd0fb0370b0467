"""A year is carried with every entry of it, those that are being posted as it closes among them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

from erp.core import db
from erp.services import accounting
from tests.concurrency.crowd import wait_for_a_waiter
from tests.factories import Shop, broken_promises
from tests.services.accounting.test_posting import entry
from tests.services.accounting.test_year_end import CLOSE, book
from tests.services.books import balance


def test_an_entry_of_a_month_nobody_used_is_carried_with_its_year(trader: Shop, owner):
    book(trader, "rent", "bank", "100.00", date(2024, 4, 5))
    late = entry(trader, (("rent", "7.00", "0"), ("bank", "0", "7.00")))
    late["effective_on"] = date(2025, 2, 5)
    with ThreadPoolExecutor(1) as pool:
        with db.unit_of_work(trader.ctx) as session:
            command = accounting.PostManualEntry.model_validate(late)
            accounting.post_manual_entry(session, trader.ctx, command)
            closing = pool.submit(trader.run, "accounting.close_year", CLOSE)
            wait_for_a_waiter(owner)
        done = closing.result(timeout=60)
    assert done.profit == -107
    assert balance(trader, "rent") == 0
    months = trader.run("accounting.list_periods").rows
    assert {month.status for month in months if month.starts_on < date(2025, 4, 1)} == {"closed"}
    assert broken_promises() == []
