"""Programs that are forks of one process which has imported the product: they share its memory.

A program that imports the product by itself holds 100 MB and takes seconds of processor time
to start; one that is forked holds what it changes.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, cast

from erp.embedded.process import ServiceFailedError


class Nursery:
    """`jobs.nursery`, started with the first program and ended with this process."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def fork(
        self, command: Sequence[str], environment: Mapping[str, str], home: Path, log: Path
    ) -> int:
        """Run a module's `main` in a session of its own, and return its process id.

        Args:
            command: The module and its arguments.
            environment: All of it.
            home: Its working directory.
            log: Takes what it prints.

        Raises:
            ServiceFailedError: The nursery ended; the next call starts it again.
        """
        running = self._running(home, environment)
        wish = {"command": list(command), "environment": dict(environment)}
        wish |= {"home": str(home), "log": str(log)}
        try:
            _write(cast("IO[str]", running.stdin), json.dumps(wish))
            return int(cast("IO[str]", running.stdout).readline())
        except (OSError, ValueError) as error:
            with suppress(OSError), running:
                running.kill()
            message = f"The process that {command[0]} is a fork of has ended."
            raise ServiceFailedError(message) from error

    def _running(self, home: Path, environment: Mapping[str, str]) -> subprocess.Popen[str]:
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "jobs.nursery"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                cwd=home,
                env=dict(environment),
            )
        return self._process


def _write(to: IO[str], line: str) -> None:
    to.write(line + "\n")
    to.flush()


nursery = Nursery()
"""The one of this process."""
