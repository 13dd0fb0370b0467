"""Live pages: news reach the listeners of their topic, and pages go on without Redis."""

import asyncio
import contextlib
from types import SimpleNamespace
from uuid import UUID

import pytest
from redis import Redis

from erp.core.errors import NotSignedIn
from erp.core.live_channel import live_channel
from erp.core.settings import get_settings
from erp.state import live

OURS, THEIRS = UUID(int=1), UUID(int=2)


class Page:
    """What the hub needs of a page: whose it is, and whether they are still signed in."""

    def __init__(self, tenant: UUID = OURS) -> None:
        self.tenant = tenant
        self.is_signed_in = True

    async def _principal(self) -> SimpleNamespace:
        if not self.is_signed_in:
            raise NotSignedIn("Gone.")
        return SimpleNamespace(tenant_id=self.tenant)


@pytest.fixture
def hub(monkeypatch):
    fresh = live.Hub()
    fresh.is_connected = True
    monkeypatch.setattr(live, "hub", fresh)
    monkeypatch.setattr(live, "_QUIET_SECONDS", 0.01)
    return fresh


async def count_news(page, topics, during):
    seen = 0

    async def listen():
        nonlocal seen
        async for _ in live.changes(page, *topics):
            seen += 1

    task = asyncio.create_task(listen())
    await asyncio.sleep(0.02)
    await during(task)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    return seen


def test_only_listeners_of_the_topic_in_the_tenant_hear_it(hub):
    async def ring(_task):
        hub.ring(live_channel(THEIRS, "sales"))
        hub.ring(live_channel(OURS, "stock"))
        await asyncio.sleep(0.05)
        hub.ring(live_channel(OURS, "sales"))
        await asyncio.sleep(0.05)

    assert asyncio.run(count_news(Page(), ["sales"], ring)) == 1


def test_a_burst_of_news_is_one_reload(hub):
    async def ring(_task):
        for _ in range(50):
            hub.ring(live_channel(OURS, "sales"))
        await asyncio.sleep(0.05)

    assert asyncio.run(count_news(Page(), ["sales"], ring)) == 1


def test_without_redis_a_page_looks_by_itself(hub, monkeypatch):
    hub.is_connected = False
    monkeypatch.setattr(live, "POLL_SECONDS", 0.03)

    async def wait(_task):
        await asyncio.sleep(0.25)

    assert asyncio.run(count_news(Page(), ["sales"], wait)) >= 3


def test_a_listener_ends_with_its_session(hub):
    page = Page()

    async def end(task):
        page.is_signed_in = False
        hub.ring(live_channel(OURS, "sales"))
        await asyncio.wait_for(asyncio.shield(task), 1)

    assert asyncio.run(count_news(page, ["sales"], end)) == 0


def test_nothing_is_kept_of_listeners_that_left(hub):
    async def nothing(_task):
        assert hub._waiting

    asyncio.run(count_news(Page(), ["sales", "stock"], nothing))
    assert not hub._waiting


async def until(condition):
    async with asyncio.timeout(15):
        while not condition():  # noqa: ASYNC110  a flag of the product, not an event
            await asyncio.sleep(0.02)


def test_the_subscription_survives_a_restart_of_redis(hub, private_stack, monkeypatch):
    private_stack.redis.start()
    monkeypatch.setenv("REDIS_URL", private_stack.redis.url())
    get_settings.cache_clear()
    monkeypatch.setattr(live, "_RETRY_SECONDS", 0.1)
    hub.is_connected = False

    async def publish():
        def send():
            with Redis.from_url(private_stack.redis.url()) as client:
                client.publish(live_channel(OURS, "sales"), "")

        await asyncio.to_thread(send)

    async def scene():
        async with live.subscription():
            await until(lambda: hub.is_connected)
            with hub.listening([live_channel(OURS, "sales")]) as bell:
                await publish()
                await asyncio.wait_for(bell.wait(), 5)
                bell.clear()
                await asyncio.to_thread(private_stack.redis.stop)
                await until(lambda: not hub.is_connected)
                await asyncio.to_thread(private_stack.redis.start)
                await until(lambda: hub.is_connected)
                await publish()
                await asyncio.wait_for(bell.wait(), 5)

    try:
        asyncio.run(scene())
    finally:
        get_settings.cache_clear()
