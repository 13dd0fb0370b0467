"""Fixtures that every test may ask for; nothing starts until one does."""

import asyncio
from collections.abc import Iterator

import pytest

pytest_plugins = [
    "tests.fixtures.servers",
    "tests.fixtures.databases",
    "tests.fixtures.people",
    "tests.fixtures.traders",
    "tests.fixtures.processes",
    "tests.fixtures.browser",
    "tests.fixtures.product",
]


@pytest.fixture(autouse=True)
def thread_without_a_loop(request: pytest.FixtureRequest) -> Iterator[None]:
    """Hide the browser driver's event loop, which stays on the worker's thread to the end.

    A later test of the same worker could otherwise run no coroutine of its own.
    """
    if {"page", "context", "browser"} & set(request.fixturenames):
        yield
        return
    running = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(running)
