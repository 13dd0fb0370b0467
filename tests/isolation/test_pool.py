"""A context never outlives its unit of work, however that ends and whoever uses the connection next."""

import random
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from sqlalchemy.pool import QueuePool

from erp.core import db
from erp.core.errors import Unavailable
from erp.core.settings import get_settings
from tests.factories import make_shop

UNITS, THREADS, POOL = 1000, 8, 2
SEEN = "select tenant_id from company"
ENDS = ("commit", "error", "refusal of the database", "nobody", "two in a row", "killed")
WEIGHTS = (40, 20, 15, 15, 9, 1)


class Stop(Exception):
    """The unit of work fails for a reason of its own."""


@pytest.fixture
def small_pool(environment, monkeypatch):
    """Two connections and no more, so that every unit of work inherits a used one."""
    assert environment
    monkeypatch.setattr(get_settings(), "pool_size", POOL)
    db.dispose()
    used_pool()._max_overflow = 0
    yield
    monkeypatch.undo()
    db.dispose()


def used_pool():
    pool = db.engine("app").pool
    assert isinstance(pool, QueuePool)
    return pool


def seen(session):
    return [row["tenant_id"] for row in db.fetch_all(session, SEEN)]


def unit(shops, owner_url, seed) -> str | None:
    """Do one unit of work and return what was wrong with what it saw."""
    chance = random.Random(seed)  # noqa: S311  a schedule, not a secret
    shop, end = chance.choice(shops), chance.choices(ENDS, WEIGHTS)[0]
    try:
        if end == "nobody":
            with db.anonymous_unit_of_work() as session:
                return None if seen(session) == [] else "somebody's rows without a context"
        with db.unit_of_work(shop.ctx) as session:
            if seen(session) != [shop.tenant_id]:
                return f"{end}: not one's own rows"
            _finish(session, end, owner_url)
        if end == "two in a row":
            return unit(shops, owner_url, seed + 1_000_000)
    except (Stop, psycopg.Error, Unavailable):
        return None
    return None


def _finish(session, end, owner_url) -> None:
    if end == "error":
        raise Stop
    if end == "refusal of the database":
        db.execute(session, "insert into company (tenant_id) values (gen_random_uuid())")
    if end == "killed":
        pid = db.raw(session).info.backend_pid
        with psycopg.connect(owner_url, autocommit=True) as owner:
            owner.execute("select pg_terminate_backend(%s)", (pid,))
        db.fetch_all(session, SEEN)


@pytest.mark.usefixtures("small_pool")
def test_a_thousand_interleaved_units_of_work_see_their_own_rows_alone(database_url):
    shops = [make_shop(f"pool{number}", products=1, lots=0) for number in range(4)]
    with ThreadPoolExecutor(THREADS) as threads:
        wrong = list(threads.map(lambda seed: unit(shops, database_url, seed), range(UNITS)))
    assert [sentence for sentence in wrong if sentence] == []
    assert used_pool().checkedout() == 0


@pytest.mark.usefixtures("small_pool")
def test_a_context_set_for_the_session_would_be_seen(database_url, monkeypatch):
    """The mutation: the setting outlives the transaction, and the next in line sees it."""
    shops = [make_shop(f"leak{number}", products=1, lots=0) for number in range(2)]

    def enter_for_ever(session, ctx, _seconds):
        text = db.signed_context(ctx.tenant_id, ctx.user_id, 4_000_000_000)
        db.raw(session).execute("select set_config('app.ctx', %s, false)", (text,))

    monkeypatch.setattr(db, "enter_tenant", enter_for_ever)
    wrong = [unit(shops, database_url, seed) for seed in range(60)]
    assert "somebody's rows without a context" in wrong
