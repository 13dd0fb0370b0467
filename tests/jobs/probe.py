"""The probe subscriber; also a worker process that knows it: `python -m tests.jobs.probe`."""

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import Unavailable
from erp.services import platform
from jobs import subscriptions, worker
from jobs.subscriptions import Subscriber, subscribe

BEHAVIOUR = "PROBE_BEHAVIOUR"


class ProbeEffect(platform.DomainEvent):
    """One effect of the probe: events are only ever added, so effects can be counted."""

    name: ClassVar[str] = "probe.effect.v1"


class ProbeFailed(Exception):
    """The probe was told to fail."""


def act(session: db.UnitOfWork, ctx: RequestContext, delivery: platform.Delivery) -> None:
    """Leave one effect; then behave as the environment says."""
    platform.emit(session, ctx, delivery.aggregate_id, ProbeEffect())
    behaviour = os.environ.get(BEHAVIOUR, "")
    if behaviour == "fail":
        raise ProbeFailed("The probe was told to fail.")
    if behaviour == "outage":
        raise Unavailable("The probe's server is away.")
    if behaviour == "hang":
        time.sleep(60)


def leave_proof(*_arguments: object) -> None:
    """Show that a callback named in Redis was called."""
    Path(os.environ["PROBE_PROOF"]).touch()


PROBE = Subscriber("probe", ("workflows.member_notified.v1",), "tests.jobs.probe.act")


@contextlib.contextmanager
def subscribed(subscriber: Subscriber) -> Iterator[None]:
    """Let a subscriber hear of events while the block runs."""
    subscribe(subscriber)
    try:
        yield
    finally:
        del subscriptions.SUBSCRIBERS[subscriber.name]
        for event in subscriber.events:
            subscriptions._BY_EVENT[event].discard(subscriber.name)


def main() -> None:
    """Work on the queue, and hear as the probe does."""
    with subscribed(PROBE):
        worker.main()
