"""Runs the embedded broker: `python -m erp.embedded.broker CONFIGURATION`."""

import asyncio
import json
import logging
import signal
import sys
from pathlib import Path

from amqtt.broker import Broker
from amqtt.contexts import Action, BrokerConfig
from amqtt.session import Session


class FilteredBroker(Broker):
    """Applies the topic rules to retained messages too, which amqtt 0.12 sends unchecked."""

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
