"""The DICOM listener as a process, organisations with AE titles of their own, and peers."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import CTImageStorage
from pynetdicom import AE, _config, build_context, evt
from pynetdicom.dsutils import encode

from erp.adapters.dicom.facts import Refused
from erp.adapters.dicom.file_meta import read_file_meta
from erp.adapters.dicom.source import Source
from erp.adapters.object_storage import S3ObjectStorage, object_storage
from erp.core import db
from erp.core.context import RequestContext
from erp.core.settings import get_settings
from erp.embedded.credentials import free_port
from erp.services import catalogue_of_actions, platform
from erp.services.documents import blob_key
from jobs.listeners.peer_contexts import STORAGE
from tests.factories import referees
from tests.fixtures import forking
from tests.fixtures.clinics import open_clinic
from tests.ingest.conftest import until

assert catalogue_of_actions.DOMAINS
LOCAL = Path(pydicom.__file__).parent / "data" / "test_files"
OPENED: list[socket.socket] = []
GROUP = b"\2\0\0\0"
ALL = {"may_store": True, "may_query": True, "may_retrieve": True, "may_worklist": True}


@dataclass
class Scp:
    """The listener, started as `make run` starts it."""

    port: int
    environment: dict[str, str]
    directory: Path
    process: forking.Forked | None = None

    def start(self, **more: str) -> None:
        own = {"DICOM_PORT": str(self.port), "DICOM_HOST": "127.0.0.1", "LOG_JSON": "true"}
        before = self.log().count("dicom_started")
        self.process = forking.start(
            ["jobs.listeners.dicom"],
            self.environment | own | more,
            self.directory / "dicom.log",
            in_own_session=True,
        )
        wanted = int(more.get("DICOM_PROCESSES", "2"))
        until(lambda: self.log().count("dicom_started") >= before + wanted, 60)

    def log(self) -> str:
        path = self.directory / "dicom.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def stop(self, *, kill: bool = False) -> None:
        assert self.process is not None
        if kill:
            os.killpg(self.process.pid, signal.SIGKILL)
        else:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        self.process = None


@dataclass
class Hospital:
    """A tenant that is called by an AE title of its own."""

    ctx: RequestContext
    title: str
    storage: S3ObjectStorage
    peers: dict[str, Any] = field(default_factory=dict)

    def run(self, action: str, /, **given: Any) -> Any:
        return platform.run(action, self.ctx, given).result

    def peer(self, title: str = "", **more: Any) -> str:
        """Let a peer in from this machine; return its title."""
        title = title or f"P{uuid4().hex[:10].upper()}"
        given = {"ae_title": title, "name": title, "address": "127.0.0.1"} | ALL | more
        self.peers[title] = self.run("imaging.add_peer", **given).id
        return title

    def rows(self, sql: str, *params: Any) -> list[dict[str, Any]]:
        with db.unit_of_work(self.ctx) as session:
            return db.fetch_all(session, sql, params)

    def one(self, sql: str, *params: Any) -> dict[str, Any]:
        [row] = self.rows(sql, *params)
        return row

    def kept(self, sop_uid: str) -> bytes:
        """Return the bytes of an object of the archive."""
        row = self.one("select sha256 from dicom_instance where sop_uid = %s", sop_uid)
        return self.storage.read(blob_key(self.ctx.tenant_id, row["sha256"]))


def make_hospital() -> Hospital:
    """Make a tenant with an AE title."""
    object_storage.cache_clear()
    storage = object_storage()
    storage.ensure_bucket()
    hospital = Hospital(open_clinic("pacs"), f"H{uuid4().hex[:10].upper()}", storage)
    hospital.run("imaging.add_entity", ae_title=hospital.title, name="Archive")
    return hospital


def make_scp(stack: Any, environment: dict[str, str], directory: Path) -> Scp:
    """Return the listener over the test's servers, not started yet."""
    own = environment | {"DATA_DIR": str(stack.data_dir)}
    return Scp(free_port(), own, directory)


@pytest.fixture(scope="module")
def scp(stack, environment, engine, tmp_path_factory):
    """One listener for the tests of a module that leave it alone."""
    assert engine
    get_settings.cache_clear()
    listener = make_scp(stack, environment, tmp_path_factory.mktemp("dicom"))
    listener.start()
    yield listener
    listener.stop()


@pytest.fixture
def listen(stack, environment, engine, tmp_path):
    """Start a listener of one process with settings of its own."""
    assert engine
    get_settings.cache_clear()
    made = make_scp(stack, environment, tmp_path)

    def start(**more):
        made.start(DICOM_PROCESSES="1", **more)
        return made

    yield start
    made.stop()


