"""Asking other machines: no redirect, little patience, no endless answer.

Addresses that people typed in are public hosts only. Their name is resolved once and the connection goes
to that very address, so that a name which answers differently a moment later leads nowhere else. An address
that the operator set up may be anywhere.
"""

import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any, Final, Self
from urllib.parse import urlsplit

import httpx

from erp.core.settings import get_settings
from erp.services.automation import Answer

SECONDS: Final = 5.0
LOOK_SECONDS: Final = 1.0
"""Between two looks at whether somebody still waits."""
PORTS: Final = {"https": 443, "http": 80}
Address = IPv4Address | IPv6Address


class _TooSlow(Exception):
    """The answer did not come in time, though each of its bytes did."""


class _Unwanted(Exception):
    """Nobody waits for the answer any more."""


class _TooLarge(Exception):
    """The answer is longer than any that is wanted."""


class _Deadline:
    """Hangs up when all of an answer takes too long: a timeout of httpx is one of each read.

    It hangs up too, within a second, when `is_wanted` says that nobody waits any more.
    """

    def __init__(self, seconds: float, is_wanted: Callable[[], bool] | None = None) -> None:
        self.is_over = self.is_unwanted = False
        self._ends = time.monotonic() + seconds
        self._is_wanted = is_wanted
        self._done = threading.Event()
        self._socket: socket.socket | None = None
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def note(self, event: str, facts: Mapping[str, Any]) -> None:
        """Remember the connection as soon as there is one."""
        if event in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
            self._socket = facts["return_value"].get_extra_info("socket")
            if self.is_over:
                self._hang_up()

    def __enter__(self) -> Self:
        self._watcher.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._done.set()

    def refuse_late(self, cause: Exception | None) -> None:
        """Refuse what came, or did not, once the call was hung up: a body may end there unnoticed.

        Raises:
            _Unwanted, _TooSlow: It was hung up for that reason.
        """
        if self.is_unwanted:
            raise _Unwanted("Nobody waits for it any more.") from cause
        if self.is_over:
            raise _TooSlow from cause

    def _watch(self) -> None:
        while not self._done.wait(self._pause()):
            if self._is_wanted is not None and not self._is_wanted():
                self.is_unwanted = True
            if self.is_unwanted or time.monotonic() >= self._ends:
                self._hang_up()
                return

    def _pause(self) -> float:
        left = max(0.0, self._ends - time.monotonic())
        return left if self._is_wanted is None else min(left, LOOK_SECONDS)

    def _hang_up(self) -> None:
        self.is_over = True
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


class Unreachable(Exception):
    """The host has no address that may be reached."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """What came of a request: HTTP's status (0 for none), the body, and what went wrong."""

    status: int
    content: bytes = b""
    problem: str = ""


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Post a body to an address and return what came; whatever happens, it returns."""
    started = time.monotonic()
    found = exchange(url, body, headers, seconds=SECONDS, most_bytes=0)
    return Answer(found.status, found.problem, round((time.monotonic() - started) * 1000))


def exchange(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    seconds: float,
    most_bytes: int,
    is_wanted: Callable[[], bool] | None = None,
) -> Exchange:
    """Post a body and return what came, whatever happens.

    Args:
        seconds: For the whole of the answer.
        most_bytes: A longer answer is a problem; 0 reads none of it.
        is_wanted: Asked every second from another thread; saying no ends the call.
    """
    limits = _Limits(seconds, most_bytes, is_wanted)
    return _bounded(limits, lambda deadline: _exchange_until(deadline, limits, url, body, headers))


def ask_operators_address(
    method: str,
    url: str,
    headers: Mapping[str, str],
    sent: tuple[str | None, Mapping[str, str] | None],
    *,
    seconds: float,
    most_bytes: int,
) -> Exchange:
    """Ask an address that the operator set up and return what came, whatever its status.

    Args:
        sent: The body and the query, where there are any.
        seconds: For the whole of the answer.
        most_bytes: A longer answer is a problem.
    """
    body, query = sent

    def ask(deadline: _Deadline) -> Exchange:
        with (
            httpx.Client(timeout=seconds, follow_redirects=False, trust_env=False) as client,
            client.stream(
                method,
                url,
                params=query,
                content=body,
                headers=dict(headers),
                extensions={"trace": deadline.note},
            ) as response,
        ):
            return Exchange(response.status_code, _read(response, most_bytes))

    return _bounded(_Limits(seconds, most_bytes, None), ask)


def _bounded(limits: "_Limits", ask: Callable[[_Deadline], Exchange]) -> Exchange:
    """Ask, and hang up on whatever is too slow, too long or unwanted; whatever happens, it returns."""
    try:
        return _until_late(limits, ask)
    except (Unreachable, _Unwanted, _TooLarge) as refusal:
        return Exchange(0, problem=str(refusal))
    except (httpx.TimeoutException, _TooSlow):
        return Exchange(0, problem=f"No answer within {limits.seconds:.0f} seconds.")
    except httpx.ConnectError as error:
        return Exchange(0, problem=f"Nothing answers there ({error})."[:300])
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, LookupError) as error:
        return Exchange(0, problem=f"{type(error).__name__}: {error}"[:300])


@dataclass(frozen=True, slots=True)
class _Limits:
    seconds: float
    most_bytes: int
    is_wanted: Callable[[], bool] | None


def _until_late(limits: _Limits, ask: Callable[[_Deadline], Exchange]) -> Exchange:
    with _Deadline(limits.seconds, limits.is_wanted) as deadline:
        try:
            found = ask(deadline)
        except httpx.HTTPError as error:
            deadline.refuse_late(error)
            raise
        deadline.refuse_late(None)
        return found


def _exchange_until(
    deadline: _Deadline, limits: _Limits, url: str, body: bytes, headers: Mapping[str, str]
) -> Exchange:
    parts = urlsplit(url)
    host = f"{parts.hostname}"
    port = parts.port or PORTS[parts.scheme]
    address = _address_of(host, port)
    named = httpx.URL(url).copy_with(host=str(address))
    with (
        httpx.Client(timeout=limits.seconds, follow_redirects=False, trust_env=False) as client,
        client.stream(
            "POST",
            named,
            content=body,
            headers={**headers, "Host": parts.netloc},
            extensions={"sni_hostname": host, "trace": deadline.note},
        ) as response,
    ):
        if response.is_redirect:
            redirected = "It answered with a redirect, which is not followed."
            return Exchange(response.status_code, problem=redirected)
        if not response.is_success:
            problem = f"It answered {response.status_code}."
            return Exchange(response.status_code, problem=problem)
        return Exchange(response.status_code, _read(response, limits.most_bytes))


def _read(response: httpx.Response, most: int) -> bytes:
    if not most:
        return b""
    read = bytearray()
    for piece in response.iter_bytes():
        read += piece
        if len(read) > most:
            raise _TooLarge(f"The answer is longer than {most // 1024} KiB.")
    return bytes(read)


def _address_of(host: str, port: int) -> Address:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise Unreachable(f"{host} has no address ({error.strerror or error}).") from error
    addresses = [ip_address(entry[4][0]) for entry in found]
    for address in addresses:
        if not _may_reach(address):
            raise Unreachable(f"{host} is {address}, which lies in a private network.")
    return addresses[0]


def _may_reach(address: Address) -> bool:
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    real = mapped or address
    if real.is_global and not real.is_multicast:
        return True
    return any(real in network for network in get_settings().reachable_networks())
