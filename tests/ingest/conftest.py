"""A tenant with a device, the listener as a process, and a simulated device at the other end."""

import signal
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from erp.adapters.mqtt import Broker
from erp.adapters.object_storage import S3ObjectStorage, object_storage
from erp.core import db
from erp.core.context import RequestContext
from erp.core.settings import get_settings
from erp.services import catalogue_of_actions, platform
from erp.simulate.device import DeviceOptions, SimulatedDevice, open_spool
from tests.fixtures import forking
from tests.fixtures.clinics import open_clinic

assert catalogue_of_actions.DOMAINS


def until(is_true, seconds: float = 20):
    """Wait for what arrives a moment later; return what was waited for."""
    deadline = time.monotonic() + seconds
    found = is_true()
    while not found and time.monotonic() < deadline:
        time.sleep(0.05)
        found = is_true()
    assert found, "what was waited for did not come"
    return found


@dataclass
class Clinic:
    """A tenant with one device at a site of its own."""

    ctx: RequestContext
    site: str
    device_id: object
    password: str
    url: str
    storage: S3ObjectStorage
    environment: dict[str, str]
    directory: Path
    listeners: list = field(default_factory=list)

    def start_listener(self) -> forking.Forked:
        """Start the listener as `make run` does and wait until it hears."""
        log = self.directory / "listener.log"
        before = self.log().count("line_open")
        process = forking.start(["jobs.listeners.mqtt"], self.environment, log)
        self.listeners.append(process)
        mark = f'"site": "{self.site}"'
        until(lambda: self.log().count("line_open") > before and mark in self.log(), 40)
        return process

    def log(self) -> str:
        path = self.directory / "listener.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def stop_listener(self, *, kill: bool = False) -> None:
        process = self.listeners.pop()
        process.send_signal(signal.SIGKILL if kill else signal.SIGTERM)
        process.wait(20)

    @property
    def device_url(self) -> str:
        address = self.url.rpartition("@")[2]
        return f"mqtt://{self.site}%2FCAM01:{self.password}@{address}"

    def device(self, **options) -> SimulatedDevice:
        chosen = {"site": self.site, "device": "CAM01", "count": 4, "settle_seconds": 20}
        spool = open_spool(self.directory / "spool", self.site, "CAM01")
        return SimulatedDevice(
            Broker.from_url(self.device_url),
            spool,
            DeviceOptions(**(chosen | options)),
            lambda _: None,
        )

    def rows(self, sql: str, *params):
        with db.unit_of_work(self.ctx) as session:
            return db.fetch_all(session, sql, params)

    def one(self, sql: str, *params):
        [row] = self.rows(sql, *params)
        return row


def make_clinic(stack, environment, directory) -> Clinic:
    """Make a tenant with a branch that is a site and register its device."""
    ctx = open_clinic("eye")
    object_storage.cache_clear()
    storage = object_storage()
    storage.ensure_bucket()
    camera = {"code": "CAM01", "name": "Camera"}
    device: Any = platform.run("imaging.register_device", ctx, camera).result
    return Clinic(
        ctx=ctx,
        site=device.user.partition("/")[0],
        device_id=device.id,
        password=device.password.get_secret_value(),
        url=environment["MQTT_URL"],
        storage=storage,
        environment=environment | {"DATA_DIR": str(stack.data_dir)},
        directory=directory,
    )


@pytest.fixture(scope="module")
def shared_listener(stack, environment, engine, tmp_path_factory):
    """One listener for the tests of a module that leave it alone: it takes seconds to start."""
    assert engine
    get_settings.cache_clear()
    first = make_clinic(stack, environment, tmp_path_factory.mktemp("listener"))
    first.start_listener()
    yield first
    first.stop_listener()


@pytest.fixture
def listening(stack, environment, shared_listener, tmp_path):
    """A clinic of its own, heard by the module's listener."""
    return heard_clinic(stack, environment, shared_listener, tmp_path)


@pytest.fixture
def other(stack, environment, shared_listener, tmp_path):
    """A clinic of another tenant, heard by the same listener."""
    return heard_clinic(stack, environment, shared_listener, tmp_path)


def heard_clinic(stack, environment, listener, directory) -> Clinic:
    """Make a clinic and wait until the listener hears its devices."""
    made = make_clinic(stack, environment, directory)
    mark = f'"site": "{made.site}"'
    until(lambda: mark in listener.log(), 40)
    return made


@pytest.fixture
def clinic(stack, environment, engine, tmp_path):
    assert engine
    get_settings.cache_clear()
    made = make_clinic(stack, environment, tmp_path)
    yield made
    while made.listeners:
        made.stop_listener()


@pytest.fixture
def own_listener(clinic):
    """A clinic with a listener of its own, which the test may kill."""
    clinic.start_listener()
    return clinic
