"""A client of the REST edge, in this process."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import httpx
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal

from erp.api.application import create_api
from erp.api.rate_limiting import forget_failures


class RestClient:
    """Blocking requests to an ASGI application that runs on a loop of its own."""

    def __init__(self, portal: BlockingPortal, client: httpx.AsyncClient) -> None:
        self._portal = portal
        self._client = client

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send a request that brings only the cookies named in its headers."""
        self._client.cookies.clear()
        return self._portal.call(partial(self._client.request, method, path, **options))

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self.request("POST", path, **options)


@pytest.fixture(scope="session")
def api_client(environment: dict[str, str]) -> Iterator[RestClient]:
    """The whole application but the pages; a bug shows as a 500, as it would outside."""
    assert environment
    transport = httpx.ASGITransport(create_api(), raise_app_exceptions=False)
    client = httpx.AsyncClient(transport=transport, base_url="http://localhost:8000")
    with start_blocking_portal() as portal:
        yield RestClient(portal, client)
        portal.call(client.aclose)


@pytest.fixture
def rest(api_client: RestClient) -> RestClient:
    """The client, with no failures of earlier tests held against it."""
    forget_failures()
    return api_client
