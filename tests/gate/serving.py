"""A running web process, a browserless tab that speaks its socket, and ways to sign in."""

import asyncio
import contextlib
import json
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any, Self

import aiohttp
import httpx

from erp.embedded.credentials import free_port
from erp.embedded.programs import PROJECT, WEB_ENVIRONMENT
from erp.serving import TARGET
from tests.fixtures import forking
from tests.fixtures.forking import Forked

PASSWORD = "Kaveri#2026run"
NAMESPACE = "/_event"
PATIENCE = 30.0
BOOT = "reflex___state____state.hydrate_and_load"


@dataclass
class Server:
    """A web server on its own port.

    Attributes:
        pid: The process whose children serve.
    """

    port: int
    log: Path
    pid: int

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def sign_in(self, login: str, password: str = PASSWORD, **fields: str) -> httpx.Response:
        return httpx.post(
            f"{self.url}/auth/sign-in",
            data={"login": login, "password": password, **fields},
            headers={"origin": self.url},
        )

    def session(self, login: str) -> str:
        """Return the token in the cookie of a new session."""
        answer = self.sign_in(login)
        assert answer.status_code == 303, answer.text
        return SimpleCookie(answer.headers["set-cookie"])["vantage"].value


@contextlib.contextmanager
def serving(
    environment: Mapping[str, str],
    log: Path,
    *,
    with_pages: bool = False,
    workers: int = 1,
    public_url: str = "",
    port: int = 0,
) -> Iterator[Server]:
    """Run the web server, on a free port unless one is named; the gate's tests need no built pages."""
    port = port or free_port()
    own = {"PUBLIC_URL": public_url or f"http://localhost:{port}", "PYTHONPATH": str(PROJECT)}
    pages = {} if with_pages else {"__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "false"}
    web = WEB_ENVIRONMENT | pages
    command = ["erp.serving", "--interface", "asgi", "--factory", TARGET]
    command += ["--host", "127.0.0.1", "--port", str(port), "--workers", str(workers)]
    process = forking.start(command, dict(environment) | own | web, log)
    try:
        _wait_until_live(port, process, log)
        yield Server(port, log, process.pid)
    finally:
        process.terminate()
        process.wait(20)


def _wait_until_live(port: int, process: Forked, log: Path) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text()
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"http://localhost:{port}/health/live").status_code == 200:
                return
        time.sleep(0.1)
    raise AssertionError(log.read_text())


class Tab:
    """A browser tab reduced to its socket."""

    def __init__(
        self,
        server: Server,
        session: str | None,
        *,
        token: str | None = None,
        origin: str | None = "",
        query: str = "",
    ) -> None:
        self.server = server
        self.token = token or str(uuid.uuid4())
        self.query = query or f"&token={self.token}"
        self.headers = {} if session is None else {"Cookie": f"vantage={session}"}
        if origin is not None:
            self.headers["Origin"] = origin or server.url
        self.closed_with: int | None = None

    async def __aenter__(self) -> Self:
        self.http = aiohttp.ClientSession()
        try:
            self.socket = await self.http.ws_connect(
                f"{self.server.url}/_event/?EIO=4&transport=websocket{self.query}",
                headers=self.headers,
                max_msg_size=0,
            )
        except BaseException:
            await self.http.close()
            raise
        await self.socket.receive()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.socket.close()
        await self.http.close()

    async def boot(self, path: str = "/") -> str:
        """Connect the namespace as the browser does on loading a page; return what came."""
        event = {"name": BOOT, "payload": {}, "router_data": _route(path)}
        await self.socket.send_str(f"40{NAMESPACE}," + json.dumps({"event": event}))
        return await self.heard(until=f"42{NAMESPACE},")

    async def send(self, name: str, /, path: str = "/", until: str = "", **payload: Any) -> str:
        """Call a handler by its full name; return what came back, up to `until` where given."""
        event = {"name": name, "payload": payload, "router_data": _route(path)}
        await self._say(f"42{NAMESPACE}," + json.dumps(["event", event]))
        return await self.heard(until=until)

    async def send_text(self, text: str) -> str:
        await self._say(text)
        return await self.heard()

    async def _say(self, text: str) -> None:
        with contextlib.suppress(ConnectionError):
            await self.socket.send_str(text)

    async def heard(self, quiet: float = 0.5, until: str = "") -> str:
        """Collect frames until the socket is quiet or closed.

        Silence alone may be a busy server: what is known to come is named by `until` and
        waited for, half a minute at most.
        """
        frames: list[str] = []
        while True:
            is_due = bool(until) and not any(until in frame for frame in frames)
            try:
                message = await self.socket.receive(timeout=PATIENCE if is_due else quiet)
            except TimeoutError:
                return "\n".join(frames)
            if message.type is not aiohttp.WSMsgType.TEXT:
                self.closed_with = self.socket.close_code
                return "\n".join(frames)
            if message.data == "2":
                await self.socket.send_str("3")
            else:
                frames.append(message.data)


async def refused(tab: Tab) -> int:
    """Return the HTTP status with which a tab's handshake was refused; 0 if it was not."""
    try:
        async with tab:
            return 0
    except aiohttp.WSServerHandshakeError as error:
        return error.status


def played(coroutine: Any) -> Any:
    """Run one coroutine of a test."""
    return asyncio.run(coroutine)


def _route(path: str) -> dict[str, str]:
    return {"pathname": path, "asPath": path}
