"""Request ids, log context, health and metrics."""

import asyncio
import ipaddress
import os
import re
import socket
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import structlog
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from redis import Redis, RedisError
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from erp.adapters.object_storage import object_storage
from erp.api.gate import AsgiApp, Message, Receive, Scope, Send
from erp.core import db
from erp.core.crossing import off_the_loop
from erp.core.errors import DomainError, Unavailable
from erp.core.ids import new_id
from erp.core.settings import get_settings
from erp.services import platform

REQUEST_ID = "x-request-id"
CHECK_SECONDS = 2.0
PATIENCE_SECONDS = 4.0
_WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{8,64}")
_SCOPE_KEY = "vantage.request_id"


class RequestIds:
    """Gives every HTTP request an id, kept from the caller if it is well formed."""

    def __init__(self, app: AsgiApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Bind the id to the log and send it back."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get(REQUEST_ID, "")
        request_id = given if _WELL_FORMED.fullmatch(given) else str(new_id())
        scope[_SCOPE_KEY] = request_id

        async def with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[REQUEST_ID] = request_id
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            await self.app(scope, receive, with_id)


def request_id_of(scope: Scope) -> str:
    """Return the id of a request."""
    return str(scope.get(_SCOPE_KEY) or new_id())


def observing_routes() -> list[Route]:
    """Return the routes of health and metrics."""
    return [
        Route("/health/live", live),
        Route("/health/ready", ready),
        Route("/metrics", metrics),
    ]


async def live(_request: Request) -> Response:
    """Say that the process answers."""
    return JSONResponse({"status": "live"})


async def ready(_request: Request) -> Response:
    """Say whether requests can be served.

    Without the database they cannot; without the rest they can, and what is due waits.
    """
    checks = await _checks.results()
    if checks["database"] != "up":
        status = "unavailable"
    else:
        status = "ready" if all(state == "up" for state in checks.values()) else "degraded"
    code = 503 if status == "unavailable" else 200
    return JSONResponse({"status": status, "checks": checks}, code)


async def metrics(request: Request) -> Response:
    """Return the metrics of all web processes and the backlog, to scrapers of the own network.

    While the database is away the backlog is not known, and only that is missing.
    """
    if not _is_own_network(request):
        return Response("Metrics are for the own network.", 403, media_type="text/plain")
    text = await off_the_loop(_exposition)
    return Response(text, media_type=CONTENT_TYPE_LATEST)


class _Checks:
    """What the product needs: each asked at most every `CHECK_SECONDS`, and never twice at once.

    A server that takes the question and never answers is down, and holds one thread, not many.
    """

    def __init__(self) -> None:
        self._asked: dict[str, tuple[float, asyncio.Task[str]]] = {}

    async def results(self) -> dict[str, str]:
        probes = {"database": _database, "redis": _redis, "s3": _s3, "mqtt": _mqtt}
        tasks = {name: self._asking(name, probe) for name, probe in probes.items()}
        await asyncio.wait(tasks.values(), timeout=PATIENCE_SECONDS)
        return {name: task.result() if task.done() else "down" for name, task in tasks.items()}

    def _asking(self, name: str, probe: Callable[[], object]) -> asyncio.Task[str]:
        known = self._asked.get(name)
        if known and (not known[1].done() or time.monotonic() - known[0] < CHECK_SECONDS):
            return known[1]
        task = asyncio.create_task(off_the_loop(_state, probe))
        self._asked[name] = (time.monotonic(), task)
        return task


_checks = _Checks()


def _state(probe: Callable[[], object]) -> str:
    try:
        probe()
    except (DomainError, RedisError, OSError):
        return "down"
    return "up"


def _database() -> None:
    with db.anonymous_unit_of_work() as session:
        db.execute(session, "select 1")


def _redis() -> None:
    url = get_settings().redis_url
    with Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1) as client:
        client.ping()


def _s3() -> None:
    object_storage().find("health/none")


def _mqtt() -> None:
    url = urlsplit(get_settings().mqtt_url)
    with socket.create_connection((url.hostname or "", url.port or 1883), timeout=1):
        pass


class _Backlog:
    """The relay's backlog, counted when somebody asks: the same from every process."""

    def collect(self) -> list[GaugeMetricFamily]:
        is_up = "Whether the database answered just now."
        try:
            with db.ops_session() as session:
                waiting = platform.backlog(session)
        except Unavailable:
            return [GaugeMetricFamily("erp_database_up", is_up, 0)]
        facts = {
            "erp_database_up": (is_up, 1),
            "erp_events_waiting": ("Events the relay has not sealed yet.", waiting.events),
            "erp_events_oldest_seconds": ("Age of the oldest of them.", waiting.oldest_seconds),
            "erp_deliveries_pending": ("Deliveries not done yet.", waiting.pending),
            "erp_deliveries_dead": ("Deliveries parked after the last attempt.", waiting.dead),
        }
        return [GaugeMetricFamily(name, text, value) for name, (text, value) in facts.items()]


def _exposition() -> bytes:
    backlog = CollectorRegistry()
    backlog.register(_Backlog())
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(REGISTRY) + generate_latest(backlog)
    every_process = CollectorRegistry()
    MultiProcessCollector(every_process)  # type: ignore[no-untyped-call]
    return generate_latest(every_process) + generate_latest(backlog)


def _is_own_network(request: Request) -> bool:
    """Whether a request came straight from a private address, through no proxy."""
    if request.client is None or "x-forwarded-for" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_private
    except ValueError:
        return False
