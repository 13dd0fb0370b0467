"""What is due to be counted by its class, a count of it, and how right the books were."""

from datetime import timedelta
from decimal import Decimal

import pytest
from pydantic import ValidationError

from erp.core.clock import utc_now
from erp.core.errors import DomainError
from tests.factories import broken_promises, make_shop, receipt_line
from tests.services.inventory.counts import approve, look, only_counting, record, start, submit


@pytest.fixture
def shop(environment):
    assert environment
    return make_shop("rounds", products=3, lots=2, stock=20)


def intervals(shop):
    return {row.abc: row for row in shop.run("inventory.list_count_intervals").rows}


def due(shop, after=0, **given):
    """Return the lots that are due so many days from now."""
    at = utc_now() + timedelta(days=after)
    return shop.run("inventory.list_due_lots", given, at=at).rows


def judged(shop, after=0, **given):
    """Return what counts say of the books so many days from now."""
    return shop.run("inventory.judge_counts", given, at=utc_now() + timedelta(days=after))


def on_hand(shop):
    rows = shop.run("inventory.stock_by_lot", {"limit": 200}).rows
    return {row.lot_id: row.on_hand for row in rows}


def sold(shop):
    """Sell some of the first product, so that it alone is of class A, and return its lots."""
    first = shop.variant_ids[0]
    shop.sell({first: 10})
    return shop.lot_ids[first]


def count_all(shop, *, less=None, **scope):
    """Count lots as the books have them, but for some of which units are missing."""
    count = start(shop, **scope)
    held = on_hand(shop)
    lots = [row.lot_id for row in look(shop, count.count_id, limit=200).rows]
    record(shop, count.count_id, {lot: held[lot] - (less or {}).get(lot, 0) for lot in lots})
    submit(shop, count.count_id)
    approve(shop, count.count_id)
    return count


def test_what_was_never_counted_is_due_so_many_days_after_it_came(shop):
    lots = sold(shop)
    found = intervals(shop)
    assert {abc: row.days for abc, row in found.items()} == {"A": 30, "B": 90, "C": 180}
    assert (found["A"].lots, found["A"].due, found["A"].never) == (2, 2, 2)
    assert {row.lot_id for row in due(shop, abc="A")} == set(lots)
    shop.run("inventory.receive_goods", {"lines": [receipt_line(shop.ctx, shop.variant_ids[0], 5)]})
    assert intervals(shop)["A"].lots == 3
    assert {row.lot_id for row in due(shop, abc="A")} == set(lots)
    assert len(due(shop, 30, abc="A")) == 3


def test_an_approved_count_starts_the_days_anew_and_an_open_or_dropped_one_does_not(shop):
    lots = sold(shop)
    count = start(shop, abc="A", is_due=True)
    assert {row.lot_id for row in look(shop, count.count_id).rows} == set(lots)
    assert due(shop, abc="A") == []
    shop.run("inventory.cancel_count", {"count_id": count.count_id})
    assert len(due(shop, abc="A")) == 2
    count_all(shop, abc="A", is_due=True)
    assert due(shop, abc="A") == []
    assert intervals(shop)["A"].due == 0
    assert due(shop, 29, abc="A") == []
    again = due(shop, 30, abc="A")
    assert {(row.counted_on, row.due_on) for row in again} == {
        (shop.ctx.today, shop.ctx.today + timedelta(days=30))
    }
    assert broken_promises() == []


def test_a_lot_left_alone_stays_due(shop):
    left, counted = sold(shop)
    count = start(shop, abc="A", is_due=True)
    held = on_hand(shop)
    record(shop, count.count_id, {counted: held[counted]})
    submit(shop, count.count_id, rest="not_counted")
    approve(shop, count.count_id)
    assert [row.lot_id for row in due(shop, abc="A")] == [left]


def test_an_interval_is_set_by_who_plans_and_holds_at_once(shop):
    sold(shop)
    count_all(shop, abc="A", is_due=True)
    given = {"abc": "A", "days": 7}
    with pytest.raises(DomainError, match="permission"):
        shop.run("inventory.set_count_interval", given, by=shop.acting_as("storekeeper"))
    shop.run("inventory.set_count_interval", given, by=shop.acting_as("manager"))
    shop.run("inventory.set_count_interval", {"abc": "A", "days": 9})
    assert (intervals(shop)["A"].days, intervals(shop)["A"].set_at is not None) == (9, True)
    assert due(shop, 8, abc="A") == []
    assert len(due(shop, 9, abc="A")) == 2
    with pytest.raises(ValidationError, match="days"):
        shop.run("inventory.set_count_interval", {"abc": "A", "days": 0})


def test_a_count_of_what_is_due_where_nothing_is_says_so(shop):
    sold(shop)
    count_all(shop, is_due=True)
    with pytest.raises(DomainError, match="No lot on hand there fits"):
        start(shop, is_due=True)
    assert shop.run("inventory.list_counts").rows[0].is_due


def test_who_may_only_count_is_not_shown_what_is_on_hand(shop):
    for name in ("list_due_lots", "list_count_intervals", "judge_counts", "list_count_differences"):
        with pytest.raises(DomainError, match="permission"):
            shop.run(f"inventory.{name}", by=only_counting(shop))


def test_accuracy_is_of_lots_whose_shelf_held_what_the_books_said(shop):
    assert judged(shop).accuracy is None
    missing = shop.lot_ids[shop.variant_ids[1]][0]
    count_all(shop, less={missing: 3})
    over = shop.lot_ids[shop.variant_ids[2]][0]
    count_all(shop, less={over: -2}, products=[{"product_id": product_of(shop, 2)}])
    found = judged(shop)
    lots = sum(len(lots) for lots in shop.lot_ids.values())
    exact = lots - 1 + len(shop.lot_ids[shop.variant_ids[2]]) - 1
    counted = lots + len(shop.lot_ids[shop.variant_ids[2]])
    assert (found.counts, found.lots, found.exact) == (2, counted, exact)
    assert found.accuracy == round(Decimal(100 * exact) / counted, 1)
    posted = shop.run("inventory.list_counts").rows
    assert (found.lost, found.gained) == (
        sum(row.lost for row in posted),
        sum(row.gained for row in posted),
    )
    assert found.lost > 0
    rows = shop.run("inventory.list_count_differences").rows
    assert [(row.variant_id, row.different, row.short, row.over) for row in rows] == [
        (shop.variant_ids[1], 1, 3, 0),
        (shop.variant_ids[2], 1, 0, 2),
    ]
    assert sum(row.lost for row in rows) == found.lost
    assert judged(shop, location_id=shop.expired_store_id).lots == 0
    assert judged(shop, 91).lots == 0
    assert judged(shop, 91, days=92).lots == counted


def product_of(shop, number):
    wanted = {"variant_id": shop.variant_ids[number]}
    return shop.run("catalog.get_variant", wanted).product_id


def test_another_tenants_counts_say_nothing_here(shop, stranger):
    count_all(shop, less={shop.lot_ids[shop.variant_ids[0]][0]: 1})
    assert stranger.run("inventory.judge_counts").lots == 0
    assert all(row.never == row.due for row in stranger.run("inventory.list_count_intervals").rows)
