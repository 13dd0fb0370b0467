"""One interface event: from the tab's socket through a list state and back."""

import asyncio
import json
import time
import uuid
from http.cookies import SimpleCookie

import aiohttp
import httpx

from bench.loading import LOGIN, PASSWORD
from bench.measuring import Figure, figure
from erp.state.billing.sales import SaleListState

NAMESPACE = "/_event"
BOOT = "reflex___state____state.hydrate_and_load"
PAGE = "/sales"
PAUSE_SECONDS = 0.05


def list_event(address: str, count: int = 200) -> Figure:
    """Reload a list of fifty rows as a person's click does; paced, as a person is."""
    return figure("W8 interface event, 50 rows", asyncio.run(_times(address, count)))


def _session(address: str) -> str:
    answer = httpx.post(
        f"{address}/auth/sign-in",
        data={"login": LOGIN, "password": PASSWORD},
        headers={"origin": address},
    )
    return SimpleCookie(answer.headers["set-cookie"])["vantage"].value


async def _times(address: str, count: int) -> list[float]:
    headers = {"Cookie": f"vantage={_session(address)}", "Origin": address}
    url = f"{address}/_event/?EIO=4&transport=websocket&token={uuid.uuid4()}"
    async with (
        aiohttp.ClientSession() as http,
        http.ws_connect(url, headers=headers, max_msg_size=0) as socket,
    ):
        await socket.receive()
        await socket.send_str(f"40{NAMESPACE}," + json.dumps({"event": _event(BOOT)}))
        await _quiet(socket)
        name = f"{SaleListState.get_full_name()}.open_list"
        return [await _timed(socket, name) for _ in range(count)]


async def _timed(socket: aiohttp.ClientWebSocketResponse, name: str) -> float:
    await asyncio.sleep(PAUSE_SECONDS)
    started = time.perf_counter()
    await socket.send_str(f"42{NAMESPACE}," + json.dumps(["event", _event(name)]))
    while True:
        message = await socket.receive(timeout=10)
        if message.data == "2":
            await socket.send_str("3")
        elif '"rows' in message.data:
            return (time.perf_counter() - started) * 1000


async def _quiet(socket: aiohttp.ClientWebSocketResponse) -> None:
    while True:
        try:
            message = await socket.receive(timeout=1)
        except TimeoutError:
            return
        if message.data == "2":
            await socket.send_str("3")


def _event(name: str) -> dict[str, object]:
    return {"name": name, "payload": {}, "router_data": {"pathname": PAGE, "asPath": PAGE}}
