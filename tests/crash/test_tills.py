"""Tills are killed in mid-sale: nothing is half done, and asking again has one effect."""

import random
import signal
import time

from erp.core.ids import new_id
from tests.crash.judging import assert_history_holds
from tests.crash.till import counted, request, sell_and_die, sell_until_killed
from tests.factories import make_shop

AT_ONCE = 4


def statements_of_a_sale(shop):
    """Count the places where a sale can be cut, as a warm process meets them."""
    shop.answer("pos.post_sale", request(shop, new_id()))
    with counted(lambda _number: None) as names:
        shop.answer("pos.post_sale", request(shop, new_id()))
    return names


def test_killed_before_each_statement_a_sale_is_whole_or_absent(
    environment, launch, history, tmp_path
):
    names = statements_of_a_sale(make_shop("count"))
    assert names[-2:] == ["commit", "committed"]
    assert len(names) >= 9, "claim, five reads and locks, one write, and both sides of the commit"
    shop = make_shop("cut", stock=10_000)
    path = tmp_path / "history.jsonl"
    points = list(range(1, len(names) + 1))
    while points:
        dying = [
            launch(sell_and_die, environment, shop, path, points.pop())
            for _ in range(min(AT_ONCE, len(points)))
        ]
        for process in dying:
            process.join(60)
            assert process.exitcode == -signal.SIGKILL
    assert len(history.told("asked")) == 2 * len(names)
    assert len(history.told("answered")) == len(names)
    assert_history_holds(shop, history)


def test_killed_at_any_moment_tills_leave_sound_books(environment, launch, history, tmp_path):
    chance = random.Random(26)  # noqa: S311  a schedule, not a secret
    shop = make_shop("moment", stock=10_000)
    path = tmp_path / "history.jsonl"
    for _ in range(4):
        selling = [launch(sell_until_killed, environment, shop, path) for _ in range(3)]
        before = len(history.told("answered"))
        while len(history.told("answered")) < before + 6:
            time.sleep(0.02)
        for process in selling:
            time.sleep(chance.uniform(0, 0.02))
            process.kill()
            process.join(30)
    assert_history_holds(shop, history)
