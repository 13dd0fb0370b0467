"""The relay: from committed events to sealed events, deliveries and rung workers.

    python -m jobs.relay

It looks every `FLOOR_SECONDS`, so nothing has to tell it. PostgreSQL remembers what is due:
whatever Redis loses, and whatever happened while Redis or the relay was away, is made up for.
"""

import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import structlog
from redis import Redis, RedisError

from erp.core import db
from erp.core.clock import utc_now
from erp.core.errors import Busy, Unavailable
from erp.core.telemetry import configure_logging
from erp.services import accounting, identity, platform
from jobs.bell import Bell
from jobs.queues import connect
from jobs.schedule import Schedule
from jobs.subscriptions import subscribers_of

FLOOR_SECONDS = 0.25
TROUBLED_SECONDS = 2.0
T = TypeVar("T")
_log = structlog.get_logger()


def seal_waiting_events() -> list[platform.SealedEvent]:
    """Seal one batch of every tenant that has events waiting; one transaction per tenant.

    Raises:
        Unavailable: The database is away; what waits keeps waiting.
    """
    with db.ops_session() as session:
        tenants = platform.tenants_with_events(session)
    sealed: list[platform.SealedEvent] = []
    for tenant_id in tenants:
        with db.ops_session() as session:
            sealed += platform.seal_events(session, tenant_id, subscribers_of, now=utc_now())
    return sealed


def seal_waiting_entries() -> int:
    """Seal one batch of the tenant whose journal entry has waited longest; return how many.

    A batch a turn: however many wait, events are told of no later.

    Raises:
        Unavailable: The database is away; what waits keeps waiting.
    """
    with db.ops_session() as session:
        tenant_id = accounting.next_to_seal(session)
        if tenant_id is None:
            return 0
        return accounting.seal_entries(session, tenant_id, now=utc_now())


def find_due_deliveries() -> list[platform.DueDelivery]:
    """Return what workers should be told about now."""
    with db.ops_session() as session:
        return platform.due_deliveries(session, utc_now())


@dataclass
class Relay:
    """One relay process. Several may run: they divide the tenants between them."""

    connection: Redis
    troubles: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.bell = Bell(self.connection)
        self.schedule = Schedule(self.connection)

    def turn(self) -> int:
        """Do what is to be done now; return how many events and entries were sealed.

        Redis being away stops neither the sealing nor the loop.
        """
        sealed = self._unless_away("database", seal_waiting_events) or []
        due = self._unless_away("database", find_due_deliveries) or []
        self._unless_away("redis", lambda: self._ring(sealed, due))
        entries = self._unless_away("database", seal_waiting_entries) or 0
        return len(sealed) + entries

    def _ring(self, sealed: list[platform.SealedEvent], due: list[platform.DueDelivery]) -> None:
        if "redis" in self.troubles:
            self.connection.ping()
        if sealed:
            self.bell.tell_pages(sealed)
        self.bell.ring(due)
        self.schedule.enqueue_due()

    def _unless_away(self, what: str, action: Callable[[], T]) -> T | None:
        try:
            done = action()
        except (RedisError, Busy, Unavailable) as error:
            if what not in self.troubles:
                _log.warning("relay_troubled", by=what, error=type(error).__name__)
            self.troubles.add(what)
            return None
        if what in self.troubles:
            _log.info("relay_recovered", from_=what)
            self.troubles.discard(what)
        return done


def run(stop: threading.Event) -> None:
    """Relay until told to stop."""
    relay = Relay(connect())
    _log.info("relay_started")
    while not stop.is_set():
        sealed = relay.turn()
        if relay.troubles:
            stop.wait(TROUBLED_SECONDS)
        elif not sealed:
            stop.wait(FLOOR_SECONDS)
    relay.schedule.close()


def main() -> None:
    """Run the relay as a process; SIGTERM and SIGINT end it after the turn in progress."""
    configure_logging()
    identity.check_database()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    run(stop)


if __name__ == "__main__":
    main()
