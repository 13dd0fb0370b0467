"""The queue in Redis: JSON only, and nothing runs that is not on the list."""

from collections.abc import Callable
from typing import Any

from redis import Redis
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer

from erp.core.settings import get_settings

DEFAULT_QUEUE = "default"
ALLOWED_FUNCTIONS = frozenset(
    {
        "jobs.deliver.deliver",
        "jobs.daily.alert_each_morning",
        "jobs.daily.make_entries_each_morning",
        "jobs.daily.look_after_gateways",
        "jobs.daily.expire_points_each_morning",
        "jobs.daily.run_depreciation_each_month",
        "jobs.anchoring.anchor_each_hour",
        "jobs.checking_bytes.check_each_night",
        "jobs.daily.chase_portals_each_morning",
        "jobs.daily.chase_transfers_each_morning",
        "jobs.daily.keep_past_stock_each_hour",
        "jobs.daily.release_reservations",
        "jobs.daily.remind_customers_each_morning",
        "jobs.daily.remind_of_claims_each_morning",
        "jobs.daily.suggest_reorders_each_morning",
        "jobs.daily.sweep",
        "jobs.daily.verify",
        "jobs.daily.watch_devices",
    }
)
"""Whoever can write to Redis can ask for these and no more."""


class FunctionNotAllowed(Exception):
    """A queue entry names a function that is not ours to run."""


class AllowedJob(Job):
    """A job that runs a listed function with plain arguments, and calls nothing else.

    RQ itself would import and call whatever name stands in Redis, in the job and in its
    callbacks, and would post to any webhook.
    """

    @property
    def func(self) -> Callable[..., Any]:
        """Return the listed function.

        Raises:
            FunctionNotAllowed: The entry names something else.
        """
        if self.instance is not None or self.func_name not in ALLOWED_FUNCTIONS:
            raise FunctionNotAllowed(f"{self.func_name!r} may not be run as a job.")
        found: Callable[..., Any] = super().func
        return found

    @property
    def success_callback(self) -> None:
        """There is none."""

    @property
    def failure_callback(self) -> None:
        """There is none."""

    @property
    def stopped_callback(self) -> None:
        """There is none."""

    def send_webhooks(self, *_args: object, **_kwargs: object) -> None:
        """Send nothing: addresses in Redis are nobody's promise."""


def connect(*, seconds: float | None = 5) -> Redis:
    """Return a connection to Redis whose commands give up after `seconds`."""
    return Redis.from_url(
        get_settings().redis_url,
        socket_connect_timeout=2,
        socket_timeout=seconds,
        health_check_interval=30,
    )


def open_queue(connection: Redis, name: str = DEFAULT_QUEUE) -> Queue:
    """Return the queue that the workers listen to."""
    return Queue(name, connection=connection, serializer=JSONSerializer, job_class=AllowedJob)
