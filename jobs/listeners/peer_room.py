"""How much room peers take: places, memory, and the wait of those who have not said who they are."""

import select
import socket
import threading
from contextlib import suppress
from typing import Any, Final
from uuid import UUID

SMALL_BYTES: Final = 1024 * 1024
"""What every association may hold without asking; there are so many of them and no more."""
LARGEST_OBJECTS: Final = 2
"""So many objects of the largest size are in memory at once, at most half of them of one peer."""
WAIT_SECONDS: Final = 5.0
"""How long a peer waits for a place; those who ask give up after ten seconds and more."""
GIVES_WAY_SECONDS: Final = 1.0
"""How long an association is silent before it gives its place to a peer that waits."""
STRANGER_PLACES: Final = 8
"""So many connections wait together that come from where no peer is."""


class Room:
    """The places and the memory of one process.

    Of both a peer has at most half. A peer that finds every place taken waits for the association
    that has been silent for longest: holding on to a place keeps nobody out, using it does.

    Args:
        places: The most associations at once.
        largest: The most bytes of one object.
    """

    def __init__(self, places: int, largest: int) -> None:
        self._guard = threading.Condition()
        self._places = places
        self._most_bytes = LARGEST_OBJECTS * largest
        self._peers: dict[Any, UUID] = {}
        self._held: dict[Any, int] = {}
        self._waiting: list[UUID] = []

    def enter(self, association: Any, peer: UUID) -> bool:  # noqa: ANN401  whatever takes a place
        """Take a place for a peer, in turn; tell whether there was one for it in time.

        Waits for WAIT_SECONDS at most, once at a time for each peer; a peer that has its half is
        told at once.
        """
        with self._guard:
            own = sum(1 for one in self._peers.values() if one == peer)
            if own >= max(1, self._places // 2) or peer in self._waiting:
                return False
            self._waiting.append(peer)
            try:
                if not self._guard.wait_for(lambda: self._is_turn_of(peer), WAIT_SECONDS):
                    return False
                self._peers[association] = peer
                return True
            finally:
                self._waiting.remove(peer)
                self._guard.notify_all()

    def _is_turn_of(self, peer: UUID) -> bool:
        return len(self._peers) + self._waiting.index(peer) < self._places

    def is_wanted(self, association: Any) -> bool:  # noqa: ANN401  as above
        """Tell whether an association must give its place to a peer that waits.

        As many must as there are peers that wait without a free place, those first that have been
        silent for longest. An association in use is not silent.
        """
        if not self._waiting:  # without the lock: every association asks ten times a second
            return False
        with self._guard:
            wanted = len(self._waiting) - (self._places - len(self._peers))
            silent = [one for one in self._peers if one.silent_seconds >= GIVES_WAY_SECONDS]
            silent.sort(key=lambda one: one.silent_seconds, reverse=True)
            return association in silent[: max(0, wanted)]

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
            self._guard.notify_all()


class Strangers:
    """Connections that have not been let in yet.

    Those from where a peer may come have places of their own, all others share a few. Of too many
    the oldest goes that has asked for nothing: a peer asks as soon as it is connected, whoever
    else is silent behind the same address.

    Args:
        places: The most at once from where a peer may come.
    """

    def __init__(self, places: int) -> None:
        self._guard = threading.Lock()
        self._places = {True: places, False: STRANGER_PLACES}
        self._waiting: dict[bool, dict[socket.socket, bool]] = {True: {}, False: {}}

    def come(self, connection: socket.socket, *, is_from_peer: bool) -> bool:
        """Note a new connection; tell whether another had to go for it."""
        with self._guard:
            waiting = self._waiting[is_from_peer]
            earlier = [*waiting]
            waiting[connection] = False
            if len(earlier) < self._places[is_from_peer]:
                return False
            silent = [one for one in earlier if not waiting[one] and not _has_more(one)]
            last = (silent or earlier)[0]
            del waiting[last]
        with suppress(OSError):  # it went by itself
            last.shutdown(socket.SHUT_RDWR)
        return True

    def ask(self, connection: socket.socket) -> None:
        """Note that a connection has asked to be let in, and waits for us."""
        with self._guard:
            for waiting in self._waiting.values():
                if connection in waiting:
                    waiting[connection] = True

    def go(self, connection: socket.socket) -> None:
        """Forget a connection: it was let in, or it ended."""
        with self._guard:
            for waiting in self._waiting.values():
                waiting.pop(connection, None)


def _has_more(connection: socket.socket) -> bool:
    """Tell whether a connection has sent what nobody has read yet."""
    try:
        looking = select.poll()
        looking.register(connection, select.POLLIN)
        return bool(looking.poll(0))
    except (OSError, ValueError):  # closed
        return False
