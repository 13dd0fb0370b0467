"""Studies are kept for their time, under hold for longer, and leave only by two people's will."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from psycopg.errors import CheckViolation

from erp.adapters.object_storage import object_storage
from erp.core import db
from erp.core.clock import utc_now
from erp.core.errors import Unavailable
from erp.core.ids import new_id
from erp.services import documents, imaging, platform
from erp.services.documents import BytesLeaving
from erp.services.imaging.errors import (
    RemovalNotOpen,
    StudyHeld,
    StudyTooYoung,
    UnknownHold,
    UnknownObject,
    UnknownStudy,
)
from jobs import imaging_exports as jobs
from tests.dicom.objects import STUDY, good
from tests.services.imaging.line import intake, open_way_in
from tests.services.imaging.test_quarantine import delivery

OLD = timedelta(days=366 * 12)
MOMENTS = timedelta(minutes=2)


class Archive:
    """An organisation's archive of one study, handed in some time ago."""

    def __init__(self, owner, age=OLD):
        self.owner = owner
        self.manager = replace(owner, user_id=new_id(), user_name="Meena")
        line = replace(imaging.delivery_context(owner), now=utc_now() - age)
        way = open_way_in(owner)
        taken = intake().deliver(line, way, "upload", good())
        assert taken.status == "stored"
        self.instance_id = taken.instance_id
        self.way, self.line = way, line

    @property
    def study(self):
        [row] = self.rows("select * from dicom_study")
        return row

    def rows(self, sql, *params):
        with db.unit_of_work(self.owner) as session:
            return db.fetch_all(session, sql, params)

    def run(self, name, ctx=None, **given):
        return platform.run(name, ctx or self.owner, given).result

    def ask(self):
        return self.run("imaging.ask_removal", study_id=self.study["id"], reason="Time is over").id

    def remove(self, removal_id, status="approved"):
        told = delivery("decided", removal_id=removal_id, study_id=self.study["id"], status=status)
        with db.unit_of_work(self.owner) as session:
            jobs.remove_study(session, self.owner, told)

    def count_held(self):
        return self.rows("select count(*) as n from quarantine")[0]["n"]

    def force(self, when=None):
        """Try what the application must not, past every check but the database's."""
        with db.unit_of_work(self.owner) as session:
            db.execute(session, "update dicom_study set removed_at = %s", (when or utc_now(),))


@pytest.fixture
def archive(clinic):
    return Archive(clinic)


def key_of(archive):
    [row] = archive.rows("select storage_key from blob")
    return row["storage_key"]


def test_a_study_leaves_when_one_asked_and_another_approved(archive):
    removal = archive.ask()
    archive.run("imaging.approve_removal", archive.manager, removal_id=removal, note="Seen")
    archive.remove(removal)
    assert object_storage().find(key_of(archive)) is None
    assert archive.study["removed_at"] is not None
    [trace] = archive.rows("select * from study_removal")
    assert (trace["status"], trace["objects"]) == ("done", 1)
    assert (trace["asked_by"], trace["decided_by"]) == (
        archive.owner.user_id,
        archive.manager.user_id,
    )
    with db.unit_of_work(archive.owner) as session:
        assert imaging.search_archive(session, archive.owner, imaging.ArchiveSearch("study")) == []
        for level in imaging.LEVELS:
            assert imaging.find_in_archive(session, archive.owner, level, {}) == []
        with pytest.raises(UnknownObject):
            imaging.find_objects(session, archive.owner, STUDY)
        wanted = imaging.GetInstance(instance_id=archive.instance_id)
        with pytest.raises(UnknownObject):
            imaging.find_instance(session, archive.owner, wanted)


def test_removing_again_does_no_harm_and_what_comes_later_is_held(archive):
    removal = archive.ask()
    archive.run("imaging.approve_removal", archive.manager, removal_id=removal)
    archive.remove(removal)
    archive.remove(removal)
    archive.line = replace(archive.line, now=utc_now() + MOMENTS)
    again = intake().deliver(archive.line, archive.way, "upload", good())
    assert (again.status, again.reason) == ("quarantined", "study_removed")
    other = intake().deliver(archive.line, archive.way, "upload", good(SOPInstanceUID="1.2.77"))
    assert (other.status, other.reason) == ("quarantined", "study_removed")
    assert object_storage().find(key_of_digest(archive)) is not None, "it waits with its bytes"


