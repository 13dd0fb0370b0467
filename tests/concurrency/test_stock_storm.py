"""Many processes on the same few units: exactly the stock is sold, and nobody is refused wrongly.

Source: reliability catalogue S2 to S5 and S9, and the measured comparison in its section 4.5.
"""

import os
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from erp.core import db
from erp.core.clock import utc_now
from erp.core.errors import DomainError
from erp.core.ids import new_id
from erp.core.settings import get_settings
from erp.services import accounting, inventory
from erp.services.inventory import InsufficientStock, LotNotSellable, Origin, Wanted
from tests.factories import Shop, broken_promises, make_shop
from tests.fixtures.forking import forkserver

PROCESSES = 6
PAUSE = 0.002
"""Between choosing and taking, so that without locks the choices would surely collide."""
Attempt = tuple[str, float, float, list[tuple[UUID, int]]]
"""Outcome, begin and end by the machine's clock, lots taken with their units."""


def storm(
    act: Callable[..., list[Attempt]], shop: Shop, rounds: int, processes: int = PROCESSES
) -> list[Attempt]:
    """Run an act in several processes, all let go at one instant, and return their attempts."""
    gate = forkserver().Barrier(processes)
    with forkserver().Pool(
        processes, initializer=_meet_at, initargs=(gate, dict(os.environ))
    ) as pool:
        results = [
            pool.apply_async(_when_all_are_ready, (act, number, shop, rounds))
            for number in range(processes)
        ]
        return [attempt for result in results for attempt in result.get(timeout=120)]


_gates: list[Any] = []


def _meet_at(gate: Any, environment: dict[str, str]) -> None:
    """Use this run's servers: the process this was forked from may be older than they are."""
    os.environ.update(environment)
    get_settings.cache_clear()
    _gates.append(gate)


def _when_all_are_ready(
    act: Callable[..., list[Attempt]], number: int, shop: Shop, rounds: int
) -> list[Attempt]:
    """Connect and fill this process's caches, wait for the others, then act."""
    with db.unit_of_work(shop.ctx) as session:
        accounting.account_ids(session, shop.ctx)
        accounting.period_id(session, shop.ctx, shop.ctx.today)
    _gates[0].wait(timeout=60)
    return act(number, shop, rounds)


def buy(shop: Shop, wanted: Sequence[Wanted]) -> Attempt:
    """Take a basket as a sale does, with its cost; tell how it went and when."""
    begun = time.monotonic()
    try:
        with db.unit_of_work(shop.ctx) as session:
            picks = inventory.allocate(session, shop.ctx, shop.storage_id, wanted)
            origin = Origin("test", new_id())
            time.sleep(PAUSE)
            with db.together(session):
                cost = inventory.issue(session, shop.ctx, picks, origin, effective_at=utc_now())
                _book(session, shop, origin, cost)
    except InsufficientStock:
        return ("short", begun, time.monotonic(), [])
    except DomainError as error:
        return (error.code, begun, time.monotonic(), [])
    except Exception as error:  # noqa: BLE001  a driver's refusal is named by its rule
        rule = getattr(getattr(error, "diag", None), "constraint_name", None)
        return (str(rule or error), begun, time.monotonic(), [])
    return ("sold", begun, time.monotonic(), [(pick.lot_id, pick.quantity) for pick in picks])


def _book(session: Any, shop: Shop, origin: Origin, cost: Any) -> None:
    lines = [accounting.debit("cogs", cost), accounting.credit("inventory", cost)]
    entry = accounting.NewEntry(
        "sales", shop.ctx.today, origin.type, origin.id, "cost", "Cost of goods", lines
    )
    accounting.post_entry(session, shop.ctx, entry)


def buy_singles(_number: int, shop: Shop, attempts: int) -> list[Attempt]:
    one = shop.variant_ids[0]
    return [buy(shop, [Wanted(1, one, 1)]) for _ in range(attempts)]


def buy_baskets(number: int, shop: Shop, attempts: int) -> list[Attempt]:
    chance = random.Random(number)  # noqa: S311  a repeatable mix of baskets
    return [
        buy(
            shop,
            [
                Wanted(line, variant_id, chance.randint(1, 3))
                for line, variant_id in enumerate(
                    chance.sample(shop.variant_ids, len(shop.variant_ids)), start=1
                )
            ],
        )
        for _ in range(attempts)
    ]


