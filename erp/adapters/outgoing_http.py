"""Posting to addresses that people typed in: public hosts only, no redirect, little patience.

The name is resolved once and the connection goes to that very address, so that a name which
answers differently a moment later leads nowhere else.
"""

import socket
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any, Final, Self
from urllib.parse import urlsplit

import httpx

from erp.core.settings import get_settings
from erp.services.automation import Answer

SECONDS: Final = 5.0
PORTS: Final = {"https": 443, "http": 80}
Address = IPv4Address | IPv6Address


class _TooSlow(Exception):
    """The answer did not come in time, though each of its bytes did."""


class _Deadline:
    """Hangs up when all of an answer takes too long: a timeout of httpx is one of each read."""

    def __init__(self) -> None:
        self.is_over = False
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(SECONDS, self._hang_up)
        self._timer.daemon = True

    def note(self, event: str, facts: Mapping[str, Any]) -> None:
        """Remember the connection as soon as there is one."""
        if event in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
            self._socket = facts["return_value"].get_extra_info("socket")
            if self.is_over:
                self._hang_up()

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._timer.cancel()

    def _hang_up(self) -> None:
        self.is_over = True
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


class Unreachable(Exception):
    """The host has no address that may be reached."""


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Post a body to an address and return what came; whatever happens, it returns."""
    started = time.monotonic()
    try:
        status, problem = _post(url, body, headers)
    except Unreachable as refusal:
        status, problem = 0, str(refusal)
    except (httpx.TimeoutException, _TooSlow):
        status, problem = 0, f"No answer within {SECONDS:.0f} seconds."
    except httpx.ConnectError as error:
        status, problem = 0, f"Nothing answers there ({error})."[:300]
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        status, problem = 0, f"{type(error).__name__}: {error}"[:300]
    return Answer(status, problem, round((time.monotonic() - started) * 1000))


def _post(url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
    with _Deadline() as deadline:
        try:
            return _post_until(deadline, url, body, headers)
        except httpx.HTTPError as error:
            if deadline.is_over:
                raise _TooSlow from error
            raise


def _post_until(
    deadline: _Deadline, url: str, body: bytes, headers: Mapping[str, str]
) -> tuple[int, str]:
    parts = urlsplit(url)
    host = f"{parts.hostname}"
    port = parts.port or PORTS[parts.scheme]
    address = _address_of(host, port)
    named = httpx.URL(url).copy_with(host=str(address))
    with (
        httpx.Client(timeout=SECONDS, follow_redirects=False, trust_env=False) as client,
        client.stream(
            "POST",
            named,
            content=body,
            headers={**headers, "Host": parts.netloc},
            extensions={"sni_hostname": host, "trace": deadline.note},
        ) as response,
    ):
        if response.is_redirect:
            return response.status_code, "It answered with a redirect, which is not followed."
        if not response.is_success:
            return response.status_code, f"It answered {response.status_code}."
        return response.status_code, ""


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
