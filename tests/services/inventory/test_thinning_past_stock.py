"""Old snapshots of stock are thinned: every past day gives the same answer, and nothing young or alone goes."""

from datetime import timedelta
from itertools import pairwise

import psycopg
import pytest

from erp.core import db
from erp.services.inventory import keeping_past_stock, thinning_past_stock
from erp.services.inventory.past_stock import past_stock
from tests.factories import broken_promises, make_shop
from tests.services.inventory.past_goods import receive
from tests.services.inventory.test_past_stock import as_of, keep, same
from tests.services.trading import rows

OLD = range(520, 404, -4)
"""Days ago on which goods came, all of them old enough to be thinned."""
DAYS = [
    (ago, known) for ago in (406, 411, 430, 455, 490, 519) for known in (None, 401, 415, 440, 500)
]
LONG = timedelta(hours=7)
RETIRE = "update stock_snapshot set retired_at ="


@pytest.fixture
def shop(environment, database_url, monkeypatch):
    """A tenant whose goods came every fourth day a year ago and lately; some were entered twelve days late."""
    assert environment
    monkeypatch.setattr(keeping_past_stock, "MOVES_APART", 1)
    made = make_shop("thinned", lots=0)
    for place, days_ago in enumerate([*OLD, 30, 20, 10]):
        receive(made, days_ago=days_ago, quantity=1 + place % 5)
    with psycopg.connect(database_url) as owner:
        owner.execute("alter table stock_move disable trigger user")
        owner.execute(
            "update stock_move set recorded_at = effective_at"
            " + case when quantity = 2 then interval '12 days' else interval '1 minute' end where tenant_id = %s",
            (made.tenant_id,),
        )
        owner.execute("alter table stock_move enable trigger user")
    assert keep(made) > len(OLD)
    return made


def thin(shop, **more):
    return shop.run("inventory.thin_past_stock", **more)


def thin_away(shop):
    """Retire what is spare seven hours ago, and delete all of it now."""
    retired = thin(shop, at=shop.ctx.now - LONG).retired
    deleted = 0
    while thin(shop).deleted:
        deleted += 1
    assert deleted == retired
    return deleted


def snapshots(shop):
    return rows(
        shop,
        "select id, until, known_until, base_id, retired_at from stock_snapshot order by until",
    )


def test_past_days_give_the_same_answers_before_and_after(shop):
    before, count = [as_of(shop, *each) for each in DAYS], len(snapshots(shop))

    gone = thin_away(shop)

    assert gone > len(OLD) // 2
    assert len(snapshots(shop)) == count - gone
    assert [as_of(shop, *each) for each in DAYS] == before
    assert [each for each in DAYS if not same(shop, *each)] == []
    assert broken_promises() == []
    assert thin(shop).retired == 0


def test_what_stays_is_a_month_apart_and_all_of_the_last_400_days(shop):
    young = [
        each["id"] for each in snapshots(shop) if each["until"] > shop.ctx.now - timedelta(days=400)
    ]

    thin_away(shop)

    left = snapshots(shop)
    untils = sorted({each["until"] for each in left if each["id"] not in young})
    assert max(b - a for a, b in pairwise(untils)) <= timedelta(days=31)
    assert set(young) <= {each["id"] for each in left}
    assert len(young) == 3


def test_a_question_that_began_with_a_snapshot_ends_with_it(shop):
    assert thin(shop).retired > 0

    gone = next(each for each in snapshots(shop) if each["retired_at"])

    with db.unit_of_work(shop.ctx) as session:
        found = past_stock(session, shop.ctx, gone["until"], gone["known_until"])
    assert found.base_id != gone["id"]
    assert thin(shop).deleted == 0  # six hours have not gone by
    assert rows(shop, "select 1 from stock_snapshot_line where snapshot_id = %s", gone["id"])


def test_so_many_are_retired_at_once(shop, monkeypatch):
    monkeypatch.setattr(thinning_past_stock, "MOST_RETIRED", 2)
    assert [thin(shop).retired for _ in range(2)] == [2, 2]
    assert broken_promises() == []


def test_who_asks_and_who_moves_goods_wait_for_no_thinning(shop):
    with db.unit_of_work(shop.ctx) as session:
        thinning_past_stock.thin_past_stock(session, shop.ctx, thinning_past_stock.ThinPastStock())
        receive(shop, days_ago=450)
        assert same(shop, 440)


def test_nothing_else_happens_to_a_snapshot(shop):
    thin(shop)
    before = snapshots(shop)
    for statement in (
        "delete from stock_snapshot",
        f"{RETIRE} now() - interval '1 day' where until > now() - interval '390 days'",
        f"{RETIRE} now() where base_id is null",
        f"{RETIRE} null where retired_at is not null",
        "update stock_snapshot set base_id = null where base_id is not null",
        "update stock_snapshot set until = until - interval '1 day'",
        "delete from stock_snapshot_line",
        "update stock_snapshot_line set quantity = 1",
    ):
        with (
            pytest.raises(Exception, match=r"snapshot of stock|permission denied"),
            db.unit_of_work(shop.ctx) as session,
        ):
            db.execute(session, statement)
    assert snapshots(shop) == before
