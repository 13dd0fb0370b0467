import queue
import time
from typing import Any

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from erp.broker.access import may_use
from erp.services.imaging.messages import MESSAGE_BYTES
from jobs.listeners.site_line import BROKER_SAYS, TAKEN_OVER
from tests.fixtures.mosquitto import IS_HERE, Mosquitto

DEVICE = "kochi/xr-1"
WRITE_SECONDS = 0.5  # mosquitto writes a tenth of a second after it acknowledged
BRANCH = f"vis/v1/{DEVICE}"


class Client:
    """A blocking MQTT client for one test."""

    def __init__(self, stack, user, password, client_id, *, clean=True):
        self.inbox: queue.Queue[Any] = queue.Queue()
        self.reasons: queue.Queue[Any] = queue.Queue()
        self.granted: queue.Queue[Any] = queue.Queue()
        self._paho = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=clean
        )
        self._paho.username_pw_set(user, password)
        self._paho.on_message = lambda _c, _u, message: self.inbox.put(message)
        self._paho.on_connect = lambda _c, _u, _f, reason, _p: self.reasons.put(reason)
        self._paho.on_subscribe = lambda _c, _u, _m, reasons, _p: self.granted.put(reasons[0])
        is_of_devices = "/" in user and isinstance(stack.mqtt, Mosquitto)
        port = stack.credentials.port("mqtt_devices" if is_of_devices else "mqtt")
        self._paho.connect("127.0.0.1", port, keepalive=20)
        self._paho.loop_start()
        self.accepted = not self.reasons.get(timeout=5).is_failure

    def subscribe(self, topic):
        self._paho.subscribe(topic, qos=1)
        return not self.granted.get(timeout=5).is_failure

    def ask(self, topic):
        """Subscribe without waiting for the broker's consent."""
        self._paho.subscribe(topic, qos=1)

    def say(self, topic, payload):
        """Publish without waiting for the broker's receipt."""
        self._paho.publish(topic, payload, qos=1)

    def publish(self, topic, payload, *, retain=False):
        self._paho.publish(topic, payload, qos=1, retain=retain).wait_for_publish(5)

    def next(self, seconds=5):
        message = self.inbox.get(timeout=seconds)
        return message.topic, bytes(message.payload)

    def is_quiet(self, seconds=0.4):
        try:
            self.inbox.get(timeout=seconds)
        except queue.Empty:
            return True
        return False

    def close(self):
        self._paho.disconnect()
        self._paho.loop_stop()


BROKERS = ["embedded", *(["mosquitto"] if IS_HERE else [])]


@pytest.fixture(params=BROKERS)
def broker(request, private_stack):
    if request.param == "mosquitto":
        private_stack.mqtt = Mosquitto(private_stack.data_dir, private_stack.credentials)
    private_stack.mqtt.start()
    private_stack.mqtt.set_password(DEVICE, "device-password")
    private_stack.mqtt.set_password("goa/ct-1", "other-password")
    return private_stack


@pytest.fixture
def connect(broker):
    opened = []

    def open_client(user, password, client_id, **options):
        client = Client(broker, user, password, client_id, **options)
        opened.append(client)
        return client

    yield open_client
    for client in opened:
        client.close()


@pytest.fixture
def backend(broker, connect):
    password = broker.credentials.secret("mqtt_password")
    return lambda client_id="host", **options: connect("vantage", password, client_id, **options)


def test_wrong_or_missing_passwords_are_refused(connect):
    assert not connect("vantage", "guess", "a").accepted
    assert not connect(DEVICE, "", "b").accepted
    assert not connect("nobody", "device-password", "c").accepted
    assert connect(DEVICE, "device-password", "d").accepted


THIEVES = [
    (DEVICE, "device-password"),
    ("goa/ct-1", "other-password"),
    ("vantage", "guess"),
]


@pytest.mark.parametrize(("user", "password"), THIEVES)
def test_nobody_takes_anothers_session(backend, connect, user, password):
    name = "vantage-host-kochi"
    host = backend(name, clean=False)
    assert host.subscribe("vis/v1/kochi/#")
    connect(user, password, name).close()
    device = connect(DEVICE, "device-password", "xr")
    device.publish(f"{BRANCH}/event/s1", b"heard")
    assert host.next() == (f"{BRANCH}/event/s1", b"heard")
    host.close()
    device.publish(f"{BRANCH}/event/s2", b"waits")
    device.close()
    connect(user, password, name).close()
    assert backend(name, clean=False).next() == (f"{BRANCH}/event/s2", b"waits")


def test_a_device_has_one_session(backend, connect):
    host = backend()
    other = connect("goa/ct-1", "other-password", DEVICE)
    first = connect(DEVICE, "device-password", "one", clean=False)
    assert first.subscribe(f"{BRANCH}/receipt/#")
    first.close()
    other.close()
    host.publish(f"{BRANCH}/receipt/t1", b"kept")
    assert connect(DEVICE, "device-password", "two", clean=False).next()[1] == b"kept"


def test_who_takes_over_a_session_is_told_of_to_the_product_alone(backend, connect):
    host = backend()
    assert host.subscribe(BROKER_SAYS)
    stranger = connect("goa/ct-1", "other-password", "ct")
    stranger.subscribe(BROKER_SAYS)
    stranger.subscribe("$SYS/#")
    first = connect(DEVICE, "device-password", "one", clean=False)
    assert first.subscribe(f"{BRANCH}/receipt/#")
    assert host.is_quiet()
    connect(DEVICE, "device-password", "two", clean=False)
    topic, said = host.next()
    found = TAKEN_OVER.fullmatch(said.decode())
    assert found is not None
    assert (topic, found[1]) == (BROKER_SAYS, DEVICE)
    assert stranger.is_quiet()


