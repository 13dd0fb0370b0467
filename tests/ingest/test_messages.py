"""What is no message at all: put aside with a reason, and the line goes on."""

import json
import subprocess
from datetime import UTC, datetime
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import pytest

from erp.services import platform
from tests.ingest.conftest import until


def publish(clinic, channel: str, payload: bytes, *more: str, user: str = "", password: str = ""):
    """Publish with the Debian client, as a stranger with the device's password would."""
    parts = urlsplit(clinic.device_url)
    done = subprocess.run(
        [
            *("mosquitto_pub", "-h", parts.hostname, "-p", str(parts.port), "-q", "1"),
            *("-i", f"pub-{uuid4().hex[:12]}", "-V", "mqttv311"),
            *("-u", user or unquote(parts.username or "")),
            *("-P", password or clinic.password),
            *("-t", f"vis/v1/{clinic.site}/CAM01/{channel}", "-s"),
            *more,
        ],
        input=payload,
        capture_output=True,
        timeout=30,
        check=False,
    )
    return done.returncode


def event(session_id: str, **changes) -> dict:
    return {
        "schema": "vis.session-event.v1",
        "event_id": str(uuid4()),
        "session_id": session_id,
        "seq": 0,
        "at": datetime.now(UTC).isoformat(),
        "type": "session.started",
    } | changes


def held(clinic):
    return clinic.rows("select reason_code, topic, payload from quarantine order by id")


BAD = [
    ("40 invalid JSON", b"{", "not_json"),
    ("41 wrong fields", json.dumps({"a": 1}).encode(), "invalid"),
    ("42 unknown schema", json.dumps(event("S12345678", schema="v9")).encode(), "unknown_schema"),
    ("43 byte order mark", b"\xef\xbb\xbf{}", "not_text"),
    ("43 lone surrogate", b'{"operator": "\\ud800"}', "not_text"),
    ("44 10,000 levels", b"[" * 10_000, "too_deep"),
    ("44 a megabyte", b'"' + b"x" * 1_000_000 + b'"', "too_large"),
    ("49 another session", json.dumps(event("Sanother99")).encode(), "invalid"),
    ("NUL", json.dumps(event("S12345678", operator="a\0b")).encode(), "not_text"),
    ("binary", bytes(range(256)), "not_text"),
]


@pytest.mark.parametrize(("case", "payload", "reason"), BAD, ids=[case for case, _, _ in BAD])
def test_a_bad_event_is_put_aside(listening, case, payload, reason):
    assert publish(listening, "event/S12345678", payload) == 0, case

    until(lambda: held(listening))
    [row] = held(listening)
    assert row["reason_code"] == reason
    assert bytes(row["payload"]) == payload[: 64 * 1024]
    assert listening.rows("select 1 from imaging_session") == []
    assert publish(listening, "event/S12345678", json.dumps(event("S12345678")).encode()) == 0
    until(lambda: listening.rows("select 1 from imaging_session"))


@pytest.mark.parametrize("channel", ["offer/T1", "done/T1", "state"])
def test_nonsense_on_other_topics_is_put_aside(listening, channel):
    publish(listening, channel, b'{"what": "is this"}')

    until(lambda: held(listening))
    assert [row["reason_code"] for row in held(listening)] == ["invalid"]


def test_the_end_of_a_transfer_that_nobody_offered(listening):
    done = {"sha256": "0" * 64, "size": 1000}
    publish(listening, "done/T404", json.dumps(done).encode())

    until(lambda: held(listening))
    assert [row["reason_code"] for row in held(listening)] == ["unknown_transfer"]


