"""Objects: stored whole and once, or put aside with a reason; nothing is ever overwritten."""

import hashlib
from struct import pack

import pytest

from erp.adapters.object_storage import object_storage
from erp.core import db
from erp.services import documents, imaging, platform
from erp.services.documents import blob_key
from erp.services.imaging.crc32c import crc32c
from erp.services.imaging.errors import TransferReused
from tests.dicom import objects
from tests.dicom.objects import good
from tests.factories import referees
from tests.services.imaging.line import intake


def sound():
    return [v for v in referees().values() if v.code.startswith("I") and not v.holds] == []


def is_kept(line, sha256):
    return object_storage().find(blob_key(line.owner.tenant_id, sha256)) is not None


def test_an_object_is_stored_with_its_rows_and_its_receipt(line):
    line.start()
    receipt = line.deliver(good())

    assert receipt["status"] == "stored"
    [row] = line.rows("select * from dicom_instance")
    assert str(row["id"]) == receipt["object_id"]
    assert (row["frames"], row["is_renderable"]) == (1, True)
    assert is_kept(line, row["sha256"])
    assert line.session()["stored"] == 1
    [study] = line.rows("select series, instances, bytes from dicom_study")
    assert (study["series"], study["instances"], study["bytes"]) == (1, 1, row["size"])
    assert sound()


@pytest.mark.parametrize(("case", "make", "reason"), objects.REFUSED, ids=objects.case_id)
def test_a_bad_object_comes_to_its_stated_end(line, case, make, reason):
    content = make()
    if len(content) < 132:
        with pytest.raises(ValueError, match="size"):
            line.offer(content)
        return
    line.start()
    receipt = line.deliver(content)

    assert receipt["status"] in {"quarantined", "rejected"}, case
    assert receipt["reason"] == reason
    assert line.count("dicom_instance") == 0
    held = line.rows("select * from quarantine")
    assert len(held) == (receipt["status"] == "quarantined")
    if held:
        assert is_kept(line, held[0]["sha256"])
        [row] = line.ask("imaging.list_held").rows
        assert row.reason
        assert row.advice
    assert sound()


@pytest.mark.parametrize(("case", "make", "facts"), objects.ACCEPTED, ids=objects.case_id)
def test_an_odd_object_is_stored(line, case, make, facts):
    assert facts is not None
    line.start()
    receipt = line.deliver(make())

    assert receipt["status"] == "stored", case
    assert line.session()["stored"] == 1
    assert sound()


def test_the_same_bytes_again_are_a_duplicate(line):
    line.start()
    first = line.deliver(good())
    again = line.deliver(good())

    assert (first["status"], again["status"]) == ("stored", "duplicate")
    assert again["object_id"] == first["object_id"]
    assert line.count("dicom_instance") == 1
    assert line.session()["stored"] == 1
    assert sound()


def test_other_bytes_of_the_same_identity_are_a_conflict(line):
    line.start()
    first = line.deliver(good())
    other = line.deliver(good(InstanceNumber=99))

    assert other["status"] == "conflict"
    assert other["object_id"] is None
    [row] = line.rows("select id, sha256 from dicom_instance")
    assert str(row["id"]) == first["object_id"]
    [held] = line.rows("select sha256, reason_code from quarantine")
    assert held["reason_code"] == "uid_conflict"
    assert held["sha256"] != row["sha256"]
    assert is_kept(line, held["sha256"])
    assert line.session()["quarantined"] == 1
    assert sound()


def test_a_study_keeps_its_patient(line):
    line.start()
    line.deliver(good(PatientID="P-1"))
    receipt = line.deliver(good(PatientID="P-2", SOPInstanceUID="1.2.3.9"))

    assert (receipt["status"], receipt["reason"]) == ("quarantined", "patient_conflict")
    assert line.count("dicom_instance") == 1
    assert sound()


@pytest.mark.parametrize(
    "changes",
    [{"StudyInstanceUID": "1.2.9.9"}, {"Modality": "MR"}],
    ids=["in another study", "of another modality"],
)
def test_a_series_keeps_its_study_and_its_modality(line, changes):
    line.start()
    line.deliver(good())
    receipt = line.deliver(good(SOPInstanceUID="1.2.3.9", **changes))

    assert (receipt["status"], receipt["reason"]) == ("quarantined", "series_conflict")
    assert line.count("dicom_study") == 1
    assert line.count("dicom_series") == 1
    assert sound()


def test_an_object_that_is_not_the_offered_one_is_put_aside(line):
    line.start()
    receipt = line.deliver(good(), sop_uid="1.2.3.4.5.6")

    assert (receipt["status"], receipt["reason"]) == ("quarantined", "uid_mismatch")
    assert line.count("dicom_instance") == 0