def test_who_comes_back_takes_over_nothing(backend, connect):
    host = backend()
    assert host.subscribe(BROKER_SAYS)
    connect(DEVICE, "device-password", "one", clean=False).close()
    time.sleep(0.2)
    connect(DEVICE, "device-password", "one", clean=False)
    assert host.is_quiet()


def test_a_device_reaches_the_backend_and_only_through_its_own_branch(backend, connect):
    host = backend()
    assert host.subscribe("vis/#")
    for topic in ("vis/v1/goa/ct-1/event/s1", f"{BRANCH}/receipt/t1"):
        forger = connect(DEVICE, "device-password", "forger")
        forger.publish(topic, b"forged")
        forger.close()
    device = connect(DEVICE, "device-password", "xr")
    device.publish(f"{BRANCH}/event/s1", b"\x00\xffbinary")
    assert host.next() == (f"{BRANCH}/event/s1", b"\x00\xffbinary")
    assert host.is_quiet()


def test_the_longest_message_of_a_device_passes(backend, connect):
    host = backend()
    assert host.subscribe("vis/#")
    longest = b"x" * MESSAGE_BYTES
    device = connect(DEVICE, "device-password", "xr")
    device.publish(f"{BRANCH}/event/{'s' * 64}", longest)
    assert host.next()[1] == longest


def test_a_device_reads_its_receipts_and_nobody_elses(backend, connect):
    device = connect(DEVICE, "device-password", "xr")
    assert device.subscribe(f"{BRANCH}/receipt/#")
    # A broker may refuse these or grant them and deliver nothing; both keep the secret.
    device.subscribe("vis/v1/goa/ct-1/receipt/#")
    device.subscribe("vis/#")
    host = backend()
    host.publish("vis/v1/goa/ct-1/receipt/t9", b"not yours")
    host.publish(f"{BRANCH}/receipt/t1", b"stored")
    assert device.next() == (f"{BRANCH}/receipt/t1", b"stored")
    repeats = [device.next() for _ in range(device.inbox.qsize())]
    assert all(topic == f"{BRANCH}/receipt/t1" for topic, _payload in repeats)
    assert device.is_quiet()


def test_no_message_is_lost_while_others_subscribe(backend):
    """The broker walks its list of subscriptions while others add to it."""
    host, crowd, speaker = backend(), backend("crowd"), backend("speaker")
    assert crowd.subscribe("vis/news/#")
    assert host.subscribe("vis/news/one")
    for number in range(150):
        speaker.say("vis/news/one", str(number).encode())
        crowd.ask(f"vis/crowd/{number}")
    heard = {host.next(20)[1] for _ in range(150)}
    assert heard == {str(number).encode() for number in range(150)}


def test_retained_messages_of_others_are_not_handed_to_a_device(backend, connect):
    host = backend()
    host.subscribe("vis/#")
    host.publish("vis/v1/goa/ct-1/settle/s1", b"patient data", retain=True)
    host.publish("vis/v1/kochi/host/state", b"online", retain=True)
    device = connect(DEVICE, "device-password", "xr")
    assert device.is_quiet()
    assert device.subscribe("vis/v1/kochi/host/state")
    assert device.next() == ("vis/v1/kochi/host/state", b"online")
    assert device.is_quiet()


@pytest.mark.parametrize("end", ["restart", "kill"])
def test_what_waits_for_an_absent_subscriber_survives(broker, backend, connect, end):
    listener = backend("listener", clean=False)
    listener.subscribe("vis/#")
    listener.close()
    witness = backend("witness")
    witness.subscribe("vis/#")
    device = connect(DEVICE, "device-password", "xr")
    for number in range(20):
        device.publish(f"{BRANCH}/event/s{number}", bytes([number, 255]))
    device.publish(f"{BRANCH}/state", b"online", retain=True)
    while witness.next()[0] != f"{BRANCH}/state":
        continue
    witness.close()
    device.close()
    time.sleep(WRITE_SECONDS)
    if end == "kill":
        broker.mqtt.kill()
    broker.mqtt.stop()
    broker.mqtt.start()
    back = backend("listener", clean=False)
    received = {back.next() for _ in range(21)}
    assert {(f"{BRANCH}/event/s{n}", bytes([n, 255])) for n in range(20)} <= received
    late = backend("late")
    late.subscribe(f"{BRANCH}/state")
    assert late.next() == (f"{BRANCH}/state", b"online")


@pytest.mark.parametrize(
    ("topic", "writes", "allowed"),
    [
        (f"{BRANCH}/offer/t1", True, True),
        (f"{BRANCH}/chunk/t1/0", True, True),
        (f"{BRANCH}/grant/t1", True, False),
        (f"{BRANCH}/grant/+", False, True),
        (f"{BRANCH}/offer/+", False, False),
        (f"{BRANCH}/#", False, False),
        (BRANCH, True, False),
        ("vis/v1/kochi/+/receipt/#", False, False),
        ("vis/v1/kochi/host/state", True, False),
        ("vis/v1/goa/host/state", False, False),
        ("$SYS/#", False, False),
    ],
)
def test_topic_rules(topic, writes, allowed):
    assert may_use(DEVICE, topic, writes=writes) is allowed


def test_a_device_name_cannot_widen_its_branch():
    assert not may_use("kochi/+", "vis/v1/kochi/xr-1/event/1", writes=True)
    assert not may_use("kochi/xr-1/event", "vis/v1/kochi/xr-1/event/event/1", writes=True)
