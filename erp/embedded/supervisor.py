"""Keeps servers and programs running: restarts what ends, with a growing pause."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from erp.embedded.process import Service, ServiceFailedError

WATCH_SECONDS = 0.5
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
CALM_SECONDS = 60.0


@dataclass(slots=True)
class _Watched:
    service: Service
    started_at: float
    pause: float = FIRST_PAUSE_SECONDS
    due_at: float | None = None


class Supervisor:
    """Watches running services until `end` is set; they all run when it begins.

    A service that ended is started again after a pause that doubles up to 30 seconds and
    returns to one second once it ran for a minute.

    Args:
        services: In starting order; stopping them is the caller's part.
        report: Receives one line per ended or restarted service.
    """

    def __init__(
        self,
        services: Sequence[Service],
        report: Callable[[str], None],
        *,
        first_pause_seconds: float = FIRST_PAUSE_SECONDS,
    ) -> None:
        now = time.monotonic()
        self._first_pause = first_pause_seconds
        self._watched = [_Watched(service, now, first_pause_seconds) for service in services]
        self._report = report

    def run(self, end: threading.Event) -> None:
        """Watch until `end` is set."""
        while not end.wait(WATCH_SECONDS):
            for watched in self._watched:
                if end.is_set():
                    return
                self._look_at(watched)

    def _look_at(self, watched: _Watched) -> None:
        now = time.monotonic()
        if watched.due_at is not None:
            if now >= watched.due_at:
                self._start(watched)
        elif not watched.service.is_running():
            if now - watched.started_at > CALM_SECONDS:
                watched.pause = self._first_pause
            self._plan(watched, "ended")

    def _plan(self, watched: _Watched, what: str) -> None:
        name, log = watched.service.name, watched.service.log_path
        self._report(f"{name} {what}; starting it again in {watched.pause:g} s (log: {log})")
        watched.due_at = time.monotonic() + watched.pause
        watched.pause = min(watched.pause * 2, LONGEST_PAUSE_SECONDS)

    def _start(self, watched: _Watched) -> None:
        watched.due_at = None
        try:
            watched.service.start()
        except ServiceFailedError:
            self._plan(watched, "did not start")
            return
        watched.started_at = time.monotonic()
        self._report(f"{watched.service.name} is running again")