def key_of_digest(archive):
    [row] = archive.rows(
        "select blob.storage_key from quarantine join blob using (tenant_id, sha256)"
        " order by quarantine.id limit 1"
    )
    return row["storage_key"]


def test_bytes_that_came_back_between_mark_and_removal_stay(archive):
    """The same bytes come as another thing the moment their study is marked as removed."""
    removal = archive.ask()
    archive.run("imaging.approve_removal", archive.manager, removal_id=removal)
    [digest] = marked(archive, removal)
    new = documents.NewDocument("probe", new_id(), "a4", "a.dcm", "application/dicom")
    later = replace(archive.owner, now=utc_now() + MOMENTS)
    with db.unit_of_work(later) as session:
        documents.store_bytes(session, later, object_storage(), new, good())
    archive.remove(removal)
    assert object_storage().find(documents.blob_key(archive.owner.tenant_id, digest)) is not None
    assert archive.rows("select 1 from blob_state where removed_at is not null") == []


def test_bytes_that_come_back_while_they_are_removed_are_asked_for_again(archive):
    """Written before the removal and recorded after it, they would be lost."""
    removal = archive.ask()
    archive.run("imaging.approve_removal", archive.manager, removal_id=removal)
    [digest] = marked(archive, removal)
    now = replace(archive.line, now=utc_now())
    with db.unit_of_work(archive.owner) as saying:
        assert imaging.let_go(saying, archive.owner, digest)
    with db.unit_of_work(archive.owner) as removing, ThreadPoolExecutor(1) as pool:
        assert documents.still_going(removing, archive.owner, digest)
        coming = pool.submit(intake().deliver, now, archive.way, "upload", good())
        with pytest.raises(TimeoutError):
            coming.result(timeout=2)
        object_storage().remove(documents.blob_key(archive.owner.tenant_id, digest))
        removing.commit()
        with pytest.raises(BytesLeaving, match="Send them again"):
            coming.result(timeout=20)
    assert archive.count_held() == 0
    later = replace(now, now=utc_now() + MOMENTS)
    assert intake().deliver(later, archive.way, "upload", good()).status == "quarantined"
    assert object_storage().find(key_of_digest(archive)) is not None


def test_a_worker_killed_between_removal_and_commit_leaves_no_bytes_that_seem_kept(
    archive, monkeypatch
):
    """What was written before the removal is asked for again, though nothing of it was committed."""
    removal = archive.ask()
    archive.run("imaging.approve_removal", archive.manager, removal_id=removal)
    digests = marked(archive, removal)
    with db.unit_of_work(archive.owner) as session:
        db.execute(session, "update blob_state set removed_at = %s", (utc_now() - MOMENTS,))
    written_at = utc_now()
    take_away = type(object_storage()).remove
    monkeypatch.setattr(imaging, "take_out", lambda *_: digests)  # others' bytes went before

    def killed(storage, key):
        take_away(storage, key)
        raise KeyboardInterrupt

    monkeypatch.setattr(type(object_storage()), "remove", killed)
    with pytest.raises(KeyboardInterrupt):
        archive.remove(removal)
    monkeypatch.undo()
    new = documents.NewDocument("probe", new_id(), "a4", "a.dcm", "application/dicom")
    began = replace(archive.owner, now=written_at)
    with db.unit_of_work(began) as session, pytest.raises(BytesLeaving):
        documents.ensure_blob(
            session, began, sha256_of(good()), size=len(good()), media_type=new.media_type
        )
    archive.remove(removal)
    assert archive.rows("select 1 from blob_state where removed_at is not null")


