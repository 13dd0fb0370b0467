"""Live pages: one Redis subscription per process wakes the pages that listen to a topic.

A page starts its listener from `on_load`. Reflex cancels what `on_load` started when the tab
navigates or disconnects, so a listener never outlives its page. While Redis is away the
listener falls back to looking every `POLL_SECONDS`.

    class QueuePage(ListState, rx.State):
        @handler(permission=PAGE, background=True)
        async def listen(self) -> None:
            async for _ in live.changes(self, "imaging"):
                async with self:
                    await self._reload()
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

import redis.asyncio as redis
import structlog
from redis.exceptions import RedisError

from erp.core.errors import NotSignedIn
from erp.core.live_channel import PREFIX, live_channel
from erp.core.settings import get_settings

if TYPE_CHECKING:
    from erp.state.session import SessionState

POLL_SECONDS = 15.0
CHECK_SECONDS = 60.0
_RETRY_SECONDS = 2.0
_QUIET_SECONDS = 0.25
_log = structlog.get_logger()


class Hub:
    """Who listens to what in this process, and whether news can arrive."""

    def __init__(self) -> None:
        self.is_connected = False
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    @contextlib.contextmanager
    def listening(self, channels: list[str]) -> Iterator[asyncio.Event]:
        """Give a bell that rings for any of the channels while the block runs."""
        bell = asyncio.Event()
        for channel in channels:
            self._waiting[channel].add(bell)
        try:
            yield bell
        finally:
            for channel in channels:
                self._waiting[channel].discard(bell)
                if not self._waiting[channel]:
                    del self._waiting[channel]

    def ring(self, channel: str) -> None:
        """Wake the pages that listen to a channel."""
        for bell in self._waiting.get(channel, ()):
            bell.set()


hub = Hub()


async def changes(page: "SessionState", *topics: str) -> AsyncIterator[None]:
    """Yield each time one of the topics changed, at most four times a second.

    Ends when the session does. While news cannot arrive it yields on a timer instead.
    """
    principal = await page._principal()  # noqa: SLF001  the mixin's own interface
    with hub.listening([live_channel(principal.tenant_id, topic) for topic in topics]) as bell:
        while True:
            is_news = await _rung(bell)
            try:
                await page._principal()  # noqa: SLF001  the mixin's own interface
            except NotSignedIn:
                return
            if is_news:
                yield
                await asyncio.sleep(_QUIET_SECONDS)


async def _rung(bell: asyncio.Event) -> bool:
    """Wait for the bell; true as well when it is time to look without news."""
    could_hear = hub.is_connected
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(CHECK_SECONDS if could_hear else POLL_SECONDS):
            await bell.wait()
    is_news = bell.is_set() or not could_hear
    bell.clear()
    return is_news


@contextlib.asynccontextmanager
async def subscription() -> AsyncIterator[None]:
    """Keep this process subscribed for as long as it serves; a lifespan task."""
    url = get_settings().redis_url
    task = asyncio.create_task(_stay_subscribed(url)) if url else None
    try:
        yield
    finally:
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


async def _stay_subscribed(url: str) -> None:
    while True:
        try:
            await _listen(url)
        except (RedisError, OSError) as error:
            _log.warning("live_updates_away", error=type(error).__name__)
        hub.is_connected = False
        await asyncio.sleep(_RETRY_SECONDS)


async def _listen(url: str) -> None:
    client = redis.from_url(url, health_check_interval=15)
    async with client, client.pubsub() as channel:
        await channel.psubscribe(f"{PREFIX}*")
        hub.is_connected = True
        async for message in channel.listen():
            if message["type"] == "pmessage":
                hub.ring(message["channel"].decode())
