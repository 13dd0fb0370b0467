"""Shelves are counted and approved while tills sell the same lots, each in a process of its own."""

import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from erp.core import db
from erp.core.errors import DomainError
from erp.core.ids import new_id
from erp.services import inventory
from erp.services.inventory import LotBeingCounted, Origin, Wanted
from tests.concurrency.crowd import at_once, refusals
from tests.concurrency.test_stock_storm import Attempt, _book, buy_baskets, storm
from tests.factories import Shop, broken_promises, make_shop
from tests.services.inventory.counts import approve, look, record, start, submit

STOCK = 200


def count_or_sell(number: int, shop: Shop, rounds: int) -> list[Attempt]:
    """Let the first two processes count what is there, and the others sell it."""
    if number > 1:
        return buy_baskets(number, shop, rounds)
    count_id = shop.run("inventory.list_counts").rows[0].id
    lots = [lot for lots in shop.lot_ids.values() for lot in lots]
    random.Random(number).shuffle(lots)  # noqa: S311  each counter walks another way
    attempts: list[Attempt] = []
    for turn in range(rounds):
        some = lots[turn % 3 :: 3]
        found = {lot: max(0, STOCK - number - turn) for lot in some}
        attempts.append(_attempt("recorded", lambda found=found: record(shop, count_id, found)))
    return attempts


def _attempt(done: str, act) -> Attempt:
    begun = time.monotonic()
    try:
        act()
    except DomainError as error:
        done = error.code
    return (done, begun, time.monotonic(), [])


def approve_or_sell(number: int, shop: Shop, rounds: int) -> list[Attempt]:
    """Let one process approve in the midst of the others' sales."""
    if number:
        return buy_baskets(number + 10, shop, rounds)
    time.sleep(0.1)
    count_id = shop.run("inventory.list_counts").rows[0].id
    return [_attempt("approved", lambda: approve(shop, count_id))]


def books(shop: Shop, count_id: UUID) -> dict[UUID, tuple[int, int, int, int]]:
    """Return by lot: received, counted, book when it was counted, and sold in all."""
    with db.unit_of_work(shop.ctx) as session:
        rows = db.raw(session).execute(
            "select line.lot_id, line.counted, line.book, coalesce(sum(m.quantity) filter"
            " (where m.origin_type = 'test'), 0)::bigint, s.on_hand"
            "  from stock_count_line line"
            "  join stock_balance s on s.tenant_id = line.tenant_id and s.lot_id = line.lot_id"
            "       and s.location_id = line.location_id"
            "  left join stock_move m on m.tenant_id = line.tenant_id and m.lot_id = line.lot_id"
            " where line.count_id = %s group by 1, 2, 3, 5",
            (count_id,),
        )
        return {row[0]: row[1:] for row in rows}


def test_final_stock_is_what_was_counted_less_what_was_sold_since(environment):
    assert environment
    shop = make_shop("counted", products=4, lots=2, stock=STOCK)
    count_id = start(shop).count_id

    attempts = storm(count_or_sell, shop, 12)

    outcomes = Counter(outcome for outcome, *_ in attempts)
    assert set(outcomes) <= {"recorded", "sold"}, outcomes
    assert outcomes["recorded"] == 24
    submit(shop, count_id)
    again = storm(approve_or_sell, shop, 6, processes=4)
    outcomes = Counter(outcome for outcome, *_ in again)
    assert outcomes["approved"] == 1, outcomes
    assert set(outcomes) <= {"approved", "sold"}, outcomes
    for counted, book, sold, on_hand in books(shop, count_id).values():
        sold_before = STOCK - book
        assert on_hand == counted - (sold - sold_before)
    assert len({book for _, book, *_ in books(shop, count_id).values()}) > 1
    assert broken_promises() == []


def test_a_recording_waits_for_a_sale_in_progress_and_sees_it(environment, owner):
    assert environment
    shop = make_shop("waits", products=1, lots=1, stock=10)
    variant = shop.variant_ids[0]
    lot = shop.lot_ids[variant][0]
    count_id = start(shop).count_id

    with ThreadPoolExecutor(1) as pool:
        with db.unit_of_work(shop.ctx) as session:
            picks = inventory.allocate(session, shop.ctx, shop.storage_id, [Wanted(1, variant, 3)])
            recording = pool.submit(record, shop, count_id, {lot: 7})
            _wait_for_a_waiter(owner)
            assert not recording.done()
            origin = Origin("test", new_id())
            cost = inventory.issue(session, shop.ctx, picks, origin)
            _book(session, shop, origin, cost)
        recording.result(timeout=30)

    line = look(shop, count_id).rows[0]
    assert (line.counted, line.book, line.difference) == (7, 7, 0)


def _wait_for_a_waiter(owner) -> None:
    """Wait until some connection waits for a row that another one holds."""
    waiting = (
        "select count(*) from pg_stat_activity"
        " where wait_event_type = 'Lock' and datname = current_database()"
    )
    until = time.monotonic() + 20
    while not owner.execute(waiting).fetchone()[0]:
        assert time.monotonic() < until, "the recording does not wait"
        time.sleep(0.02)


def test_of_two_counts_started_at_once_over_the_same_lots_one_is_open(environment):
    assert environment
    shop = make_shop("twice", products=2)

    outcomes = at_once([lambda: start(shop)] * 4)

    assert refusals(outcomes, LotBeingCounted) == 3
    assert len(shop.run("inventory.list_counts").rows) == 1


def test_two_approvals_at_once_post_once(environment):
    assert environment
    shop = make_shop("once", products=1, lots=1, stock=10)
    count_id = start(shop).count_id
    record(shop, count_id, {shop.lot_ids[shop.variant_ids[0]][0]: 7})
    submit(shop, count_id)

    outcomes = at_once([lambda: approve(shop, count_id)] * 3)

    assert sum(not isinstance(outcome, DomainError) for outcome in outcomes) == 1
    assert shop.on_hand(shop.variant_ids[0]) == 7
    assert look(shop, count_id).count.status == "approved"
    assert broken_promises() == []
