"""Session events: each once, in whatever order, from whatever clock."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from erp.core.errors import IdempotencyKeyReused
from erp.services import imaging, platform
from erp.services.imaging.errors import BadManifest, EventReused, OnlyDevices, UnknownDevice
from tests.dicom.objects import good
from tests.services.imaging.line import make_line


def test_the_first_event_makes_the_session_appear_in_the_queue(line):
    session_id = line.start(patient="P-100")

    [row] = line.ask("imaging.list_sessions", show="open").rows
    assert (row.id, row.patient, row.state, row.qa_state) == (
        session_id,
        "P-100",
        "in_progress",
        "new",
    )
    assert row.number.startswith("IS/")


def test_a_repeated_event_changes_nothing(line):
    event = line.event("session.started", patient={"id": "P-1"})
    first = line.tell(event)
    before = line.snapshot()
    again = line.tell(event)

    assert (first.is_new, again.is_new) == (True, False)
    assert line.snapshot() == before


def test_the_same_id_with_another_body_is_refused(line):
    event = line.event("session.started")
    line.tell(event)
    before = line.snapshot()

    other = event.model_copy(update={"operator": "someone"})
    with pytest.raises(EventReused, match="says something else"):
        line.tell(other)
    assert line.snapshot() == before


def test_the_listeners_key_refuses_the_same_before_it_looks(line):
    event = line.event("session.started")
    key = f"{line.device_id}:{event.event_id}"
    told = imaging.RecordSessionEvent(device_id=line.device_id, event=event, idempotency_key=key)
    line.run("imaging.record_session_event", told)
    other = told.model_copy(update={"event": event.model_copy(update={"operator": "x"})})

    with pytest.raises(IdempotencyKeyReused):
        line.run("imaging.record_session_event", other)


def test_a_number_that_is_taken_is_refused(line):
    line.tell(line.event("session.started", seq=0))
    before = line.snapshot()

    with pytest.raises(EventReused, match="Number 0"):
        line.tell(line.event("session.note", seq=0))
    assert line.snapshot() == before


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1)])
def test_the_state_does_not_depend_on_the_order_of_arrival(line, order):
    content = good()
    manifest = [("1.2.826.0.1.3680043.10.1.1.1", "0" * 64)]
    complete = {
        "expected_objects": 1,
        "manifest": [{"sop_uid": uid, "sha256": digest} for uid, digest in manifest],
        "manifest_sha256": imaging.manifest_sha256(manifest),
    }
    events = [
        line.event("session.started", seq=0, patient={"id": "P-1"}),
        line.event("session.paused", seq=1),
        line.event("session.complete", seq=2, complete=complete),
    ]
    assert content
    for number in order:
        line.tell(events[number])

    found = line.session()
    assert (found["state"], found["expected"], found["events"]) == ("complete", 1, 3)
    assert found["patient_code"] == "P-1"


def test_a_second_completion_with_other_counts_is_the_one_that_counts(line):
    first, second = good(), good(SOPInstanceUID="1.2.3.4.5")
    line.start()
    line.deliver(first)
    line.complete(first)
    assert line.session()["expected"] == 1
    line.complete(first, second)

    assert line.session()["expected"] == 2
    settled = line.said("settle", line.session_id)
    assert settled["missing"] == ["1.2.3.4.5"]


def test_a_manifest_that_its_digest_denies_is_refused(line):
    line.start()
    before = line.snapshot()

    with pytest.raises(BadManifest):
        line.complete(good(), manifest_sha256="0" * 64)
    assert line.snapshot() == before


def test_a_gap_blocks_nothing_and_is_asked_for(line):
    line.start()
    line.tell(line.event("session.note", seq=4))
    content = good()
    line.deliver(content)
    line.complete(content)

    found = line.ask("imaging.get_session", session_id=line.session()["id"])
    assert (found.state, found.gaps) == ("complete", 3)
    asked = line.said("cmd", f"events-{found.id.hex}")
    assert asked["seqs"] == [1, 2, 3]


@pytest.mark.parametrize("year", [1970, 2099])
def test_an_impossible_clock_is_marked_and_our_time_taken(line, year):
    at = datetime(year, 1, 1, tzinfo=UTC)
    line.tell(line.event("session.started", at=at))

    found = line.session()
    assert found["clock"] == "unsynced"
    assert found["started_at"].year not in {1970, 2099}
    detail = line.ask("imaging.get_session", session_id=found["id"])
    assert any("clock" in warning for warning in detail.warnings)


def test_a_will_of_an_earlier_start_is_old_news(line):
    assert line.state("online", birth_seq=7).is_news
    assert not line.state("offline", birth_seq=6).is_news
    [row] = line.ask("imaging.list_devices").rows
    assert (row.state, row.backlog) == ("online", 3)

    assert line.state("offline", birth_seq=7).is_news
    [row] = line.ask("imaging.list_devices").rows
    assert row.state == "offline"


def test_a_new_start_takes_read_settlements_back(line):
    line.state("online", birth_seq=1)
    content = good()
    line.start()
    line.deliver(content)
    line.complete(content)
    line.rows("update device_message set sent_at = now() returning id")
    line.state("online", birth_seq=2)

    assert line.said("settle", line.session_id) is None
    [row] = line.rows("select payload, sent_at from device_message where channel = 'settle'")
    assert (row["payload"], row["sent_at"]) == ("", None)


def test_people_cannot_speak_for_a_device(line):
    event = line.event("session.started")
    told = imaging.RecordSessionEvent(device_id=line.device_id, event=event)
    before = line.snapshot()

    for source in ("ui", "rest"):
        with pytest.raises(OnlyDevices):
            platform.run("imaging.record_session_event", replace(line.owner, source=source), told)
    assert line.snapshot() == before


def test_a_retired_device_is_not_heard(line):
    line.ask("imaging.retire_device", device_id=line.device_id)

    with pytest.raises(UnknownDevice):
        line.start()
    assert line.count("imaging_session") == 0


def test_another_tenants_device_does_not_exist(line, bodhi):
    stranger = replace(line.ctx, tenant_id=bodhi.tenant_id)
    told = imaging.RecordSessionEvent(device_id=line.device_id, event=line.event("session.started"))

    with pytest.raises(UnknownDevice):
        platform.run("imaging.record_session_event", stranger, told)


def test_a_device_of_a_topic_belongs_to_one_tenant(line):
    with pytest.raises(Exception, match="already a device of this code"):
        make_line(line.owner, line.code)


def test_a_fault_reaches_those_who_operate(line):
    line.tell(line.event("session.started"))
    line.tell(line.event("device.fault", metrics={"lamp": "burnt out"}, event_id=uuid4()))

    assert line.count("imaging_session") == 1
    assert line.rows("select 1 from session_event where type = 'device.fault'")
