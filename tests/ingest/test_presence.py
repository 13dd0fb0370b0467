"""What becomes of a device at the broker shows at its page: killed, or its session taken over."""

from contextlib import contextmanager
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from erp.services import platform
from tests.fixtures import forking
from tests.ingest.conftest import until
from tests.services.imaging.people import member


def page(clinic):
    return platform.run("imaging.get_device", clinic.ctx, {"device_id": clinic.device_id}).result


@contextmanager
def connected(clinic):
    """A connection of the device's account that stays until somebody ends it."""
    parts = urlsplit(clinic.device_url)
    client = mqtt.Client(CallbackAPIVersion.VERSION2, clean_session=False, client_id="a-client")
    client.username_pw_set(f"{clinic.site}/CAM01", clinic.password)
    client.reconnect_delay_set(600)
    client.connect(parts.hostname, parts.port)
    client.loop_start()
    until(client.is_connected)
    try:
        yield client
    finally:
        client.disconnect()
        client.loop_stop()


def test_a_device_that_is_killed_is_offline_on_its_page(listening, tmp_path):
    command = [
        *("erp.cli", "simulate", "device", "--site", listening.site, "--device", "CAM01"),
        *("--count", "400", "--spool", str(tmp_path / "spool")),
        *("--mqtt-url", listening.device_url),
    ]
    process = forking.start(command, listening.environment, tmp_path / "device.log")
    until(lambda: page(listening).standing == "online")
    process.kill()
    process.wait(20)
    until(lambda: page(listening).standing == "offline")
    spans = listening.rows("select standing from device_report order by said_at, id")
    assert [row["standing"] for row in spans] == ["online", "offline"]


def test_a_session_that_is_taken_over_is_told_to_its_tenant_alone(listening, other):
    for clinic in (listening, other):
        member(clinic.ctx, "Asha")
    with connected(listening):
        assert page(listening).takeovers == 0
        with connected(listening):
            until(lambda: page(listening).takeovers == 1)
    assert page(listening).is_taken_over
    assert page(other).takeovers == 0
    told = listening.rows("select severity, title from notification")
    assert [(row["severity"], row["title"]) for row in told] == [
        ("urgent", "Camera signed in twice")
    ]
    assert other.rows("select 1 from notification") == []
    platform.run("imaging.renew_credential", listening.ctx, {"device_id": listening.device_id})
    assert (page(listening).takeovers, page(listening).is_taken_over) == (0, False)


def test_a_device_that_comes_back_took_over_nothing(listening):
    for _ in range(3):
        with connected(listening):
            pass
    with connected(listening), connected(listening):
        until(lambda: page(listening).takeovers == 1)
