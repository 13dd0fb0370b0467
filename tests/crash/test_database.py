"""The database dies while tills sell: what was acknowledged is kept, what was not is asked again."""

import os
import random
import shutil
import signal
import time
from collections.abc import Iterator

import psycopg
import pytest

from erp.core import db, migrations
from erp.core.errors import Unavailable
from erp.core.settings import get_settings
from erp.embedded import EmbeddedStack
from tests.crash.judging import assert_history_holds
from tests.crash.till import sell_through
from tests.factories import make_shop
from tests.fixtures.servers import own_settings, scratch_directory

TILLS, SALES = 3, 60


@pytest.fixture
def mortal(environment, monkeypatch) -> Iterator[EmbeddedStack]:
    """A PostgreSQL of this test alone that keeps what it acknowledges, and the product on it."""
    assert environment
    directory = scratch_directory()
    stack = EmbeddedStack(directory, own_settings(), durable=True)
    stack.postgres.start()
    monkeypatch.setattr(get_settings(), "database_url", stack.postgres.url())
    db.dispose()
    migrations.upgrade(stack.postgres.url())
    yield stack
    monkeypatch.undo()
    db.dispose()
    stack.postgres.stop()
    shutil.rmtree(directory)


def a_busy_backend(stack) -> int:
    with psycopg.connect(stack.postgres.url()) as owner:
        row = owner.execute(
            "select pid from pg_stat_activity where usename = 'erp_app' order by random() limit 1"
        ).fetchone()
    assert row is not None
    pid: int = row[0]
    return pid


def answers(history, more_than) -> None:
    """Wait until the tills have had more answers than before."""
    deadline = time.monotonic() + 60
    while len(history.told("answered")) <= more_than:
        assert time.monotonic() < deadline, "the tills stand still"
        time.sleep(0.02)


def test_a_killed_backend_and_a_killed_server_lose_nothing(
    environment, mortal, launch, history, tmp_path
):
    chance = random.Random(4)  # noqa: S311  a schedule, not a secret
    shop = make_shop("mortal", stock=10_000)
    env = environment | {"DATABASE_URL": mortal.postgres.url()}
    path = tmp_path / "history.jsonl"
    selling = [launch(sell_through, env, shop, path, SALES) for _ in range(TILLS)]
    answers(history, 15)
    os.kill(a_busy_backend(mortal), signal.SIGKILL)
    answers(history, len(history.told("answered")) + 20)
    time.sleep(chance.uniform(0, 0.05))
    mortal.postgres.kill()
    mortal.postgres.start()
    for process in selling:
        process.join(90)
        assert process.exitcode == 0
    assert len(history.told("answered")) == TILLS * SALES
    assert history.told("unknown"), "nothing was in flight when the server died"
    assert_history_holds(shop, history)


def test_the_first_requests_after_a_restart_succeed(mortal):
    """Connections that died in the pool are found out before a request is given one."""
    shop = make_shop("patient")
    sessions = [db.engine("app").connect() for _ in range(3)]
    for session in sessions:
        session.close()
    mortal.postgres.restart()
    for _ in range(5):
        shop.sell({shop.variant_ids[0]: 1})


def test_a_request_while_the_database_is_away_is_refused_and_may_be_repeated(mortal):
    shop = make_shop("away")
    key = {"idempotency_key": "while-the-server-was-away"}
    cart = shop.cart({shop.variant_ids[0]: 1}) | key
    mortal.postgres.kill()
    with pytest.raises(Unavailable, match="takes effect only once"):
        shop.answer("pos.post_sale", cart)
    mortal.postgres.start()
    assert not shop.answer("pos.post_sale", cart).replayed
    assert shop.count("sale") == 1