def test_bytes_that_were_said_to_go_long_ago_stay_until_it_is_said_again(archive):
    removal = archive.ask()
    archive.run("imaging.approve_removal", archive.manager, removal_id=removal)
    [digest] = marked(archive, removal)
    late = replace(archive.owner, now=utc_now() + MOMENTS)
    with db.unit_of_work(late) as session, pytest.raises(BytesLeaving, match="removed later"):
        documents.still_going(session, late, digest)


def sha256_of(content):
    return hashlib.sha256(content).hexdigest()


def test_a_removal_waits_while_its_organisation_is_suspended(archive, monkeypatch):
    removal = archive.ask()
    archive.run("imaging.approve_removal", archive.manager, removal_id=removal)
    monkeypatch.setattr("jobs.run.place_of", lambda _tenant_id: None)
    with pytest.raises(Unavailable, match="suspended"):
        archive.remove(removal)
    assert object_storage().find(key_of(archive)) is not None
    monkeypatch.undo()
    archive.remove(removal)
    assert object_storage().find(key_of(archive)) is None


def test_an_export_whose_study_was_removed_has_failed(archive):
    asked = archive.run("imaging.request_export", study_id=archive.study["id"], purpose="Research")
    removal = archive.ask()
    archive.run("imaging.approve_removal", archive.manager, removal_id=removal)
    archive.remove(removal)
    with db.unit_of_work(archive.owner) as session:
        jobs.make_export(session, archive.owner, delivery("asked", export_id=asked.id))
    [row] = archive.rows("select status, problem from imaging_export")
    assert (row["status"], row["problem"]) == ("failed", "Its study was removed meanwhile.")


def marked(archive, removal_id):
    """Mark a study as removed, as the job does before it removes bytes."""
    with db.unit_of_work(archive.owner) as session:
        return imaging.take_out(session, archive.owner, removal_id)


def test_bytes_that_something_else_keeps_stay(archive):
    digest = archive.rows("select sha256 from blob")[0]["sha256"]
    new = documents.NewDocument("probe", new_id(), "a4", "a.dcm", "application/dicom")
    with db.unit_of_work(archive.owner) as session:
        documents.store_bytes(session, archive.owner, object_storage(), new, good())
    removal = archive.ask()
    archive.run("imaging.approve_removal", archive.manager, removal_id=removal)
    archive.remove(removal)
    assert object_storage().find(documents.blob_key(archive.owner.tenant_id, digest)) is not None


def test_a_hold_keeps_a_study_whoever_wants_it_gone(archive):
    held = archive.run("imaging.hold_study", study_id=archive.study["id"], reason="Court case")
    with pytest.raises(StudyHeld):
        archive.ask()
    with pytest.raises(CheckViolation, match="hold"):
        archive.force()
    archive.run("imaging.release_hold", hold_id=held.id, note="Closed")
    with pytest.raises(UnknownHold):
        archive.run("imaging.release_hold", hold_id=held.id, note="Closed")
    removal = archive.ask()
    archive.run("imaging.hold_study", study_id=archive.study["id"], reason="Another case")
    with pytest.raises(StudyHeld):
        archive.run("imaging.approve_removal", archive.manager, removal_id=removal)
    assert archive.study["removed_at"] is None


def test_a_hold_that_comes_after_the_approval_stops_the_removal(archive):
    removal = archive.ask()
    archive.run("imaging.approve_removal", archive.manager, removal_id=removal)
    archive.run("imaging.hold_study", study_id=archive.study["id"], reason="Complaint")
    archive.remove(removal)
    [void] = archive.rows("select status, decision_note from study_removal")
    assert void["status"] == "refused"
    assert "held" in void["decision_note"]
    assert archive.study["removed_at"] is None
    assert object_storage().find(key_of(archive)) is not None


@pytest.mark.parametrize("age", [timedelta(days=1), timedelta(days=365 * 9)])
def test_a_young_study_stays(clinic, age):
    young = Archive(clinic, age)
    with pytest.raises(StudyTooYoung):
        young.ask()
    with pytest.raises(CheckViolation, match="approv"):
        young.force()


