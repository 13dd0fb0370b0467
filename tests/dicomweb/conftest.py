"""The running API, and callers of it."""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import httpx
import pytest
from dicomweb_client.api import DICOMwebClient
from dicomweb_client.session_utils import create_session

from erp.adapters.object_storage import object_storage
from erp.api.rate_limiting import forget_failures
from erp.embedded.credentials import free_port
from tests.fixtures import forking
from tests.fixtures.people import Member, Organisation, make_organisation

Client = Callable[[Member], DICOMwebClient]


@pytest.fixture(scope="session")
def served(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the API in a process of its own, over real sockets."""
    port = free_port()
    command = ["granian.cli:entrypoint", "--interface", "asgi", "--factory"]
    command += ["--port", str(port), "erp.api.application:create_api"]
    log = tmp_path_factory.mktemp("dicomweb") / "web.log"
    server = forking.start(command, environment, log)
    try:
        yield _when_up(f"http://127.0.0.1:{port}")
    finally:
        server.terminate()
        server.wait(20)


def _when_up(address: str) -> str:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with suppress(httpx.HTTPError):
            if httpx.get(f"{address}/health/live").status_code == 200:
                return address
        time.sleep(0.1)
    raise TimeoutError(address)


@pytest.fixture
def hospital(engine: object) -> Organisation:
    """A fresh organisation, so that its archive is empty."""
    assert engine
    forget_failures()
    object_storage.cache_clear()
    object_storage().ensure_bucket()
    return make_organisation("asha", "owner", "technician", "manager", "auditor", "cashier")


@pytest.fixture
def client(served: str) -> Client:
    """Make a `dicomweb-client` that acts as a member."""

    def connect(member: Member) -> DICOMwebClient:
        session = create_session()
        session.headers.update(member.headers)
        return DICOMwebClient(f"{served}/api/dicom-web", session=session)

    return connect


@pytest.fixture
def web(served: str) -> Iterator[httpx.Client]:
    """A plain HTTP client of the running API."""
    with httpx.Client(base_url=f"{served}/api/dicom-web", timeout=60) as made:
        yield made
