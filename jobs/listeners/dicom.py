"""The DICOM listener: peers store, search, fetch and ask for the worklist.

    python -m jobs.listeners.dicom

One process holds the port and starts those that take associations: a Python process receives
objects on one core only. It starts one again that ends; they end with it.
"""

import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import Final, NoReturn
from uuid import UUID

import structlog
from pydicom import config as pydicom_config
from pynetdicom import _config as pynetdicom_config
from pynetdicom import evt

from erp.adapters.dicom.calling import new_entity, tls_of_ours
from erp.adapters.dicom.object_inspector import object_inspector
from erp.adapters.object_storage import object_storage
from erp.core import db
from erp.core.context import RequestContext
from erp.core.settings import Settings, get_settings
from erp.core.telemetry import configure_logging
from erp.services import catalogue_of_actions, identity, imaging
from jobs.listeners.peer_committing import Commitments
from jobs.listeners.peer_directory import PeerDirectory
from jobs.listeners.peer_finding import Finding
from jobs.listeners.peer_performing import Performing
from jobs.listeners.peer_retrieving import Retrieving
from jobs.listeners.peer_server import PeerServer
from jobs.listeners.peer_storing import Storing
from jobs.listeners.recording import Recorder, Write

__all__ = ["catalogue_of_actions", "main"]
BACKLOG: Final = 64
POLL_SECONDS: Final = 0.5
PAUSE_SECONDS: Final = 1.0
LEAVE_SECONDS: Final = 10.0
STRANGER_SECONDS: Final = 10
"""How long a connection may take to say who it is."""
ENDING: Final = (signal.SIGTERM, signal.SIGINT)
_log = structlog.get_logger()


def main() -> None:
    """Hold the port and keep the processes behind it; SIGTERM and SIGINT end them."""
    configure_logging()
    settings = get_settings()
    if not settings.dicom_port:
        _log.info("dicom_off")
        return
    identity.check_database()
    db.dispose()  # two processes on one connection would answer each other's questions
    with _listen(settings) as listening:
        Crew(settings.dicom_processes, lambda first: _serve(listening, settings, first)).run()


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.dicom_host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((settings.dicom_host, settings.dicom_port))
    listening.listen(BACKLOG)
    listening.setblocking(False)  # noqa: FBT003  socket's own
    return listening


class Crew:
    """Processes that do the same; one that ends is started again.

    Args:
        work: Runs in each process; is told whether it is the first.
    """

    def __init__(self, size: int, work: Callable[[bool], None]) -> None:
        self._work = work
        self._places: dict[int, int] = {}
        self._size = size
        self._is_stopping = False
        self._ours, self._theirs = os.pipe()

    def run(self) -> None:
        """Keep the processes until told to stop."""
        for number in ENDING:
            signal.signal(number, self._stop)
        for place in range(self._size):
            self._start(place)
        while self._places:
            try:
                pid, status = os.wait()
            except ChildProcessError:
                return
            place = self._places.pop(pid, -1)
            if place >= 0 and not self._is_stopping:
                _log.warning("dicom_process_ended", status=status)
                time.sleep(PAUSE_SECONDS)
                self._start(place)

    def _start(self, place: int) -> None:
        """Start a process, unless told to stop; a word to stop waits until the process is known."""
        signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
        try:
            if self._is_stopping:
                return
            pid = os.fork()
            if pid:
                self._places[pid] = place
                return
            for number in ENDING:
                signal.signal(number, signal.SIG_DFL)
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
        self._be(place)

    def _be(self, place: int) -> NoReturn:
        """Do the work in a process of its own, and end with it."""
        os.close(self._theirs)
        threading.Thread(target=self._leave_with_parent, daemon=True).start()
        code = 1
        try:
            self._work(place == 0)
            code = 0
        except Exception:  # noqa: BLE001  a fork must never go on as its parent
            _log.exception("dicom_process_failed")
        finally:
            os._exit(code)

    def _leave_with_parent(self) -> None:
        """End this process as by a signal once the one that started it is gone."""
        os.read(self._ours, 1)
        os.kill(os.getpid(), signal.SIGTERM)

    def _stop(self, *_: object) -> None:
        self._is_stopping = True
        for pid in self._places:
            os.kill(pid, signal.SIGTERM)


def _serve(listening: socket.socket, settings: Settings, is_first: bool) -> None:  # noqa: FBT001  a place in the crew
    """Take associations until told to stop; the first process also answers commitments."""
    _quieten()
    directory = PeerDirectory()
    commitments = Commitments(directory)
    server = _server(listening, settings, directory, commitments)
    for number in ENDING:
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    if is_first:
        threading.Thread(target=commitments.answer_until_stopped, daemon=True).start()
    _log.info("dicom_started", port=settings.dicom_port, process=os.getpid())
    server.serve_forever(POLL_SECONDS)
    commitments.stop()
    _let_finish(server)
    _log.info("dicom_stopped")


def _writer_of(
    intake: imaging.Intake,
) -> Write[imaging.DeliveredObject, imaging.TakenObject]:
    """Return what writes objects of a peer together."""

    def write(
        ctx: RequestContext, device_id: UUID, prepared: Sequence[imaging.DeliveredObject]
    ) -> list[imaging.TakenObject]:
        return intake.record(ctx, device_id, "cstore", prepared)

    return write


def _server(
    listening: socket.socket,
    settings: Settings,
    directory: PeerDirectory,
    commitments: Commitments,
) -> PeerServer:
    storage = object_storage()
    intake = imaging.Intake(storage, object_inspector())
    storing = Storing(directory, intake, Recorder(_writer_of(intake)))
    performing = Performing(directory)
    entity = new_entity("VANTAGE")
    entity.maximum_associations = sys.maxsize  # those let in are counted by the server
    entity.network_timeout = settings.dicom_idle_seconds
    entity.acse_timeout = min(STRANGER_SECONDS, settings.dicom_idle_seconds)
    return PeerServer(
        entity,
        listening,
        directory,
        places=settings.dicom_associations,
        largest_object=settings.dicom_largest_mb * 1024 * 1024,
        retriever=Retrieving(directory, storage).serve,
        store=storing.keep,
        handlers=[
            (evt.EVT_C_ECHO, lambda _event: 0x0000),
            (evt.EVT_C_STORE, storing.store),
            (evt.EVT_C_FIND, Finding(directory).find),
            (evt.EVT_N_ACTION, commitments.ask),
            (evt.EVT_N_CREATE, performing.begin),
            (evt.EVT_N_SET, performing.change),
        ],
        tls=tls_of_ours(settings),
    )


def _quieten() -> None:
    """Keep patients' data and strangers' texts out of the log, and send objects unread."""
    pynetdicom_config.LOG_HANDLER_LEVEL = "none"
    pynetdicom_config.LOG_REQUEST_IDENTIFIERS = False
    pynetdicom_config.LOG_RESPONSE_IDENTIFIERS = False
    pynetdicom_config.STORE_SEND_CHUNKED_DATASET = True
    logging.getLogger("pynetdicom").setLevel(logging.CRITICAL)
    pydicom_config.settings.reading_validation_mode = pydicom_config.IGNORE
    pydicom_config.settings.writing_validation_mode = pydicom_config.IGNORE


def _let_finish(server: PeerServer) -> None:
    """Give associations in progress time to end, then leave them: their senders try again."""
    until = time.monotonic() + LEAVE_SECONDS
    while server.active_associations and time.monotonic() < until:
        time.sleep(0.1)


if __name__ == "__main__":
    main()
