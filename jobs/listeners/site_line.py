"""One site's line to the broker: a durable session, acknowledged after the commit."""

import json
import re
import threading
from collections import deque
from typing import Any, Final

import structlog
from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage, MQTTMessageInfo
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from erp.adapters.mqtt import Broker, connect, disconnect, new_client
from erp.core.clock import utc_now
from jobs.listeners.handling import Incoming, Reply
from jobs.listeners.lanes import Lanes, Task

HEARD: Final = ("state", "event/+", "offer/+", "chunk/+/+", "done/+", "res/+")
KEPT: Final = "/state"
"""What alone is a message of now when the broker has kept it from earlier."""
LEAVE_SECONDS: Final = 3.0
BROKER_SAYS: Final = "$SYS/broker/log/E"
"""Where mosquitto, and the embedded broker like it, tells that a session was taken over."""
TAKEN_OVER: Final = re.compile(
    r"(?:\S+: )?Client (\S+) already connected, closing old connection\.?"
)
MOST_TAKEOVERS: Final = 1000
_log = structlog.get_logger()


class SiteLine:
    """Hears the devices of one site; says that the suite is there, and by its will that it is not.

    Attributes:
        takeovers: Devices whose session was taken over and that were not noted yet, oldest first.
    """

    def __init__(self, broker: Broker, site: str, lanes: Lanes) -> None:
        self.site = site
        self._lanes = lanes
        self._broker = broker
        self._guard = threading.Lock()
        self._connection = 0
        self._is_wanted_online = True
        self.takeovers: deque[str] = deque(maxlen=MOST_TAKEOVERS)
        self._client = new_client(broker, f"vantage-host-{site}", manual_ack=True)
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_disconnect = self._on_disconnect
        self._client.on_message = self._on_message
        self._client.will_set(self._host_topic, _host_state(is_online=False), qos=1, retain=True)

    @property
    def is_connected(self) -> bool:
        """Whether messages can be sent now."""
        return self._client.is_connected()

    def open(self) -> None:
        """Connect now or as soon as the broker answers."""
        connect(self._client, self._broker, is_first=False)

    def close(self) -> None:
        """Tell the devices to hold their offers back, then leave."""
        if self.is_connected:
            said = self.publish(self._host_topic, _host_state(is_online=False), retain=True)
            said.wait_for_publish(LEAVE_SECONDS)
        disconnect(self._client)

    def publish(self, topic: str, payload: str, *, retain: bool = False) -> MQTTMessageInfo:
        """Send a message; the answer tells when the broker has it."""
        return self._client.publish(topic, payload, qos=1, retain=retain)

    def set_online(self, *, is_online: bool) -> None:
        """Tell the devices whether to offer; told again after every reconnect."""
        if is_online != self._is_wanted_online:
            self._is_wanted_online = is_online
            self.publish(self._host_topic, _host_state(is_online=is_online), retain=True)

    @property
    def _host_topic(self) -> str:
        return f"vis/v1/{self.site}/host/state"

    def _on_connect(
        self,
        client: Client,
        _data: Any,  # noqa: ANN401  paho's user data
        _flags: ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            _log.warning("broker_refuses", site=self.site, reason=str(reason))
            return
        with self._guard:
            self._connection += 1
        heard = [(f"vis/v1/{self.site}/+/{topic}", 1) for topic in HEARD]
        client.subscribe([*heard, (BROKER_SAYS, 0)])

    def _on_subscribe(self, *_said: object) -> None:
        """Call devices once what they say is heard."""
        state = _host_state(is_online=self._is_wanted_online)
        self.publish(self._host_topic, state, retain=True)
        _log.info("line_open", site=self.site)

    def _on_disconnect(
        self,
        _client: Client,
        _data: Any,  # noqa: ANN401  paho's user data
        _flags: DisconnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        with self._guard:
            self._connection += 1
        _log.info("line_closed", site=self.site, reason=str(reason))

    def _on_message(self, client: Client, _data: Any, message: MQTTMessage) -> None:  # noqa: ANN401
        if message.topic == self._host_topic:  # our own word, heard because devices have states too
            client.ack(message.mid, message.qos)
            return
        if message.topic == BROKER_SAYS:
            self._hear_of_takeover(bytes(message.payload))
            return
        if message.retain and not message.topic.endswith(KEPT):
            _log.warning("retained_ignored", topic=message.topic)
            client.ack(message.mid, message.qos)
            return
        connection, mid, qos = self._connection, message.mid, message.qos

        def acknowledge(replies: list[Reply]) -> None:
            for reply in replies:
                self.publish(reply.topic, reply.payload)
            with self._guard:
                # A number of an earlier connection may stand for another message by now.
                if connection == self._connection:
                    self._client.ack(mid, qos)

        self._lanes.add(Task(Incoming(message.topic, bytes(message.payload)), acknowledge))

    def _hear_of_takeover(self, said: bytes) -> None:
        """Keep whose session another connection took over; the account is the client's id."""
        found = TAKEN_OVER.fullmatch(said.decode("utf-8", "replace").strip())
        site, _, device = found[1].partition("/") if found else ("", "", "")
        if site == self.site and device:
            _log.warning("session_taken_over", site=site, device=device)
            self.takeovers.append(device)


def _host_state(*, is_online: bool) -> str:
    return json.dumps({"online": is_online, "ts": utc_now().isoformat()})