def test_the_last_units_are_sold_once_each_in_order_and_nobody_is_refused_wrongly(environment):
    assert environment
    shop = make_shop("storm", products=1, lots=3, stock=20)

    attempts = storm(buy_singles, shop, 16)

    assert Counter(outcome for outcome, *_ in attempts) == {"sold": 60, "short": 36}
    assert shop.on_hand(shop.variant_ids[0]) == 0
    first_refusal = min(end for outcome, _, end, _ in attempts if outcome == "short")
    assert [a for a in attempts if a[0] == "sold" and a[1] > first_refusal] == []
    assert _lots_in_order(shop) == list(shop.lot_ids[shop.variant_ids[0]])
    assert broken_promises() == []


def _lots_in_order(shop: Shop) -> list[UUID]:
    """Return the lots in the order of their first sale, which was numbered under the lock."""
    with db.unit_of_work(shop.ctx) as session:
        rows = db.fetch_all(
            session, "select lot_id from stock_move where origin_type = 'test' order by id"
        )
    sold = [row["lot_id"] for row in rows]
    assert sold == sorted(sold, key=sold.index), "a later lot left before an earlier one was empty"
    return list(dict.fromkeys(sold))


def test_baskets_that_overlap_never_lock_each_other_out(environment):
    assert environment
    shop = make_shop("baskets", products=5, lots=2, stock=30)

    attempts = storm(buy_baskets, shop, 12, processes=4)

    outcomes = Counter(outcome for outcome, *_ in attempts)
    assert set(outcomes) <= {"sold", "short"}, outcomes
    assert outcomes["sold"] > 0
    sold = sum(quantity for *_, taken in attempts for _, quantity in taken)
    left = sum(shop.on_hand(variant_id) for variant_id in shop.variant_ids)
    assert sold + left == 5 * 2 * 30
    assert broken_promises() == []


def buy_until_recalled(number: int, shop: Shop, attempts: int) -> list[Attempt]:
    if number:
        return buy_singles(number, shop, attempts)
    time.sleep(0.3)
    lot = shop.lot_ids[shop.variant_ids[0]][0]
    shop.run("inventory.recall_lot", {"lot_id": lot, "reason": "Maker's notice"})
    at = time.monotonic()
    return [("recalled", at, at, [])]


def test_a_recall_stops_every_sale_that_begins_after_it(environment):
    assert environment
    shop = make_shop("recall", products=1, lots=1, stock=2000)

    attempts = storm(buy_until_recalled, shop, 100, processes=4)

    recalled = next(end for outcome, _, end, _ in attempts if outcome == "recalled")
    late = [a for a in attempts if a[0] == "sold" and a[1] > recalled]
    refused = Counter(outcome for outcome, *_ in attempts) - Counter({"sold": 10**6})
    assert late == []
    assert set(refused) <= {"recalled", "short", "stock_move_sellable", LotNotSellable.code}
    assert refused["short"] > 0
    assert broken_promises() == []


def move_back_and_forth(number: int, shop: Shop, rounds: int) -> list[Attempt]:
    ends = [shop.storage_id, shop.expired_store_id]
    if number % 2:
        ends.reverse()
    attempts: list[Attempt] = []
    for _ in range(rounds):
        lots = [lots[0] for lots in shop.lot_ids.values()]
        random.Random(number).shuffle(lots)  # noqa: S311  each process in another order
        given = {
            "from_location_id": ends[0],
            "to_location_id": ends[1],
            "lines": [{"lot_id": lot, "quantity": 1} for lot in lots],
        }
        try:
            shop.run("inventory.transfer_stock", given)
            outcome = "moved"
        except DomainError as error:
            outcome = error.code
        attempts.append((outcome, 0, 0, []))
    return attempts


def test_goods_moved_both_ways_at_once_are_neither_lost_nor_doubled(environment):
    assert environment
    shop = make_shop("crossing", products=4, lots=1, stock=100)
    for lots in shop.lot_ids.values():
        given = {
            "from_location_id": shop.storage_id,
            "to_location_id": shop.expired_store_id,
            "lines": [{"lot_id": lots[0], "quantity": 50}],
        }
        shop.run("inventory.transfer_stock", given)

    attempts = storm(move_back_and_forth, shop, 10, processes=4)

    assert Counter(outcome for outcome, *_ in attempts) == {"moved": 40}
    for variant_id in shop.variant_ids:
        assert shop.on_hand(variant_id) + shop.on_hand(variant_id, shop.expired_store_id) == 100
    assert broken_promises() == []
