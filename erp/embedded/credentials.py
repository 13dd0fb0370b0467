"""Secrets and ports of one data directory, generated once and kept."""

import fcntl
import json
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

SECRET_BYTES = 24
LOWEST_PORT, PORTS = 15_000, 17_000


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on `path`, waiting for whoever has it; the file stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def free_port() -> int:
    """Return a loopback TCP port that nobody listens on now.

    It lies below the range that systems hand out for outgoing connections, so that a
    server finds its port free again after a restart.
    """
    while not is_free(port := LOWEST_PORT + secrets.randbelow(PORTS)):
        continue
    return port


def is_free(port: int) -> bool:
    """Tell whether a server could listen on this loopback port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


class Credentials:
    """Named secrets and ports, kept in a file that only its owner may read.

    A name asked for the first time gets a random value; later runs get the same
    one, so that data encrypted or signed by an earlier run stays readable.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = path.with_suffix(".lock")

    def secret(self, name: str) -> str:
        """Return the secret of this name, 48 hexadecimal characters."""
        return str(self._keep(name, secrets.token_hex(SECRET_BYTES)))

    def port(self, name: str) -> int:
        """Return the port remembered for this server, or a free one from now on."""
        return int(self._keep(f"{name}_port", free_port()))

    def renew_port(self, name: str) -> int:
        """Remember and return another free port, because a stranger took the old one."""
        with locked(self._lock):
            return int(self._write(f"{name}_port", free_port()))

    def _keep(self, name: str, fresh: str | int) -> str | int:
        with locked(self._lock):
            known = self._read()
            return known[name] if name in known else self._write(name, fresh)

    def _read(self) -> dict[str, str | int]:
        if not self._path.exists():
            return {}
        return cast("dict[str, str | int]", json.loads(self._path.read_text()))

    def _write(self, name: str, value: str | int) -> str | int:
        content = json.dumps(self._read() | {name: value}, indent=2, sort_keys=True)
        draft = self._path.with_suffix(".new")
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path)
        return value
