"""The order in which messages of a device are taken."""

import threading
import time

from jobs.listeners.handling import Incoming, Reply
from jobs.listeners.lanes import Lanes, Task

OFFERS = 40
PATIENCE_SECONDS = 20.0


class SlowOffers:
    """Takes an offer slowly, anything else at once, and keeps the order of what it took."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    def handle(self, message: Incoming) -> list[Reply]:
        """Note a message once it is taken."""
        if "/offer/" in message.topic:
            time.sleep(0.01)
        self.taken.append(message.topic)
        return []


def test_what_is_said_of_a_transfer_waits_for_its_offer():
    handler, done = SlowOffers(), threading.Semaphore(0)
    lanes = Lanes(handler, 8, lambda: None)  # type: ignore[arg-type]
    told = [
        f"vis/v1/GOA/XR1/{said}"
        for number in range(OFFERS)
        for said in (f"offer/T{number}", f"chunk/T{number}/0", f"done/T{number}")
    ]
    lanes.start()
    try:
        for topic in told:
            lanes.add(Task(Incoming(topic, b""), lambda _replies: done.release()))
        assert all(done.acquire(timeout=PATIENCE_SECONDS) for _ in told)
    finally:
        lanes.stop()
    for number in range(OFFERS):
        own = [topic.split("/")[4] for topic in handler.taken if f"T{number}" in topic.split("/")]
        assert own == ["offer", "chunk", "done"]
