"""Quarantine: kept with a reason, looked at again, released or given up."""

import hashlib
from dataclasses import replace
from uuid import uuid4

import pytest

from erp.adapters.object_storage import object_storage
from erp.core import db
from erp.core.clock import utc_now
from erp.core.ids import new_id
from erp.services import imaging, platform
from erp.services.imaging.errors import AlreadyDecided, NotFiledSo
from jobs import imaging as jobs
from tests.dicom.objects import good
from tests.services.imaging.test_objects import sound

NONSENSE = b"this is no picture " * 20


def job_context(line):
    permissions = frozenset({"imaging.ingest", "imaging.operate", "imaging.review"})
    return replace(line.owner, permissions=permissions, source="job")


def delivery(event, **payload):
    """Return the delivery of an event, as the worker hands it to a job."""
    return platform.Delivery(
        delivery_id=new_id(),
        subscriber="test",
        lease_token=new_id(),
        attempts=1,
        event_id=new_id(),
        event_name=event,
        aggregate_id=new_id(),
        payload={key: str(value) for key, value in payload.items()},
        occurred_at=utc_now(),
        user_id=new_id(),
    )


def look_again(line, held_id):
    ctx = job_context(line)
    with db.unit_of_work(ctx) as session:
        jobs.retry_held(session, ctx, delivery("retry", quarantine_id=held_id))


def park(line, payload, topic="", code="invalid"):
    topic = topic or f"vis/v1/x/y/event/{line.session_id}"
    return line.run(
        "imaging.park_message",
        imaging.ParkMessage(
            device_id=line.device_id,
            topic=topic,
            reason_code=code,
            detail="seq: wrong",
            payload=payload,
            digest=imaging.message_digest(topic, payload),
        ),
    ).id


def held(line):
    [row] = line.rows("select * from quarantine")
    return row


def test_what_still_cannot_be_read_stays(line):
    line.start()
    line.deliver(NONSENSE)
    line.ask("imaging.retry_held", quarantine_id=held(line)["id"])
    assert held(line)["status"] == "retrying"
    look_again(line, held(line)["id"])

    assert (held(line)["status"], held(line)["tries"]) == ("open", 1)
    assert line.session()["quarantined"] == 1
    assert sound()


def test_what_can_be_taken_now_is_released_and_the_device_told(line, monkeypatch):
    line.start()
    monkeypatch.setattr(
        "erp.adapters.dicom.object_inspector.SandboxedInspector.inspect",
        lambda *_: imaging.RefusedObject(reason_code="unreadable", detail="A fault of ours."),
    )
    content = good()
    receipt = line.deliver(content)
    assert receipt["status"] == "quarantined"
    line.complete(content)
    monkeypatch.undo()
    line.ask("imaging.retry_held", quarantine_id=held(line)["id"])
    look_again(line, held(line)["id"])

    assert held(line)["status"] == "released"
    found = line.session()
    assert (found["stored"], found["quarantined"]) == (1, 0)
    assert line.receipt(receipt["transfer_id"])["status"] == "stored"
    assert line.said("settle", line.session_id)["quarantined"] == []
    assert sound()


def test_bytes_that_were_damaged_while_they_waited_are_not_released(line, monkeypatch):
    """A file can be read with other values in it."""
    line.start()
    monkeypatch.setattr(
        "erp.adapters.dicom.object_inspector.SandboxedInspector.inspect",
        lambda *_: imaging.RefusedObject(reason_code="unreadable", detail="A fault of ours."),
    )
    line.deliver(good())
    monkeypatch.undo()
    other = good(InstanceNumber=71)
    [row] = line.rows("select storage_key from blob")
    digest = hashlib.sha256(other).hexdigest()
    object_storage().put(row["storage_key"], other, sha256=digest, media="application/dicom")
    line.ask("imaging.retry_held", quarantine_id=held(line)["id"])
    look_again(line, held(line)["id"])

    assert (held(line)["status"], held(line)["reason_code"]) == ("open", "bytes_missing")
    assert line.count("dicom_instance") == 0
    assert line.rows("select fault from blob_state") == [{"fault": "damaged"}]

    offer = line.offer(good())
    assert line.answer(offer).grant == "put", "the device may have the only whole copy"
    assert line.deliver(good())["status"] == "stored"
    assert line.rows("select fault from blob_state") == [{"fault": ""}]
    look_again(line, held(line)["id"])
    assert (held(line)["status"], line.session()["stored"]) == ("released", 1)
    assert sound()