def test_the_rule_decides_and_the_database_refuses_the_rest(clinic):
    young = Archive(clinic, timedelta(days=365 * 4))
    young.run("imaging.set_retention", years=3, reason="State rule")
    removal = young.ask()
    young.run("imaging.approve_removal", young.manager, removal_id=removal)
    young.run("imaging.set_retention", years=20, reason="A new law")
    with pytest.raises(CheckViolation, match="20 years"):
        young.force()
    with pytest.raises(CheckViolation, match="20 years"):
        young.force(utc_now() + timedelta(days=366 * 30))
    young.run("imaging.set_retention", years=3, reason="Back again")
    young.remove(removal)
    assert young.study["removed_at"] is not None


def test_nobody_approves_what_they_asked_for(archive):
    removal = archive.ask()
    with pytest.raises(RemovalNotOpen):
        archive.run("imaging.approve_removal", removal_id=removal)
    with pytest.raises(RemovalNotOpen):
        archive.ask()
    archive.run("imaging.refuse_removal", archive.manager, removal_id=removal, note="Needed")
    archive.remove(removal, status="refused")
    with pytest.raises(RemovalNotOpen):
        archive.run("imaging.approve_removal", archive.manager, removal_id=removal)
    assert archive.study["removed_at"] is None
    archive.ask()


def test_the_database_refuses_a_removal_that_nobody_approved(archive):
    with pytest.raises(CheckViolation, match="approv"):
        archive.force()
    archive.ask()
    with pytest.raises(CheckViolation, match="approv"):
        archive.force()


def test_a_removed_studys_pictures_are_shown_nowhere(archive):
    [session] = archive.rows("select id from imaging_session")
    assert archive.run("imaging.list_pictures", session_id=session["id"]).stacks
    removal = archive.ask()
    archive.run("imaging.approve_removal", archive.manager, removal_id=removal)
    archive.remove(removal)
    assert archive.run("imaging.list_pictures", session_id=session["id"]).stacks == []
    told = archive.run("imaging.get_session", session_id=session["id"]).warnings
    assert "1 objects of this session were removed with their study." in told


def test_a_removed_study_cannot_be_held_exported_or_removed_again(archive):
    removal = archive.ask()
    archive.run("imaging.approve_removal", archive.manager, removal_id=removal)
    archive.remove(removal)
    study = archive.study["id"]
    for name, given in (
        ("imaging.hold_study", {"reason": "too late"}),
        ("imaging.ask_removal", {"reason": "again"}),
        ("imaging.request_export", {"purpose": "research"}),
    ):
        with pytest.raises(UnknownStudy):
            archive.run(name, study_id=study, **given)


def test_the_list_says_how_each_study_stands(archive):
    def shown(show=""):
        found = archive.run("imaging.list_studies", show=show).rows
        return [row.state for row in found]

    assert shown() == ["kept"]
    archive.run("imaging.hold_study", study_id=archive.study["id"], reason="Court case")
    assert (shown(), shown("held"), shown("due"), shown("removed")) == (["held"], ["held"], [], [])
    now = archive.run("imaging.ingest_now")
    assert (now.waiting, now.held, now.damaged) == (0, 0, 0)


def test_removed_bytes_that_come_again_are_checked_again(archive):
    removal = archive.ask()
    archive.run("imaging.approve_removal", archive.manager, removal_id=removal)
    archive.remove(removal)
    assert archive.rows("select 1 from blob_state where removed_at is not null")
    intake().deliver(replace(archive.line, now=utc_now() + MOMENTS), archive.way, "upload", good())
    assert archive.rows("select 1 from blob_state where removed_at is not null") == []


def test_a_study_is_due_once_its_newest_object_is(archive):
    def due():
        return len(archive.run("imaging.list_studies", show="due").rows)

    with db.unit_of_work(archive.owner) as session:
        db.execute(session, "update dicom_study set created_at = %s", (utc_now() - OLD,))
    assert due() == 1
    line = replace(archive.line, now=utc_now())
    intake().deliver(line, archive.way, "upload", good(SOPInstanceUID="1.2.77"))
    assert due() == 0
    [row] = archive.run("imaging.list_studies").rows
    assert row.keeping == f"Kept until {line.now.year + 10}"
