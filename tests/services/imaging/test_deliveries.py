"""Objects that nobody offered: a session for each study, ended by a list or a person, never by silence."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from erp.adapters.object_storage import object_storage
from erp.core import db
from erp.core.clock import utc_now
from erp.core.errors import InvalidInput, PermissionDenied
from erp.services import imaging, platform
from erp.services.documents import blob_key
from erp.services.imaging import retrieving
from erp.services.imaging.errors import EndedByDevice, SharedWayIn, UnknownDevice
from tests.dicom import objects
from tests.dicom.objects import good
from tests.factories import referees
from tests.services.imaging.line import intake, make_line, open_way_in
from tests.services.imaging.people import act, member

OTHER = "1.2.826.0.1.3680043.10.1.2.2"


class WayIn:
    """Uploads of a branch."""

    def __init__(self, owner):
        self.owner = owner
        self.device_id = open_way_in(owner)

    @property
    def ctx(self):
        return imaging.delivery_context(replace(self.owner, now=utc_now()))

    def deliver(self, content, **more):
        return intake().deliver(self.ctx, self.device_id, "upload", content, **more)

    def run(self, action, /, **given):
        return platform.run(action, self.owner, given).result

    def rows(self, sql, *params):
        with db.unit_of_work(self.owner) as session:
            return db.fetch_all(session, sql, params)

    def sessions(self):
        return self.rows("select * from imaging_session order by id")


@pytest.fixture
def way(clinic):
    return WayIn(clinic)


def sound():
    return [v for v in referees().values() if v.code.startswith("I") and not v.holds] == []


def test_a_branch_has_one_way_in_of_a_kind(way):
    again = WayIn(way.owner)
    assert again.device_id == way.device_id


def test_the_objects_of_a_study_form_one_session(way):
    first = way.deliver(good())
    second = way.deliver(good(SOPInstanceUID="1.2.3.9", AccessionNumber="A77"))
    other = way.deliver(
        good(SOPInstanceUID="1.2.3.10", StudyInstanceUID=OTHER, SeriesInstanceUID="1.2.3.11")
    )

    assert {first.status, second.status, other.status} == {"stored"}
    assert first.session_id == second.session_id != other.session_id
    [session, another] = way.sessions()
    assert (session["stored"], another["stored"]) == (2, 1)
    assert session["external_id"] == session["study_uid"] == objects.STUDY
    assert (session["state"], session["expected"]) == ("in_progress", None)
    assert (session["patient_code"], session["accession"]) == ("P-100", "A77")
    assert session["started_at"]
    assert way.rows("select * from device_message") == []
    [attempt, *_] = way.rows("select source, outcome from ingest_attempt")
    assert (attempt["source"], attempt["outcome"]) == ("upload", "stored")
    assert sound()


def test_the_same_bytes_again_are_a_duplicate_and_others_a_conflict(way):
    first = way.deliver(good())
    again = way.deliver(good())
    other = way.deliver(good(InstanceNumber=99))
    once_more = way.deliver(good(InstanceNumber=99))

    assert [found.status for found in (first, again, other, once_more)] == [
        "stored",
        "duplicate",
        "conflict",
        "conflict",
    ]
    assert again.instance_id == first.instance_id
    [session] = way.sessions()
    assert (session["stored"], session["quarantined"]) == (1, 1)
    assert len(way.rows("select * from quarantine")) == 1
    assert sound()


@pytest.mark.parametrize(("case", "make", "reason"), objects.REFUSED, ids=objects.case_id)
def test_a_bad_object_comes_to_its_stated_end(way, case, make, reason):
    content = make()
    taken = way.deliver(content)

    assert taken.status in {"quarantined", "rejected"}, case
    assert taken.reason == reason
    assert way.rows("select * from dicom_instance") == []
    held = way.rows("select * from quarantine")
    assert len(held) == (taken.status == "quarantined")
    if held:
        digest = hashlib.sha256(content).hexdigest()
        assert object_storage().find(blob_key(way.owner.tenant_id, digest)) is not None
        assert platform.run("imaging.list_held", way.owner, {}).result.rows[0].advice
    assert sound()


def test_objects_taken_together_are_taken_as_if_one_after_another(way):
    contents = [good(SOPInstanceUID=f"1.2.3.{n}") for n in (3, 1, 2, 1)]
    contents.append(b"not dicom at all" * 20)
    prepared = [intake().prepare(way.ctx, content) for content in contents]
    taken = intake().record(way.ctx, way.device_id, "upload", prepared)

    assert [found.status for found in taken] == [
        "stored",
        "stored",
        "stored",
        "duplicate",
        "quarantined",
    ]
    assert [found.sop_uid for found in taken[:4]] == ["1.2.3.3", "1.2.3.1", "1.2.3.2", "1.2.3.1"]
    [session] = way.sessions()
    assert session["stored"] == 3
    assert sound()


def test_what_is_another_object_than_announced_is_put_aside(way):
    taken = way.deliver(good(), sop_uid="1.2.3.4.5.6")

    assert (taken.status, taken.reason) == ("quarantined", "uid_mismatch")
    assert way.rows("select * from dicom_instance") == []


def test_a_refused_object_finds_its_session_when_it_is_taken_after_all(way):
    taken = way.deliver(b"not dicom at all" * 20)
    assert taken.session_id is None
    [held] = way.rows("select * from quarantine")
    finding = intake().prepare(way.ctx, good()).finding
    with db.unit_of_work(way.ctx) as session:
        locked = imaging.lock_held(session, way.ctx, held["id"])
        assert imaging.retake_object(session, way.ctx, locked, finding) == "released"

    [session] = way.sessions()
    assert (session["stored"], session["quarantined"]) == (1, 0)
    [transfer] = way.rows("select status, session_id, sop_uid from imaging_transfer")
    assert (transfer["status"], transfer["session_id"]) == ("stored", session["id"])


def test_parallel_first_objects_of_a_study_open_one_session(way):
    contents = [good(SOPInstanceUID=f"1.2.3.{n}") for n in range(1, 13)]
    with ThreadPoolExecutor(6) as pool:
        taken = list(pool.map(way.deliver, contents))

    assert {found.status for found in taken} == {"stored"}
    [session] = way.sessions()
    assert session["stored"] == 12
    assert sound()


def test_a_session_is_ended_by_a_persons_word(way):
    session_id = way.deliver(good()).session_id
    ended = way.run("imaging.complete_session", session_id=session_id)

    assert (ended.expected, ended.stored, ended.missing) == (1, 1, [])
    [session] = way.sessions()
    assert (session["state"], session["expected"]) == ("complete", 1)
    assert session["settled_at"]
    assert way.rows("select * from event where name = 'imaging.session_completed.v1'")
    assert way.rows("select * from device_message") == []
    assert sound()


def test_a_list_ends_a_session_once_everything_on_it_came(way):
    session_id = way.deliver(good()).session_id
    manifest = [{"sop_uid": objects.SOP}, {"sop_uid": "1.2.3.9"}]
    ended = way.run("imaging.complete_session", session_id=session_id, manifest=manifest)
    assert ended.missing == ["1.2.3.9"]
    [session] = way.sessions()
    assert (session["state"], session["settled_at"]) == ("complete", None)

    way.deliver(good(SOPInstanceUID="1.2.3.9"))
    [session] = way.sessions()
    assert session["settled_at"]
    assert sound()


def test_a_list_with_a_digest_wants_these_bytes(way):
    session_id = way.deliver(good()).session_id
    manifest = [{"sop_uid": objects.SOP, "sha256": "ab" * 32}]
    ended = way.run("imaging.complete_session", session_id=session_id, manifest=manifest)

    assert ended.missing == [objects.SOP]


def test_a_refused_object_of_the_list_counts_as_held(way):
    session_id = way.deliver(good()).session_id
    way.deliver(good(SOPInstanceUID="1.2.3.9", Rows=0), sop_uid="1.2.3.9")
    manifest = [{"sop_uid": objects.SOP}, {"sop_uid": "1.2.3.9"}]
    ended = way.run("imaging.complete_session", session_id=session_id, manifest=manifest)

    assert (ended.missing, ended.quarantined) == ([], ["1.2.3.9"])


def test_a_device_of_the_broker_ends_its_sessions_itself(clinic):
    line = make_line(clinic)
    session_id = line.start()
    with pytest.raises(EndedByDevice):
        line.ask("imaging.complete_session", session_id=session_id)


def test_people_hand_nothing_to_the_command_and_devices_of_the_broker_neither(way):
    prepared = intake().prepare(way.ctx, good())
    as_person = imaging.TakeObjects(device_id=way.device_id, source="upload", objects=(prepared,))
    owner = replace(way.owner, source="rest")
    with pytest.raises(PermissionDenied):
        platform.run("imaging.take_objects", owner, as_person)
    line = make_line(way.owner)
    with pytest.raises(UnknownDevice):
        intake().record(way.ctx, line.device_id, "upload", [prepared])
    assert way.rows("select * from imaging_transfer") == []


def test_a_repeat_that_is_uploaded_finds_what_it_repeats(way):
    way.deliver(good())
    (first,) = way.sessions()
    way.run("imaging.request_repeat", session_id=first["id"], reason_code="motion")
    (planned,) = way.rows("select repeat_of, is_priority from imaging_order")
    assert planned == {"repeat_of": first["id"], "is_priority": True}
    again = {"SOPInstanceUID": "9", "SeriesInstanceUID": "8", "StudyInstanceUID": "7"}
    way.deliver(good(**{name: f"{OTHER}.{uid}" for name, uid in again.items()}))
    (arrived,) = [row for row in way.sessions() if row["id"] != first["id"]]
    assert arrived["repeat_of"] == first["id"]


def test_new_objects_of_a_study_end_a_first_reading(way):
    meera = member(way.owner, "Meera", "manager")
    asha = member(way.owner, "Asha", "technician")
    minutes = {"routine_minutes": 600, "urgent_minutes": 120, "stat_minutes": 30}
    act(meera, "save_protocol", minutes | {"second_reader": "always"})
    first = way.deliver(good())
    way.run("imaging.complete_session", session_id=first.session_id)
    given = act(asha, "accept_session", {"session_id": first.session_id})
    assert given.awaiting == "second"
    way.deliver(good(SOPInstanceUID="1.2.3.9"))
    [session] = way.sessions()
    assert (session["qa_state"], session["awaiting"]) == ("new", "")


def test_more_objects_than_are_handed_out_at_once_are_refused_not_cut(way, monkeypatch):
    monkeypatch.setattr(retrieving, "MOST_OBJECTS", 2)
    for number in range(2):
        way.deliver(good(SOPInstanceUID=f"1.2.3.{number}"))
    with db.unit_of_work(way.owner) as session:
        assert len(imaging.find_objects(session, way.owner, objects.STUDY)) == 2
    way.deliver(good(SOPInstanceUID="1.2.3.9"))
    with db.unit_of_work(way.owner) as session, pytest.raises(InvalidInput, match="more than 2"):
        imaging.find_objects(session, way.owner, objects.STUDY)


def test_a_shared_way_in_is_not_retired(way):
    with pytest.raises(SharedWayIn):
        way.run("imaging.retire_device", device_id=way.device_id)
    assert way.deliver(good()).status == "stored"


@pytest.mark.parametrize(("stranger", "is_linked"), [(False, True), (True, False)])
def test_an_accession_links_only_the_images_of_its_own_patient(way, stranger, is_linked):
    patient = {"name": "Uma Rao", "kind": "patient", "state_code": "27", "roles": ["patient"]}
    party = way.run("party.create_party", **patient)
    planned = {"patient_id": party.id, "procedure": "CT", "day": str(way.owner.today)}
    accession = way.run("imaging.schedule_order", **planned).accession
    [known] = way.rows("select code from party where id = %s", party.id)
    code = "SOMEBODY-ELSE" if stranger else known["code"]
    way.deliver(good(AccessionNumber=accession, PatientID=code))
    (held,) = way.sessions()
    assert (held["order_id"] is not None) is is_linked
