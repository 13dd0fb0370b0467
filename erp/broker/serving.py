"""Runs the embedded broker: `python -m erp.broker.serving CONFIGURATION`."""

import asyncio
import json
import logging
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

from amqtt import broker as amqtt_broker
from amqtt.adapters import BufferReader, ReaderAdapter, WriterAdapter
from amqtt.broker import Broker, BrokerContext
from amqtt.codecs_amqtt import read_or_raise
from amqtt.contexts import Action, BrokerConfig
from amqtt.errors import MQTTError
from amqtt.mqtt.connack import UNACCEPTABLE_PROTOCOL_VERSION, ConnackPacket
from amqtt.mqtt.packet import CONNECT, MQTTFixedHeader
from amqtt.mqtt.protocol.broker_handler import BrokerProtocolHandler
from amqtt.plugins.manager import PluginManager
from amqtt.session import Session

from erp.broker.access import is_device


class Subscriptions(dict[str, list[tuple[Session, int]]]):
    """Subscriptions by filter; a walk over them sees them as they were when it began."""

    def __iter__(self) -> Iterator[str]:
        """Walk the filters."""
        return iter(tuple(super().keys()))

    def items(self) -> list[tuple[str, list[tuple[Session, int]]]]:  # type: ignore[override]
        """Return the filters with their subscribers."""
        return [(name, list(subscribers)) for name, subscribers in super().items()]


NOBODY = "refused"
HELLO_BYTES = 256 * 1024
FIXED_BYTES = 5
"""The most bytes before what a packet says: its kind and its length."""
_log = logging.getLogger(__name__)
BROKER_SAYS = "$SYS/broker/log/E"


class KnownClients(BrokerProtocolHandler):
    """Mends a fault of amqtt 0.12: it looks for a client's session before it knows whose it is.

    Whoever names another's client id, with a wrong password even, would end that session and what waits in it. Here a
    device's session is found by its user name, as mosquitto does with `use_username_as_clientid`, and who is refused
    has none.
    """

    @classmethod
    async def init_from_connect(
        cls,
        reader: ReaderAdapter,
        writer: WriterAdapter,
        plugins_manager: PluginManager[BrokerContext],
        loop: asyncio.AbstractEventLoop | None = None,
    ) -> tuple[BrokerProtocolHandler, Session]:
        """Read who connects, and give their session its name."""
        hello = await _whole_hello(reader)
        await _refuse_other_versions(hello, writer)
        handler, session = await super().init_from_connect(
            BufferReader(hello), writer, plugins_manager, loop
        )
        verdicts = await plugins_manager.map_plugin_auth(session=session)
        if not verdicts or not all(verdicts.values()):
            session.client_id, session.clean_session = NOBODY, True
        elif is_device(session.username or ""):
            session.client_id = session.username
            await _tell_of_takeover(plugins_manager.context, session.client_id or "")
        return handler, session


async def _whole_hello(reader: ReaderAdapter) -> bytes:
    """Read the first packet to its end: amqtt waits for bytes its inner lengths promise, for ever."""
    header = await MQTTFixedHeader.from_stream(reader)
    if header is None or header.packet_type != CONNECT or header.remaining_length > HELLO_BYTES:
        raise MQTTError("What came first is no CONNECT, or longer than any.")
    body: bytes = await read_or_raise(reader, header.remaining_length)
    return bytes(header.to_bytes()) + body


async def _refuse_other_versions(hello: bytes, writer: WriterAdapter) -> None:
    """Tell a client of MQTT 5, whose CONNECT amqtt would misread, that 3.1.1 alone is spoken."""
    name, _, rest = hello.partition(b"\x00\x04MQTT")
    if len(name) > FIXED_BYTES or rest[:1] != b"\x05":
        return
    await ConnackPacket.build(0, UNACCEPTABLE_PROTOCOL_VERSION).to_stream(writer)
    await writer.close()
    raise MQTTError("A client speaks MQTT 5.")


async def _tell_of_takeover(broker: BrokerContext, client_id: str) -> None:
    """Say to the product that a session that stands is taken over, in mosquitto's words and place."""
    known = broker.get_session(client_id)
    if known is not None and known.transitions.is_connected():
        said = f"Client {client_id} already connected, closing old connection."
        _log.warning(said)
        await broker.broadcast_message(BROKER_SAYS, said.encode(), 0)


amqtt_broker.BrokerProtocolHandler = KnownClients  # the library names its own class


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
