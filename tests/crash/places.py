"""Servers that a test may take away, with the product pointed at them."""

import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psutil
import pytest
from pydantic import SecretStr

from erp.adapters.object_storage import object_storage
from erp.core import db, migrations
from erp.core.settings import get_settings
from erp.embedded import EmbeddedStack
from erp.embedded.process import Service
from tests.fixtures.mosquitto import IS_HERE, Mosquitto
from tests.fixtures.servers import own_settings, scratch_directory


@contextmanager
def own_servers(
    environment: dict[str, str], *, durable: bool = False
) -> Iterator[tuple[EmbeddedStack, dict[str, str]]]:
    """Run a stack of its own; this process and whoever is given the environment use it.

    Args:
        durable: Keep what was acknowledged even when killed; then with the production broker,
            where the machine has it.
    """
    directory = scratch_directory()
    stack = EmbeddedStack(directory, own_settings(), durable=durable)
    if durable and IS_HERE:
        stack.mqtt = Mosquitto(stack.data_dir, stack.credentials)
    try:
        with stack, pytest.MonkeyPatch.context() as patch:
            own = stack.environment() | {"SECRET_KEY": environment["SECRET_KEY"]}
            if not durable:
                own["S3_DIRECTORY"] = ""  # over the protocol, so that the store can go away
            names = ("database_url", "redis_url", "s3_endpoint_url", "s3_access_key")
            for name in (*names, "s3_directory"):
                patch.setattr(get_settings(), name, own[name.upper()])
            patch.setattr(get_settings(), "s3_secret_key", SecretStr(own["S3_SECRET_KEY"]))
            db.dispose()
            object_storage.cache_clear()
            migrations.upgrade(stack.postgres.url())
            yield stack, environment | own
    finally:
        db.dispose()
        object_storage.cache_clear()
        shutil.rmtree(directory)


@contextmanager
def away(service: Service) -> Iterator[None]:
    """Take one server away, and bring it back whatever the test found."""
    service.stop()
    try:
        yield
    finally:
        service.start()


@contextmanager
def frozen(service: Service) -> Iterator[None]:
    """Let one server take what it is sent and answer nothing for a while."""
    assert service.pid is not None
    family = [service.pid, *(c.pid for c in psutil.Process(service.pid).children(recursive=True))]
    for each in family:
        os.kill(each, signal.SIGSTOP)
    try:
        yield
    finally:
        for each in reversed(family):
            os.kill(each, signal.SIGCONT)


def eventually(holds: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.1)
