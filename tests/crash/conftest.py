"""Processes that are started in milliseconds, so that many of them can die."""

import multiprocessing
import os
from collections.abc import Callable, Iterator
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import pytest

from erp.core import db
from erp.core.settings import get_settings
from erp.embedded import EmbeddedStack
from erp.embedded.programs import PROJECT
from tests.crash.till import History
from tests.fixtures.databases import copy_template

Launch = Callable[..., ForkServerProcess]


@pytest.fixture(scope="session")
def forkserver() -> multiprocessing.context.ForkServerContext:
    """A clean process with the product imported, from which the tills are forked."""
    os.environ.setdefault("PYTHONPATH", str(PROJECT))
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.crash.till"])
    return context


@pytest.fixture
def launch(forkserver: multiprocessing.context.ForkServerContext) -> Iterator[Launch]:
    """Start a till; whatever still runs at the end of the test is killed."""
    started: list[ForkServerProcess] = []

    def start(target: Callable[..., None], *arguments: Any) -> ForkServerProcess:
        process = forkserver.Process(target=target, args=arguments, daemon=True)
        process.start()
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.join()
        process.close()


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "history.jsonl")


@pytest.fixture
def scratch(
    stack: EmbeddedStack,
    environment: dict[str, str],
    worker_number: int,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[str]:
    """A database of one test alone, which may leave it broken; the product is pointed at it."""
    assert environment
    name = f"scratch_{worker_number}"
    copy_template(stack, name)
    monkeypatch.setattr(get_settings(), "database_url", stack.postgres.url(name))
    db.dispose()
    yield stack.postgres.url(name)
    monkeypatch.undo()
    db.dispose()