def test_damage_on_the_way_is_rejected_and_kept_nowhere(line):
    line.start()
    content = good()
    offer = line.offer(content)
    answer = line.answer(offer)
    upload = imaging.Upload(answer.transfer_id, "put", offer.size, offer.sha256)
    damaged = content[:-1] + b"\xff"
    storage = object_storage()
    key = imaging.put_key(line.ctx, answer.transfer_id)
    storage.put(key, damaged, sha256=_digest(damaged), media="application/dicom")
    intake().receive(line.ctx, upload)

    receipt = line.receipt(offer.transfer_id)
    assert (receipt["status"], receipt["reason"]) == ("rejected", "digest_mismatch")
    assert not is_kept(line, offer.sha256)
    assert line.count("quarantine") == 0
    assert line.deliver(content)["status"] == "stored"
    assert sound()


def test_an_upload_that_never_came_can_be_granted_again(line):
    line.start()
    offer = line.offer(good())
    answer = line.answer(offer)
    upload = imaging.Upload(answer.transfer_id, "put", offer.size, offer.sha256)

    with pytest.raises(imaging.Incomplete):
        intake().receive(line.ctx, upload)
    assert line.said("receipt", offer.transfer_id) is None
    assert line.answer(offer).grant == "put"


def test_an_offer_repeated_after_its_receipt_gets_the_same_one(line):
    line.start()
    content = good()
    offer = line.offer(content)
    answer = line.answer(offer)
    upload = imaging.Upload(answer.transfer_id, "put", offer.size, offer.sha256)
    intake().receive_bytes(line.ctx, upload, content)
    first = line.receipt(offer.transfer_id)
    line.rows("update device_message set sent_at = now() returning id")

    assert line.answer(offer).grant == "have"
    assert line.receipt(offer.transfer_id) == first
    [row] = line.rows("select sent_at from device_message where channel = 'receipt'")
    assert row["sent_at"] is None
    assert line.count("ingest_attempt") == 1


@pytest.mark.parametrize("in_memory", [True, False])
def test_bytes_that_are_bad_here_are_asked_for_and_whole_again(line, monkeypatch, in_memory):
    line.start()
    content = good()
    line.deliver(content)
    offer = line.offer(content)
    key = blob_key(line.owner.tenant_id, offer.sha256)
    damage(key, content)
    with db.unit_of_work(line.owner) as session:
        documents.note_check(session, line.owner, offer.sha256, "damaged")

    answer = line.answer(offer)
    assert answer.grant == "put"
    if not in_memory:
        monkeypatch.setattr("erp.services.imaging.intake.IN_MEMORY_BYTES", 1)
    upload = imaging.Upload(answer.transfer_id, "put", offer.size, offer.sha256)
    staged = imaging.put_key(line.ctx, upload.transfer_id)
    object_storage().put(staged, content, sha256=offer.sha256, media="application/dicom")
    intake().receive(line.ctx, upload)

    assert line.receipt(offer.transfer_id)["status"] == "duplicate"
    assert object_storage().read(key) == content
    assert line.rows("select fault from blob_state") == [{"fault": ""}]
    assert line.answer(line.offer(content)).grant == "have"
    assert sound()


def damage(key, content):
    """Replace kept bytes by as many others."""
    bad = content[:-1] + bytes([content[-1] ^ 1])
    digest = hashlib.sha256(bad).hexdigest()
    object_storage().put(key, bad, sha256=digest, media="application/dicom")


def test_taking_an_object_twice_stores_it_once(line):
    line.start()
    content = good()
    offer = line.offer(content)
    upload = imaging.Upload(line.answer(offer).transfer_id, "put", offer.size, offer.sha256)
    first = intake().receive_bytes(line.ctx, upload, content)
    again = intake().receive_bytes(line.ctx, upload, content)

    assert first == again
    assert line.count("dicom_instance") == 1
    assert line.session()["stored"] == 1
    assert sound()


def test_a_transfer_stands_for_one_object(line):
    line.start()
    offer = line.offer(good())
    line.answer(offer)
    before = line.snapshot()

    with pytest.raises(TransferReused):
        line.answer(line.offer(good(InstanceNumber=71), transfer_id=offer.transfer_id))
    assert line.snapshot() == before


def test_what_waits_in_quarantine_is_not_asked_for_again(line):
    line.start()
    nonsense = b"not a picture " * 20
    line.deliver(nonsense)
    offer = line.offer(nonsense)

    assert line.answer(offer).grant == "have"
    assert line.receipt(offer.transfer_id)["status"] == "quarantined"
    assert line.count("quarantine") == 1
    assert sound()


