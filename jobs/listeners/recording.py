"""Recording objects of one way in together: those that wait while one is written go in at once."""

import threading
import time
from collections import defaultdict
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from erp.core.context import RequestContext
from erp.core.errors import Busy
from erp.services import imaging

MOST_AT_ONCE: Final = 32
TRIES: Final = 4
PAUSE_SECONDS: Final = 0.05


@dataclass
class _Waiting:
    """An object that waits for its transaction."""

    prepared: imaging.DeliveredObject
    is_done: bool = False
    taken: imaging.TakenObject | None = None
    error: Exception | None = None


class Recorder:
    """Writes what many threads deliver: one at a time per device, all that wait in one transaction.

    A thread that comes while none of its device writes begins at once, so that nobody waits for
    company. Associations of one device would wait for each other in the database anyway: their
    objects count in the same session, study and series.
    """

    def __init__(self, intake: imaging.Intake, source: imaging.DeliverySource) -> None:
        self._intake = intake
        self._source = source
        self._change = threading.Condition()
        self._waiting: defaultdict[UUID, list[_Waiting]] = defaultdict(list)
        self._writing: set[UUID] = set()

    def record(
        self, ctx: RequestContext, device_id: UUID, prepared: imaging.DeliveredObject
    ) -> imaging.TakenObject:
        """Record a prepared object; it is durable once this returns.

        Raises:
            Unavailable: The database is away; nothing was recorded.
            Busy: Other transactions were in the way several times; nothing was recorded.
        """
        own = _Waiting(prepared)
        with self._change:
            self._waiting[device_id].append(own)
        while not own.is_done:
            batch = self._turn(device_id, own)
            if batch:
                self._write(ctx, device_id, batch)
        if own.taken is None:
            raise own.error or RuntimeError("A recorded object has neither answer nor error.")
        return own.taken

    def _turn(self, device_id: UUID, own: _Waiting) -> list[_Waiting]:
        """Wait until one's object is written by another, or it is one's turn to write what waits."""
        with self._change:
            while not own.is_done and device_id in self._writing:
                self._change.wait()
            if own.is_done:
                return []
            self._writing.add(device_id)
            batch = self._waiting[device_id][:MOST_AT_ONCE]
            del self._waiting[device_id][:MOST_AT_ONCE]
            return batch

    def _write(self, ctx: RequestContext, device_id: UUID, batch: list[_Waiting]) -> None:
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

    def _record(self, ctx: RequestContext, device_id: UUID, batch: list[_Waiting]) -> None:
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
        self, ctx: RequestContext, device_id: UUID, batch: list[_Waiting]
    ) -> list[imaging.TakenObject]:
        prepared = [waiting.prepared for waiting in batch]
        for attempt in range(TRIES - 1):
            try:
                return self._intake.record(ctx, device_id, self._source, prepared)
            except Busy:
                time.sleep(PAUSE_SECONDS * (attempt + 1))
        return self._intake.record(ctx, device_id, self._source, prepared)
