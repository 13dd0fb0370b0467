"""Bytes that are no MQTT: whoever sends them is cut off or ignored, and everybody else is served on.

The corpus is sent to a connection that has not signed in, and to one of a device that has.
"""

import queue
import random
import socket
from contextlib import suppress
from typing import Any

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from tests.embedded.test_mqtt_broker import BRANCH, DEVICE, backend, broker, connect
from tests.fixtures.mosquitto import Mosquitto

__all__ = ["backend", "broker", "connect"]


def text(content: bytes) -> bytes:
    return len(content).to_bytes(2, "big") + content


def packet(first: int, body: bytes) -> bytes:
    length, left = bytearray(), len(body)
    while True:
        left, digit = divmod(left, 128)
        length.append(digit | (0x80 if left else 0))
        if not left:
            return bytes([first]) + bytes(length) + body


def hello(name=b"MQTT", level=4, flags=0xC2, user=b"goa/ct-1", password=b"other-password"):
    """Return a CONNECT, of an account that exists unless told otherwise."""
    head = text(name) + bytes([level, flags]) + (20).to_bytes(2, "big")
    return packet(0x10, head + text(b"a-client") + text(user) + text(password))


TOPIC = text(f"{BRANCH}/event/s1".encode())
CORPUS = {
    "nothing but zeros": bytes(64),
    "nothing but ones": b"\xff" * 64,
    "a web request": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "a length of five bytes": b"\x30\xff\xff\xff\xff\x7f",
    "a length that never comes": b"\x30\xff\xff\xff\x7f" + b"x" * 100,
    "reserved type 0": packet(0x00, b""),
    "reserved type 15": packet(0xF0, b"\0\0"),
    "two hellos": hello() + hello(),
    "a hello of another protocol": hello(name=b"MQIsdp"),
    "a hello of version 0": hello(level=0),
    "a hello of version 255": hello(level=255),
    "a hello with its reserved flag": hello(flags=0xC3),
    "a hello with a will of quality 3": hello(flags=0xDE),
    "a hello that ends within": hello()[:9],
    "a hello whose text is longer than it": packet(0x10, text(b"MQTT") + b"\x04\xc2\0\x14\xff\xff"),
    "a hello with a user that is no text": hello(user=b"\xc3\x28\xa0\xa1"),
    "a publication of quality 3": packet(0x36, TOPIC + b"\0\1x"),
    "a publication to a pattern": packet(0x32, text(b"vis/v1/kochi/+/event/#") + b"\0\1x"),
    "a publication to nothing": packet(0x32, text(b"") + b"\0\1x"),
    "a publication with number 0": packet(0x32, TOPIC + b"\0\0x"),
    "a publication to what is no text": packet(0x32, text(b"\xc3\x28") + b"\0\1x"),
    "a publication to text with NUL": packet(0x32, text(b"vis/\0/x") + b"\0\1x"),
    "a publication cut short": packet(0x32, TOPIC[:4]),
    "a publication of nothing": packet(0x32, b""),
    "a subscription to nothing": packet(0x82, b"\0\1"),
    "a subscription of quality 3": packet(0x82, b"\0\1" + text(b"vis/#") + b"\3"),
    "a subscription with wrong flags": packet(0x80, b"\0\1" + text(b"vis/#") + b"\1"),
    "a subscription to a wrong pattern": packet(0x82, b"\0\1" + text(b"vis/#/x") + b"\1"),
    "an end of what was not subscribed": packet(0xA2, b"\0\1" + text(b"nowhere")),
    "receipts for what was not sent": b"".join(
        packet(kind, b"\0\7") for kind in (0x40, 0x50, 0x70)
    ),
    "a server's own words": packet(0x20, b"\0\0") + packet(0x90, b"\0\1\0") + packet(0xD0, b""),
    "a ping with a body": packet(0xC0, b"x" * 10),
}


def _send(broker, content):
    """Send bytes to the port of devices, and read until the broker is silent or hangs up."""
    is_own = isinstance(broker.mqtt, Mosquitto)
    port = broker.credentials.port("mqtt_devices" if is_own else "mqtt")
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 5) as line:
        line.settimeout(0.05)
        line.sendall(content)
        while line.recv(4096):
            continue


@pytest.mark.parametrize("before", [b"", hello()], ids=["stranger", "signed in"])
def test_whatever_is_sent_everybody_else_is_served_on(broker, backend, connect, before):
    host = backend()
    assert host.subscribe(f"{BRANCH}/event/#")
    device = connect(DEVICE, "device-password", "xr", clean=False)
    for number, (name, content) in enumerate(CORPUS.items()):
        _send(broker, before + content)
        device.publish(f"{BRANCH}/event/s{number}", name.encode())
        assert host.next() == (f"{BRANCH}/event/s{number}", name.encode()), name
    assert host.is_quiet()
    assert connect("goa/ct-1", "other-password", "again").accepted


def test_random_packets_stop_nobody(broker, backend, connect):
    chance = random.Random(53)  # noqa: S311  the same each time
    host = backend()
    assert host.subscribe(f"{BRANCH}/event/#")
    device = connect(DEVICE, "device-password", "xr", clean=False)
    for _ in range(60):
        body = chance.randbytes(chance.randrange(60))
        _send(broker, hello() + packet(chance.randrange(256), body))
    device.publish(f"{BRANCH}/event/s1", b"heard")
    assert host.next() == (f"{BRANCH}/event/s1", b"heard")


def test_a_client_of_mqtt_5_is_served_or_told_that_it_is_not(broker):
    """mosquitto speaks it; the embedded broker speaks 3.1.1 alone, and says so."""
    is_own = isinstance(broker.mqtt, Mosquitto)
    answers: queue.Queue[Any] = queue.Queue()
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="five", protocol=mqtt.MQTTv5)
    client.username_pw_set(DEVICE, "device-password")
    client.on_connect = lambda _c, _u, _f, reason, _p: answers.put(reason)
    client.connect("127.0.0.1", broker.credentials.port("mqtt_devices" if is_own else "mqtt"))
    client.loop_start()
    try:
        said = str(answers.get(timeout=5))
    finally:
        client.disconnect()
        client.loop_stop()
    assert said == ("Success" if is_own else "Unsupported protocol version")
