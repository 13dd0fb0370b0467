"""One supervised server: its process group, log, pid file, readiness and end."""

import contextlib
import json
import os
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from pathlib import Path

import psutil

READY_SECONDS = 240.0  # a busy machine takes its time; whoever ends is noticed at once
STOP_SECONDS = 15.0
POLL_SECONDS = 0.05
LOG_TAIL_LINES = 15

# Servers outlive the object that started them; whoever looks next collects their exit.
_children: set[int] = set()


class ServiceFailedError(RuntimeError):
    """A server did not start; the message holds the end of its log."""


class Service(ABC):
    """A server with its own process group, addressed by its data directory.

    Another process that opens the same directory finds the running server by its
    pid file and may use, stop or kill it.

    Attributes:
        name: Names the log (`log/<name>.log`), the pid file and the data folder.
        stop_signal: Asks the server for an orderly end.
    """

    name: str
    stop_signal = signal.SIGTERM

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir.absolute()
        self.home = self.data_dir / self.name
        self.log_path = self.data_dir / "log" / f"{self.name}.log"
        self._pid_path = self.data_dir / "run" / f"{self.name}.json"

    @abstractmethod
    def prepare(self) -> None:
        """Create what the server needs on disk; harmless when repeated."""

    @abstractmethod
    def command(self) -> list[str]:
        """Return the program and its arguments."""

    @abstractmethod
    def answers(self) -> bool:
        """Tell whether the server accepts work now; never raises."""

    def child_environment(self) -> dict[str, str]:
        """Return the environment of the server process."""
        return dict(os.environ)

    def run_as(self) -> int | None:
        """Return the user id the server runs under, or None for our own."""
        return None

    def start(self) -> None:
        """Start the server and wait until it answers; a running one is left alone.

        Raises:
            ServiceFailedError: It ended or did not answer within 60 seconds.
        """
        self.prepare()
        if self.is_running():
            if self._recorded().get("command") == self.command() and self.answers():
                return
            self.stop()
        self._end_orphans()
        self._spawn()
        self._wait_until_ready()

    def stop(self) -> None:
        """End the server in order, by force after 15 seconds; harmless when it is down."""
        family = self._family()
        if family:
            with contextlib.suppress(psutil.NoSuchProcess):
                family[0].send_signal(self.stop_signal)
            _wait_for_end(family[0])
        self._end(family)

    def kill(self) -> None:
        """End the server and everything it started at once, as a crash would."""
        self._end(self._family())

    def restart(self) -> None:
        """Stop the server in order and start it on the same data and address."""
        self.stop()
        self.start()

    def is_running(self) -> bool:
        """Tell whether the recorded process is alive, whoever started it."""
        return self._server() is not None

    @property
    def pid(self) -> int | None:
        """The process id of the running server."""
        server = self._server()
        return server.pid if server else None

    def _spawn(self) -> None:
        for folder in (self.home, self.log_path.parent, self._pid_path.parent):
            folder.mkdir(parents=True, exist_ok=True)
        pid = self.launch()
        born = psutil.Process(pid).create_time()
        record = {"pid": pid, "born": born, "command": self.command()}
        self._pid_path.touch(mode=0o600)
        self._pid_path.write_text(json.dumps(record))

    def launch(self) -> int:
        """Start the command in a session of its own, and return its process id."""
        user = self.run_as()
        with self.log_path.open("ab") as log:
            child = subprocess.Popen(  # noqa: S603  the command is our own
                self.command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.home,
                env=self.child_environment(),
                start_new_session=True,
                user=user,
                extra_groups=None if user is None else [],
            )
        child.returncode = 0  # it may outlive us, which Popen would call a leak
        _children.add(child.pid)
        return child.pid

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not self.answers():
            ended = not self.is_running()
            if ended or time.monotonic() > deadline:
                self.kill()
                reason = "ended while starting" if ended else "did not answer in time"
                raise ServiceFailedError(f"{self.name} {reason}.\n{self._log_tail()}")
            time.sleep(POLL_SECONDS)

    def _log_tail(self) -> str:
        lines = self.log_path.read_text(errors="replace").splitlines()
        return "\n".join([*lines[-LOG_TAIL_LINES:], f"(log: {self.log_path})"])

    def _recorded(self) -> dict[str, object]:
        try:
            record: dict[str, object] = json.loads(self._pid_path.read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return {}
        return record

    def _server(self) -> psutil.Process | None:
        record = self._recorded()
        if not record:
            return None
        _collect_exits()
        try:
            server = psutil.Process(int(str(record["pid"])))
            same = server.create_time() == record["born"]
            return server if same and server.status() != psutil.STATUS_ZOMBIE else None
        except psutil.NoSuchProcess:
            return None

    def _family(self) -> list[psutil.Process]:
        server = self._server()
        if server is None:
            return []
        with contextlib.suppress(psutil.NoSuchProcess):
            return [server, *server.children(recursive=True)]
        return []

    def _end(self, family: list[psutil.Process]) -> None:
        for member in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                member.kill()
        self._end_orphans()
        for member in family:
            _wait_for_end(member)
        self._pid_path.unlink(missing_ok=True)

    def _end_orphans(self) -> None:
        """Kill what a dead server left in its process group, unless its number was reused."""
        record = self._recorded()
        if not record:
            return
        leader = int(str(record["pid"]))
        with contextlib.suppress(psutil.NoSuchProcess):
            if psutil.Process(leader).create_time() != record["born"]:
                return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(leader, signal.SIGKILL)


def _wait_for_end(process: psutil.Process) -> None:
    deadline = time.monotonic() + STOP_SECONDS
    while time.monotonic() < deadline:
        _collect_exits()
        try:
            if process.status() == psutil.STATUS_ZOMBIE:
                return
        except psutil.NoSuchProcess:
            return
        time.sleep(POLL_SECONDS)


def _collect_exits() -> None:
    for pid in list(_children):
        try:
            ended, _status = os.waitpid(pid, os.WNOHANG)
        except ChildProcessError:
            ended = pid
        if ended:
            _children.discard(pid)
