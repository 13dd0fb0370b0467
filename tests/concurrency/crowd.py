"""Calls that start together, each on a connection of its own."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from erp.core.errors import DomainError


def at_once(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """Start every call at the same moment; return results and refusals in the calls' order."""
    barrier = threading.Barrier(len(calls))

    def attempt(call: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return call()
        except DomainError as refusal:
            return refusal

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(attempt, c) for c in calls]]


def refusals(
    outcomes: Sequence[Any], kind: type[DomainError] | tuple[type[DomainError], ...]
) -> int:
    """Count the refusals of a kind, or of kinds; any other refusal is a failure of the test."""
    others = [o for o in outcomes if isinstance(o, DomainError) and not isinstance(o, kind)]
    assert others == []
    return sum(isinstance(outcome, kind) for outcome in outcomes)


def wait_for_a_waiter(owner: Any) -> None:
    """Return once a transaction of this database waits for a lock."""
    waiting = (
        "select count(*) from pg_stat_activity"
        " where wait_event_type = 'Lock' and datname = current_database()"
    )
    until = time.monotonic() + 20
    while not owner.execute(waiting).fetchone()[0]:
        assert time.monotonic() < until, "nobody waits"
        time.sleep(0.02)
