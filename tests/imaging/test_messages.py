"""Whatever a device publishes is understood exactly or refused with its field named."""

import json
import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from erp.services.imaging.messages import (
    BadMessage,
    DeviceState,
    ObjectOffer,
    ObjectReceipt,
    ReceiptStatus,
    SessionEvent,
    is_plausible,
    manifest_sha256,
    read_message,
)
from erp.services.imaging.topics import Channel, read_topic, topic_for


def event(**changes) -> dict[str, object]:
    return {
        "schema": "vis.session-event.v1",
        "event_id": str(uuid4()),
        "session_id": "session-1",
        "seq": 0,
        "at": "2024-05-01T10:00:00+05:30",
        "type": "session.started",
    } | changes


def offer(**changes) -> dict[str, object]:
    return {
        "schema": "vis.object-offer.v1",
        "transfer_id": "01J-1",
        "session_id": "session-1",
        "sop_uid": "1.2.3",
        "series_uid": "1.2.4",
        "study_uid": "1.2.5",
        "sop_class": "1.2.840.10008.5.1.4.1.1.2",
        "transfer_syntax": "1.2.840.10008.1.2.1",
        "size": 1000,
        "sha256": "a" * 64,
        "media": "application/dicom",
        "modes": ["put", "chunk"],
    } | changes


def sent(message) -> bytes:
    return json.dumps(message).encode()


def test_good_messages_are_read():
    read = read_message(
        sent(event(patient={"id": "P1"}, metrics={"a": 1.5, "b": "x"})), SessionEvent
    )

    assert read.patient is not None
    assert read.patient.id == "P1"
    assert read.at.utcoffset() == timedelta(hours=5, minutes=30)
    assert read_message(sent(offer()), ObjectOffer).modes == ("put", "chunk")


BAD = [
    ("40 not JSON", b"{", "not_json"),
    ("40b empty", b"", "not_json"),
    ("40c NaN", sent(event()).replace(b'"seq": 0', b'"seq": NaN'), "not_json"),
    ("40d a field twice", sent(event())[:-1] + b', "seq": 1}', "not_json"),
    ("40e bytes", b"\xff\xff\x00", "not_text"),
    ("41 a list", b"[]", "invalid"),
    ("41b an unknown field", sent(event(site="other")), "invalid"),
    ("41c a field missing", sent({k: v for k, v in event().items() if k != "at"}), "invalid"),
    ("41d seq as text", sent(event(seq="1x")), "invalid"),
    ("41e seq below zero", sent(event(seq=-1)), "invalid"),
    ("41f seq too large", sent(event(seq=2**31)), "invalid"),
    ("41g time without offset", sent(event(at="2024-05-01T10:00:00")), "invalid"),
    ("41h unknown type", sent(event(type="session.exploded")), "invalid"),
    ("41i complete without manifest", sent(event(type="session.complete")), "invalid"),
    ("41j acquired without object", sent(event(type="object.acquired")), "invalid"),
    ("41k UID is a path", sent(event(study_uid="../../etc")), "invalid"),
    ("41l short session id", sent(event(session_id="short")), "invalid"),
    ("41m 65 metrics", sent(event(metrics={str(n): n for n in range(65)})), "invalid"),
    ("42 another schema version", sent(event(schema="vis.session-event.v2")), "unknown_schema"),
    ("43 byte order mark", b"\xef\xbb\xbf" + sent(event()), "not_text"),
    ("43b UTF-16", json.dumps(event()).encode("utf-16"), "not_text"),
    ("43c lone surrogate", sent(event(operator="\ud800")), "not_text"),
    ("43d raw surrogate", b'{"operator": "\xed\xa0\x80"}', "not_text"),
    ("43e NUL", sent(event(operator="a\0b")), "not_text"),
    ("44 a megabyte", sent(event(operator="x" * 1_000_000)), "too_large"),
    ("44b too many keys", sent({str(n): n for n in range(30_000)}), "too_many_keys"),
    ("44c 500 levels", b"[" * 500 + b"]" * 500, "too_deep"),
    ("44d 100,000 levels", b'{"a":' * 20_001, "too_many_keys"),
    ("44e open brackets in a text", sent(event(operator="[" * 60)), None),
]  # fmt: skip


