"""Says in Redis whose devices are heard, so that pages can say when they are not."""

import threading
from collections.abc import Callable, Mapping
from typing import Final
from uuid import UUID

import structlog
from redis import Redis, RedisError

from erp.core.live_channel import HEARD_SECONDS, heard_key, live_channel
from jobs.queues import connect

TELL_SECONDS: Final = HEARD_SECONDS / 4
_log = structlog.get_logger()


class Presence:
    """Tells every few seconds, beside the listener's work: that never waits for Redis."""

    def __init__(self, look: Callable[[], Mapping[UUID, bool]]) -> None:
        """`look` gives each tenant with whether all its lines to the broker stand."""
        self._look = look
        self._told: Mapping[UUID, bool] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="presence", daemon=True)

    def start(self) -> None:
        """Begin to tell."""
        self._thread.start()

    def stop(self) -> None:
        """Say that nobody is heard any more, and end."""
        self._stop.set()
        self._thread.join(TELL_SECONDS)

    def _run(self) -> None:
        with connect() as redis:
            while not self._stop.wait(TELL_SECONDS if self._told else 0.5):
                self._tell(redis, dict(self._look()))
            self._tell(redis, dict.fromkeys(self._told, False))

    def _tell(self, redis: Redis, now: Mapping[UUID, bool]) -> None:
        """Renew what is true, and wake the pages of those for whom it changed."""
        try:
            with redis.pipeline(transaction=False) as pipe:
                for tenant_id, is_heard in now.items():
                    if is_heard:
                        pipe.set(heard_key(tenant_id), "1", ex=HEARD_SECONDS)
                    else:
                        pipe.delete(heard_key(tenant_id))
                    if is_heard != self._told.get(tenant_id):
                        pipe.publish(live_channel(tenant_id, "imaging"), "")
                pipe.execute()
        except RedisError as error:
            _log.info("presence_not_told", error=type(error).__name__)
        else:
            self._told = now
