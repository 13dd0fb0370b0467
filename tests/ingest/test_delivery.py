"""Objects and events of a device arrive whole, once, whatever happens on the way."""

import json
import threading

import pytest

from erp.services.documents import blob_key
from erp.simulate.faults import Fault
from erp.simulate.kinds import Kind
from erp.simulate.line import Line
from tests.factories import referees
from tests.ingest.conftest import until
from tests.ingest.test_messages import publish


def imaging_is_sound():
    """Every referee of imaging holds over all tenants."""
    return [v.promise for v in referees().values() if v.code.startswith("I") and not v.holds] == []


def stored_objects(clinic):
    return clinic.rows("select sop_uid, sha256, size from dicom_instance")


def every_object_is_in_the_store(clinic):
    rows = stored_objects(clinic)
    found = [clinic.storage.find(blob_key(clinic.ctx.tenant_id, row["sha256"])) for row in rows]
    return rows and all(f and f.size == row["size"] for f, row in zip(found, rows, strict=True))


def test_a_session_arrives_whole(listening):
    outcome = listening.device().run()

    assert outcome.receipts == {"stored": 4}
    assert outcome.is_settled
    found = listening.one("select * from imaging_session")
    assert (found["state"], found["stored"], found["expected"]) == ("complete", 4, 4)
    assert found["settled_at"] is not None
    assert found["last_seq"] + 1 == found["events"]
    assert every_object_is_in_the_store(listening)
    assert imaging_is_sound()
    device = listening.one("select * from imaging_device")
    until(lambda: listening.one("select state from imaging_device")["state"] == "offline")
    assert device["birth_seq"] == 1


@pytest.mark.parametrize("kind", [Kind.IRIS, Kind.PYDICOM])
def test_other_sources(listening, kind):
    outcome = listening.device(kind=kind, count=12).run()

    assert outcome.receipts == {"stored": 12}
    assert imaging_is_sound()


def test_pieces_of_a_device_without_http(listening):
    assert listening.device(modes=("chunk",), count=2).run().receipts == {"stored": 2}
    assert every_object_is_in_the_store(listening)


def test_duplicates_and_disorder_change_nothing(listening):
    outcome = listening.device(faults=frozenset({Fault.DUPLICATE, Fault.REORDER})).run()

    assert outcome.receipts["stored"] + outcome.receipts.get("duplicate", 0) == 4
    found = listening.one("select * from imaging_session")
    assert (found["state"], found["stored"]) == ("complete", 4)
    events = listening.rows("select seq from session_event order by seq")
    assert [row["seq"] for row in events] == list(range(len(events)))
    assert imaging_is_sound()


def test_a_lost_receipt_is_given_again(listening):
    outcome = listening.device(faults=frozenset({Fault.DROP_ACK})).run()

    assert outcome.receipts == {"stored": 4}
    assert len(stored_objects(listening)) == 4
    assert imaging_is_sound()


def test_a_lost_settlement_is_given_again(listening):
    def told():
        [row] = listening.rows("select sent_at from device_message where channel = 'settle'")
        return row["sent_at"]

    listening.device(count=1).run()
    before = until(told)
    [row] = listening.rows("select body from session_event where type = 'session.complete'")
    said = json.dumps(row["body"]).encode()
    assert publish(listening, f"event/{row['body']['session_id']}", said) == 0

    until(lambda: (told() or before) > before)
    assert imaging_is_sound()


def test_an_event_that_was_lost_is_asked_for_and_told_again(listening, monkeypatch):
    lost: list[bytes] = []
    send = Line.publish

    def lossy(line, topic, payload, **more):
        if topic.startswith("event/") and b'"seq": 1,' in payload and not lost:
            lost.append(payload)
        else:
            send(line, topic, payload, **more)

    monkeypatch.setattr(Line, "publish", lossy)
    assert listening.device(count=2).run().is_settled

    assert len(lost) == 1
    until(lambda: listening.rows("select 1 from imaging_session where events = last_seq + 1"))
    assert imaging_is_sound()


def test_same_identity_with_other_pixels_is_kept_apart(listening):
    outcome = listening.device(faults=frozenset({Fault.CONFLICT})).run()

    assert outcome.receipts == {"stored": 4, "conflict": 1}
    held = listening.one("select * from quarantine")
    assert (held["reason_code"], held["status"]) == ("uid_conflict", "open")
    assert listening.storage.find(blob_key(listening.ctx.tenant_id, held["sha256"]))
    assert len(stored_objects(listening)) == 4
    assert imaging_is_sound()


def test_damage_on_the_way_is_found_and_repaired(listening):
    outcome = listening.device(faults=frozenset({Fault.CORRUPT})).run()

    assert outcome.receipts == {"stored": 4}
    assert len(listening.rows("select 1 from imaging_transfer where status = 'rejected'")) == 1
    assert every_object_is_in_the_store(listening)
    assert imaging_is_sound()


def test_nonsense_is_put_aside_and_the_rest_goes_on(listening):
    outcome = listening.device(faults=frozenset({Fault.BAD_DICOM, Fault.BAD_JSON})).run()

    assert outcome.receipts == {"stored": 4, "quarantined": 1}
    held = listening.rows("select kind, reason_code from quarantine")
    reasons = {row["reason_code"] for row in held if row["kind"] == "message"}
    assert reasons >= {"not_json", "not_text", "too_deep", "unknown_schema"}
    assert [r["reason_code"] for r in held if r["kind"] == "object"] == ["not_dicom"]
    assert imaging_is_sound()


def test_a_listener_killed_in_the_middle_loses_nothing_and_doubles_nothing(own_listener):
    outcomes = []
    device = own_listener.device(count=30, host_seconds=60, settle_seconds=60)
    running = threading.Thread(target=lambda: outcomes.append(device.run()))
    running.start()
    for wanted in (3, 12):
        until(lambda wanted=wanted: len(stored_objects(own_listener)) >= wanted, 60)
        own_listener.stop_listener(kill=True)
        own_listener.start_listener()
    running.join(120)

    assert [outcome.is_settled for outcome in outcomes] == [True]
    assert sum(outcomes[0].receipts.values()) == 30
    until(lambda: knows_every_event(own_listener), 30)
    found = own_listener.one("select * from imaging_session")
    assert (found["state"], found["stored"]) == ("complete", 30)
    assert every_object_is_in_the_store(own_listener)
    assert imaging_is_sound()


def test_events_announced_while_the_listener_is_away_are_kept_for_it(own_listener):
    own_listener.device(count=1).run()
    own_listener.stop_listener(kill=True)
    device = own_listener.device(count=2, host_seconds=120, settle_seconds=60)
    running = threading.Thread(target=device.run)
    running.start()
    until(lambda: len(list((own_listener.directory / "spool").rglob("*.dcm"))) == 2)
    own_listener.start_listener()
    running.join(120)

    until(lambda: knows_every_event(own_listener), 30)
    sessions = own_listener.rows("select stored from imaging_session order by id")
    assert [row["stored"] for row in sessions] == [1, 2]


def knows_every_event(clinic) -> bool:
    """Tell whether all announced events are there; those that are asked for again come after the settlement."""
    sessions = clinic.rows("select events, last_seq from imaging_session")
    return all(row["last_seq"] + 1 == row["events"] for row in sessions)
