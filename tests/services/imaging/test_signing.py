"""Sign-off: by one's own PIN, frozen and hashed; the database keeps it so; addenda follow."""

import hashlib
import json

import pytest

from erp.core import db
from erp.core.errors import InvalidInput, PermissionDenied
from erp.services import imaging, platform
from erp.services.imaging.errors import NotReviewable, ReviewOvertaken, SignedOff
from tests.concurrency.crowd import at_once
from tests.dicom.objects import good
from tests.services.imaging.people import PIN, act, member
from tests.services.imaging.test_objects import sound

FACTS = ("patient_id", "patient_code", "patient_name", "accession", "protocol", "study_uid")


@pytest.fixture
def asha(clinic):
    return member(clinic, "Asha")


@pytest.fixture
def meera(clinic):
    return member(clinic, "Meera", "manager")


@pytest.fixture
def accepted(line, asha):
    """An accepted session with one length."""
    content = good(PixelSpacing=[0.5, 0.5])
    line.start()
    line.deliver(content)
    line.complete(content)
    draw(line, asha)
    act(asha, "accept_session", given_of(line))
    return line


@pytest.fixture
def signed(accepted, asha):
    """The same, signed off."""
    assert sign(accepted, asha).is_signed
    return accepted


def given_of(line, **more):
    return {"session_id": line.session()["id"]} | more


def sign(line, who, pin=PIN, **more):
    return act(who, "sign_off_session", given_of(line, pin=pin, **more))


def draw(line, who, tool="length"):
    [image] = line.rows("select id from dicom_instance order by id limit 1")
    ends = ((1.0, 2.0), (11.0, 2.0 if tool == "length" else 8.0))
    given = {"instance_id": image["id"], "frame": 1, "points_px": ends, "tool": tool}
    return act(who, "record_measurement", given)


def test_what_is_signed_is_frozen_word_for_word(signed):
    [signature] = signed.rows("select * from qa_signature")
    content = json.loads(signature["content"])
    [image] = signed.rows("select sop_uid, sha256 from dicom_instance")
    assert content["objects"] == [dict(image)]
    assert [row["value"] for row in content["measurements"]] == [5.0]
    assert [row["verdict"] for row in content["readings"]] == ["accepted"]
    assert signature["content_hash"] == hashlib.sha256(signature["content"].encode()).hexdigest()
    assert signed.session()["qa_state"] == "signed_off"
    assert signed.session()["decided_at"] is not None
    assert sound()


def test_a_wrong_pin_signs_nothing_and_is_counted(accepted, asha):
    for _ in range(5):
        given = sign(accepted, asha, "0000")
        assert (given.is_signed, given.message) == (False, "That PIN is not right.")
    assert "locked" in sign(accepted, asha).message
    assert accepted.session()["qa_state"] == "accepted"
    assert accepted.count("qa_signature") == 0


def test_only_what_is_accepted_is_signed(line, asha):
    line.start()
    with pytest.raises(NotReviewable, match="not accepted"):
        sign(line, asha)


def test_a_session_is_signed_as_it_was_shown(accepted, asha, meera):
    seen = accepted.session()["version"]
    act(meera, "reopen_session", given_of(accepted, note="Look again"))
    act(asha, "accept_session", given_of(accepted))
    with pytest.raises(ReviewOvertaken):
        sign(accepted, asha, version=seen)


def test_signing_takes_the_permission_and_a_pin(accepted, clinic):
    with pytest.raises(PermissionDenied):
        sign(accepted, member(clinic, "Kiran", "auditor"))
    with pytest.raises(InvalidInput, match="no PIN"):
        sign(accepted, member(clinic, "Uma", pin=""))


def test_no_measurement_is_made_or_taken_back_after_the_signature(signed, asha):
    [length] = signed.rows("select id from annotation")
    before = signed.snapshot()
    with pytest.raises(SignedOff):
        draw(signed, asha)
    with pytest.raises(SignedOff):
        act(asha, "withdraw_measurement", {"annotation_id": length["id"]})
    assert signed.snapshot() == before


def test_the_database_itself_refuses_changes_of_what_was_signed(signed, owner):
    columns = (
        "session_id, instance_id, frame, tool, points_px, value, unit, spacing_source, label,"
        " origin, author_id, author_name, null, false, now()"
    )
    own = f"where session_id = '{signed.session()['id']}'"
    for statement in (
        f"insert into annotation select tenant_id, gen_random_uuid(), {columns} from annotation {own}",  # noqa: S608
        "update imaging_session set qa_state = 'accepted' where qa_state = 'signed_off'",
        "update imaging_session set qa_state = 'in_review' where qa_state = 'signed_off'",
    ):
        with pytest.raises(Exception, match="signed off"):
            owner.execute(statement)
    for statement in ("delete from qa_signature", "delete from qa_reading"):
        with pytest.raises(Exception, match="never changed"):
            owner.execute(statement)


def test_the_patient_of_a_signed_session_stays(accepted, asha, clinic):
    def person(name):
        given = {"name": name, "kind": "patient", "state_code": "27", "roles": ["patient"]}
        return platform.run("party.create_party", clinic, given).result.id

    act(asha, "assign_patient", given_of(accepted, patient_id=person("Uma Rao")))
    sign(accepted, asha)
    with pytest.raises(SignedOff):
        act(asha, "assign_patient", given_of(accepted, patient_id=person("Lata Rao")))
    assert accepted.session()["patient_name"] == "Uma Rao"