@pytest.fixture
def hospital(scp):
    """A fresh organisation behind the shared listener."""
    assert scp
    return make_hospital()


def sender(title: str, *contexts: tuple[str, str]) -> AE:
    """Return an entity that proposes these classes and syntaxes."""
    entity = AE(ae_title=title)
    entity.connection_timeout = 10
    entity.requested_contexts = [build_context(*context) for context in contexts]
    return entity


def connect(entity: AE, scp: Scp, hospital: Hospital, **more: Any) -> Any:
    """Open an association without Nagle's pauses."""

    def at_once(event: Any) -> None:
        connection = event.assoc.dul.socket.socket
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        OPENED.append(connection)

    return entity.associate(
        "127.0.0.1",
        scp.port,
        ae_title=more.pop("called", hospital.title),
        evt_handlers=[(evt.EVT_CONN_OPEN, at_once)],
        **more,
    )


def send_bytes(association: Any, content: bytes, path: Path) -> Any:
    """Send an object's data set exactly as it stands in its file."""
    path.write_bytes(content)
    before, _config.STORE_SEND_CHUNKED_DATASET = _config.STORE_SEND_CHUNKED_DATASET, True
    try:
        return association.send_c_store(path)
    finally:
        _config.STORE_SEND_CHUNKED_DATASET = before


def dataset_of(content: bytes) -> bytes:
    """Return the data set of a file, without preamble and file meta information."""
    length = int.from_bytes(content[140:144], "little")
    return content[144 + length :]


def tool(*arguments: Any, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run one of dcmtk's tools, told by its full path: pynetdicom has some of the same names."""
    name, *rest = (str(argument) for argument in arguments)
    environment = os.environ | {"TCP_NODELAY": "1"}
    return subprocess.run(
        [f"/usr/bin/{name}", *rest],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=cwd,
        env=environment,
        check=False,
        errors="replace",
    )


@pytest.fixture(autouse=True)
def closed_connections():
    """Close what pynetdicom leaves open of associations that were broken off."""
    yield
    while OPENED:
        OPENED.pop().close()


def end(association: Any) -> None:
    """Release an association whatever state it is in."""
    with suppress(Exception):
        association.release()


def sound() -> bool:
    """Tell whether every promise of imaging holds."""
    return [v for v in referees().values() if v.code.startswith("I") and not v.holds] == []


def storable_files() -> Iterator[tuple[bytes, tuple[str, str]]]:
    """Yield pydicom's files that a peer could send, with their class and syntax."""
    for path in sorted(LOCAL.rglob("*.dcm")):
        content = Path(path).read_bytes()
        if content[128:132] != b"DICM" or content[132:136] != GROUP:
            continue
        try:
            meta = read_file_meta(Source(data=content))
        except Refused:
            continue
        if meta.sop_class in STORAGE and meta.sop_uid:
            yield content, (meta.sop_class, meta.transfer_syntax)


def uid_of(content: bytes) -> str:
    """Return the identity a file's header names."""
    return read_file_meta(Source(data=content)).sop_uid


def store_command(sop_uid: str, message_id: int = 7) -> bytes:
    """Return the command set of a C-STORE request."""
    command = Dataset()
    command.AffectedSOPClassUID = CTImageStorage
    command.CommandField = 1
    command.MessageID = message_id
    command.Priority = 2
    command.CommandDataSetType = 1
    command.AffectedSOPInstanceUID = sop_uid
    body = encode(command, is_implicit_vr=True, is_little_endian=True) or b""
    return b"\0\0\0\0\4\0\0\0" + len(body).to_bytes(4, "little") + body


def send_pdu(association: Any, context: int, flags: int, content: bytes) -> None:
    """Send one P-DATA-TF with one value."""
    value = (len(content) + 2).to_bytes(4, "big") + bytes([context, flags]) + content
    pdu = bytes([4, 0]) + len(value).to_bytes(4, "big") + value
    association.dul.socket.socket.sendall(pdu)


def begin(association: Any, sop_uid: str, content: bytes) -> None:
    """Send all of an object but its last byte."""
    context = association.accepted_contexts[0].context_id
    send_pdu(association, context, 0x03, store_command(sop_uid))
    for at in range(0, len(content) - 1, 500_000):
        send_pdu(association, context, 0x00, content[at : min(at + 500_000, len(content) - 1)])
    time.sleep(0.5)  # what was sent is read
