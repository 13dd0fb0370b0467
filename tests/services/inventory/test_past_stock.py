"""Stock of a past day: a snapshot and the moves that it does not cover, the same as all moves added up."""

import random
from datetime import UTC, timedelta

import psycopg
import pytest

from erp.core import db
from erp.core.clock import utc_now
from erp.services import accounting
from erp.services.inventory import keeping_past_stock
from erp.services.inventory.past_stock import past_stock
from tests.factories import broken_promises, make_shop
from tests.services.inventory.past_goods import receive, sell
from tests.services.trading import rows

PLAIN = """
    with side as (
        select to_location_id as place, variant_id, quantity, value, effective_at, recorded_at from stock_move
        union all
        select from_location_id, variant_id, -quantity, -value, effective_at, recorded_at from stock_move
        union all
        select location_id, variant_id, 0, value, effective_at, recorded_at from stock_revaluation)
    select v.sku, sum(s.quantity)::int as quantity, sum(s.value) as value
      from side s join location l on l.id = s.place join variant v on v.id = s.variant_id
     where l.warehouse_id is not null and s.effective_at < %s and s.recorded_at < %s
     group by 1 having sum(s.quantity) <> 0 order by 1
"""
TAKEN = "insert into stock_snapshot (tenant_id, id, until, known_until) select tenant_id, gen_random_uuid(),"
FAR = timedelta(days=4000)


@pytest.fixture
def shop(environment):
    assert environment
    return make_shop("past", lots=0)


@pytest.fixture(autouse=True)
def often(monkeypatch):
    """Let every two moves be enough for a snapshot."""
    monkeypatch.setattr(keeping_past_stock, "MOVES_APART", 2)


def keep(shop, **more) -> int:
    """Write every snapshot that is due; return how many."""
    written = 0
    while shop.run("inventory.keep_past_stock", **more).until:
        written += 1
    return written


def as_of(shop, days_ago, known=None):
    day = shop.ctx.today - timedelta(days=days_ago)
    known_on = {} if known is None else {"known_on": shop.ctx.today - timedelta(days=known)}
    found = shop.run("inventory.stock_as_of", {"on": day} | known_on)
    return [(x.sku, x.quantity, x.value) for x in found.rows], found.total_value


def plain(shop, days_ago, known=None):
    until = accounting.end_of(shop.ctx.today - timedelta(days=days_ago), shop.ctx)
    before = until + FAR
    if known is not None:
        before = accounting.end_of(shop.ctx.today - timedelta(days=known), shop.ctx)
    found = rows(shop, PLAIN, until, before)
    listed = [(x["sku"], x["quantity"], x["value"]) for x in found]
    return sorted(listed), sum(x[2] for x in listed)


def same(shop, days_ago, known=None):
    found, total = as_of(shop, days_ago, known)
    return (sorted(found), total) == plain(shop, days_ago, known)


def trade(shop, database_url, seed=7, steps=14):
    """Receive and sell on random past days; most is recorded on its own day, some later."""
    chance = random.Random(seed)  # noqa: S311  a shuffle, no secret
    for days_ago in (60, 58, 56):
        for product in range(3):
            receive(shop, days_ago=days_ago, quantity=40, product=product)
    for _ in range(steps):
        days_ago, product = chance.randint(2, 54), chance.randint(0, 2)
        if chance.random() < 0.4:
            receive(shop, days_ago=days_ago, quantity=chance.randint(1, 9), product=product)
        else:
            sell(shop, chance.randint(1, 5), days_ago=days_ago, product=product)
    with psycopg.connect(database_url) as owner:
        owner.execute("alter table stock_move disable trigger user")
        owner.execute(
            "update stock_move set recorded_at = least(now(), effective_at"
            " + case when hashtext(id::text) %% 5 = 0 then interval '12 days' else interval '1 minute' end)"
            " where tenant_id = %s",
            (shop.tenant_id,),
        )
        owner.execute("alter table stock_move enable trigger user")


def test_any_day_is_what_all_moves_add_up_to_whatever_was_written_down(shop, database_url):
    trade(shop, database_url)
    days = [
        (ago, known) for ago in (1, 3, 9, 20, 33, 47, 55, 57, 70) for known in (None, 2, 15, 30, 50)
    ]
    assert all(same(shop, *each) for each in days)
    assert keep(shop) > 4
    assert [each for each in days if not same(shop, *each)] == []
    assert broken_promises() == []


def test_what_is_entered_late_counts_on_its_day_and_not_in_what_was_known(shop, database_url):
    trade(shop, database_url)
    keep(shop)
    before, known = as_of(shop, 20), as_of(shop, 20, 10)
    receive(shop, days_ago=40, quantity=7)
    assert as_of(shop, 20)[1] == before[1] + 7 * 60
    assert as_of(shop, 20, 10) == known
    assert same(shop, 20)
    assert broken_promises() == []


def test_a_late_delivery_touches_no_snapshot(shop, database_url):
    trade(shop, database_url)
    assert keep(shop) > 4
    with psycopg.connect(database_url) as owner:
        owner.execute("lock table stock_snapshot, stock_snapshot_line in access exclusive mode")
        receive(shop, days_ago=55, quantity=4)
    assert same(shop, 20)


def test_a_day_that_much_was_entered_for_since_is_written_down_anew_beside_the_old(
    shop, database_url, monkeypatch
):
    trade(shop, database_url)
    keep(shop)
    told = as_of(shop, 30, 20)
    for _ in range(4):
        receive(shop, days_ago=50, quantity=3)
    monkeypatch.setattr(keeping_past_stock, "SETTLED", timedelta(0))
    assert keep(shop, at=utc_now()) > 0
    doubled = rows(shop, "select until from stock_snapshot group by until having count(*) > 1")
    assert doubled
    assert as_of(shop, 30, 20) == told
    assert [ago for ago in (5, 30, 45) if not same(shop, ago)] == []
    assert broken_promises() == []


def test_a_question_reads_the_moves_since_the_snapshot_alone(shop, database_url):
    trade(shop, database_url)
    keep(shop)
    until = accounting.end_of(shop.ctx.today - timedelta(days=3), shop.ctx)
    with db.unit_of_work(shop.ctx) as session:
        found = past_stock(session, shop.ctx, until)
    assert found.base_id is not None
    assert timedelta(0) <= until - found.about["since"].astimezone(UTC) < timedelta(days=40)
    later = past_of(shop, until - timedelta(days=100))
    assert later.base_id is None


def past_of(shop, until):
    with db.unit_of_work(shop.ctx) as session:
        return past_stock(session, shop.ctx, until)


def test_nothing_is_written_down_before_its_day_is_settled(shop):
    for _ in range(3):
        receive(shop, days_ago=0)
    assert keep(shop) == 0
    assert rows(shop, "select 1 from stock_snapshot") == []


def test_the_database_changes_no_snapshot_and_takes_none_of_an_unsettled_day(shop, database_url):
    trade(shop, database_url)
    keep(shop)
    for statement in (
        "update stock_snapshot_line set quantity = 1",
        "delete from stock_snapshot",
        f"{TAKEN} now() - interval '1 hour', now() - interval '1 minute' from location limit 1",
        f"{TAKEN} now(), now() + interval '2 days' from location limit 1",
    ):
        with psycopg.connect(database_url) as owner, pytest.raises(psycopg.Error):
            owner.execute(statement)
