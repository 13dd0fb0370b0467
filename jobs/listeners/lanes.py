"""Threads that take messages: in order within a lane, again after a pause when they must wait."""

import heapq
import itertools
import queue
import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import structlog

from erp.core.errors import Busy, Unavailable
from jobs.listeners.handling import Handler, Incoming, Reply

WAITING: Final = 2000
FIRST_PAUSE_SECONDS: Final = 0.5
LONGEST_PAUSE_SECONDS: Final = 10.0
HOPELESS_TRIES: Final = 5
_log = structlog.get_logger()


@dataclass
class Task:
    """A message on its way; `acknowledge` tells the broker that it is taken."""

    message: Incoming
    acknowledge: Callable[[list[Reply]], None]
    outages: int = 0
    failures: int = 0


@dataclass(order=True)
class _Delayed:
    due_at: float
    number: int
    task: Task = field(compare=False)


class Lanes:
    """A fixed number of lanes, each a thread with a queue.

    Messages of one subject share a lane and keep their order, but for those that wait for
    an outage to end: they come back later and let others pass. What a device says of its
    own state never lets another pass.

    Args:
        wake: Called after each message taken: something may be due for sending.
    """

    def __init__(self, handler: Handler, count: int, wake: Callable[[], None]) -> None:
        self._handler = handler
        self._wake = wake
        self._queues: list[queue.Queue[Task | None]] = [queue.Queue(WAITING) for _ in range(count)]
        self._delayed: list[_Delayed] = []
        self._numbers = itertools.count()
        self._guard = threading.Condition()
        self._is_stopping = False
        own = [threading.Thread(target=self._run, args=(lane,)) for lane in self._queues]
        self._threads = [*own, threading.Thread(target=self._bring_back)]

    def start(self) -> None:
        """Begin to take messages."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End after the messages in progress; what waits is delivered again by the broker."""
        with self._guard:
            self._is_stopping = True
            self._guard.notify_all()
        for lane in self._queues:
            _make_room(lane)
        for thread in self._threads:
            thread.join()

    def add(self, task: Task) -> None:
        """Put a message into its lane; waits while the lane is full. Nothing is taken after `stop`."""
        parts = task.message.topic.split("/")
        subject = "/".join((*parts[2:4], parts[5]) if len(parts) > 5 else parts[2:5])  # noqa: PLR2004
        if self._is_stopping:
            return
        self._queues[zlib.crc32(subject.encode()) % len(self._queues)].put(task)

    def _run(self, lane: "queue.Queue[Task | None]") -> None:
        while not self._is_stopping:
            task = lane.get()
            if task is None or self._is_stopping:
                return
            pause = self._take(task)
            while pause and task.message.topic.endswith("/state") and not self._is_stopping:
                time.sleep(pause)
                pause = self._take(task)
            if pause:
                self._delay(task, pause)

    def _take(self, task: Task) -> float:
        """Take a message once; return the pause after which it must be tried again, or 0."""
        try:
            task.acknowledge(self._handler.handle(task.message))
            self._wake()
        except (Busy, Unavailable) as error:
            task.outages += 1
            if task.outages == 1:
                _log.warning("message_waits", topic=task.message.topic, code=error.code)
            return min(
                LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * float(1 << min(task.outages, 6))
            )
        except Exception as error:  # noqa: BLE001  a bug must neither lose the message nor stop the lane
            return self._after_failure(task, error)
        return 0.0

    def _after_failure(self, task: Task, error: Exception) -> float:
        _log.error("message_failed", topic=task.message.topic, exc_info=error)
        task.failures += 1
        if task.failures < HOPELESS_TRIES:
            return FIRST_PAUSE_SECONDS * float(1 << task.failures)
        try:
            self._handler.park_hopeless(task.message, error)
        except Exception as again:  # noqa: BLE001  even parking fails: the broker keeps it
            _log.error("message_not_parked", topic=task.message.topic, exc_info=again)
            return LONGEST_PAUSE_SECONDS
        task.acknowledge([])
        return 0.0

    def _delay(self, task: Task, pause: float) -> None:
        with self._guard:
            entry = _Delayed(time.monotonic() + pause, next(self._numbers), task)
            heapq.heappush(self._delayed, entry)
            self._guard.notify_all()

    def _bring_back(self) -> None:
        while True:
            with self._guard:
                if self._is_stopping:
                    return
                now = time.monotonic()
                if not self._delayed or self._delayed[0].due_at > now:
                    self._guard.wait(self._delayed[0].due_at - now if self._delayed else 1.0)
                    continue
                task = heapq.heappop(self._delayed).task
            self.add(task)


def _make_room(lane: "queue.Queue[Task | None]") -> None:
    """Wake a lane's thread with an empty task, dropping what the broker will deliver again."""
    while True:
        try:
            lane.put_nowait(None)
        except queue.Full:
            try:
                lane.get_nowait()
            except queue.Empty:
                continue
        else:
            return
