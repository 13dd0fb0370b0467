"""A few warm, limited child processes; a crash in one loses only the object it held."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, Literal

import structlog

from erp.adapters.dicom.sandbox_child import ALONE, FRAME, NETWORKED, SOCKET_FD

Purpose = Literal["inspect", "render", "deidentify"]

PROJECT_ROOT: Final = Path(__file__).parents[3]
START_SECONDS: Final = 30.0
_log = structlog.get_logger()
ANSWER_LIMIT_BYTES: Final = 64 * 1024 * 1024
PAYLOAD_LIMIT_BYTES: Final = 1024 * 1024 * 1024
IDLE_SECONDS: Final = 300.0
"""A child nobody needs for so long ends: it holds 50 MB."""


class SandboxFailure(Exception):
    """The child could not finish this object: it died, ran out of time or of memory."""

    def __init__(self, cause: Literal["crash", "time", "memory"]) -> None:
        super().__init__(
            {
                "crash": "The reader crashed on this object.",
                "time": "Reading this object took too long.",
                "memory": "Reading this object needs too much memory.",
            }[cause]
        )
        self.cause = cause


class SandboxUnavailable(Exception):
    """No child could be started: the fault is ours, so the object must be tried again."""


@dataclass(frozen=True)
class Limits:
    """What one object may cost.

    Attributes:
        memory_bytes: Address space beyond what the idle child uses.
        cpu_seconds: Processor time per object; the kernel enforces it.
        wall_seconds: Clock time per object; the parent enforces it.
        objects: A child is replaced after so many, so that leaks stay small.
    """

    memory_bytes: int = 512 * 1024 * 1024
    cpu_seconds: int = 10
    wall_seconds: float = 20.0
    objects: int = 5000


class _Child:
    """One child process and the socket to it."""

    def __init__(self, purpose: Purpose, limits: Limits) -> None:
        self.channel, theirs = socket.socketpair()
        self.served = 0
        self.idle_since = 0.0
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603  our own interpreter and module
                [
                    *(sys.executable, "-c", _BOOT, str(theirs.fileno()), purpose),
                    *(str(limits.memory_bytes), str(limits.cpu_seconds)),
                ],
                cwd=PROJECT_ROOT,
                env=_bare_environment(),
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        self._await_ready()
        self.channel.settimeout(limits.wall_seconds)

    def _await_ready(self) -> None:
        self.channel.settimeout(START_SECONDS)
        try:
            ready = self.channel.recv(1)
        except OSError:
            ready = b""
        if ready not in {ALONE, NETWORKED}:
            self.end()
            raise SandboxUnavailable("The limited reader process does not start.")
        if ready == NETWORKED:
            _log.warning("dicom_reader_keeps_network", remedy="let containers unshare namespaces")

    def ask(self, request: dict[str, Any], descriptor: int) -> tuple[dict[str, Any], bytes]:
        socket.send_fds(self.channel, [json.dumps(request).encode()], [descriptor])
        head_size, payload_size = FRAME.unpack(self._receive(FRAME.size))
        if head_size > ANSWER_LIMIT_BYTES or payload_size > PAYLOAD_LIMIT_BYTES:
            raise ConnectionError
        answer = json.loads(self._receive(head_size))
        self.served += 1
        return answer, bytes(self._receive(payload_size))

    def end(self) -> None:
        self.channel.close()
        self.process.kill()
        self.process.wait()

    def _receive(self, size: int) -> bytearray:
        buffer = bytearray(size)
        view, got = memoryview(buffer), 0
        while got < size:
            count = self.channel.recv_into(view[got:])
            if count == 0:
                raise ConnectionError
            got += count
        return buffer


class Sandbox:
    """A pool of children for one purpose; safe to use from many threads and after a fork.

    Children start on first use, stay warm, and end when nobody needed them for a while. They
    inherit no environment, so no credential; see `sandbox_child` for what they may not do.
    """

    def __init__(self, purpose: Purpose, size: int = 2, limits: Limits | None = None) -> None:
        self.purpose: Purpose = purpose
        self.limits = limits or Limits()
        self.idle_seconds = IDLE_SECONDS
        self._size = size
        self._reset()

    def run(self, source: bytes | Path, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        """Return the child's answer to `request` about the object.

        Raises:
            SandboxFailure: Only this object is affected; the child was replaced.
            SandboxUnavailable: No child starts; nothing is known about the object.
        """
        with _as_file(source) as file:
            child = self._borrow()
            healthy = False
            try:
                answer = child.ask(request, file.fileno())
                healthy = child.served < self.limits.objects and "error" not in answer[0]
            except TimeoutError as error:
                raise SandboxFailure("time") from error
            except (OSError, ValueError) as error:
                raise SandboxFailure(_cause_of_death(child)) from error
            finally:
                self._give_back(child, healthy=healthy)
        if answer[0].get("error") == "memory":
            raise SandboxFailure("memory")
        return answer

    def close(self) -> None:
        """End the idle children; a later call starts new ones."""
        if self._owner == os.getpid():
            self._end_those_idle_for(0)

    def _reset(self) -> None:
        self._owner = os.getpid()
        self._idle: list[_Child] = []
        self._lock = threading.Lock()
        self._sweep: threading.Timer | None = None
        self._places = threading.Semaphore(self._size)

    def _borrow(self) -> _Child:
        if self._owner != os.getpid():
            self._reset()
        self._places.acquire()
        with self._lock:
            if self._idle:
                return self._idle.pop()
        try:
            return _Child(self.purpose, self.limits)
        except BaseException:
            self._places.release()
            raise

    def _give_back(self, child: _Child, *, healthy: bool) -> None:
        if healthy:
            child.idle_since = time.monotonic()
            with self._lock:
                self._idle.append(child)
                self._sweep_later()
        else:
            child.end()
        self._places.release()

    def _sweep_later(self) -> None:
        if self._sweep is None:
            self._sweep = threading.Timer(self.idle_seconds, self._end_idle)
            self._sweep.daemon = True
            self._sweep.start()

    def _end_idle(self) -> None:
        self._end_those_idle_for(self.idle_seconds)
        with self._lock:
            self._sweep = None
            if self._idle:
                self._sweep_later()

    def _end_those_idle_for(self, seconds: float) -> None:
        longest = time.monotonic() - seconds
        with self._lock:
            ending = [child for child in self._idle if child.idle_since <= longest]
            self._idle = [child for child in self._idle if child.idle_since > longest]
        for child in ending:
            child.end()


def _cause_of_death(child: _Child) -> Literal["crash", "time"]:
    """Tell a process killed for its processor time from one that crashed."""
    try:
        code = child.process.wait(timeout=1)
    except subprocess.TimeoutExpired:
        return "crash"
    return "time" if code == -24 else "crash"  # noqa: PLR2004  SIGXCPU


def _as_file(source: bytes | Path) -> IO[bytes]:
    if isinstance(source, Path):
        return source.open("rb")
    if hasattr(os, "memfd_create"):
        file: IO[bytes] = os.fdopen(os.memfd_create("object"), "w+b", buffering=0)
    else:
        file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115  the caller closes it
    rest = memoryview(source)
    while rest:
        rest = rest[file.write(rest) :]
    return file


def _bare_environment() -> dict[str, str]:
    """Return what an interpreter needs and nothing that a parser could leak."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": os.pathsep.join([str(PROJECT_ROOT), *filter(None, sys.path)]),
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "LANG": "C.UTF-8",
    }


_BOOT: Final = (
    "import os,sys\n"
    "fd=int(sys.argv.pop(1))\n"
    f"os.dup2(fd,{SOCKET_FD})\n"
    f"fd=={SOCKET_FD} or os.close(fd)\n"
    "from erp.adapters.dicom.sandbox_child import main\n"
    "main()\n"
)
