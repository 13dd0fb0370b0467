"""A till that was offline hands in its queue in any order, with doubles, to one end state (P3)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from erp.core.clock import utc_now
from tests.factories import Shop, broken_promises, make_shop
from tests.services.pos.devices import Device, told
from tests.services.trading import rows

CARTS = ({0: 3}, {0: 98, 1: 2}, {2: 1}, {1: 5, 2: 4}, {0: 1})
orders = st.lists(st.integers(0, len(CARTS) - 1), min_size=8, max_size=8).map(
    lambda some: [*some, *reversed(range(len(CARTS)))]
)
bounded = settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))


def traded(order: list[int]) -> dict[str, Any]:
    """Let a device sell alone and hand in as told; return what the shop ends up with."""
    shop = make_shop("queue")
    device = Device(shop)
    begun = utc_now() - timedelta(minutes=9)
    bills = [
        device.bill(
            {shop.variant_ids[at]: units for at, units in cart.items()},
            at=begun + timedelta(minutes=minute),
        )
        for minute, cart in enumerate(CARTS)
    ]
    for nth, at in enumerate(order):
        key = {
            "idempotency_key": f"{nth}-{bills[at]['sale_id']}"
        }  # another tab knows no first answer
        shop.run("pos.take_in_sale", told(bills[at]) | key)
    device.hands_in()
    return end_state(shop, begun)


def end_state(shop: Shop, begun: datetime) -> dict[str, Any]:
    bills = rows(
        shop,
        "select i.number, i.total, i.taxable, i.cgst, i.issued_at - %s as after from invoice i"
        " order by 1",
        begun.astimezone(UTC),
    )
    stock = rows(
        shop,
        "select v.sku, l.lot_number, b.on_hand, b.value from stock_balance b"
        " join variant v on v.id = b.variant_id join lot l on l.id = b.lot_id order by 1, 2",
    )
    books = rows(
        shop,
        "select a.key, sum(l.debit - l.credit) as balance from journal_line l"
        " join account a on a.id = l.account_id group by 1 order by 1",
    )
    waiting = rows(shop, "select count(*) as bills from offline_sale where status <> 'posted'")
    return {"bills": bills, "stock": stock, "books": books, "waiting": waiting}


@pytest.fixture(scope="module")
def in_order(environment: dict[str, str]) -> dict[str, Any]:
    assert environment
    return traded(list(range(len(CARTS))))


@bounded
@given(order=orders)
def test_any_order_with_doubles_ends_alike(in_order, order):
    assert in_order["waiting"] == [{"bills": 0}]
    assert traded(order) == in_order
    assert broken_promises() == []
