"""Recording what one device brings together: what waits while one is written goes in at once."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar
from uuid import UUID

from erp.core.context import RequestContext
from erp.core.errors import Busy

MOST_AT_ONCE: Final = 32
TRIES: Final = 4
PAUSE_SECONDS: Final = 0.05

Brought = TypeVar("Brought")
Taken = TypeVar("Taken")
Write = Callable[[RequestContext, UUID, Sequence[Brought]], Sequence[Taken]]


@dataclass
class _Waiting(Generic[Brought, Taken]):
    """Something that waits for its transaction."""

    brought: Brought
    is_done: bool = False
    taken: Taken | None = None
    error: Exception | None = None


class Recorder(Generic[Brought, Taken]):
    """Writes what many threads bring: one at a time per device, all that wait in one transaction.

    A thread that comes while none of its device writes begins at once, so that nobody waits for
    company. Associations of one device would wait for each other in the database anyway: their
    objects count in the same session, study and series.

    Args:
        write: Writes several in one transaction and answers each, in their order.
    """

    def __init__(self, write: Write[Brought, Taken]) -> None:
        self._record_all = write
        self._change = threading.Condition()
        self._waiting: defaultdict[UUID, list[_Waiting[Brought, Taken]]] = defaultdict(list)
        self._writing: set[UUID] = set()

    def record(self, ctx: RequestContext, device_id: UUID, brought: Brought) -> Taken:
        """Record what was brought; it is durable once this returns.

        Raises:
            Unavailable: The database is away; nothing was recorded.
            Busy: Other transactions were in the way several times; nothing was recorded.
        """
        own: _Waiting[Brought, Taken] = _Waiting(brought)
        with self._change:
            self._waiting[device_id].append(own)
        while not own.is_done:
            batch = self._turn(device_id, own)
            if batch:
                self._write(ctx, device_id, batch)
        if own.taken is None:
            raise own.error or RuntimeError("What was recorded has neither answer nor error.")
        return own.taken

    def _turn(
        self, device_id: UUID, own: _Waiting[Brought, Taken]
    ) -> list[_Waiting[Brought, Taken]]:
        """Wait until one's own is written by another, or it is one's turn to write what waits."""
        with self._change:
            while not own.is_done and device_id in self._writing:
                self._change.wait()
            if own.is_done:
                return []
            self._writing.add(device_id)
            batch = self._waiting[device_id][:MOST_AT_ONCE]
            del self._waiting[device_id][:MOST_AT_ONCE]
            return batch

    def _write(
        self, ctx: RequestContext, device_id: UUID, batch: list[_Waiting[Brought, Taken]]
    ) -> None:
        try:
            self._record(ctx, device_id, batch)
        finally:
            with self._change:
                for waiting in batch:
                    waiting.is_done = True
                self._writing.discard(device_id)
                if not self._waiting[device_id]:
                    del self._waiting[device_id]
                self._change.notify_all()

    def _record(
        self, ctx: RequestContext, device_id: UUID, batch: list[_Waiting[Brought, Taken]]
    ) -> None:
        """Write a batch; what cannot be written together is written one by one."""
        try:
            taken = self._try(ctx, device_id, batch)
        except Exception as error:  # noqa: BLE001  each thread gets its own
            if len(batch) == 1:
                batch[0].error = error
                return
            for waiting in batch:
                self._record(ctx, device_id, [waiting])
        else:
            for waiting, result in zip(batch, taken, strict=True):
                waiting.taken = result

    def _try(
        self, ctx: RequestContext, device_id: UUID, batch: list[_Waiting[Brought, Taken]]
    ) -> Sequence[Taken]:
        brought = [waiting.brought for waiting in batch]
        for attempt in range(TRIES - 1):
            try:
                return self._record_all(ctx, device_id, brought)
            except Busy:
                time.sleep(PAUSE_SECONDS * (attempt + 1))
        return self._record_all(ctx, device_id, brought)
