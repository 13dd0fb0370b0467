"""First receipt first out goes by the day goods came, not by the day somebody typed them in."""

from datetime import timedelta

import pytest

from erp.core import db
from erp.services import inventory
from tests.factories import Shop, broken_promises, make_shop, receipt_line


@pytest.fixture
def shop(environment):
    assert environment
    return make_shop("arrivals", lots=0)


def comes(shop: Shop, number: str, days_ago: int, **more):
    line = receipt_line(shop.ctx, shop.variant_ids[0], 2, lot_number=number, **more)
    day = shop.ctx.today - timedelta(days=days_ago)
    return (
        shop.run("inventory.receive_goods", {"lines": [line], "received_on": day}).lines[0].lot_id
    )


def goes_first(shop: Shop, policy: inventory.Policy) -> str:
    wanted = inventory.Wanted(1, shop.variant_ids[0], 1)
    with db.unit_of_work(shop.ctx) as session:
        (pick,) = inventory.allocate(session, shop.ctx, shop.storage_id, [wanted], policy=policy)
    return pick.lot_number


@pytest.mark.parametrize(
    ("policy", "expected"), [("fifo", "FIRST"), ("lifo", "LAST"), ("fefo", "FIRST")]
)
def test_goods_go_by_the_day_they_came_however_late_they_were_entered(shop, policy, expected):
    for number, days_ago in (("LAST", 2), ("MIDDLE", 5), ("FIRST", 9)):
        comes(shop, number, days_ago)
    assert goes_first(shop, policy) == expected


def test_of_one_day_what_was_recorded_first_goes_first(shop):
    for number in ("A", "B", "C"):
        comes(shop, number, 3)
    assert [goes_first(shop, policy) for policy in ("fefo", "fifo", "lifo")] == ["A", "A", "C"]


def test_a_lot_that_is_found_to_have_come_before_is_older_for_it(shop):
    late = comes(shop, "TWICE", 1)
    comes(shop, "ONCE", 4)
    assert goes_first(shop, "fifo") == "ONCE"
    assert comes(shop, "TWICE", 8) == late
    assert goes_first(shop, "fifo") == "TWICE"
    comes(shop, "TWICE", 0)
    assert goes_first(shop, "fifo") == "TWICE"
    shown = shop.run("inventory.get_lot", {"lot_id": late}).first_received_at
    assert shown.astimezone(shop.ctx.now.tzinfo).date() <= shop.ctx.today - timedelta(days=7)
    assert broken_promises() == []


def test_the_next_delivery_is_offered_the_prices_of_the_one_that_came_last(shop):
    comes(shop, "NEW", 1, ptr="70.00")
    comes(shop, "OLD", 30, ptr="60.00")
    with db.unit_of_work(shop.ctx) as session:
        (known,) = inventory.latest_lots(session, shop.ctx, shop.variant_ids[:1])
    assert known.ptr == 70
