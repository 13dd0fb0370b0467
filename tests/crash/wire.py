"""A wire to the database that can be cut between a commit and its acknowledgement."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

COMMIT = b"COMMIT"


class Wire:
    """Passes bytes on to the database's loopback port, until it is told to drop the answer to the next commit.

    Attributes:
        address: The database's address by way of this wire.
        cuts: How many answers were dropped so far.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._server = ("127.0.0.1", int(parts.port or 5432))
        self._listener = socket.create_server(("127.0.0.1", 0))
        port = self._listener.getsockname()[1]
        login = parts.netloc.rpartition("@")[0]
        self.address = urlunsplit(parts._replace(netloc=f"{login}@127.0.0.1:{port}"))
        self.cuts = 0
        self._armed = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut_next_commit(self) -> None:
        """Let the next commit reach the database and its answer never reach the client."""
        self._armed.set()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._server)
                threading.Thread(target=self._carry, args=(client, server), daemon=True).start()
                threading.Thread(target=_pump, args=(server, client), daemon=True).start()

    def _carry(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := client.recv(65_536):
                if self._armed.is_set() and COMMIT in data:
                    self._armed.clear()
                    self.cuts += 1
                    client.shutdown(socket.SHUT_RDWR)
                    server.sendall(data)
                    server.shutdown(socket.SHUT_WR)
                    return
                server.sendall(data)
        for end in (client, server):
            end.close()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
    for end in (source, target):
        end.close()


@contextmanager
def wire_to(url: str) -> Iterator[Wire]:
    """Open a wire to a database and close it at the end."""
    wire = Wire(url)
    try:
        yield wire
    finally:
        wire.close()