def test_pieces_are_checked_and_put_together(line):
    line.start()
    content = good()
    offer = line.offer(content, modes=("chunk",))
    answer = line.answer(offer)
    assert answer.grant == "chunk"
    upload = imaging.Upload(answer.transfer_id, "chunk", offer.size, offer.sha256)
    taker = intake()

    assert not taker.keep_chunk(line.ctx, upload, 0, content + b"\x00\x00\x00\x00")
    assert not taker.keep_chunk(line.ctx, upload, 7, _with_check(content))
    with pytest.raises(imaging.Incomplete):
        taker.receive(line.ctx, upload)
    assert taker.keep_chunk(line.ctx, upload, 0, _with_check(content))
    assert taker.keep_chunk(line.ctx, upload, 0, _with_check(content))
    taker.receive(line.ctx, upload)
    assert line.receipt(offer.transfer_id)["status"] == "stored"


def test_a_giant_is_refused_before_its_bytes_travel(line):
    line.start()
    offer = line.offer(good(), size=5 * 1024**3)

    assert line.answer(offer).grant == "have"
    assert line.receipt(offer.transfer_id)["reason"] == "too_large"


def test_a_patient_is_matched_by_exactly_the_code(line):
    given = {"code": "C777", "name": "Asha Rao", "kind": "patient", "state_code": "27"}
    known = platform.run("party.create_party", line.owner, given | {"roles": ["patient"]}).result
    line.start(patient="C777")
    line.deliver(good(PatientID="C777"))

    found = line.session()
    assert found["patient_id"] == known.id
    assert found["patient_name"] == "Asha Rao"
    [patient] = line.rows("select match_state, party_id from dicom_patient")
    assert (patient["match_state"], patient["party_id"]) == ("exact", known.id)


@pytest.mark.parametrize("code", ["c777", "C7777", "C77", ""])
def test_a_likeness_is_no_match(line, code):
    given = {"code": "C777", "name": "Asha Rao", "kind": "patient", "state_code": "27"}
    platform.run("party.create_party", line.owner, given | {"roles": ["patient"]})
    line.deliver(good(PatientID=code or None, PatientName="Rao^Asha"))

    found = line.session()
    assert found["patient_id"] is None
    assert found["patient_name"] == "Asha Rao"


def test_a_reviewer_is_warned_of_another_patient(line):
    line.start(patient="P-1")
    line.deliver(good(PatientID="P-2"))

    found = line.ask("imaging.get_session", session_id=line.session()["id"])
    assert any("P-2" in warning and "P-1" in warning for warning in found.warnings)


def test_a_session_is_settled_when_nothing_is_missing(line):
    one, two = good(), good(SOPInstanceUID="1.2.3.4.5")
    line.start()
    line.deliver(one)
    line.complete(one, two)
    told = line.said("settle", line.session_id)
    assert (told["expected"], told["stored"], told["missing"]) == (2, 1, ["1.2.3.4.5"])
    assert line.session()["settled_at"] is None

    line.deliver(two)
    told = line.said("settle", line.session_id)
    assert (told["stored"], told["missing"]) == (2, [])
    assert line.session()["settled_at"] is not None
    assert line.ask("imaging.count_waiting").waiting == 1
    done = line.rows("select 1 from event where name = 'imaging.session_completed.v1'")
    assert len(done) == 1


def _digest(content):
    return hashlib.sha256(content).hexdigest()


def _with_check(content):
    return content + pack(">L", crc32c(content))


def test_objects_that_are_counted_but_not_listed_are_missed_too(line):
    one = good()
    line.start()
    line.deliver(one)
    line.complete(one, expected_objects=2)
    assert line.session()["settled_at"] is None
    found = line.ask("imaging.get_session", session_id=line.session()["id"])
    assert found.missing == 1

    line.deliver(good(SOPInstanceUID="1.2.3.4.5"))
    assert line.session()["settled_at"] is not None


def test_a_later_word_that_lists_more_opens_the_session_again(line):
    one, two = good(), good(SOPInstanceUID="1.2.3.4.5")
    line.start()
    line.deliver(one)
    line.complete(one)
    assert line.session()["settled_at"] is not None
    line.complete(one, two)
    assert line.session()["settled_at"] is None
    found = line.ask("imaging.get_session", session_id=line.session()["id"])
    assert found.missing == 1


def test_missing_events_are_asked_for_once_and_the_answer_is_kept(line):
    one = good()
    line.start()
    line.seq += 2
    line.complete(one)
    asked = line.rows("select id, subject, sent_at from device_message where channel = 'cmd'")
    assert len(asked) == 1
    now = line.owner.now
    with db.ops_session() as session:
        imaging.mark_sent(session, imaging.due_messages(session), now)
    line.deliver(one)
    [again] = line.rows("select sent_at from device_message where channel = 'cmd'")
    assert again["sent_at"] is not None
