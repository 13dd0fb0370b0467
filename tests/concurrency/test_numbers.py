"""Legal numbers: 1 to n without gap or double, whatever fails in between.

Source: CGST Rules 2017, rule 46(b).
"""

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from erp.core import db
from erp.core.errors import Conflict, DomainError
from erp.core.ids import new_id
from erp.services import platform
from erp.services.platform import Series
from tests.factories import Shop, broken_promises, make_shop
from tests.services.trading import rows

SALES = 60


def _numbers(trader: Shop, prefix: str) -> list[int]:
    found = rows(trader, "select number from invoice where number like %s", f"{prefix}/%")
    return sorted(int(row["number"].rpartition("/")[2]) for row in found)


def _sell_or_fail(trader: Shop, number: int) -> str:
    """Sell, roll a sale back half-way, or ask for what is refused after allocation."""
    goods = {trader.variant_ids[number % 3]: 1}
    if number % 3 == 0:
        platform.preview("pos.post_sale", trader.ctx, trader.cart(goods))
        return "rolled back"
    given: dict[str, Any] = trader.cart(goods)
    if number % 3 == 1:
        given |= {"sale_id": trader.shift_id}
    try:
        trader.run("pos.post_sale", given)
    except DomainError as refusal:
        return refusal.code
    return "sold"


def test_bills_are_numbered_without_gaps_under_a_storm_with_rollbacks(trader: Shop):
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(lambda n: _sell_or_fail(trader, n), range(SALES)))
    sold = outcomes.count("sold")
    assert outcomes.count("rolled back") == SALES // 3
    assert outcomes.count("conflict") >= SALES // 3 - 1
    assert _numbers(trader, "POS1") == list(range(1, sold + 1))
    assert broken_promises() == []


def test_a_series_opened_by_many_at_once_starts_at_one(trader: Shop):
    series = Series(trader.ctx.branch_id, "test", "2026-27", "NEW", register_id=trader.register_id)

    def take(give_up: bool) -> str:  # noqa: FBT001  the drawn column
        number = ""
        with suppress(ZeroDivisionError), db.unit_of_work(trader.ctx) as session:
            number = platform.next_number(session, trader.ctx, series)
            number = number if 1 // (not give_up) else ""
        return "" if give_up else number

    chance = random.Random(7)  # noqa: S311  a repeatable mix
    with ThreadPoolExecutor(8) as pool:
        drawn = list(pool.map(take, [chance.random() < 0.3 for _ in range(80)]))
    given = [number for number in drawn if number]
    assert sorted(given) == [f"NEW/26-27/{n:05d}" for n in range(1, len(given) + 1)]


def test_two_series_never_share_a_prefix(trader: Shop):
    mine = Series(trader.ctx.branch_id, "test", "2026-27", "SAME", register_id=trader.register_id)
    theirs = replace(mine, document_type="other")
    with db.unit_of_work(trader.ctx) as session:
        platform.next_number(session, trader.ctx, mine)
    with pytest.raises(Conflict, match="SAME/26-27/"), db.unit_of_work(trader.ctx) as session:
        platform.next_number(session, trader.ctx, theirs)


def test_notes_and_bills_of_a_till_have_series_of_their_own(trader: Shop):
    sales = [trader.sell({trader.variant_ids[0]: 1}) for _ in range(3)]
    for sale in sales[:2]:
        wanted = {"sale_id": sale.sale_id, "shift_id": trader.shift_id, "reason": "Broken"}
        trader.run("pos.post_return", wanted | {"lines": [{"line_no": 1, "quantity": 1}]})
    assert (_numbers(trader, "POS1"), _numbers(trader, "CPOS1")) == ([1, 2, 3], [1, 2])


@pytest.mark.usefixtures("environment")
def test_numbers_of_two_tenants_do_not_know_each_other():
    one, two = make_shop("one"), make_shop("two")
    one.sell({one.variant_ids[0]: 1})
    assert two.sell({two.variant_ids[0]: 1}, sale_id=new_id()).number.endswith("/00001")
