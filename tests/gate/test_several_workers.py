"""Several web processes behind one address: a tab's state and its news follow it to any of them."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack

import psutil
import pytest

from erp.services import identity, platform
from erp.state.identity.members import MemberListState
from jobs.bell import Bell
from jobs.queues import connect
from jobs.relay import seal_waiting_events
from jobs.run import system_context
from tests.gate.serving import Server, Tab, played, serving

LIST = MemberListState.get_full_name()
WORKERS = 2


@pytest.fixture(scope="module")
def many(environment, members, tmp_path_factory) -> Iterator[Server]:
    assert members
    log = tmp_path_factory.mktemp("many") / "web.log"
    with serving(environment, log, workers=WORKERS) as running:
        yield running


def worker_of(server: Server, tab: Tab) -> int:
    """Return the process that holds the other end of a tab's socket."""
    ours = tab.socket.get_extra_info("sockname")[1]
    for child in psutil.Process(server.pid).children(recursive=True):
        if any(held.raddr and held.raddr.port == ours for held in child.net_connections("tcp")):
            return child.pid
    raise AssertionError("nobody holds the socket")


def test_a_tab_finds_its_state_in_whichever_worker_it_lands(many):
    session = many.session("gate.owner")

    async def visit(token: str, was: str, becomes: str) -> int:
        async with Tab(many, session, token=token) as tab:
            found = await tab.boot("/")
            assert f'"search_rx_state_":"{was}"' in found, becomes
            await tab.send(f"{LIST}.find", text=becomes, until=f'"search_rx_state_":"{becomes}"')
            return worker_of(many, tab)

    async def scene():
        first = Tab(many, session)
        async with first as tab:
            await tab.boot("/")
            await tab.send(f"{LIST}.find", text="0", until='"search_rx_state_":"0"')
            seen = [worker_of(many, tab)]
        for number in range(24):
            seen.append(await visit(first.token, str(number), str(number + 1)))
            if len(seen) > 6 and len(set(seen)) == WORKERS:
                break
        return seen

    assert len(set(played(scene()))) == WORKERS


def raise_matter(tenant_id: str) -> None:
    """Make news for whoever may operate, and do what the relay does with it."""
    place = next(place for place in identity.list_tenants() if str(place.tenant_id) == tenant_id)
    ctx = system_context(place, {"platform.operate"}, request_id="several-workers")
    matter = {"kind": "probe", "title": "News for all", "for_permission": "platform.operate"}
    platform.run("workflows.raise_matter", ctx, matter)
    with connect() as redis:
        Bell(redis).tell_pages(seal_waiting_events())


def test_news_reach_the_tabs_of_every_worker(many, members):
    session = many.session("gate.owner")

    async def scene():
        async with AsyncExitStack() as stack:
            tabs = [await stack.enter_async_context(Tab(many, session)) for _ in range(10)]
            for tab in tabs:
                assert '"unread_rx_state_":0' in await tab.boot("/")
            workers = {worker_of(many, tab) for tab in tabs}
            await asyncio.to_thread(raise_matter, members)
            heard = [tab.heard(until='"unread_rx_state_":1') for tab in tabs]
            return workers, await asyncio.gather(*heard)

    workers, heard = played(scene())
    assert len(workers) == WORKERS
    assert ['"unread_rx_state_":1' in each for each in heard] == [True] * 10
