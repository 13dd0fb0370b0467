"""Waiting for what happens in an association, instead of looking every millisecond.

pynetdicom gives an association two threads that sleep a millisecond between looks at their queues
and their socket: each object waits for several such sleeps, and twenty idle peers cost most of a
core. Here they sleep until something is said, and look by themselves ten times a second.
"""

import queue
import select
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from pynetdicom.association import Association

LOOK_SECONDS: Final = 0.1
AFTER_BELL_SECONDS: Final = 0.0001


class Bell:
    """Ends a wait for a socket."""

    def __init__(self) -> None:
        self._hears, self._rings = socket.socketpair()
        self._hears.setblocking(False)  # noqa: FBT003  socket's own
        self._rings.setblocking(False)  # noqa: FBT003  as above

    def ring(self) -> None:
        """End the wait that is going on, or the next one."""
        with suppress(OSError):  # full of rings that nobody heard yet, or closed with its owner
            self._rings.send(b"!")

    def wait_for(self, connection: socket.socket, seconds: float) -> bool:
        """Wait until a connection has something to read or the bell rings; tell whether it has.

        Raises:
            OSError, ValueError: The connection is closed.
        """
        waiting = select.poll()  # unlike select, for descriptors of any number
        waiting.register(connection, select.POLLIN)
        waiting.register(self._hears, select.POLLIN)
        ready = [descriptor for descriptor, _ in waiting.poll(seconds * 1000)]
        if self._hears.fileno() in ready:
            with suppress(BlockingIOError):
                self._hears.recv(4096)
        return connection.fileno() in ready

    def close(self) -> None:
        """Give its sockets back; rings are in vain from now on."""
        self._hears.close()
        self._rings.close()


class Ringing(queue.Queue[Any]):
    """A queue that tells when something was put into it."""

    def __init__(self, ring: Callable[[], None]) -> None:
        super().__init__()
        self._ring = ring

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:  # noqa: ANN401, FBT001, FBT002  the library's own
        """Put an item into the queue and tell so."""
        super().put(item, block, timeout)
        self._ring()


class Messages(Ringing):
    """The messages of an association that wait to be served.

    Attributes:
        is_taken: One was taken and is being served; who serves it takes this back.
    """

    is_taken = False

    def _get(self) -> Any:  # noqa: ANN401  the library's own
        self.is_taken = True
        return super()._get()


class Checkpoint(threading.Event):
    """Where the thread of an association passes before each look: it waits there for news."""

    def __init__(self, is_quiet: Callable[[], bool]) -> None:
        super().__init__()
        self.news = threading.Event()
        self._is_quiet = is_quiet
        self.set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for news, then until the association may go on."""
        if self._is_quiet():
            self.news.wait(LOOK_SECONDS)
        self.news.clear()
        return super().wait(timeout)


def let_wait(association: Association) -> Bell:
    """Make both threads of a new association wait for what happens; return its socket's bell."""
    bell, provider, messages = Bell(), association.dul, association.dimse
    checkpoint = Checkpoint(lambda: provider.to_user_queue.empty() and messages.msg_queue.empty())
    provider.to_provider_queue = Ringing(bell.ring)
    provider.to_user_queue = Ringing(checkpoint.news.set)
    messages.msg_queue = Messages(checkpoint.news.set)
    provider._run_loop_delay = AFTER_BELL_SECONDS  # noqa: SLF001  it has no other setting
    association._reactor_checkpoint = checkpoint  # noqa: SLF001  as above
    return bell
