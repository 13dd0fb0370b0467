"""HTTP servers of simulated outsiders, answering in the background."""

import threading
from socketserver import BaseServer
from typing import Final

LEAVES_WITHIN_SECONDS: Final = 0.02
"""How soon a server that is told to stop notices; the library's half a second adds up in tests."""


def begin(server: BaseServer) -> None:
    """Let a server answer in a thread of its own, which ends with the process."""
    threading.Thread(
        target=server.serve_forever, args=(LEAVES_WITHIN_SECONDS,), daemon=True
    ).start()


def end(server: BaseServer) -> None:
    """Let a server answer no more, and give its port back."""
    server.shutdown()
    server.server_close()
