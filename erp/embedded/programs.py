"""The processes of the product as data: what `python -m erp up` keeps running."""

import http.client
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from erp.core.settings import Settings
from erp.embedded.nursery import nursery
from erp.embedded.process import Service

PROJECT = Path(__file__).resolve().parents[2]
HEALTHY = 200


@dataclass(frozen=True, slots=True)
class Program:
    """One process to keep running.

    Attributes:
        name: Names its log and its pid file.
        arguments: What follows the Python interpreter.
        environment: Added to the environment of the whole product.
        health: Address (host, port, path) that answers 200 once it is ready; without one
            the process counts as ready when it runs.
    """

    name: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    health: tuple[str, int, str] | None = None


def product_programs(settings: Settings) -> list[Program]:
    """Return the web server, the worker, the relay with the scheduler, and the listeners."""
    host, port = settings.web_host, settings.web_port
    web = (
        *("-m", "erp.serving", "--interface", "asgi", "--factory", "erp.serving:application"),
        *("--host", host, "--port", str(port), "--workers", web_workers()),
        *("--respawn-failed-workers", "--workers-kill-timeout", "10", "--log-level", "warning"),
    )
    programs = [
        Program("web", web, WEB_ENVIRONMENT, ("127.0.0.1", port, "/health/live")),
        Program("worker", ("-m", "jobs.worker")),
        Program("relay", ("-m", "jobs.relay")),
        Program("listener", ("-m", "jobs.listeners.mqtt")),
    ]
    if settings.dicom_port:
        programs.append(Program("dicom", ("-m", "jobs.listeners.dicom")))
    return programs


# The two names with underscores are Reflex 0.10's own: start without compiling and serve
# the frontend that is built already. The version is pinned and a browser test covers them.
WEB_ENVIRONMENT = {
    "REFLEX_ENV_MODE": "prod",
    "REFLEX_TELEMETRY_ENABLED": "false",
    "REFLEX_OPLOCK_ENABLED": "1",
    "__REFLEX_SKIP_COMPILE": "true",
    "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "true",
}


def web_workers() -> str:
    """Return the number of web processes: `GRANIAN_WORKERS`, else one per core up to two."""
    return os.environ.get("GRANIAN_WORKERS") or str(min(2, os.cpu_count() or 1))


class ProgramProcess(Service):
    """A running `Program`, with the log, pid file and end of every other server."""

    def __init__(
        self, data_dir: Path, program: Program, environment: Mapping[str, str] | None = None
    ) -> None:
        self.name = program.name
        super().__init__(data_dir)
        self.home = PROJECT
        self._program = program
        self._environment = environment or {}

    def prepare(self) -> None:
        """Do nothing: a program keeps its data in the servers."""

    def command(self) -> list[str]:
        """Return this interpreter and the program's arguments."""
        return [sys.executable, *self._program.arguments]

    def launch(self) -> int:
        """Start the program, by a fork where it is a module of the product's."""
        flag, module, *arguments = self._program.arguments
        if flag != "-m":
            return super().launch()
        environment = self.child_environment()
        return nursery.fork((module, *arguments), environment, self.home, self.log_path)

    def child_environment(self) -> dict[str, str]:
        """Return our environment, what the caller adds, and the program's own settings."""
        own = {"PYTHONPATH": str(PROJECT), "PYTHONUNBUFFERED": "1"}
        return dict(os.environ) | own | dict(self._environment) | dict(self._program.environment)

    def answers(self) -> bool:
        """Tell whether the health address answers 200, or the process runs if it has none."""
        if self._program.health is None:
            return self.is_running()
        host, port, path = self._program.health
        connection = http.client.HTTPConnection(host, port, timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().status == HEALTHY
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
