"""A subscriber that leaves a countable effect, and the pieces that bring events to it."""

from collections.abc import Callable, Iterator
from uuid import UUID

import psycopg
import pytest
from redis import Redis

from erp.core.ids import new_id
from erp.services import platform
from jobs import worker
from jobs.queues import connect
from jobs.relay import Relay, seal_waiting_events
from tests.fixtures.people import Organisation
from tests.jobs.probe import PROBE, subscribed


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    """An empty Redis database of this worker."""
    assert redis_url
    with connect() as connection:
        connection.flushdb()
        yield connection


@pytest.fixture
def relay(redis: Redis, owner: psycopg.Connection) -> Iterator[Relay]:
    """A relay without clock-driven work or backlog; from now on the probe hears of events."""
    while seal_waiting_events():
        pass
    owner.execute(
        "update event_delivery set next_attempt_at = now() + interval '1 day'"
        " where status in ('pending', 'leased')"
    )
    made = Relay(redis)
    made.schedule.enqueue_due = lambda: 0  # type: ignore[method-assign]
    with subscribed(PROBE):
        yield made


@pytest.fixture
def happen(asha: Organisation) -> Callable[..., UUID]:
    """Make one event happen, by a real command, and return the reader it is about."""

    def one(where: Organisation = asha) -> UUID:
        matter = {
            "idempotency_key": new_id().hex,
            "kind": "probe",
            "title": "Probe",
            "for_permission": "probe.only_owners",
        }
        platform.run("workflows.raise_matter", where.system, matter)
        return where["owner"].ctx.user_id

    return one


@pytest.fixture
def drain() -> Callable[[], None]:
    """Work off the queue in this process."""

    def work() -> None:
        assert worker.work(burst=True)

    return work


@pytest.fixture
def work(relay, drain, owner, asha):
    """Do everything that is due, as if the pauses were over."""

    def now(turns=4):
        for _ in range(turns):
            while relay.turn():
                pass
            owner.execute(
                "update event_delivery set next_attempt_at = now() - interval '1 second'"
                " where tenant_id = %s and status = 'pending'",
                (asha.tenant_id,),
            )
            relay.turn()
            drain()

    return now


class Ledger:
    """What PostgreSQL says of probe deliveries and their effects, as its owner sees it."""

    def __init__(self, owner: psycopg.Connection, tenant_id: UUID) -> None:
        self._owner = owner
        self._tenant_id = tenant_id
        earlier = owner.execute("select id from event_delivery where subscriber = 'probe'")
        self._earlier = [row[0] for row in earlier]

    def effects(self) -> int:
        row = self._owner.execute(
            "select count(*) from event where tenant_id = %s and name = 'probe.effect.v1'",
            (self._tenant_id,),
        ).fetchone()
        assert row
        return int(row[0])

    def deliveries(self) -> list[tuple[str, int, str | None]]:
        return self._owner.execute(
            "select status, attempts, last_error from event_delivery"
            " where tenant_id = %s and subscriber = 'probe' and id <> all(%s) order by id",
            (self._tenant_id, self._earlier),
        ).fetchall()

    def statuses(self) -> list[str]:
        return [status for status, _, _ in self.deliveries()]

    def make_due(self) -> None:
        self._owner.execute(
            "update event_delivery set next_attempt_at = now() - interval '1 second',"
            " leased_until = case when status = 'leased' then now() - interval '1 second' end"
            " where tenant_id = %s and status in ('pending', 'leased')",
            (self._tenant_id,),
        )

    def waiting(self) -> int:
        row = self._owner.execute("select count(*) from event_queue").fetchone()
        assert row
        return int(row[0])


@pytest.fixture
def ledger(owner: psycopg.Connection, asha: Organisation) -> Iterator[Ledger]:
    """The tenant's deliveries of this test; none of them is left to be worked off later."""
    yield Ledger(owner, asha.tenant_id)
    owner.execute(
        "update event_delivery set status = 'done', done_at = now(), lease_token = null,"
        " leased_until = null where subscriber = 'probe' and status <> 'done'"
    )
