"""Runs the embedded broker: `python -m erp.broker.serving CONFIGURATION`."""

import asyncio
import json
import logging
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

from amqtt.broker import Broker
from amqtt.contexts import Action, BrokerConfig
from amqtt.session import Session


class Subscriptions(dict[str, list[tuple[Session, int]]]):
    """Subscriptions by filter; a walk over them sees them as they were when it began."""

    def __iter__(self) -> Iterator[str]:
        """Walk the filters."""
        return iter(tuple(super().keys()))

    def items(self) -> list[tuple[str, list[tuple[Session, int]]]]:  # type: ignore[override]
        """Return the filters with their subscribers."""
        return [(name, list(subscribers)) for name, subscribers in super().items()]


class FilteredBroker(Broker):
    """Mends two faults of amqtt 0.12: what others retained, and messages amid subscriptions.

    It sends retained messages without asking the topic rules, and drops a message whose walk
    over the subscriptions is overtaken by a new one.
    """

    def __init__(self, configuration: BrokerConfig, loop: asyncio.AbstractEventLoop) -> None:
        """Prepare a broker that is not started yet."""
        super().__init__(configuration, loop=loop)
        self._subscriptions = Subscriptions()

    async def _publish_retained_messages_for_subscription(
        self, subscription: tuple[str, int], session: Session
    ) -> None:
        subscribers = self._subscriptions.get(subscription[0], [])
        is_own = any(entry.client_id == session.client_id for entry, _qos in subscribers)
        if is_own and await self._topic_filtering(session, subscription[0], Action.SUBSCRIBE):
            await super()._publish_retained_messages_for_subscription(subscription, session)


async def run(configuration: BrokerConfig) -> None:
    """Serve until SIGTERM or SIGINT."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    broker = FilteredBroker(configuration, loop=loop)
    await broker.start()
    await ended.wait()
    await broker.shutdown()


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    asyncio.run(run(BrokerConfig.from_dict(json.loads(Path(sys.argv[1]).read_text()))))