@pytest.mark.parametrize("other", [{"sha256": "b" * 64}, {"size": 1001}], ids=["digest", "size"])
def test_the_end_of_other_bytes_than_were_offered(listening, other):
    """Case 52: nothing is read and nothing kept; the device is told."""
    offered = {"sha256": "a" * 64, "size": 1000}
    uids = {
        f"{name}_uid": f"1.2.3.{number}" for number, name in enumerate(("sop", "series", "study"))
    }
    offer = {
        "schema": "vis.object-offer.v1",
        "transfer_id": "T1",
        "session_id": "S12345678",
        "sop_class": "1.2.840.10008.5.1.4.1.1.7",
        "transfer_syntax": "1.2.840.10008.1.2.1",
        "modes": ["put"],
    }
    publish(listening, "offer/T1", json.dumps(offer | uids | offered).encode())
    until(lambda: listening.rows("select 1 from imaging_transfer"))
    publish(listening, "done/T1", json.dumps(offered | other).encode())

    until(lambda: receipts(listening))
    [receipt] = receipts(listening)
    assert (receipt["status"], receipt["reason"]) == ("rejected", "digest_mismatch")
    assert receipt["sha256"] == offered["sha256"]
    assert listening.rows("select 1 from dicom_instance") == []


def receipts(clinic):
    rows = clinic.rows("select payload from device_message where channel = 'receipt'")
    return [json.loads(row["payload"]) for row in rows]


def test_an_event_id_that_is_used_twice(listening):
    first = event("S12345678")
    publish(listening, "event/S12345678", json.dumps(first).encode())
    publish(listening, "event/S12345678", json.dumps(first | {"operator": "x"}).encode())
    publish(listening, "event/S12345678", json.dumps(event("S12345678")).encode())

    until(lambda: len(held(listening)) == 2)
    reasons = {row["reason_code"] for row in held(listening)}
    assert reasons == {"idempotency_key_reused", "event_reused"}
    assert len(listening.rows("select 1 from session_event")) == 1


def test_a_parked_message_is_retried_from_the_page_and_stays_with_its_reason(listening):
    publish(listening, "event/S12345678", b"{")
    until(lambda: held(listening))
    [row] = listening.rows("select id from quarantine")
    platform.run("imaging.retry_held", listening.ctx, {"quarantine_id": row["id"]})
    [asked] = listening.rows("select payload from event where name = 'imaging.retry_requested.v1'")
    assert asked["payload"]["quarantine_id"] == str(row["id"])


def test_a_wrong_password_is_not_let_in(listening):
    code = publish(listening, "event/S12345678", b"{}", password="not-the-password")
    assert code != 0
    assert held(listening) == []


def test_a_device_cannot_speak_for_a_device_of_another_tenant(listening, other):
    until(lambda: publish(other, "event/S12345678", json.dumps(event("S12345678")).encode()) == 0)
    until(lambda: other.rows("select 1 from imaging_session"))
    user = f"{other.site}/CAM01"
    publish(listening, "event/S12345678", b"{", user=user, password=other.password)

    own = json.dumps(event("S87654321")).encode()
    until(lambda: publish(listening, "event/S87654321", own) == 0)
    until(lambda: listening.rows("select 1 from imaging_session"))
    assert held(listening) == held(other) == []
    assert len(other.rows("select 1 from imaging_session")) == 1


def test_a_renewed_password_replaces_the_old_one(listening):
    given = {"device_id": str(listening.device_id)}
    renewed = platform.run("imaging.renew_credential", listening.ctx, given).result
    fresh = renewed.password.get_secret_value()
    body = json.dumps(event("S12345678")).encode()

    until(lambda: publish(listening, "event/S12345678", body, password=fresh) == 0)
    assert publish(listening, "event/S12345678", body) != 0


def test_a_retired_device_is_locked_out(listening):
    platform.run("imaging.retire_device", listening.ctx, {"device_id": str(listening.device_id)})

    until(lambda: publish(listening, "event/S12345678", b"{}") != 0)
    assert listening.rows("select 1 from imaging_session") == []


def test_what_the_broker_kept_from_earlier_is_no_message_of_now(own_listener):
    """Case 50: a device that sets the retain flag is heard once, and not at each start."""
    clinic = own_listener
    assert publish(clinic, "event/Skept0001", b"{", "-r") == 0
    until(lambda: held(clinic))
    clinic.stop_listener()
    clinic.start_listener()
    until(lambda: "retained_ignored" in clinic.log())
    assert publish(clinic, "event/Safter001", b"{") == 0
    until(lambda: any(row["topic"].endswith("Safter001") for row in held(clinic)))
    assert [row["topic"].rpartition("/")[2] for row in held(clinic)] == ["Skept0001", "Safter001"]
