"""Each hour the past stock of every tenant is written down, a bounded part at a time."""

from datetime import timedelta

import psycopg
import pytest

from erp.services.inventory import keeping_past_stock
from jobs import daily
from tests.factories import broken_promises, make_shop
from tests.services.inventory.past_goods import receive
from tests.services.trading import rows

QUANTITIES = (11, 7)


@pytest.fixture
def shops(environment, database_url, monkeypatch):
    """Two tenants whose goods came on three days gone by, each recorded on its day."""
    assert environment
    monkeypatch.setattr(keeping_past_stock, "MOVES_APART", 1)
    made = [make_shop("past", lots=0), make_shop("past", lots=0)]
    for shop, quantity in zip(made, QUANTITIES, strict=True):
        for days_ago in (30, 20, 10):
            receive(shop, days_ago=days_ago, quantity=quantity)
    with psycopg.connect(database_url) as owner:
        owner.execute("alter table stock_move disable trigger user")
        owner.execute(
            "update stock_move set recorded_at = effective_at + interval '1 minute'"
            " where tenant_id = any(%s)",
            ([shop.tenant_id for shop in made],),
        )
        owner.execute("alter table stock_move enable trigger user")
    return made


def work(monkeypatch, hours: int) -> None:
    """Do the work of the hour that many hours from now."""
    with monkeypatch.context() as later:
        now = daily.utc_now() + timedelta(hours=hours)
        later.setattr(daily, "utc_now", lambda: now)
        daily.keep_past_stock_each_hour()


def written(shop) -> list[int]:
    """Return the units of each snapshot that the tenant has, the earliest first."""
    found = rows(
        shop,
        "select (select sum(quantity)::int from stock_snapshot_line l"
        " where (l.tenant_id, l.snapshot_id) = (s.tenant_id, s.id)) as units"
        " from stock_snapshot s where s.tenant_id = %s order by s.until",
        shop.tenant_id,
    )
    return [row["units"] for row in found]


def test_every_tenant_has_its_own_days_written_down_and_once(shops, monkeypatch):
    for hours in (0, 1):
        work(monkeypatch, hours)
        assert [written(shop) for shop in shops] == [[q, 2 * q, 3 * q] for q in QUANTITIES]
    assert broken_promises() == []


def test_one_hour_writes_so_many_and_the_next_goes_on(shops, monkeypatch):
    monkeypatch.setattr(daily, "SNAPSHOTS_AN_HOUR", 2)
    work(monkeypatch, 0)
    assert [written(shop) for shop in shops] == [[q, 2 * q] for q in QUANTITIES]
    work(monkeypatch, 1)
    assert [len(written(shop)) for shop in shops] == [3, 3]


def test_a_tenant_that_fails_leaves_the_others_theirs(shops, monkeypatch):
    first, second = shops
    run = daily.platform.run

    def fail_for_the_first(action, ctx, *more, **named):
        if ctx.tenant_id == first.tenant_id:
            raise ZeroDivisionError
        return run(action, ctx, *more, **named)

    monkeypatch.setattr(daily.platform, "run", fail_for_the_first)
    daily.keep_past_stock_each_hour()
    monkeypatch.undo()
    assert (written(first), len(written(second))) == ([], 3)
