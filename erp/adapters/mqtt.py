"""MQTT clients from the settings' address, through paho-mqtt 2.x."""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

PORTS: Final = {"mqtt": 1883, "mqtts": 8883}
KEEPALIVE_SECONDS: Final = 15
RECONNECT_SECONDS: Final = (1, 30)
SESSION_SECONDS: Final = 7 * 24 * 3600
INFLIGHT_MESSAGES: Final = 100


@dataclass(frozen=True, slots=True)
class Broker:
    """A broker's address, parsed from `mqtt[s]://user:password@host:port/?version=5`."""

    host: str
    port: int
    is_encrypted: bool
    user: str
    password: str
    version: MQTTProtocolVersion

    @classmethod
    def from_url(cls, url: str) -> "Broker":
        """Return the parts of an address.

        Raises:
            ValueError: The scheme is neither mqtt nor mqtts, or no host is named.
        """
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname:
            raise ValueError("MQTT_URL must look like mqtt://user:password@host:1884.")
        wants_five = parse_qs(parts.query).get("version") == ["5"]
        return cls(
            host=parts.hostname,
            port=parts.port or PORTS[parts.scheme],
            is_encrypted=parts.scheme == "mqtts",
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            version=MQTTProtocolVersion.MQTTv5 if wants_five else MQTTProtocolVersion.MQTTv311,
        )


def new_client(broker: Broker, client_id: str, *, manual_ack: bool = False) -> Client:
    """Return a client that is not connected yet, so that callbacks and a will can be set.

    The session is durable: messages that arrive while the client is away are kept by the
    broker for a week. With `manual_ack` a message counts as delivered only once the
    caller acknowledged it, which is after its row is committed.
    """
    is_five = broker.version == MQTTProtocolVersion.MQTTv5
    client = Client(
        CallbackAPIVersion.VERSION2,
        client_id=client_id,
        clean_session=None if is_five else False,
        protocol=broker.version,
        manual_ack=manual_ack,
    )
    client.username_pw_set(broker.user, broker.password)
    client.reconnect_delay_set(*RECONNECT_SECONDS)
    client.max_inflight_messages_set(INFLIGHT_MESSAGES)
    if broker.is_encrypted:
        client.tls_set()
    return client


def connect(client: Client, broker: Broker, *, is_first: bool = True) -> None:
    """Connect and run the network loop in a thread; later losses reconnect by themselves.

    Raises:
        OSError: The broker does not answer, when `is_first`.
    """
    arguments: dict[str, Any] = {}
    if broker.version == MQTTProtocolVersion.MQTTv5:
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = SESSION_SECONDS
        arguments = {"clean_start": False, "properties": properties}
    join = client.connect if is_first else client.connect_async
    join(broker.host, broker.port, KEEPALIVE_SECONDS, **arguments)
    client.loop_start()


def disconnect(client: Client) -> None:
    """Take leave, so that no last will is sent, and end the network thread."""
    client.disconnect()
    client.loop_stop()