@pytest.mark.parametrize(("case", "payload", "code"), BAD, ids=lambda v: str(v)[:30])
def test_bad_message_is_refused_cleanly(case, payload, code):
    if code is None:
        read_message(payload, SessionEvent)
        return
    started = time.perf_counter()

    with pytest.raises(BadMessage) as caught:
        read_message(payload, SessionEvent)

    assert caught.value.code == code, case
    assert len(caught.value.detail) < 320
    assert time.perf_counter() - started < 2


def test_the_refusal_names_the_field():
    with pytest.raises(BadMessage, match=r"^object\.sha256: "):
        read_message(sent(event(object={"sha256": "zz"})), SessionEvent)


def test_ten_thousand_keys_inside_the_limits_are_still_refused():
    with pytest.raises(BadMessage) as caught:
        read_message(sent(event(metrics={str(n): n for n in range(10_000)})), SessionEvent)
    assert caught.value.code == "invalid"


@pytest.mark.parametrize(
    "changes",
    [
        {"size": 10},
        {"modes": []},
        {"modes": ["ftp"]},
        {"sha256": "A" * 64},
        {"media": "text/html"},
        {"transfer_id": "../x"},
        {"sop_uid": "1." + "2" * 70},
    ],
)
def test_bad_offer_is_refused(changes):
    with pytest.raises(BadMessage, match=next(iter(changes))):
        read_message(sent(offer(**changes)), ObjectOffer)


def test_receipt_is_written_as_agreed():
    receipt = ObjectReceipt(
        transfer_id="01J-1",
        sop_uid="1.2.3",
        sha256="a" * 64,
        status=ReceiptStatus.STORED,
        at=datetime(2024, 5, 1, tzinfo=UTC),
    )

    assert json.loads(receipt.model_dump_json()) == {
        "schema": "vis.object-receipt.v1",
        "transfer_id": "01J-1",
        "sop_uid": "1.2.3",
        "sha256": "a" * 64,
        "status": "stored",
        "object_id": None,
        "at": "2024-05-01T00:00:00Z",
        "reason": None,
    }


def test_device_state_is_read():
    state = {
        "state": "online",
        "boot_id": str(uuid4()),
        "birth_seq": 4,
        "ts": "2024-05-01T00:00:00Z",
    }
    assert read_message(sent(state), DeviceState).birth_seq == 4


def test_topics_are_read_and_written():
    topic = read_topic("vis/v1/pune/iris-1/chunk/01J-1/12")

    assert (topic.site, topic.device, topic.channel, topic.subject, topic.index) == (
        ("pune", "iris-1", Channel.CHUNK, "01J-1", 12)
    )
    assert read_topic("vis/v1/pune/iris-1/state").subject == ""
    assert topic_for("pune", "iris-1", Channel.GRANT, "t") == "vis/v1/pune/iris-1/grant/t"


@pytest.mark.parametrize(
    "topic",
    [
        "vis/v1/pune/iris-1",
        "vis/v1/pune/iris-1/state/extra",
        "vis/v1/pune/iris-1/offer",
        "vis/v1/pune/iris-1/offer/a/1",
        "vis/v1/pune/iris-1/chunk/a",
        "vis/v1/pune/iris-1/evil/a",
        "vis/v1/../iris-1/state",
        "vis/v2/pune/iris-1/state",
        "vis/v1/pune/iris-1/offer/a\n",
        "vis/v1/pune/" + "x" * 65 + "/state",
    ],
)
def test_foreign_topics_are_refused(topic):
    with pytest.raises(BadMessage):
        read_topic(topic)


def test_manifest_digest_does_not_depend_on_order():
    entries = [("1.2", "a" * 64), ("1.3", "b" * 64)]
    assert manifest_sha256(entries) == manifest_sha256(entries[::-1])
    assert manifest_sha256(entries) != manifest_sha256(entries[:1])


def test_a_clock_in_1970_or_2099_is_implausible():
    now = datetime(2024, 5, 1, tzinfo=UTC)
    assert is_plausible(now - timedelta(days=30), now)
    assert not is_plausible(datetime(1970, 1, 1, tzinfo=UTC), now)
    assert not is_plausible(datetime(2099, 1, 1, tzinfo=UTC), now)
