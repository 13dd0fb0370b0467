"""A till that gives goods back or exchanges them waits for its customer before it touches the books.

Whoever holds an account's balance while waiting for a customer, whose holder wants that balance,
waits in a circle.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services import accounting
from tests.concurrency.crowd import at_once, wait_for_a_waiter
from tests.factories import Shop, broken_promises
from tests.services.sales.ordering import buyer, deliver, goods, order
from tests.services.trading import add_customer, tender

WRITING_BALANCES = (
    "select pid from pg_locks join pg_database d on d.oid = database and d.datname = current_database()"
    " where relation = 'account_balance'::regclass and mode = 'RowExclusiveLock'"
)
"""In this database alone: copies of one template have the same table numbers."""


def _sold(trader: Shop, customer_id: UUID, method: str = "credit") -> Any:
    paid = [tender(method, "210.00")]
    return trader.sell({trader.variant_ids[0]: 2}, customer_id=customer_id, tenders=paid)


def _back(trader: Shop, sale: Any, **more: Any) -> dict[str, Any]:
    return {"sale_id": sale.sale_id, "shift_id": trader.shift_id, "reason": "Defective"} | more


def _exchange(trader: Shop, sale: Any, units: int = 1, *tenders: dict[str, str]) -> dict[str, Any]:
    lines = [{"variant_id": trader.variant_ids[1], "quantity": units}]
    returned = [{"line_no": 1, "quantity": 1}]
    return _back(trader, sale, lines=lines, returned=returned, tenders=tenders)


def _hold_customer(session: Session, ctx: RequestContext, party_id: UUID) -> None:
    sql = "select 1 from party where tenant_id = %s and id = %s for no key update"
    db.execute(session, sql, (ctx.tenant_id, party_id))


def _hold_items(session: Session, ctx: RequestContext, party_id: UUID) -> None:
    accounting.hold_items(session, ctx, "debtors", party_id)


@pytest.mark.parametrize(
    ("bought", "given"), [("credit", "credit"), ("cash", "credit"), ("cash", "advance")]
)
def test_an_exchange_waits_for_its_customer_before_it_posts(
    trader: Shop, owner: Any, bought: str, given: str
):
    customer = add_customer(trader, credit_limit=Decimal(1000))
    advance = {"party_id": customer, "shift_id": trader.shift_id, "amount": "200.00"}
    trader.run("pos.take_advance", advance | {"method": "cash"})
    wanted = _exchange(trader, _sold(trader, customer, bought), 2, tender(given, "105.00"))
    _waits_without_balances(
        trader, owner, lambda: trader.run("pos.post_exchange", wanted), _hold_customer, customer
    )


@pytest.mark.parametrize("command", ["pos.post_return", "pos.post_exchange"])
def test_what_lowers_a_debt_waits_for_the_open_items_before_it_posts(
    trader: Shop, owner: Any, command: str
):
    customer = add_customer(trader, credit_limit=Decimal(1000))
    sale = _sold(trader, customer)
    taken = _back(trader, sale, lines=[{"line_no": 1, "quantity": 1}])
    wanted = taken if command == "pos.post_return" else _exchange(trader, sale)
    _waits_without_balances(
        trader, owner, lambda: trader.run(command, wanted), _hold_items, customer
    )


def _waits_without_balances(
    trader: Shop,
    owner: Any,
    act: Callable[[], Any],
    hold: Callable[[Session, RequestContext, UUID], None],
    customer: UUID,
) -> None:
    with ThreadPoolExecutor(1) as pool:
        with db.unit_of_work(trader.ctx) as session:
            hold(session, trader.ctx, customer)
            acting = pool.submit(act)
            wait_for_a_waiter(owner)
            assert owner.execute(WRITING_BALANCES).fetchone() is None
            assert not acting.done()
        acting.result(timeout=30)
    assert broken_promises() == []


def test_exchanges_and_deliveries_of_a_customer_never_wait_in_a_circle(trader: Shop):
    customer = buyer(trader, credit_limit="10000000.00")
    made = [order(trader, customer, goods(trader, 4, at=2)) for _ in range(6)]
    sales = [_sold(trader, customer) for _ in range(6)]
    dearer = [_exchange(trader, sale, 2, tender("credit", "105.00")) for sale in sales]
    exchanging = [lambda one=one: trader.run("pos.post_exchange", one) for one in dearer]
    delivering = [lambda one=one: deliver(trader, one, 4) for one in made]
    answers = at_once([*exchanging, *delivering])
    assert [one for one in answers if isinstance(one, Exception)] == []
    assert broken_promises() == []
