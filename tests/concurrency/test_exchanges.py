"""Exchanges, sales and returns of several tills never wait for each other in a circle."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import psycopg
import pytest

from tests.concurrency.crowd import at_once, wait_for_a_waiter
from tests.factories import Shop, broken_promises
from tests.services.trading import add_customer, tender

ROUNDS = 6
TILLS = 3
STRIPE = "mod(pg_backend_pid(), 16)"


@pytest.fixture
def one_stripe(database_url):
    """Let every connection keep account balances in the same rows, as two of many do by chance."""
    with psycopg.connect(database_url, autocommit=True) as owner:
        kept = owner.execute(
            "select pg_get_functiondef('sec.apply_journal_lines'::regproc)"
        ).fetchone()
        assert kept is not None
        assert STRIPE in kept[0]
        owner.execute(kept[0].replace(STRIPE, "0"))
        yield
        owner.execute(kept[0])


def open_tills(shop: Shop) -> list:
    shifts = []
    for number in range(TILLS):
        till = {"code": f"X{number}", "name": f"Till {number}", "location_id": shop.storage_id}
        opening = {"register_id": shop.run("pos.create_register", till).id, "opening_float": "900"}
        shifts.append(shop.run("pos.open_shift", opening).id)
    return shifts


HIGHER = (
    "from account_balance b join account a on (a.tenant_id, a.id) = (b.tenant_id, b.account_id)"
)


@pytest.mark.usefixtures("one_stripe")
def test_an_exchange_takes_account_balances_in_their_order(trader: Shop, owner, database_url):
    sold = trader.sell({trader.variant_ids[0]: 2})
    wanted = {"sale_id": sold.sale_id, "shift_id": trader.shift_id, "reason": "Wrong one"}
    wanted |= {"returned": [{"line_no": 1, "quantity": 1}]}
    wanted |= {"lines": [{"variant_id": trader.variant_ids[1], "quantity": 2}]}
    paid = wanted | {"tenders": [tender("cash", "105.00")]}
    with ThreadPoolExecutor(1) as pool, psycopg.connect(database_url) as holder:
        held = holder.execute(
            f"select b.account_id {HIGHER} where b.tenant_id = %s and a.key = 'cash' for update of b",
            (trader.tenant_id,),
        ).fetchone()
        assert held is not None
        acting = pool.submit(trader.run, "pos.post_exchange", paid)
        wait_for_a_waiter(owner)
        later = f"{HIGHER} where b.tenant_id = %s and b.account_id > %s"
        about = (trader.tenant_id, held[0])
        free = f"select count(*) from (select 1 {later} for update of b skip locked) x"  # noqa: S608  constants
        with psycopg.connect(database_url) as other:
            assert other.execute(free, about).fetchone() == (
                other.execute(f"select count(*) {later}", about).fetchone()
            )
        holder.rollback()
        acting.result(timeout=30)
    assert broken_promises() == []


@pytest.mark.usefixtures("one_stripe")
def test_exchanges_sales_and_returns_never_wait_in_a_circle(trader: Shop, stack):
    log = stack.postgres.log_path
    before = log.read_text(errors="replace").count("deadlock detected")
    one, two, three = trader.variant_ids
    on_account, cash, back = open_tills(trader)
    customer = add_customer(trader, credit_limit="100000.00")
    for _ in range(ROUNDS):
        owed = trader.sell({one: 2}, customer_id=customer, tenders=[tender("credit", "210.00")])
        paid = trader.sell({two: 2})
        brought = trader.sell({three: 2})
        swap = {"reason": "Wrong one", "returned": [{"line_no": 1, "quantity": 1}]}
        first = swap | {"sale_id": owed.sale_id, "lines": [{"variant_id": two, "quantity": 2}]}
        owing = {"shift_id": on_account, "tenders": [tender("upi", "105.00")]}
        second = swap | {"sale_id": paid.sale_id, "lines": [{"variant_id": one, "quantity": 2}]}
        paying = {"shift_id": cash, "tenders": [tender("cash", "105.00")]}
        given = {"sale_id": brought.sale_id, "shift_id": back, "reason": "Broken"}
        answers = at_once(
            [
                partial(trader.run, "pos.post_exchange", first | owing),
                partial(trader.run, "pos.post_exchange", second | paying),
                partial(trader.run, "pos.post_return", given | {"lines": swap["returned"]}),
                partial(trader.sell, {one: 1, three: 1}),
                partial(trader.sell, {two: 1}, tenders=[tender("upi", "105.00")]),
            ]
        )
        assert [one for one in answers if isinstance(one, Exception)] == []
    assert log.read_text(errors="replace").count("deadlock detected") == before
    assert broken_promises() == []