def test_what_is_held_is_asked_for_again_once_its_bytes_are_gone_and_held_once(line):
    line.start()
    line.deliver(NONSENSE)
    [row] = line.rows("select storage_key from blob")
    assert line.answer(line.offer(NONSENSE)).grant == "have"
    object_storage().remove(row["storage_key"])
    line.ask("imaging.retry_held", quarantine_id=held(line)["id"])
    look_again(line, held(line)["id"])

    assert line.answer(line.offer(NONSENSE)).grant == "put"
    assert line.deliver(NONSENSE)["status"] == "quarantined"
    assert object_storage().find(row["storage_key"]) is not None
    assert (line.count("quarantine"), line.session()["quarantined"]) == (1, 1)
    assert sound()


def test_a_second_look_that_comes_twice_does_nothing_more(line):
    line.start()
    line.deliver(NONSENSE)
    waiting = held(line)["id"]
    line.ask("imaging.discard_held", quarantine_id=waiting, note="A log file")
    look_again(line, waiting)

    assert held(line)["status"] == "discarded"


def test_discarding_is_final_and_keeps_the_bytes(line):
    line.start()
    line.deliver(NONSENSE)
    waiting = held(line)
    line.ask("imaging.discard_held", quarantine_id=waiting["id"], note="A log file")

    assert line.session()["quarantined"] == 0
    assert line.ask("imaging.list_held", status="open").rows == []
    assert line.rows("select 1 from blob where sha256 = %s", waiting["sha256"])
    for name in ("retry_held", "discard_held"):
        with pytest.raises(AlreadyDecided):
            line.ask(f"imaging.{name}", quarantine_id=waiting["id"])
    assert sound()


def test_a_message_is_parked_once_with_its_bytes(line):
    first = park(line, b"{ not json")
    again = park(line, b"{ not json")
    other = park(line, b"{ not json either")

    assert first == again != other
    rows = line.ask("imaging.list_held", kind="message").rows
    assert [row.preview for row in rows] == ["{ not json either", "{ not json"]
    assert rows[0].reason == "Wrong content"


def test_a_long_message_is_cut_and_its_length_known(line):
    park(line, b"x" * 100_000)

    assert held(line)["size"] == 100_000
    assert len(held(line)["payload"]) == 64 * 1024
    look_again(line, held(line)["id"])
    assert (held(line)["status"], held(line)["reason_code"]) == ("open", "too_large")


def test_a_parked_event_that_is_right_after_all_is_taken(line):
    event = line.event("session.started", patient={"id": "P-1"})
    payload = event.model_dump_json(by_alias=True, exclude_none=True).encode()
    park(line, payload)
    look_again(line, held(line)["id"])

    assert held(line)["status"] == "released"
    assert line.session()["patient_code"] == "P-1"
    assert sound()


def test_a_parked_event_that_is_wrong_stays_with_todays_reason(line):
    line.tell(line.event("session.started", seq=0))
    event = line.event("session.note", seq=0, event_id=uuid4())
    payload = event.model_dump_json(by_alias=True, exclude_none=True).encode()
    park(line, payload)
    before = line.count("session_event")
    look_again(line, held(line)["id"])

    assert (held(line)["status"], held(line)["reason_code"]) == ("open", "event_reused")
    assert line.count("session_event") == before
    assert sound()


def test_another_tenant_sees_and_touches_nothing(line, bodhi):
    line.start()
    line.deliver(NONSENSE)
    assert platform.run("imaging.list_held", bodhi.system, {}).result.rows == []
    for name in ("retry_held", "discard_held"):
        with pytest.raises(Exception, match="Nothing of this id"):
            platform.run(f"imaging.{name}", bodhi.system, {"quarantine_id": held(line)["id"]})
    assert held(line)["status"] == "open"


def test_a_person_may_file_an_object_under_its_studys_patient(line):
    line.start()
    line.deliver(good())
    receipt = line.deliver(good(SOPInstanceUID="1.2.77", PatientID="P-200"))
    assert receipt["reason"] == "patient_conflict"
    [held] = line.rows("select id from quarantine")
    line.ask("imaging.file_held", quarantine_id=held["id"], note="The number was typed wrong")
    look_again(line, held["id"])
    [row] = line.rows("select status, filed_as, filed_by, decision_note from quarantine")
    assert (row["status"], row["filed_as"], row["filed_by"]) == (
        "released",
        "study_patient",
        line.owner.user_id,
    )
    assert line.count("dicom_instance") == 2
    assert line.count("dicom_patient") == 1


def test_what_is_held_for_another_reason_is_not_filed_so(line):
    line.start()
    line.deliver(NONSENSE)
    [held] = line.rows("select id from quarantine")
    with pytest.raises(NotFiledSo):
        line.ask("imaging.file_held", quarantine_id=held["id"], note="It is hers")
    [row] = line.rows("select status, filed_as from quarantine")
    assert (row["status"], row["filed_as"]) == ("open", "")
