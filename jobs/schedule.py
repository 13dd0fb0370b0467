"""What happens by the clock: RQ's own cron, turned by the relay.

Each entry only rings. The job it starts works out from the database what is due, under
idempotency keys made of dates, so that a lost or doubled ring changes nothing.
"""

import logging
import time

from redis import Redis, RedisError
from rq.cron import CronJob, CronScheduler
from rq.job import Job

from jobs.queues import DEFAULT_QUEUE, open_queue

HEARTBEAT_SECONDS = 30.0
MORNING_INTERVAL_SECONDS = 300
RELEASE_INTERVAL_SECONDS = 900
WATCH_INTERVAL_SECONDS = 300
PAST_INTERVAL_SECONDS = 3600
VERIFY_AT = "30 20 * * *"
"""02:00 in India, as UTC."""
SWEEP_AT = "0 21 * * *"
CHECK_AT = "30 21 * * *"
ANCHOR_AT = "5 * * * *"
_TIMEOUT_SECONDS = 1800


class JsonCronJob(CronJob):
    """RQ's cron job, put into our queue: RQ 2.12 itself would use pickle."""

    def enqueue(self, connection: Redis) -> Job:
        """Put the job into the queue."""
        return open_queue(connection, self.queue_name).enqueue_call(
            self.func_name,
            timeout=self.job_options.get("job_timeout"),
            result_ttl=0,
            failure_ttl=_TIMEOUT_SECONDS,
            job_id=f"cron-{self.func_name.rpartition('.')[2]}-{int(time.time())}",
        )


class Schedule(CronScheduler):
    """RQ's scheduler without its loop and its signal handlers: the relay has both."""

    def __init__(self, connection: Redis) -> None:
        logging.getLogger("rq.cron").setLevel(logging.WARNING)
        super().__init__(connection, logging_level=logging.WARNING)
        self._is_known = False
        self._last_heartbeat = 0.0
        self._add("jobs.daily.alert_each_morning", interval=MORNING_INTERVAL_SECONDS)
        self._add("jobs.daily.chase_transfers_each_morning", interval=MORNING_INTERVAL_SECONDS)
        self._add("jobs.daily.suggest_reorders_each_morning", interval=MORNING_INTERVAL_SECONDS)
        self._add("jobs.daily.remind_of_claims_each_morning", interval=MORNING_INTERVAL_SECONDS)
        self._add("jobs.daily.make_entries_each_morning", interval=MORNING_INTERVAL_SECONDS)
        self._add("jobs.daily.remind_customers_each_morning", interval=MORNING_INTERVAL_SECONDS)
        self._add("jobs.daily.chase_portals_each_morning", interval=MORNING_INTERVAL_SECONDS)
        self._add("jobs.daily.expire_points_each_morning", interval=MORNING_INTERVAL_SECONDS)
        self._add("jobs.daily.run_depreciation_each_month", interval=MORNING_INTERVAL_SECONDS)
        self._add("jobs.daily.release_reservations", interval=RELEASE_INTERVAL_SECONDS)
        self._add("jobs.daily.keep_past_stock_each_hour", interval=PAST_INTERVAL_SECONDS)
        self._add("jobs.daily.watch_devices", interval=WATCH_INTERVAL_SECONDS)
        self._add("jobs.daily.look_after_gateways", interval=WATCH_INTERVAL_SECONDS)
        self._add("jobs.daily.verify", cron=VERIFY_AT)
        self._add("jobs.daily.sweep", cron=SWEEP_AT)
        self._add("jobs.checking_bytes.check_each_night", cron=CHECK_AT)
        self._add("jobs.anchoring.anchor_each_hour", cron=ANCHOR_AT)

    def enqueue_due(self) -> int:
        """Enqueue what is due; return how much.

        Raises:
            redis.RedisError: Redis is away; what is due stays due.
        """
        if not self._is_known:
            self.register_birth()
            self._is_known = True
        if time.monotonic() - self._last_heartbeat > HEARTBEAT_SECONDS:
            self.heartbeat()
            self._last_heartbeat = time.monotonic()
        return len(self.enqueue_jobs())

    def close(self) -> None:
        """Leave RQ's list of schedulers; should Redis be away, the entry runs out by itself."""
        try:
            self.register_death()
        except RedisError:
            self.log.warning("The scheduler could not sign off.")

    def _add(self, function: str, *, interval: int | None = None, cron: str | None = None) -> None:
        """Add an entry by name: the relay stays small by importing none of the work."""
        self._cron_jobs.append(
            JsonCronJob(
                DEFAULT_QUEUE,
                func_name=function,
                interval=interval,
                cron=cron,
                job_timeout=_TIMEOUT_SECONDS,
            )
        )