def test_a_session_that_was_signed_without_a_patient_gets_none_later(line, asha, clinic):
    line.tell(line.event("session.started"))
    line.deliver(good(PatientID="", PatientName=""))
    line.complete(good(PatientID="", PatientName=""))
    act(asha, "accept_session", given_of(line))
    assert sign(line, asha).is_signed
    before = {name: line.session()[name] for name in FACTS}
    assert before["patient_id"] is None
    told = line.event(
        "session.note",
        patient={"id": "P-1"},
        order={"accession": "A-1"},
        protocol="iris",
        study_uid="1.2.3.77",
    )
    line.tell(told)
    line.deliver(
        good(SOPInstanceUID="1.2.3.9", StudyInstanceUID="1.2.3.8", SeriesInstanceUID="1.9")
    )
    assert {name: line.session()[name] for name in FACTS} == before
    given = {"name": "Lata", "kind": "patient", "state_code": "27", "roles": ["patient"]}
    person = platform.run("party.create_party", clinic, given).result.id
    with pytest.raises(SignedOff):
        act(asha, "assign_patient", given_of(line, patient_id=person))
    assert line.session()["events"] == 3


@pytest.mark.parametrize("fact", ["patient_code", "accession", "protocol", "study_uid"])
@pytest.mark.usefixtures("signed")
def test_the_database_keeps_every_fact_that_was_signed(owner, fact):
    with pytest.raises(Exception, match="signed off"):
        owner.execute(f"update imaging_session set {fact} = 'x'")  # noqa: S608  our own names


def test_a_length_and_a_signature_of_the_same_moment_follow_one_another(accepted, asha, meera):
    for _ in range(4):
        outcomes = at_once([lambda: sign(accepted, asha), lambda: draw(accepted, asha)])
        assert outcomes[0].is_signed
        assert sound()
        act(meera, "reopen_session", given_of(accepted, note="Again"))
        act(asha, "accept_session", given_of(accepted))


def test_an_addendum_follows_the_signature_and_stays(accepted, asha, owner):
    with pytest.raises(NotReviewable, match="not signed off"):
        act(asha, "add_addendum", given_of(accepted, text="Seen again"))
    sign(accepted, asha)
    for text in ("Seen again", "And again"):
        act(asha, "add_addendum", given_of(accepted, text=text))
    shown = act(asha, "get_review", given_of(accepted))
    assert [row.text for row in shown.addenda] == ["And again", "Seen again"]
    assert shown.signature.signer_name == "Asha"
    with pytest.raises(Exception, match="never changed"):
        owner.execute("update qa_addendum set text = 'Other'")


def test_an_object_that_comes_later_is_stored_and_is_not_part_of_it(signed, asha):
    signed.deliver(good(SOPInstanceUID="1.2.3.4.5"))
    assert signed.session()["stored"] == 2
    assert signed.session()["qa_state"] == "signed_off"
    assert act(asha, "get_review", given_of(signed)).signature.later_objects == 1
    assert sound()


def test_what_comes_by_itself_after_the_signature_is_taken(line, asha, clinic):
    """Events, held and late objects, an order: none of it may fail; figures are counted before."""
    patient = {"name": "Uma Rao", "kind": "patient", "state_code": "27", "roles": ["patient"]}
    patient |= {"code": "P-100"}
    party = platform.run("party.create_party", clinic, patient).result.id
    planned = platform.run(
        "imaging.schedule_order",
        clinic,
        {"patient_id": party, "procedure": "CT", "day": str(clinic.today)},
    ).result
    content, other = good(PixelSpacing=[0.5, 0.5]), good(SOPInstanceUID="1.2.3.4.5")
    line.tell(line.event("session.started"))
    line.deliver(content)
    line.complete(content)
    area = draw(line, asha, tool="rectangle")
    act(asha, "accept_session", given_of(line))
    with pytest.raises(NotReviewable, match="counts"):
        sign(line, asha)
    figures = {
        "pixels": 4,
        "mean": 1.0,
        "deviation": 0.0,
        "minimum": 1.0,
        "maximum": 1.0,
        "unit": "",
    }
    with db.unit_of_work(clinic) as session:
        assert imaging.find_uncounted(session, clinic, area.id) is not None
        imaging.note_figures(session, clinic, area.id, figures, "")
    assert sign(line, asha).is_signed

    line.tell(
        line.event(
            "session.progress",
            patient={"id": "P-OTHER"},
            protocol="Late",
            order={"accession": planned.accession},
        )
    )
    line.deliver(other)
    line.deliver(b"no picture at all " * 20)
    line.complete(content, other)
    assert line.rows("select status from imaging_order") == [{"status": "done"}]
    held = line.session()
    assert (held["qa_state"], held["stored"], held["quarantined"]) == ("signed_off", 2, 1)
    [waiting] = line.rows("select id from quarantine")
    act(clinic, "discard_held", {"quarantine_id": waiting["id"], "note": "No picture"})
    assert line.session()["quarantined"] == 0
    assert sound()


def test_reopening_takes_its_own_permission_and_a_reason(signed, asha, meera):
    with pytest.raises(PermissionDenied):
        act(asha, "reopen_session", given_of(signed, note="Wrong"))
    with pytest.raises(ValueError, match="note"):
        act(meera, "reopen_session", given_of(signed, note=""))
    act(meera, "reopen_session", given_of(signed, note="Wrong eye"))
    assert signed.session()["qa_state"] == "in_review"
    assert signed.count("qa_signature") == 1
    draw(signed, asha)
    act(asha, "accept_session", given_of(signed))
    assert sign(signed, asha).is_signed
    assert signed.count("qa_signature") == 2
    assert sound()
