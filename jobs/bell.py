"""Ring for the workers and for open pages; what is lost is rung again."""

import time
from collections.abc import Iterable

from redis import Redis
from rq.exceptions import DuplicateJobError

from erp.core.live_channel import live_channel
from erp.services import platform
from jobs.queues import open_queue
from jobs.subscriptions import topics_of

RING_AGAIN_SECONDS = 10.0
KEEP_FAILED_SECONDS = 60
TIMEOUT_SECONDS = platform.LEASE_SECONDS - 10


class Bell:
    """Puts due deliveries into the queue, each attempt once while Redis remembers it.

    PostgreSQL says what is due. If Redis forgets an entry, the delivery stays due and is
    rung again after `RING_AGAIN_SECONDS`.
    """

    def __init__(self, connection: Redis) -> None:
        self._connection = connection
        self._queue = open_queue(connection)
        self._rung: dict[str, float] = {}

    def ring(self, due: Iterable[platform.DueDelivery]) -> int:
        """Enqueue deliveries that were not rung just now; return how many.

        Raises:
            redis.RedisError: Redis is away; everything stays due.
        """
        now = time.monotonic()
        self._rung = {k: at for k, at in self._rung.items() if now - at < RING_AGAIN_SECONDS}
        count = 0
        for delivery in due:
            if delivery.attempt_id not in self._rung:
                self._enqueue(delivery)
                self._rung[delivery.attempt_id] = now
                count += 1
        return count

    def tell_pages(self, sealed: Iterable[platform.SealedEvent]) -> None:
        """Tell open pages which topics changed, each once.

        Raises:
            redis.RedisError: Redis is away; pages fall back to looking by themselves.
        """
        channels = {
            live_channel(event.tenant_id, topic)
            for event in sealed
            for topic in topics_of(event.name, event.aggregate_id)
        }
        with self._connection.pipeline(transaction=False) as pipeline:
            for channel in sorted(channels):
                pipeline.publish(channel, "")
            pipeline.execute()

    def _enqueue(self, delivery: platform.DueDelivery) -> None:
        try:
            self._queue.enqueue_call(
                "jobs.deliver.deliver",
                args=(str(delivery.tenant_id), str(delivery.delivery_id)),
                job_id=delivery.attempt_id,
                unique=True,
                timeout=TIMEOUT_SECONDS,
                result_ttl=0,
                failure_ttl=KEEP_FAILED_SECONDS,
            )
        except DuplicateJobError:
            return
