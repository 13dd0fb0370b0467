"""How much room peers take: places, memory, and the wait of those who have not said who they are."""

import socket
import threading
from collections import Counter
from contextlib import suppress
from typing import Any, Final
from uuid import UUID

SMALL_BYTES: Final = 1024 * 1024
"""What every association may hold without asking; there are so many of them and no more."""
LARGEST_OBJECTS: Final = 2
"""So many objects of the largest size are in memory at once, at most half of them of one peer."""


class Room:
    """The places and the memory of one process.

    Of both a peer has at most half, so that no peer keeps another out.

    Args:
        places: The most associations at once.
        largest: The most bytes of one object.
    """

    def __init__(self, places: int, largest: int) -> None:
        self._guard = threading.Lock()
        self._places = places
        self._most_bytes = LARGEST_OBJECTS * largest
        self._peers: dict[Any, UUID] = {}
        self._held: dict[Any, int] = {}

    def enter(self, association: Any, peer: UUID) -> bool:  # noqa: ANN401  whatever takes a place
        """Take a place for a peer; tell whether there is one for it."""
        with self._guard:
            own = sum(1 for one in self._peers.values() if one == peer)
            if len(self._peers) >= self._places or own >= max(1, self._places // 2):
                return False
            self._peers[association] = peer
            return True

    def hold(self, association: Any, count: int) -> bool:  # noqa: ANN401  as above
        """Say how many bytes an association holds; tell whether there is memory for them.

        Where there is none, what it held before goes on counting.
        """
        wanted = max(0, count - SMALL_BYTES)
        with self._guard:
            peer = self._peers.get(association)
            if peer is None:
                return wanted == 0
            before = self._held.get(association, 0)
            own = sum(held for one, held in self._held.items() if self._peers.get(one) == peer)
            more = wanted - before
            if more > 0 and (
                own + more > self._most_bytes // 2
                or sum(self._held.values()) + more > self._most_bytes
            ):
                return False
            self._held[association] = wanted
            return True

    def leave(self, association: Any) -> None:  # noqa: ANN401  as above
        """Give back everything an association had."""
        with self._guard:
            self._peers.pop(association, None)
            self._held.pop(association, None)


class Strangers:
    """Connections that have not been let in yet, and where they come from.

    Args:
        places: The most at once. Of too many the oldest goes, of the address that has the most: a
            crowd from one address only ever drives out its own.
    """

    def __init__(self, places: int) -> None:
        self._guard = threading.Lock()
        self._places = places
        self._waiting: dict[socket.socket, str] = {}

    def come(self, connection: socket.socket, address: str) -> bool:
        """Note a new connection; tell whether another had to go for it."""
        with self._guard:
            self._waiting[connection] = address
            if len(self._waiting) <= self._places:
                return False
            [(crowd, _)] = Counter(self._waiting.values()).most_common(1)
            oldest = next(one for one, there in self._waiting.items() if there == crowd)
            del self._waiting[oldest]
        with suppress(OSError):  # it went by itself
            oldest.shutdown(socket.SHUT_RDWR)
        return True

    def go(self, connection: socket.socket) -> None:
        """Forget a connection: it was let in, or it ended."""
        with self._guard:
            self._waiting.pop(connection, None)
