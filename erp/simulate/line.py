"""The device's line to the broker: what it says, and what it hears, in order."""

import json
import queue
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

from paho.mqtt.client import Client, ConnectFlags, MQTTMessage
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from erp.adapters.mqtt import Broker, connect, disconnect, new_client

PUBLISH_SECONDS: Final = 20.0
POLL_SECONDS: Final = 0.05
HEARD: Final = ("grant", "receipt", "settle", "cmd")


@dataclass(frozen=True)
class Heard:
    """A message from the suite: the kind of topic, its subject and its JSON."""

    channel: str
    subject: str
    body: dict[str, Any]


class Line:
    """One device's connection, with its birth and last will."""

    def __init__(self, broker: Broker, site: str, device: str, birth: int) -> None:
        self.branch = f"vis/v1/{site}/{device}"
        self.boot_id = str(uuid4())
        self.is_host_online = False
        self.heard: queue.Queue[Heard] = queue.Queue()
        self._host_topic = f"vis/v1/{site}/host/state"
        self._birth = birth
        self._broker = broker
        self._client = new_client(broker, f"{site}-{device}")
        self._answers: queue.Queue[ReasonCode] = queue.Queue()
        self._client.on_connect = self._on_connect
        self._client.on_message = self._on_message
        self._client.will_set(
            f"{self.branch}/state", self._state("offline", backlog=0), qos=1, retain=True
        )

    def open(self, backlog: int) -> None:
        """Connect and announce the birth.

        Raises:
            OSError: The broker does not answer, or refuses the device's account.
        """
        connect(self._client, self._broker)
        self._await_welcome()
        self.publish("state", self._state("online", backlog=backlog), retain=True)

    def close(self) -> None:
        """Say that the device goes offline, then leave; a line that is broken says it by the will."""
        try:
            if self._client.is_connected():
                self.publish("state", self._state("offline", backlog=0), retain=True)
        finally:
            disconnect(self._client)

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Publish below the device's branch and wait for the broker's acknowledgement.

        Raises:
            OSError: The broker did not acknowledge in time, or the line is broken.
        """
        self._await_line()
        sent = self._client.publish(f"{self.branch}/{topic}", payload, qos=1, retain=retain)
        try:
            sent.wait_for_publish(PUBLISH_SECONDS)
            is_published = sent.is_published()
        except RuntimeError as error:
            raise ConnectionError("The line to the broker broke.") from error
        if not is_published:
            raise TimeoutError("The broker does not acknowledge.")

    def say(self, topic: str, message: dict[str, Any]) -> None:
        """Publish a JSON message below the device's branch."""
        self.publish(topic, json.dumps(message).encode())

    def _await_line(self) -> None:
        """Wait while the client connects again by itself."""
        deadline = time.monotonic() + PUBLISH_SECONDS
        while not self._client.is_connected():
            if time.monotonic() > deadline:
                raise TimeoutError("The broker is away.")
            time.sleep(POLL_SECONDS)

    def _await_welcome(self) -> None:
        try:
            answer = self._answers.get(timeout=PUBLISH_SECONDS)
        except queue.Empty:
            raise TimeoutError("The broker does not answer.") from None
        if answer.is_failure:
            disconnect(self._client)
            raise ConnectionRefusedError(
                f"The broker refuses {self._broker.user}: {answer}."
                " Give it this account, or name another one with --mqtt-url."
            )

    def _state(self, state: str, *, backlog: int) -> bytes:
        return json.dumps(
            {
                "state": state,
                "boot_id": self.boot_id,
                "birth_seq": self._birth,
                "ts": now(),
                "firmware": "simulated 1.0",
                "free_mb": 4096,
                "backlog": backlog,
            }
        ).encode()

    def _on_connect(
        self,
        client: Client,
        _data: Any,  # noqa: ANN401  paho's user data
        _flags: ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        self._answers.put(reason)
        if reason.is_failure:
            return
        wanted = [self._host_topic, *(f"{self.branch}/{channel}/+" for channel in HEARD)]
        client.subscribe([(topic, 1) for topic in wanted])

    def _on_message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:  # noqa: ANN401
        try:
            body = json.loads(message.payload)
        except ValueError:
            return  # a device ignores what it cannot read
        if message.topic == self._host_topic:
            self.is_host_online = bool(body.get("online"))
            self.heard.put(Heard("host", "state", body))
            return
        channel, _, subject = message.topic.removeprefix(f"{self.branch}/").partition("/")
        self.heard.put(Heard(channel, subject, body))


def now() -> str:
    """Return the device's clock with its offset."""
    return datetime.now(UTC).isoformat()
